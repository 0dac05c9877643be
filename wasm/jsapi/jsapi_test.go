package jsapi

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       api.Request
		refused    string
	}{
		{name: "hello", text: `{"id":1,"command":"hello"}`, want: api.Request{ID: 1, Command: "hello", Args: json.RawMessage("{}")}},
		{name: "args", text: ` {"id":7,"command":"send","args":{"a":[1]}} `, want: api.Request{ID: 7, Command: "send", Args: json.RawMessage(`{"a":[1]}`)}},
		{name: "empty", text: ``, refused: "not a request"},
		{name: "no object", text: `[]`, refused: "not a request"},
		{name: "null", text: `null`, refused: "id or command missing"},
		{name: "no id", text: `{"command":"hello"}`, refused: "id or command missing"},
		{name: "negative id", text: `{"id":-1,"command":"hello"}`, refused: "id or command missing", want: api.Request{ID: -1}},
		{name: "fraction", text: `{"id":1.5,"command":"hello"}`, refused: "not a request"},
		{name: "no command", text: `{"id":3}`, refused: "id or command missing", want: api.Request{ID: 3}},
		{name: "unknown field", text: `{"id":3,"command":"hello","more":1}`, refused: "not a request", want: api.Request{ID: 3}},
		{name: "truncated", text: `{"id":3,"command":"hello"`, refused: "not a request"},
		{name: "two", text: `{"id":3,"command":"hello"}{"id":4}`, refused: "more than a request", want: api.Request{ID: 3}},
		{name: "deep", text: strings.Repeat("[", MaxRequest), refused: "not a request"},
		{name: "large", text: strings.Repeat(" ", MaxRequest+1), refused: "over the size limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, refusal := decode([]byte(c.text))
			if c.refused != "" {
				require.Equal(t, &api.Error{Code: api.ErrBadRequest, Message: c.refused}, refusal)
				require.Empty(t, got.Command)
				if c.want.ID != 0 {
					require.Equal(t, c.want.ID, got.ID)
				}
				return
			}
			require.Nil(t, refusal)
			require.Equal(t, c.want, got)
		})
	}
}

// TestLongestTextFits: every character of a text may need six bytes.
func TestLongestTextFits(t *testing.T) {
	args, err := json.Marshal(api.SendArgs{Conversation: strings.Repeat("c", 64), Text: strings.Repeat("\x01", api.MaxTextBytes)})
	require.NoError(t, err)
	text, err := json.Marshal(api.Request{ID: math.MaxInt32, Command: api.CmdSend.Name(), Args: args})
	require.NoError(t, err)
	_, refusal := decode(text)
	require.Nil(t, refusal)
}

func TestEncode(t *testing.T) {
	require.JSONEq(t, `{"id":3,"result":{"words":["a"],"verified":true}}`,
		string(encode(api.Reply{ID: 3, Result: api.Safety{Words: []string{"a"}, Verified: true}})))
	require.JSONEq(t, `{"kind":"conversationRemoved","data":"c"}`, string(encode(api.EventConversationRemoved.Of("c"))))
	require.JSONEq(t, `{"id":3,"error":{"code":"internal","message":"couldn't encode"}}`,
		string(encode(api.Reply{ID: 3, Result: math.NaN()})))
}

// echo answers each request with its command, once released.
type echo struct {
	deliver  func(any)
	release  chan struct{}
	detached bool
}

func (e *echo) Attach(deliver func(any)) (func(api.Request), func()) {
	e.deliver = deliver
	deliver(api.EventConversationRemoved.Of("attached"))
	return func(r api.Request) {
		<-e.release
		deliver(api.Reply{ID: r.ID, Result: r.Command})
	}, func() { e.detached = true }
}

func TestClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agent := &echo{release: make(chan struct{})}
		var sent []string
		c := attach(agent, func(text string) { sent = append(sent, text) })
		synctest.Wait()
		require.Equal(t, []string{`{"kind":"conversationRemoved","data":"attached"}`}, sent)
		sent = nil
		c.receive(`{"id":1,"command":"a"}`)
		c.receive(`nonsense`)
		c.receive(`{"id":2,"command":"b"}`)
		synctest.Wait()
		require.Equal(t, []string{`{"id":0,"error":{"code":"bad_request","message":"not a request"}}`}, sent)
		sent = nil
		close(agent.release)
		synctest.Wait()
		require.Equal(t, []string{`{"id":1,"result":"a"}`, `{"id":2,"result":"b"}`}, sent)

		c.detach()
		c.detach()
		c.receive(`{"id":3,"command":"c"}`)
		agent.deliver(api.EventConversationRemoved.Of("late"))
		synctest.Wait()
		require.True(t, agent.detached)
		require.Len(t, sent, 2)
	})
}

func TestBusyAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agent := &echo{release: make(chan struct{})}
		var sent []string
		c := attach(agent, func(text string) { sent = append(sent, text) })
		c.receive(`{"id":1,"command":"a"}`)
		synctest.Wait() // the agent holds the first
		for range maxWaiting {
			c.receive(`{"id":1,"command":"a"}`)
		}
		sent = nil
		c.receive(`{"id":9,"command":"a"}`)
		require.Equal(t, []string{`{"id":9,"error":{"code":"bad_request","message":"too many requests at once"}}`}, sent)
		close(agent.release)
		c.detach()
		synctest.Wait()
		require.True(t, agent.detached)
	})
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"id":1,"command":"hello","args":{}}`, `{"id":1e3,"command":"\u0000"}`, `null`, `{"ID":1,"Command":"x","args":null}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, refusal := decode(text)
		if refusal != nil {
			return
		}
		require.Positive(t, r.ID)
		require.NotEmpty(t, r.Command)
		again, refusal := decode(encode(r))
		require.Nil(t, refusal)
		require.Equal(t, r.ID, again.ID)
		require.Equal(t, r.Command, again.Command)
	})
}
