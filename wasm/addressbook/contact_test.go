package addressbook

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSafetyWords(t *testing.T) {
	a, b, c := []byte("persona key of Ada"), []byte("persona key of Bob"), []byte("persona key of Eve")
	words := SafetyWords(a, b)
	require.Len(t, words, 12)
	require.Equal(t, words, SafetyWords(b, a), "both sides read the same words")
	require.NotEqual(t, words, SafetyWords(a, c))
	require.NotEqual(t, words, SafetyWords(c, b))
}

func TestAChangedKeyIsAnAlarm(t *testing.T) {
	var c Contact
	c.Saw("Ada", []byte{1})
	require.False(t, c.KeyAlarm)
	c.SetVerified(true, []byte{1})
	c.Saw("Ada L.", []byte{1})
	require.True(t, c.Verified, "a new name is no new key")
	require.Equal(t, "Ada L.", c.Name())

	c.Saw("Ada", []byte{2})
	require.True(t, c.KeyAlarm)
	require.False(t, c.Verified)
	c.Saw("Ada", []byte{2})
	require.True(t, c.KeyAlarm, "the alarm stays until somebody compares")

	c.SetVerified(true, []byte{2})
	require.False(t, c.KeyAlarm)
	require.True(t, c.Verified)
}

func TestPetnameWins(t *testing.T) {
	c := Contact{TheirName: "Ada"}
	require.Equal(t, "Ada", c.Name())
	c.Petname = "Mum"
	require.Equal(t, "Mum", c.Name())
	require.Equal(t, "[redacted]", fmt.Sprint(c))
}
