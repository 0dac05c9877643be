package text

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVisible(t *testing.T) {
	encoded, err := os.ReadFile("testdata/visible.json")
	require.NoError(t, err)
	var vectors struct{ Shows, Nothing []string }
	require.NoError(t, json.Unmarshal(encoded, &vectors))
	require.NotEmpty(t, vectors.Shows)
	for _, shows := range vectors.Shows {
		require.True(t, Visible(shows), "%q", shows)
	}
	require.NotEmpty(t, vectors.Nothing)
	for _, nothing := range vectors.Nothing {
		require.False(t, Visible(nothing), "%q", nothing)
		require.False(t, Visible(strings.Repeat(nothing+"\u200b", 50)), "%q", nothing)
	}
}

func TestTrimUnseen(t *testing.T) {
	require.Equal(t, "a \u200b", TrimUnseen("\u200b \u3164a \u200b"))
	require.Empty(t, TrimUnseen(" \u2060"))
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
