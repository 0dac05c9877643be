package wire

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The valid and invalid strings of BIP-350, but those in upper case, which we
// do not accept, and with their data checked for 8-bit bytes by us.
func TestID(t *testing.T) {
	a, err := NewID(rand.Reader)
	require.NoError(t, err)
	b, err := NewID(rand.Reader)
	require.NoError(t, err)
	require.NotEqual(t, a, b)
	require.False(t, a.IsZero())
	require.True(t, ID{}.IsZero())
	back, err := ParseID(a.String())
	require.NoError(t, err)
	require.Equal(t, a, back)
	for _, bad := range []string{"", "00", strings.Repeat("0", 31), strings.Repeat("0", 33), strings.Repeat("A", 32), strings.Repeat("g", 32)} {
		_, err := ParseID(bad)
		require.Error(t, err, bad)
	}
	_, err = NewID(bytes.NewReader(make([]byte, IDSize-1)))
	require.Error(t, err)
	_, err = RandomBytes(bytes.NewReader(nil), 1)
	require.Error(t, err)
}

func TestSecret(t *testing.T) {
	s := Secret("hush")
	holder := struct {
		Redacted
		hidden []byte
	}{hidden: []byte("hush")}
	for _, v := range []any{s, &s, holder, &holder} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
			require.Equal(t, "[redacted]", fmt.Sprintf(verb, v), verb)
		}
	}
	require.NotContains(t, fmt.Sprintf("%+v", struct{ S Secret }{s}), "hush")
	for _, h := range []func(*bytes.Buffer) slog.Handler{
		func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var out bytes.Buffer
		slog.New(h(&out)).Info("made", "secret", s, "in", struct{ S Secret }{s}, "holder", holder)
		require.Contains(t, out.String(), "[redacted]")
		require.NotContains(t, out.String(), "hush")
		require.NotContains(t, out.String(), "aHVzaA")
	}
	_, err := json.Marshal(s)
	require.Error(t, err)
	data, err := Marshal(s)
	require.NoError(t, err)
	require.Equal(t, []byte("\x44hush"), data)
	var back Secret
	require.NoError(t, Unmarshal(data, &back, 10))
	require.True(t, back.Equal(s))
	require.False(t, back.Equal([]byte("hus")))
	back.Wipe()
	require.Equal(t, Secret{0, 0, 0, 0}, back)
}

func TestRelayURL(t *testing.T) {
	for _, c := range []struct{ text, canonical string }{
		{"https://relay.example.org", "https://relay.example.org"},
		{" https://Relay.Example.org:443/ \n", "https://relay.example.org"},
		{"HTTPS://relay.example.org", "https://relay.example.org"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"http://[::1]:8080/", "http://[::1]:8080"},
		{"http://localhost:80", "http://localhost"},
		{"https://localhost:80", "https://localhost:80"},
		{"https://example.org/petmail/", "https://example.org/petmail"},
		{"https://example.org/a/B~c_d-e.f", "https://example.org/a/B~c_d-e.f"},
		{"http://abcdefgh.onion", "http://abcdefgh.onion"},

		{"", ""}, {"relay.example.org", ""}, {"//relay.example.org", ""}, {"ftp://relay.example.org", ""},
		{"javascript:alert(1)", ""}, {"https://", ""}, {"https:///path", ""}, {"https:relay", ""},
		{"https://user@relay.example.org", ""}, {"https://:@relay.example.org", ""}, {"https://a:b@relay.example.org", ""},
		{"https://relay.example.org?", ""}, {"https://relay.example.org?q", ""},
		{"https://relay.example.org#", ""}, {"https://relay.example.org/#f", ""},
		{"https://relay.example.org:", ""}, {"https://relay.example.org:0", ""}, {"https://relay.example.org:0443", ""},
		{"https://relay.example.org:65536", ""}, {"https://relay.example.org:+1", ""}, {"https://[::1", ""},
		{"https://relay.ex\u00e4mple.org", ""}, {"https://re%6cay.example.org", ""}, {"https://-relay.example.org", ""},
		{"https://.example.org", ""}, {"https://relay_x.example.org", ""}, {"https://[fe80::1%25eth0]", ""},
		{"https://relay.example.org/a//b", ""}, {"https://relay.example.org/../b", ""}, {"https://relay.example.org/.well-known", ""},
		{"https://relay.example.org/a%2fb", ""}, {"https://relay.example.org/a b", ""}, {"https://relay.example.org/\\b", ""},
		{"https://" + strings.Repeat("a.", 100) + "org", ""},
	} {
		got, err := NormalizeRelayURL(c.text)
		require.Equal(t, c.canonical != "", err == nil, "%q: %v", c.text, err)
		require.Equal(t, c.canonical, got)
		require.Equal(t, c.canonical == c.text && err == nil, CheckRelayURL(c.text) == nil, c.text)
	}
}

func FuzzNormalizeRelayURL(f *testing.F) {
	for _, seed := range []string{"https://Relay.example.org:443/", "http://[::1]:80", "https://a/b/c", "https://u@h", "http://h?#"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		canonical, err := NormalizeRelayURL(text)
		if err != nil {
			require.Empty(t, canonical)
			return
		}
		require.NoError(t, CheckRelayURL(canonical), "the canonical form is accepted and stays")
		require.NotContains(t, canonical[len("https://"):], "//")
		require.False(t, strings.ContainsAny(canonical, "#?@ \\%"), canonical)
	})
}
