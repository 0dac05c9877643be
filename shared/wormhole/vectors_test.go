package wormhole

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// hexBytes is a byte string written in hexadecimal in the vectors.
type hexBytes []byte

func (b *hexBytes) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

// vectorFile is shared/vectors/wormhole.json; Source says who made what.
type vectorFile struct {
	Source   string
	Blinding hexBytes `json:"S"`
	SPAKE2   []struct {
		Name     string
		Password hexBytes
		AppID    string
		Entropy1 hexBytes
		Entropy2 hexBytes
		Message1 hexBytes
		Message2 hexBytes
		Key      hexBytes
		Verifier hexBytes
	}
	Mismatch struct {
		Password1, Password2 hexBytes
		AppID                string
		Entropy1, Entropy2   hexBytes
		Message1, Message2   hexBytes
		Key1, Key2           hexBytes
	}
	Refused []struct {
		Name    string
		Message hexBytes
		Error   string
	}
	Phases []struct {
		Name     string
		Key      hexBytes
		Side     string
		Phase    string
		PhaseKey hexBytes `json:"phase_key"`
		Plain    hexBytes
		Nonce    hexBytes
		Body     hexBytes
	}
	Purposes []struct {
		Key     hexBytes
		Purpose string
		Length  int
		Out     hexBytes
	}
	Codes []struct {
		Name       string
		Text       string
		Code       string // canonical, or empty
		Problem    CodeProblem
		Word       int
		Suggestion string
	}
	Links []struct {
		Name      string
		Text      string
		Link      string // canonical, or empty
		MailboxID string `json:"mailbox_id"`
		Password  hexBytes
		Several   bool // refused because there are different ones
	}
	ClientMessages []messageVector `json:"client_messages"`
	ServerMessages []messageVector `json:"server_messages"`
}

type messageVector struct {
	Name  string
	Frame string
	Error bool
}

func readVectors(t testing.TB) vectorFile {
	t.Helper()
	data, err := os.ReadFile("../vectors/wormhole.json")
	require.NoError(t, err)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var v vectorFile
	require.NoError(t, d.Decode(&v))
	return v
}
