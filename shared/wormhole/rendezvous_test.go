package wormhole

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"petmail/shared/wire"
)

func TestClientMessageVectors(t *testing.T) {
	vectors := readVectors(t).ClientMessages
	require.NotEmpty(t, vectors)
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			m, err := ParseClient([]byte(v.Frame))
			if v.Error {
				require.Error(t, err)
				require.Equal(t, ClientMessage{ID: m.ID}, m)
				_, err = m.Encode()
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			data, err := m.Encode()
			require.NoError(t, err)
			again, err := ParseClient(data)
			require.NoError(t, err)
			require.Equal(t, m, again)
			requireMembersOf(t, data, []byte(v.Frame))
		})
	}
}

func TestServerMessageVectors(t *testing.T) {
	vectors := readVectors(t).ServerMessages
	require.NotEmpty(t, vectors)
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			m, err := ParseServer([]byte(v.Frame))
			if v.Error {
				require.Error(t, err)
				require.Zero(t, m)
				return
			}
			require.NoError(t, err)
			data, err := m.Encode()
			require.NoError(t, err)
			again, err := ParseServer(data)
			require.NoError(t, err)
			if m.Orig == nil && m.Type == ServerError {
				m.Orig = json.RawMessage("{}")
			}
			if m.Orig != nil {
				require.JSONEq(t, string(m.Orig), string(again.Orig))
				again.Orig = m.Orig
			}
			require.Equal(t, m, again)
		})
	}
}

// requireMembersOf checks that whatever is said in data is said in from, so
// that the vectors also pin what we write.
func requireMembersOf(t *testing.T, data, from []byte) {
	t.Helper()
	var ours, theirs map[string]any
	require.NoError(t, json.Unmarshal(data, &ours))
	require.NoError(t, json.Unmarshal(from, &theirs))
	for name, value := range ours {
		require.Equal(t, theirs[name], value, name)
	}
}

func TestClientErrors(t *testing.T) {
	_, err := ParseClient([]byte("[]"))
	require.ErrorIs(t, err, ErrNotObject)
	m, err := ParseClient([]byte(`{"type": "steal", "id": "ab12"}`))
	require.ErrorIs(t, err, ErrUnknownType)
	require.False(t, errors.Is(err, ErrNotObject))
	require.Equal(t, ClientMessage{ID: "ab12"}, m, "the ack needs the id")
	m, err = ParseClient([]byte(`{"type": "claim", "nameplate": "x", "id": "ab12"}`))
	require.ErrorContains(t, err, "nameplate")
	require.Equal(t, ClientMessage{ID: "ab12"}, m)
	_, err = ParseServer([]byte(`{"type": "later"}`))
	require.ErrorIs(t, err, ErrUnknownType)
}

func TestFrameLimits(t *testing.T) {
	fill := func(n int) []byte {
		frame := `{"type":"list","x":""}`
		return []byte(frame[:len(frame)-2] + strings.Repeat("a", n-len(frame)) + `"}`)
	}
	_, err := ParseClient(fill(MaxFrame))
	require.NoError(t, err)
	_, err = ParseClient(fill(MaxFrame + 1))
	require.ErrorIs(t, err, wire.ErrTooLarge)
	_, err = ParseServer(fill(MaxFrame + 1))
	require.ErrorIs(t, err, wire.ErrTooLarge)

	deep := `{"type":"list","x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`
	_, err = ParseClient([]byte(deep))
	require.ErrorIs(t, err, ErrNotObject)
	_, err = ParseClient([]byte("{\"type\":\"list\",\"x\":\"\xff\"}"))
	require.ErrorIs(t, err, ErrNotObject)

	largest := ClientMessage{Type: ClientAdd, Phase: strings.Repeat("p", maxText), ID: strings.Repeat("i", maxMessageID), Body: make([]byte, MaxBody)}
	data, err := largest.Encode()
	require.NoError(t, err, "the largest body fits a frame")
	require.LessOrEqual(t, len(data), MaxFrame)
	echo := ServerMessage{Type: ServerMail, ServerTX: 1700000000.123456, Side: strings.Repeat("s", maxText), Phase: largest.Phase, ID: largest.ID, Body: largest.Body}
	data, err = echo.Encode()
	require.NoError(t, err, "and comes back in one")
	require.LessOrEqual(t, len(data), MaxFrame)
	largest.Body = make([]byte, MaxBody+1)
	_, err = largest.Encode()
	require.Error(t, err)
}

func TestErrorRepeatsOnlyShortMessages(t *testing.T) {
	long := json.RawMessage(`{"x":"` + strings.Repeat("a", maxOrig) + `"}`)
	data, err := ServerMessage{Type: ServerError, Error: "x", Orig: long}.Encode()
	require.NoError(t, err)
	m, err := ParseServer(data)
	require.NoError(t, err)
	require.JSONEq(t, "{}", string(m.Orig))
}

func TestClientRoundTrip(t *testing.T) {
	word := rapid.StringMatching(`[!-~]{1,20}`)
	number := rapid.StringMatching(`[0-9]{1,10}`)
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom([]ClientMessage{
			{Type: ClientBind, AppID: word.Draw(t, "app"), Side: word.Draw(t, "side")},
			{Type: ClientList},
			{Type: ClientAllocate},
			{Type: ClientClaim, Nameplate: number.Draw(t, "nameplate")},
			{Type: ClientRelease, Nameplate: number.Draw(t, "released")},
			{Type: ClientOpen, Mailbox: word.Draw(t, "mailbox")},
			{Type: ClientAdd, Phase: word.Draw(t, "phase"), Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body")},
			{Type: ClientClose, Mailbox: word.Draw(t, "closed"), Mood: MoodScary},
			{Type: ClientPing, Ping: rapid.Int64Range(-maxPing, maxPing).Draw(t, "ping")},
		}).Draw(t, "message")
		m.ID = rapid.StringN(0, 16, maxMessageID).Draw(t, "id")
		data, err := m.Encode()
		require.NoError(t, err)
		back, err := ParseClient(data)
		require.NoError(t, err)
		require.Equal(t, m, back)
	})
}

func FuzzParseClient(f *testing.F) {
	for _, v := range readVectors(f).ClientMessages {
		f.Add([]byte(v.Frame))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseClient(data)
		if err != nil {
			require.Empty(t, m.Body)
			return
		}
		again, err := m.Encode()
		require.NoError(t, err)
		back, err := ParseClient(again)
		require.NoError(t, err)
		require.Equal(t, m, back)
	})
}

func FuzzParseServer(f *testing.F) {
	for _, v := range readVectors(f).ServerMessages {
		f.Add([]byte(v.Frame))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseServer(data)
		if err != nil {
			require.Zero(t, m)
			return
		}
		again, err := m.Encode()
		if m.Type == ServerWelcome || m.Type == ServerError {
			return // texts grow when they are escaped, past the frame's limit
		}
		require.NoError(t, err)
		back, err := ParseServer(again)
		require.NoError(t, err)
		back.Orig, m.Orig = nil, nil
		require.Equal(t, m, back)
	})
}
