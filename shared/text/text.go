package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxNameBytes bounds the name that a contact's card may carry.
const MaxNameBytes = 256

// Visible reports whether s shows anything at all: a character with ink of
// its own. Spaces, controls, marks without a letter, fillers, and what only
// steers other characters have none.
func Visible(s string) bool { return strings.ContainsFunc(s, inked) }

// TrimUnseen returns s from its first character with ink on.
func TrimUnseen(s string) string {
	return strings.TrimLeftFunc(s, func(r rune) bool { return !inked(r) })
}

// inked reports whether r has ink. A character that this program does not
// know yet counts: it may be an emoji of next year.
func inked(r rune) bool {
	switch r {
	case '\u2800', // Braille without a dot
		'\ufffc',     // stands for an object that is not there
		'\U0001d159': // musical null notehead
		return false
	}
	return !unicode.In(r, unicode.Z, unicode.Cc, unicode.M, unicode.Other_Default_Ignorable_Code_Point) &&
		(!unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Prepended_Concatenation_Mark, r)) &&
		!ignorable(r)
}

// ignorable reports whether r lies in the blocks that are kept for characters
// without ink, assigned or not.
func ignorable(r rune) bool {
	return r >= 0xfff0 && r <= 0xfff8 || r >= 0xe0000 && r <= 0xe0fff
}

// Clean takes from a name or note that a person typed or pasted what does not
// belong there: the marks that pages put around names (they come along when
// one is copied), other controls of direction, and characters that show
// nothing and join nothing. Line breaks and tabs become spaces; the ends are
// trimmed.
func Clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r >= '\n' && r <= '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cc, r) || turns(r) || r == '\u00ad' || r == '\u200b' || r == '\ufeff' ||
			r >= '\u2060' && r <= '\u206f':
			return -1
		}
		return r
	}, s))
}

// turns reports whether r turns the direction of what stands beside it: the
// characters of Bidi_Control, named here because a later Unicode must not make
// two versions disagree about a card (CardName).
func turns(r rune) bool {
	switch r {
	case '\u061c', '\u200e', '\u200f':
		return true
	}
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// CardName reports whether a contact's card may carry the name s: 1 to
// MaxNameBytes of UTF-8 without controls, line ends and controls of direction.
// It may still show nothing (Visible).
func CardName(s string) bool {
	return s != "" && len(s) <= MaxNameBytes && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.Is(unicode.Cc, r) || turns(r) || r == '\u2028' || r == '\u2029'
	})
}
