package wormhole

import (
	"fmt"
	"io"
	"strings"

	"petmail/shared/wire"
)

// Words in a code. Each is worth 8 bits; since a code allows one guess, two
// let one guesser in 65,536 through.
const (
	DefaultWords = 2
	MaxWords     = 8
)

// Code is an invitation code such as "7-guitarist-revenge": the nameplate
// tells the server where, the words are known to the two people alone.
type Code struct {
	wire.Redacted
	Nameplate string   // decimal digits
	Words     []string // lower case, of three and two syllables in turn
}

// NewCode draws the words for a nameplate that the server allocated.
func NewCode(rand io.Reader, nameplate string, words int) (Code, error) {
	if !isNameplate(nameplate) || words < 1 || words > MaxWords {
		return Code{}, fmt.Errorf("couldn't make a code: unusable nameplate or number of words")
	}
	picks, err := wire.RandomBytes(rand, words)
	if err != nil {
		return Code{}, fmt.Errorf("couldn't make a code: %w", err)
	}
	c := Code{Nameplate: nameplate}
	for i, pick := range picks {
		c.Words = append(c.Words, wordsAt(i)[pick])
	}
	return c, nil
}

// String returns the code as it is spoken and shown. It is a secret.
func (c Code) String() string { return c.Nameplate + "-" + strings.Join(c.Words, "-") }

// Password returns what Start takes: Magic Wormhole uses the whole code.
func (c Code) Password() wire.Secret { return wire.Secret(c.String()) }

// CodeProblem says what is wrong with a typed code.
type CodeProblem int

const (
	ProblemNameplate   CodeProblem = iota + 1 // it does not begin with a number
	ProblemWordCount                          // no word, or more than MaxWords
	ProblemUnknownWord                        // Word is not in the list; Suggestion may be meant
	ProblemWordOrder                          // Word belongs elsewhere: one is missing, or two are swapped
	ProblemTooLong                            // this is no code
	ProblemSeveral                            // there are different codes
)

// CodeError tells a person what to mend. Its text repeats nothing of the
// code; Suggestion is for the person's eyes.
type CodeError struct {
	Problem    CodeProblem
	Word       int    // position of the word, from 1; 0 if it is about none
	Suggestion string // the nearest word of the list, or empty
}

func (e *CodeError) Error() string {
	switch e.Problem {
	case ProblemNameplate:
		return "code does not begin with a number"
	case ProblemWordCount:
		return fmt.Sprintf("code needs 1 to %d words", MaxWords)
	case ProblemUnknownWord:
		return fmt.Sprintf("word %d of the code is not in the list", e.Word)
	case ProblemWordOrder:
		return fmt.Sprintf("word %d of the code is out of order, or one before it is missing", e.Word)
	case ProblemSeveral:
		return "more than one code"
	default:
		return "too long for a code"
	}
}

// GoString keeps Suggestion out of "%#v".
func (e *CodeError) GoString() string { return e.Error() }

// nearest returns the word of the list with the fewest single-letter changes
// from word, if there are at most a third of its letters.
func nearest(word string, list []string) string {
	best, bestDistance := "", len(word)/3+1
	if len(word) > 2*longestWord {
		return ""
	}
	for _, candidate := range list {
		if d := editDistance(word, candidate); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

const longestWord = 12 // letters in either list, and a little

// editDistance counts insertions, deletions and replacements of bytes
// (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
