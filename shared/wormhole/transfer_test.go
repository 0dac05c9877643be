package wormhole

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
)

func TestTransferMessages(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     TransferMessage
	}{
		{"text as Python writes it", `{"offer": {"message": "gr\u00fc\u00dfe \ud83d\ude00"}}`, TransferMessage{Offer: OfferText, Text: "grüße 😀"}},
		{"empty text", `{"offer":{"message":""}}`, TransferMessage{Offer: OfferText}},
		{"half a surrogate pair", `{"offer":{"message":"\ud83d"}}`, TransferMessage{Offer: OfferText, Text: "\ufffd"}},
		{"file", `{"offer":{"file":{"filename":"a","filesize":1}}}`, TransferMessage{Offer: OfferFile}},
		{"folder", `{"offer":{"directory":{"mode":"zipfile/deflated"}}}`, TransferMessage{Offer: OfferFile}},
		{"offer of tomorrow", `{"offer":{"hologram":1}}`, TransferMessage{Offer: OfferUnknown}},
		{"answer", `{"answer":{"message_ack":"ok"}}`, TransferMessage{Acked: true}},
		{"answer for a file", `{"answer":{"file_ack":"ok"}}`, TransferMessage{}},
		{"answer that is none", `{"answer":{"message_ack":true}}`, TransferMessage{}},
		{"transit", `{"transit":{"abilities-v1":[],"hints-v1":[]}}`, TransferMessage{}},
		{"error", `{"error":"no, thanks"}`, TransferMessage{Failed: true, Error: "no, thanks"}},
		{"error that is no text", `{"error":{"code":5}}`, TransferMessage{Failed: true}},
		{"error and offer", `{"error":"x","offer":{"message":"y"}}`, TransferMessage{Failed: true, Error: "x", Offer: OfferText, Text: "y"}},
		{"what we do not know", `{"weather":"fine"}`, TransferMessage{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseTransfer([]byte(c.in))
			require.NoError(t, err)
			require.True(t, c.want == got)
		})
	}
}

func TestTransferMessagesThatAreRefused(t *testing.T) {
	for _, in := range []string{
		``, `[]`, `{`, `{"offer":[]}`, `{"offer":"x"}`, `{"offer":{"message":5}}`, `{"answer":5}`,
		`{"offer":{},"offer":{}}`, "{\"error\":\"\xff\"}", `{"offer":{"message":"` + strings.Repeat("x", MaxPhase) + `"}}`,
	} {
		_, err := ParseTransfer([]byte(in))
		require.Error(t, err)
	}
}

func TestTransferEncoding(t *testing.T) {
	text := "<b>&amp;</b> \"quoted\"\n\u2028 grüße"
	encoded, err := EncodeTextOffer(text)
	require.NoError(t, err)
	require.True(t, json.Valid(encoded))
	m, err := ParseTransfer(encoded)
	require.NoError(t, err)
	require.Equal(t, text, m.Text)

	answer, err := EncodeTextAnswer()
	require.NoError(t, err)
	require.Equal(t, `{"answer":{"message_ack":"ok"}}`, string(answer))

	_, err = EncodeTextOffer(strings.Repeat("x", MaxPhase))
	require.ErrorIs(t, err, wire.ErrTooLarge)
	_, err = EncodeTextOffer("\xff")
	require.Error(t, err)

	long, err := EncodeTransferError(strings.Repeat("ü", 1000))
	require.NoError(t, err)
	m, err = ParseTransfer(long)
	require.NoError(t, err)
	require.LessOrEqual(t, len(m.Error), maxTransferError)
	require.True(t, utf8.ValidString(m.Error))
}

func TestForeignCodes(t *testing.T) {
	for in, want := range map[string]string{
		" 7-guitarist-revenge\n":                "7-guitarist-revenge",
		"4-Purple-Sausages":                     "4-Purple-Sausages",
		"0-":                                    "",
		"x-y":                                   "",
		"7":                                     "",
		"7-a b":                                 "",
		"7-\xff":                                "",
		"":                                      "",
		"7-" + strings.Repeat("x", maxCodeText): "",
	} {
		code, err := ParseForeignCode(in)
		if want == "" {
			require.Error(t, err, in)
			require.NotContains(t, err.Error(), "7-a")
			continue
		}
		require.NoError(t, err, in)
		require.Equal(t, want, code.String())
		require.Equal(t, want, string(code.Password()))
	}
}

// FuzzParseTransfer checks that whatever is read stays within its bounds and
// is read the same again.
func FuzzParseTransfer(f *testing.F) {
	f.Add([]byte(`{"offer":{"message":"hello"}}`))
	f.Add([]byte(`{"answer":{"message_ack":"ok"},"error":"no"}`))
	f.Add([]byte(`{"offer":{"file":{"filename":"a"}},"transit":{}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := ParseTransfer(in)
		if err != nil {
			require.True(t, m == TransferMessage{})
			return
		}
		require.LessOrEqual(t, len(m.Error), maxTransferError)
		require.True(t, utf8.ValidString(m.Error) && utf8.ValidString(m.Text))
		require.LessOrEqual(t, len(m.Text), MaxPhase)
		if m.Offer != OfferText {
			require.Empty(t, m.Text)
			return
		}
		encoded, err := EncodeTextOffer(m.Text)
		if err != nil {
			return // what is invisible takes more room in our spelling
		}
		again, err := ParseTransfer(encoded)
		require.NoError(t, err)
		require.Equal(t, m.Text, again.Text)
	})
}
