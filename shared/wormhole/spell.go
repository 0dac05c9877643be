package wormhole

// SpellBytes returns one PGP word for each byte, from the list of three
// syllables and that of two in turn as in codes, for two people to compare
// aloud.
func SpellBytes(b []byte) []string {
	words := make([]string, len(b))
	for i, v := range b {
		words[i] = wordsAt(i)[v]
	}
	return words
}
