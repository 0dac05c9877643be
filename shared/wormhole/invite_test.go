package wormhole

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"petmail/shared/wire"
)

func TestCodeVectors(t *testing.T) {
	vectors := readVectors(t).Codes
	require.NotEmpty(t, vectors)
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			code, err := ParseCode(v.Text)
			if v.Problem != 0 {
				require.Equal(t, &CodeError{Problem: v.Problem, Word: v.Word, Suggestion: v.Suggestion}, err)
				require.Zero(t, code)
				for word := range strings.FieldsFuncSeq(v.Text+" "+v.Suggestion, func(r rune) bool { return !unicode.IsLetter(r) }) {
					if len(word) > 3 && !strings.Contains("number word words code list more than order before missing begin does with", word) {
						require.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), word, "errors repeat nothing")
					}
				}
				return
			}
			require.NoError(t, err)
			require.Equal(t, v.Code, code.String())
			require.Equal(t, v.Code, string(code.Password()))
		})
	}
}

func TestParseCodeInMuchText(t *testing.T) {
	const code = "4071-guitarist-revenge"
	found, err := ParseCode(strings.Repeat("x ", 16<<10) + code + "." + strings.Repeat(" y", 15<<10))
	require.NoError(t, err)
	require.Equal(t, code, found.String())
	_, err = ParseCode(code + strings.Repeat(" ", MaxInviteText))
	require.Equal(t, &CodeError{Problem: ProblemTooLong}, err)
	// The texts that cost most.
	for _, s := range []string{" ", "-", "1 ", "1 guitarit ", "1 guitarist ", "4071-guitarist-revenge ", "9-guitarist-endorse-guitarist-endorse-x ", "a", "1", "- ", "-,.\n "} {
		_, err := ParseCode(strings.Repeat(s, MaxInviteText/len(s)))
		var problem *CodeError
		require.True(t, err == nil || errors.As(err, &problem))
	}
}

// TestDigits: what is one for the forgiving reader is a decimal digit, and the
// right one.
func TestDigits(t *testing.T) {
	count := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		d := plain(r)
		if unicode.Is(unicode.Nd, r) {
			require.Equal(t, '0'+rune(count%10), d, "%U", r)
			count++
		} else {
			require.False(t, '0' <= d && d <= '9', "%U", r)
		}
	}
	require.Greater(t, count, 500)
}

func TestNewCode(t *testing.T) {
	code, err := NewCode(bytes.NewReader([]byte{0x00, 0x00, 0xff, 0xff}), "7", 4)
	require.NoError(t, err)
	require.Equal(t, "7-adroitness-aardvark-yucatan-zulu", code.String())
	for _, bad := range []struct {
		nameplate string
		words     int
	}{{"", 2}, {"x", 2}, {"7", 0}, {"7", MaxWords + 1}, {"12345678901", 2}} {
		_, err := NewCode(rand.Reader, bad.nameplate, bad.words)
		require.Error(t, err)
	}
	_, err = NewCode(bytes.NewReader([]byte{1}), "7", 2)
	require.Error(t, err)
}

func TestSpellBytes(t *testing.T) {
	require.Equal(t, []string{"adroitness", "aardvark", "yucatan", "zulu"}, SpellBytes([]byte{0x00, 0x00, 0xff, 0xff}))
	require.Empty(t, SpellBytes(nil))
}

func TestCodeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nameplate := rapid.StringMatching(`[0-9]{1,10}`).Draw(t, "nameplate")
		code, err := NewCode(rand.Reader, nameplate, rapid.IntRange(1, MaxWords).Draw(t, "words"))
		require.NoError(t, err)
		separator := rapid.SampledFrom([]string{"-", " ", " – ", "\u2011", "_", "\t", "--"}).Draw(t, "separator")
		typed := strings.ReplaceAll(code.String(), "-", separator)
		if rapid.Bool().Draw(t, "upper case") {
			typed = strings.ToUpper(typed)
		}
		back, err := ParseCode(" " + typed + "\n")
		require.NoError(t, err)
		require.Equal(t, code, back)
		if len(code.Words) > 1 {
			_, err = ParseCode(code.Nameplate + "-" + strings.Join(code.Words[1:], "-"))
			var problem *CodeError
			require.True(t, errors.As(err, &problem), "a missing first word is noticed")
			require.Equal(t, ProblemWordOrder, problem.Problem)
		}
	})
}

func TestWordLists(t *testing.T) {
	seen := map[string]bool{}
	for i, list := range wordLists() {
		require.Len(t, list, 256)
		for _, word := range list {
			require.False(t, seen[word], word)
			seen[word] = true
			require.Equal(t, strings.ToLower(word), word)
			require.LessOrEqual(t, len(word), longestWord)
			require.Equal(t, -1, strings.IndexFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }), word)
		}
		require.Equal(t, list, wordsAt(i+2))
	}
}

func TestComplete(t *testing.T) {
	for _, c := range []struct {
		text  string
		words int
		want  []string
	}{
		{"", 2, nil}, {"7", 2, nil}, {"x-", 2, nil}, {"-", 2, nil},
		{"7-gui", 2, []string{"7-guitarist-"}},
		{" 7 GUI", 2, []string{"7-guitarist-"}},
		{"#7-gui", 2, []string{"7-guitarist-"}},
		{"„７－ｇｕｉ", 2, []string{"7-guitarist-"}},
		{"Code: ٧ gui", 2, []string{"7-guitarist-"}},
		{"40 71, guit", 2, []string{"4071-guitarist-"}},
		{"7, guitarist, end", 2, []string{"7-guitarist-endorse", "7-guitarist-endow"}},
		{"I am 18 and", 2, nil},
		{"7-gra", 2, []string{"7-graduate-", "7-gravity-"}},
		{"7-guitarist-end", 2, []string{"7-guitarist-endorse", "7-guitarist-endow"}},
		{"7-guitarist-end", 3, []string{"7-guitarist-endorse-", "7-guitarist-endow-"}},
		{"7-guitarist-guit", 2, nil},
		{"7-guitarist-endorse-", 2, nil},
		{"7-guitarist-endorse-yuc", 3, []string{"7-guitarist-endorse-yucatan"}},
		{"7-" + strings.Repeat("a", maxCodeText), 2, nil},
	} {
		require.Equal(t, c.want, Complete(c.text, c.words), c.text)
	}
	require.Len(t, Complete("7-", 2), 256)
	require.Len(t, Complete("7-guitarist ", 2), 256)
}

func TestLinkVectors(t *testing.T) {
	vectors := readVectors(t).Links
	require.NotEmpty(t, vectors)
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			link, err := FindLink(v.Text)
			if v.Link == "" {
				require.ErrorIs(t, err, ErrLink)
				require.Equal(t, v.Several, errors.Is(err, ErrSeveral))
				require.Zero(t, link)
				require.NotContains(t, err.Error(), "relay.example")
				require.NotContains(t, err.Error(), "peti1")
				return
			}
			require.NoError(t, err)
			require.Equal(t, v.Link, link.String())
			id, err := link.MailboxID()
			require.NoError(t, err)
			require.Equal(t, v.MailboxID, id)
			password, err := link.Password()
			require.NoError(t, err)
			require.Equal(t, []byte(v.Password), []byte(password))
		})
	}
}

func TestFindLinkInMuchText(t *testing.T) {
	const link = "https://relay.example.org/i/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn"
	found, err := FindLink(strings.Repeat("x ", 16<<10) + link + strings.Repeat(" y", 15<<10))
	require.NoError(t, err)
	require.Equal(t, link, found.String())
	_, err = FindLink(link + strings.Repeat(" ", MaxInviteText-len(link)))
	require.NoError(t, err)
	for _, long := range []string{
		link + strings.Repeat(" ", MaxInviteText-len(link)+1), link + strings.Repeat("。", MaxInviteText/3),
	} {
		_, err = FindLink(long)
		require.ErrorIs(t, err, wire.ErrTooLarge)
	}
}

// TestFindLinkTakesLinearTime reads the texts that cost most. Each takes some
// 20 ms; what grew with the square would take minutes.
func TestFindLinkTakesLinearTime(t *testing.T) {
	fill := func(s string) string { return strings.Repeat(s, MaxInviteText/len(s)) }
	for _, text := range []string{
		fill(" "), fill("\n"), fill("\n>"), fill("="), fill("%25"), fill("\\"), fill("peti1"), fill("https://"), fill("*"), fill("/i/#"),
		fill("#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn"), fill("(#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn\n"),
		fill("https://x/i/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn\n\n"),
		fill("://:// #peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn"),
		fill("://://#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn"), fill("\n//\n/i/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn"),
	} {
		_, err := FindLink(text)
		require.True(t, err == nil || errors.Is(err, ErrLink))
	}
}

func TestNewLink(t *testing.T) {
	a, err := NewLink(rand.Reader, "https://relay.example.org")
	require.NoError(t, err)
	b, err := NewLink(rand.Reader, "https://relay.example.org")
	require.NoError(t, err)
	require.NotEqual(t, a.Secret, b.Secret)
	back, err := FindLink(a.String())
	require.NoError(t, err)
	require.Equal(t, a, back)
	_, err = NewLink(rand.Reader, "https://relay.example.org/")
	require.Error(t, err)
	_, err = NewLink(bytes.NewReader(nil), "https://relay.example.org")
	require.Error(t, err)
}

func FuzzParseCode(f *testing.F) {
	for _, v := range readVectors(f).Codes {
		f.Add(v.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, completed := range Complete(text, 2) {
			_, err := ParseCode(completed)
			var problem *CodeError
			require.True(t, err == nil || errors.As(err, &problem))
		}
		code, err := ParseCode(text)
		if err != nil {
			var problem *CodeError
			require.True(t, errors.As(err, &problem))
			return
		}
		again, err := ParseCode(code.String())
		require.NoError(t, err)
		require.Equal(t, code, again)
	})
}

func FuzzFindLink(f *testing.F) {
	for _, v := range readVectors(f).Links {
		f.Add(v.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		link, err := FindLink(text)
		if err != nil {
			require.ErrorIs(t, err, ErrLink)
			return
		}
		again, err := FindLink(link.String())
		require.NoError(t, err)
		require.Equal(t, link, again)
	})
}
