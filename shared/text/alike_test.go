package text

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

func alike(a, b string) bool {
	other := Alike(b)
	return slices.ContainsFunc(Alike(a), func(key string) bool { return slices.Contains(other, key) })
}

func TestAlike(t *testing.T) {
	for _, pair := range [][2]string{
		{"Mum", "Mum"}, {"Mum", "mum"}, {"Mum", "MUM "}, {"Mum", "M u m"}, {"Mum", "Mum."}, {"Mum", "Mum\u200b"}, {"Mum", "M\u00adu\u2060m"},
		{"Mum", "Мum"}, {"Mum", "Μum"}, {"Mum", "Ｍｕｍ"}, {"Mum", "𝐌𝐮𝐦"}, {"Mum", "Ⓜⓤⓜ"}, {"Mum", "ᴹᵘᵐ"}, {"Mum", "ᴍᴜᴍ"}, {"Mum", "Murn"}, {"Mum", "Mům"},
		{"Mum", "M\U000e0075um"}, {"Mum", "\u2068Mum\u2069"}, {"Mum", "Mu\u0308m"}, {"Mum", "ⅯＵⅿ"},
		{"Anna", "Аnnа"}, {"Anna", "Аппа"}, {"anna", "αnnα"}, {"Paul", "PauI"}, {"Paul", "Pau1"}, {"Paul", "Pau|"}, {"Paul", "Раul"}, {"Paul", "PAUL"},
		{"Otto", "0tto"}, {"Otto", "OTT0"}, {"Otto", "Оttо"}, {"Otto", "Οττο"}, {"Bob", "В0b"}, {"Bob", "Воb"}, {"Nikos", "Νikos"}, {"NIKOS", "ΝΙΚΟS"},
		{"Νίκος", "ΝΙΚΟΣ"}, {"Σοφία", "σοφια"}, {"Алёна", "АЛЕНА"}, {"Йосиф", "Иосиф"}, {"Юрий", "ЮРИЙ"},
		{"Jürgen", "Jurgen"}, {"Jürgen", "Ju\u0308rgen"}, {"Groß", "GROSS"}, {"Søren", "Soren"}, {"Łukasz", "Lukasz"}, {"Anna-Lena", "Anna Lena"}, {"Ægir", "AEgir"},
		{"Iris", "lris"}, {"Will", "WiII"}, {"Will", "vvill"}, {"O'Brien", "O’Brien"}, {"Lisa 2", "Lisa ②"}, {"Lisa 2", "Lisa²"},
		{"が", "か\u3099"}, {"ガ", "ｶﾞ"}, {"한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"}, {"أحمد", "احمد"},
		{"❤️", "❤"}, {"🐱", " 🐱 "}, {"!?", "! ?"}, {"Élodie", "E\u0301lodie"}, {"ﬁn", "fin"}, {"Тоm", "Tom"}, {"Toм", "TOM"},
	} {
		require.True(t, alike(pair[0], pair[1]), "%q", pair)
		require.True(t, alike(pair[1], pair[0]), "%q", pair)
	}
	for _, pair := range [][2]string{
		{"Mum", "Dad"}, {"Mum", "Mumm"}, {"Anna", "Hanna"}, {"Kai", "Kal"}, {"Ada", "Bob"}, {"Anna", "Anne"}, {"Lisa 1", "Lisa 2"},
		{"🐱", "🐶"}, {"!", "?"}, {"李雷", "韩梅梅"}, {"Иван", "Ирина"}, {"Mum", "Mum ❤"}, {"🇩🇪", "🇫🇷"}, {"か", "き"}, {"Σ", "Α"},
	} {
		require.False(t, alike(pair[0], pair[1]), "%q", pair)
	}
	for _, nothing := range []string{"", " ", "\u3164", "\u200b\u0301"} {
		require.Empty(t, Alike(nothing), "%q", nothing)
	}
}

// decomposed is what Unicode has r be without style and marks.
func decomposed(r rune) string {
	return strings.Map(func(d rune) rune {
		if unicode.Is(unicode.M, d) || unicode.IsSpace(d) || unicode.IsPunct(d) || d == '\u2044' {
			return -1
		}
		return d
	}, norm.NFKD.String(string(r)))
}

func TestStyled(t *testing.T) {
	for r, to := range tables().styled {
		require.Equal(t, decomposed(r), to, "%q", r)
	}
	for _, rows := range [][2]rune{{0xff01, 0xff5e}, {0x1d400, 0x1d6a3}, {0x1d6a8, 0x1d7c9}, {0x1d7ce, 0x1d7ff}} {
		for r := rows[0]; r <= rows[1]; r++ {
			plain := decomposed(r)
			if !unicode.Is(unicode.L, r) || plain == "" || strings.ContainsAny(plain, "ϵϑϰϕϱϖθκφρπε∇∂ı") {
				continue
			}
			require.Equal(t, plain, string(computed(r)), "%q", r)
		}
	}
	missing := 0
	for r := rune(0x80); r < 0x3000; r++ {
		to := decomposed(r)
		if !unicode.IsLetter(r) || to == string(r) || to == "" {
			continue
		}
		if strings.IndexFunc(to, func(d rune) bool {
			return !unicode.In(d, unicode.Greek, unicode.Cyrillic) && !(d < 0x80 && unicode.IsLetter(d))
		}) >= 0 {
			continue
		}
		if tables().styled[r] == "" && tables().looks[r] == "" {
			missing++
			t.Errorf("%q (%q) is missing", r, to)
		}
	}
	require.Zero(t, missing)
	for r := range tables().looks {
		require.Empty(t, tables().styled[r], "%q stands in both tables", r)
	}
}

func FuzzAlike(f *testing.F) {
	for _, s := range []string{"", "Mum", "Мum", "𝐌𝐮𝐦", "\u3164", "한글", "!?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		require.Equal(t, Visible(s), len(Alike(s)) > 0)
		if Visible(s) {
			require.True(t, alike(s, Clean(s)), "%q", s)
			require.True(t, alike(s, " "+s+"\u200b"), "%q", s)
		}
	})
}
