package api

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRedactedIsNotInJSON(t *testing.T) {
	event := Event{Message: &MessageEvent{Message: Message{Text: "a text"}}}
	b, err := json.Marshal(event)
	require.NoError(t, err)
	require.Contains(t, string(b), `"text":"a text"`)
	require.NotContains(t, string(b), "edacted")
	var again Event
	require.NoError(t, json.Unmarshal(b, &again))
	require.Equal(t, event, again)
	for _, v := range []any{event, &event, event.Message, []Message{event.Message.Message}, Snapshot{Name: "a text"}} {
		require.NotContains(t, fmt.Sprintf("%+v %#v", v, v), "a text", "%T", v)
	}
}
