package conversation

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTextsPrintNothing prints and logs what holds texts, in every way that
// comes to mind. That no type is left out is for tests/arch to say.
func TestTextsPrintNothing(t *testing.T) {
	const marker = "a text of somebody"
	body := []byte(marker)
	text := Text{Text: marker}
	for _, v := range []any{
		text, &text, []Text{text}, map[string]*Text{"": &text}, []any{text},
		Content{Body: body}, Message{Body: body}, []Message{{Body: body}}, Body{Payload: body}, Outgoing{Body: body},
		Member{Name: marker}, Card{Name: marker}, Persona{Name: marker}, Pending{Commit: body},
		Result{Message: &Message{Body: body}}, Conversation{Persona: Persona{Name: marker}}, &Conversation{Join: body},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			printed := fmt.Sprintf(verb, v)
			require.NotContains(t, printed, marker, "%T", v)
			require.NotContains(t, printed, fmt.Sprintf("%x", marker), "%T", v)
			require.NotContains(t, printed, "97 32 116", "%T", v) // in decimal
		}
		require.NotContains(t, fmt.Errorf("couldn't: %v", v).Error(), marker)
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		require.NotContains(t, log.String(), marker)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "text", text, "message", Message{Body: body}, "pointer", &text)
	require.NotContains(t, log.String(), marker)
	require.Equal(t, "[redacted]", fmt.Sprintf("%+v", text))
}
