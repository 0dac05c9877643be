package wormhole

// SpellBytes returns one PGP word for each byte, from the even and the odd
// list in turn, for two people to compare aloud.
func SpellBytes(b []byte) []string {
	words := make([]string, len(b))
	for i, v := range b {
		words[i] = wordsAt(i)[v]
	}
	return words
}
