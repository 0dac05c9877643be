package wormhole

import (
	"testing"

	"petmail/shared/vectors"
)

// vectorFile is shared/vectors/wormhole.json; Source says who made what.
type vectorFile struct {
	Source   string
	Blinding vectors.Bytes `json:"S"`
	SPAKE2   []struct {
		Name     string
		Password vectors.Bytes
		AppID    string
		Entropy1 vectors.Bytes
		Entropy2 vectors.Bytes
		Message1 vectors.Bytes
		Message2 vectors.Bytes
		Key      vectors.Bytes
		Verifier vectors.Bytes
	}
	Mismatch struct {
		Password1, Password2 vectors.Bytes
		AppID                string
		Entropy1, Entropy2   vectors.Bytes
		Message1, Message2   vectors.Bytes
		Key1, Key2           vectors.Bytes
	}
	Refused []struct {
		Name    string
		Message vectors.Bytes
		Error   string
	}
	Phases []struct {
		Name     string
		Key      vectors.Bytes
		Side     string
		Phase    string
		PhaseKey vectors.Bytes `json:"phase_key"`
		Plain    vectors.Bytes
		Nonce    vectors.Bytes
		Body     vectors.Bytes
	}
	Purposes []struct {
		Key     vectors.Bytes
		Purpose string
		Length  int
		Out     vectors.Bytes
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
		Password  vectors.Bytes
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
	var v vectorFile
	vectors.Read(t, "wormhole.json", &v)
	return v
}
