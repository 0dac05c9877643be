package text

import (
	"strings"
	"sync"
	"unicode"
)

// Alike returns keys that stand for the look of a name: two names are the
// same, or look alike, if they share one. Case, spaces, punctuation, marks on
// letters and what shows nothing make no difference; neither do letters of
// Latin, Greek and Cyrillic and digits that look like each other, nor the
// styles of letters that Unicode has for mathematics and the like. A name that
// shows nothing has no keys.
//
// Each name is looked at as it is written, in small letters and in capitals:
// a Greek Ν looks like N, its small ν like v.
func Alike(name string) []string {
	if !Visible(name) {
		return nil
	}
	letters := plainLetters(name)
	if letters == "" {
		return []string{"=" + strings.Map(func(r rune) rune { // punctuation alone
			if !inked(r) {
				return -1
			}
			return computed(r)
		}, name)}
	}
	return []string{
		"a" + strings.ToLower(joined(look(letters))),
		"b" + joined(look(strings.ToLower(letters))),
		"c" + look(strings.ToUpper(letters)),
	}
}

// tables are styled and looks, by letter.
var tables = sync.OnceValue(func() (t struct{ styled, looks map[rune]string }) {
	t.styled, t.looks = byLetter(styled), byLetter(looks)
	return t
})

func byLetter(table string) map[rune]string {
	of := make(map[rune]string)
	for line := range strings.Lines(table) {
		to, from, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, r := range from {
			of[r] = to
		}
	}
	return of
}

// plainLetters is name without spaces, punctuation and marks, and with its
// letters and digits in no particular style.
func plainLetters(name string) string {
	var b strings.Builder
	for _, r := range name {
		r = computed(r)
		switch to, ok := tables().styled[r]; {
		case ok:
			b.WriteString(to)
		case r >= hangul && r < hangul+19*21*28:
			// A syllable may also come as its two or three letters.
			s := r - hangul
			b.WriteRune(0x1100 + s/(21*28))
			b.WriteRune(0x1161 + s/28%21)
			if s%28 > 0 {
				b.WriteRune(0x11a7 + s%28)
			}
		case inked(r) && !unicode.IsPunct(r) && !kanaMark(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hangul is the first of the composed syllables.
const hangul = 0xac00

// kanaMark reports whether r is a mark of kana that counts as a character.
func kanaMark(r rune) bool { return r == 0x309b || r == 0x309c || r == 0xff9e || r == 0xff9f }

// computed takes the style from letters and digits that stand in rows.
func computed(r rune) rune {
	switch {
	case r >= 0xff01 && r <= 0xff5e: // full width
		return r - 0xff01 + '!'
	case r >= 0x1d400 && r < 0x1d6a4: // A to Z, a to z in 13 styles
		i := (r - 0x1d400) % 52
		if i < 26 {
			return 'A' + i
		}
		return 'a' + i - 26
	case r >= 0x1d6a8 && r < 0x1d7ca: // Α to Ω, ∇, α to ω and 7 others in 5 styles
		switch i := (r - 0x1d6a8) % 58; {
		case i == 17:
			return 'Θ'
		case i < 25:
			return 'Α' + i
		case i > 25 && i < 51:
			return 'α' + i - 26
		}
	case r >= 0x1d7ce && r <= 0x1d7ff: // digits in 5 styles
		return '0' + (r-0x1d7ce)%10
	}
	return r
}

// look replaces each letter by the one that it looks like.
func look(letters string) string {
	var b strings.Builder
	for _, r := range letters {
		if to, ok := tables().looks[r]; ok {
			b.WriteString(to)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// joined replaces two letters that look like one.
func joined(letters string) string {
	return strings.ReplaceAll(strings.ReplaceAll(letters, "rn", "m"), "vv", "w")
}
