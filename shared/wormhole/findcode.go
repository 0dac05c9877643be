package wormhole

import (
	"slices"
	"strings"
	"unicode"
)

const (
	maxCodeText   = 200 // bytes that Complete and ParseForeignCode look at
	petmailDigits = 4   // of the nameplates that Petmail's relays allocate
	maxDoubts     = 8   // numbers of a text after which a misspelt word is looked for
)

// ParseCode reads a code as a person types or pastes it, alone or in a
// sentence: letter case, what shows nothing, and any dashes, spaces and
// punctuation around and between its parts are forgiven, and digits may be
// those of any script. It takes time in proportion to the text, MaxInviteText
// at most. Errors are of type *CodeError.
//
// A code cannot be tried twice, so what may be one of its words is never taken
// for a part of the sentence.
func ParseCode(text string) (Code, error) {
	if len(text) > MaxInviteText {
		return Code{}, &CodeError{Problem: ProblemTooLong}
	}
	parts := splitCode(text)
	code, problem := wholeCode(parts)
	if problem == nil {
		return code, nil
	}
	found, doubt := codesAmong(parts)
	switch {
	case len(found) > 1:
		return Code{}, &CodeError{Problem: ProblemSeveral}
	case doubt != nil:
		return Code{}, doubt
	case len(found) == 1:
		return found[0], nil
	case problem.Problem == ProblemNameplate:
		if doubt := misspelt(parts); doubt != nil {
			return Code{}, doubt
		}
	}
	return Code{}, problem
}

// part is a word or number of a text, in lower case and ASCII digits.
type part struct {
	text string
	gap  gap // what stands before it
}

// gap is what stands between two parts. A stronger one ends a code whose parts
// stand in weaker ones.
type gap int

const (
	gapDash gap = iota
	gapSpace
	gapSpacedDash
	gapComma
	gapLine
	gapStop // any other punctuation
)

// splitCode returns the words and numbers of a text.
func splitCode(text string) []part {
	var parts []part
	var word strings.Builder
	between := ""
	end := func() {
		if word.Len() > 0 {
			parts = append(parts, part{text: word.String(), gap: gapOf(between)})
			word.Reset()
			between = ""
		}
	}
	for _, r := range text {
		r = plain(r)
		switch {
		case r < 0:
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			word.WriteRune(unicode.ToLower(r))
		default:
			end()
			if mark := gapMark(r); !strings.HasSuffix(between, mark) {
				between += mark // four kinds at most: "- - -" is as long as it gets
			}
			if len(between) > 8 {
				between = "." // whatever it is, it ends a code
			}
		}
	}
	end()
	return parts
}

// gapMark puts the characters between parts into five kinds.
func gapMark(r rune) string {
	switch {
	case r == '\n':
		return "\n"
	case r == ' ':
		return " "
	case r == '_' || r == '\u2212' || unicode.Is(unicode.Pd, r):
		return "-"
	case r == ',' || r == '\u3001' || r == '\u060c':
		return ","
	}
	return "."
}

func gapOf(marks string) gap {
	has := func(mark string) bool { return strings.Contains(marks, mark) }
	switch {
	case has("."):
		return gapStop
	case has("\n") && !strings.HasPrefix(marks, "-"): // after a dash the line was only broken
		return gapLine
	case has(","):
		return gapComma
	case has("-") && has(" "):
		return gapSpacedDash
	case has(" "):
		return gapSpace
	}
	return gapDash
}

// wholeCode reads parts that are a code and nothing else.
func wholeCode(parts []part) (Code, *CodeError) {
	parts = joinedNumber(parts)
	if len(parts) == 0 || !isNameplate(parts[0].text) {
		return Code{}, &CodeError{Problem: ProblemNameplate}
	}
	if len(parts) == 1 {
		return Code{}, &CodeError{Problem: ProblemWordCount}
	}
	var words []string
	for i, p := range parts[1:] {
		if i == MaxWords {
			return Code{}, &CodeError{Problem: ProblemWordCount}
		}
		if problem := wrongWord(p.text, i); problem != nil {
			return Code{}, problem
		}
		words = append(words, p.text)
	}
	return Code{Nameplate: parts[0].text, Words: words}, nil
}

// joinedNumber puts a number together that was spoken in pieces, "40 71".
func joinedNumber(parts []part) []part {
	number, n := "", 0
	for ; n < len(parts) && isNameplate(parts[n].text) && len(number) < petmailDigits; n++ {
		if n > 0 && parts[n].gap > gapSpacedDash {
			break
		}
		number += parts[n].text
	}
	if n < 2 || len(number) != petmailDigits {
		return parts
	}
	return append([]part{{text: number, gap: parts[0].gap}}, parts[n:]...)
}

// wrongWord says what is wrong with the word at position i, from 0.
func wrongWord(word string, i int) *CodeError {
	switch {
	case slices.Contains(wordsAt(i), word):
		return nil
	case slices.Contains(wordsAt(i+1), word):
		return &CodeError{Problem: ProblemWordOrder, Word: i + 1}
	}
	return &CodeError{Problem: ProblemUnknownWord, Word: i + 1, Suggestion: nearest(word, wordsAt(i))}
}

// codesAmong returns the different codes in a sentence; or doubt, if a word
// after one may belong to it.
func codesAmong(parts []part) (found []Code, doubt *CodeError) {
	for i := 0; i < len(parts); i++ {
		if !isNameplate(parts[i].text) {
			continue
		}
		code := Code{Nameplate: parts[i].text}
		gaps := make(map[gap]bool, MaxWords)
		strongest := gapDash
		j := i + 1
		for ; j < len(parts) && len(code.Words) < MaxWords && slices.Contains(wordsAt(j-i-1), parts[j].text); j++ {
			code.Words = append(code.Words, parts[j].text)
			gaps[parts[j].gap] = true
			strongest = max(strongest, parts[j].gap)
		}
		if len(code.Words) < DefaultWords {
			continue
		}
		if j < len(parts) {
			after := parts[j]
			ends := after.gap > strongest || after.gap > gapDash && !gaps[after.gap]
			problem := wrongWord(after.text, len(code.Words))
			near := problem == nil || problem.Problem == ProblemWordOrder || problem.Suggestion != ""
			if !ends || near && after.gap < gapLine {
				if problem == nil {
					problem = &CodeError{Problem: ProblemWordCount}
				}
				return nil, problem
			}
		}
		if !slices.ContainsFunc(found, func(c Code) bool { return c.String() == code.String() }) {
			if found = append(found, code); len(found) > 1 {
				return found, nil
			}
		}
		i = j - 1
	}
	return found, nil
}

// misspelt returns what is wrong with the code in a sentence that has none.
func misspelt(parts []part) *CodeError {
	tries := 0
	for i := range parts {
		if !isNameplate(parts[i].text) || i+1 == len(parts) {
			continue
		}
		if tries++; tries > maxDoubts {
			break
		}
		_, problem := wholeCode(parts[i:min(len(parts), i+1+MaxWords)])
		if problem == nil {
			continue
		}
		if problem.Word > 1 || problem.Suggestion != "" || problem.Problem == ProblemWordOrder {
			return problem
		}
	}
	return nil
}

// Complete returns, in alphabetical order, the codes that text may become
// when its last word is finished, with a "-" after them when fewer than words
// are there. It returns nil until the number and what separates it are typed,
// and when nothing fits.
func Complete(text string, words int) []string {
	if len(text) > maxCodeText {
		return nil
	}
	parts := splitCode(text)
	for len(parts) > 0 && !isNameplate(parts[0].text) {
		parts = parts[1:] // "Code:", say
	}
	parts = joinedNumber(parts)
	var typed []string
	for _, p := range parts {
		typed = append(typed, p.text)
	}
	if strings.TrimRightFunc(text, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N) }) != text {
		typed = append(typed, "")
	}
	if len(typed) < 2 || len(typed)-1 > min(words, MaxWords) {
		return nil
	}
	last := len(typed) - 1
	before := strings.Join(typed[:last], "-") + "-"
	after := ""
	if last < words {
		after = "-"
	}
	var out []string
	for _, word := range wordsAt(last - 1) {
		if strings.HasPrefix(word, typed[last]) {
			out = append(out, before+word+after)
		}
	}
	slices.Sort(out)
	return out
}
