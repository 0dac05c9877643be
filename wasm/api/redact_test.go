package api

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRedactedIsNotInJSON(t *testing.T) {
	message := MessageEvent{Message: Message{Text: "a text"}}
	event := EventMessage.Of(message)
	b, err := json.Marshal(event)
	require.NoError(t, err)
	require.Contains(t, string(b), `"text":"a text"`)
	require.NotContains(t, string(b), "edacted")
	require.Contains(t, string(b), `"kind":"message"`)
	for _, v := range []any{event, &event, message, []Message{message.Message}, Snapshot{Name: "a text"}} {
		require.NotContains(t, fmt.Sprintf("%+v %#v", v, v), "a text", "%T", v)
	}
}
