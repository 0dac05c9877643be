package wormhole

import "unicode"

// plain returns the character that is meant by one of a text in which a link
// or a code is looked for: '\n' for every line end, ' ' for every other space,
// the ASCII form of full-width characters and of the decimal digits of all
// scripts; -1 for one that shows nothing by itself, 0 for a control.
func plain(r rune) rune {
	switch {
	case r == '\n' || r == '\v' || r == '\f' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
		return '\n'
	case r == '\ufe5f':
		return '#'
	case r >= '\uff01' && r <= '\uff5e':
		return r - '\uff01' + '!'
	case unicode.IsSpace(r):
		return ' '
	case r < ' ' || r == 0x7f:
		return 0
	case r <= '~':
		return r
	case unicode.In(r, unicode.Cf, unicode.M) || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0':
		return -1
	case unicode.Is(unicode.Nd, r):
		return digit(r)
	}
	return r
}

// digit returns the ASCII form of a decimal digit: each script has its ten in
// a row, and rows follow each other without rests.
func digit(r rune) rune {
	for _, row := range unicode.Nd.R16 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return '0' + (r-rune(row.Lo))%10
		}
	}
	for _, row := range unicode.Nd.R32 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return '0' + (r-rune(row.Lo))%10
		}
	}
	return r
}
