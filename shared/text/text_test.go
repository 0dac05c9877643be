package text

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVisible(t *testing.T) {
	for _, shows := range []string{
		"a", " a ", "\u200ba", "❤️", "👩‍👩‍👧", "🏴\U000e0067\U000e0062\U000e007f", "1\ufe0f\u20e3", "é", "e\u0301", ".", "あ", "한", "नी",
		"\u06dd", "\U0001fae9", "\U0001faea", "\ue000", "\u00a9", "\ufffd", "🇩🇪", "🏽", "\u3164a",
	} {
		require.True(t, Visible(shows), "%q", shows)
	}
	for _, nothing := range []string{
		"", " ", "\t\n", "\u00a0", "\u3000", "\u1680", "\u2028", "\x00", "\x1b", "\u0085",
		"\u200b", "\u200c", "\u200d", "\u2060", "\u2061", "\u2064", "\u2065", "\u2800", "\u3164", "\uffa0", "\u115f", "\u1160",
		"\u00ad", "\ufeff", "\u034f", "\u17b4", "\u17b5", "\u180b", "\u180e", "\u180f", "\ufe00", "\ufe0f", "\ufff0", "\ufff9", "\ufffc",
		"\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u206a", "\u206f",
		"\U000e0001", "\U000e0020", "\U000e007f", "\U000e0100", "\U000e0fff", "\U0001d159", "\U0001d173", "\U0001bca0", "\U00013430",
		"\u0301", "\u0301\u0302", "\u20dd", "\u0903",
		"\u200b \u2060\u2066\u2069\ufe0f\u3164\x00",
	} {
		require.False(t, Visible(nothing), "%q", nothing)
		require.False(t, Visible(strings.Repeat(nothing+"\u200b", 50)), "%q", nothing)
	}
}

func TestClean(t *testing.T) {
	for dirty, clean := range map[string]string{
		"\u2068Anna\u2069":        "Anna",
		"\u2066Anna\u2069 \u200e": "Anna",
		"\u202eannA\u202c":        "annA",
		"\u200eAn\u200bna\ufeff":  "Anna",
		"An\u00adna\u2060":        "Anna",
		"Anna\r\nMaria\tB":        "Anna  Maria B",
		"\x00Anna\x07":            "Anna",
		"  Anna\u2029":            "Anna",
		"\u061cآنا":               "آنا",
		"می\u200cخواهم":           "می\u200cخواهم", // joins letters
		"👩‍👩‍👧 ❤️":                "👩‍👩‍👧 ❤️",
		"\u3164":                  "\u3164", // shows nothing: for Visible to say
		"\u2066\u2069":            "",
		"a\xff":                   "a\ufffd",
	} {
		require.Equal(t, clean, Clean(dirty), "%q", dirty)
		require.Equal(t, clean, Clean(clean), "%q", clean)
	}
}

func TestCardName(t *testing.T) {
	for _, name := range []string{"Anna", strings.Repeat("é", 128), "\u3164", "\u200b", " ", "👩‍👩‍👧"} {
		require.True(t, CardName(name), "%q", name)
	}
	for _, name := range []string{
		"", strings.Repeat("a", 257), strings.Repeat("é", 129), "a\xff", "\x00", "a\x1f", "a\x7f", "a\u0080", "a\u009f",
		"a\u061c", "a\u200e", "a\u200f", "a\u2028", "a\u2029", "a\u202a", "a\u202e", "a\u2066", "a\u2069",
	} {
		require.False(t, CardName(name), "%q", name)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "\u2068Anna\u2069", "\x00\xff\u2028 \u3164", "👩‍👩‍👧"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := Clean(s)
		require.Equal(t, clean, Clean(clean))
		if clean != "" && len(clean) <= MaxNameBytes {
			require.True(t, CardName(clean), "%q", clean)
		}
		if Visible(clean) {
			require.True(t, Visible(s))
		}
	})
}
