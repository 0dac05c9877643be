package vectors

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBytes(t *testing.T) {
	for text, want := range map[string][]byte{
		"": {}, "00ff": {0, 255}, " 00  FF ": {0, 255}, "a1 0102*2 ff*0 03*3": {0xa1, 1, 2, 1, 2, 3, 3, 3},
	} {
		var b Bytes
		require.NoError(t, b.UnmarshalText([]byte(text)), text)
		require.Equal(t, want, []byte(b), text)
	}
	for _, text := range []string{"0", "0 0", "zz", "00*", "00*-1", "00*x", "00*2*2", "*2*"} {
		require.Error(t, new(Bytes).UnmarshalText([]byte(text)), text)
	}
	var absent struct{ Bytes Bytes }
	require.NoError(t, json.Unmarshal([]byte("{}"), &absent))
	require.Nil(t, absent.Bytes)
}

func TestFields(t *testing.T) {
	type inner struct{ A, B int }
	type outer struct {
		In   *inner
		List []inner
		None []inner
	}
	set := map[string]bool{}
	note(outer{In: &inner{A: 1}}, set)
	note(outer{List: []inner{{}, {B: 1}}}, set)
	require.Equal(t, map[string]bool{
		"In": true, "In.A": true, "In.B": false, "List": true, "List.A": false, "List.B": true, "None": false,
	}, set)
}

func TestDeclared(t *testing.T) {
	found, err := declared("../relayproto", "FrameType")
	require.NoError(t, err)
	require.Equal(t, "64", found["FrameChallenge"])
	found, err = declared("../relayproto", "Code")
	require.NoError(t, err)
	require.Equal(t, "no_mailbox", found["CodeNoMailbox"])
}
