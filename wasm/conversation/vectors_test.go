package conversation

import (
	"crypto/ed25519"
	"strconv"
	"testing"

	"petmail/shared/mls"
	"petmail/shared/vectors"
	"petmail/shared/wire"
)

// vectorFile is shared/vectors/conversation.json.
type vectorFile struct {
	Source      string
	LeafKey     vectors.Bytes `json:"leaf_key"` // what the credentials certify
	Bodies      []vectors.Case[bodyVector]
	Contents    []vectors.Case[contentVector]
	Cards       []vectors.Case[cardVector]
	Credentials []vectors.Case[credentialVector]
}

func readVectors(t testing.TB) (v vectorFile) {
	t.Helper()
	vectors.Read(t, "conversation.json", &v)
	return v
}

type bodyVector struct {
	Conversation vectors.Bytes
	Kind         BodyKind
	Payload      vectors.Bytes
}

func TestBodyVectors(t *testing.T) {
	cases := readVectors(t).Bodies
	vectors.Codec[bodyVector]{
		Decode: func(data []byte) (bodyVector, error) {
			b, err := DecodeBody(data)
			return bodyVector{b.Conversation[:], b.Kind, b.Payload}, err
		},
		Encode: func(v bodyVector) ([]byte, error) {
			return EncodeBody(Body{Conversation: wire.ID(v.Conversation), Kind: v.Kind, Payload: v.Payload})
		},
		Reasons: vectors.Of("too large", "truncated", "trailing bytes", "not deterministic", "unknown key", "type"),
	}.Run(t, cases)

	kinds := map[string]bool{}
	for _, c := range cases {
		if c.Value != nil {
			kinds[strconv.Itoa(int(c.Value.Kind))] = true
		}
	}
	vectors.RequireKinds(t, "BodyKind", kinds, "9")
}

type contentVector struct {
	ID      vectors.Bytes
	Number  uint64
	Milli   int64
	Counter uint16
	Kind    Kind
	Acks    []ackVector
	Timer   uint64
	// What the body says, by kind.
	Text    string
	Targets []targetVector
	Seconds *uint64       // one of TimerSteps, or 0
	Body    vectors.Bytes // as it came, of kinds that are not known
}

type ackVector struct {
	Of      uint32
	UpTo    uint64 `json:"up_to"`
	Deleted []uint64
}

type targetVector struct {
	ID      vectors.Bytes
	Number  uint64
	Milli   int64
	Counter uint16
}

func contentOf(data []byte) (contentVector, error) {
	c, err := decodeContent(data)
	if err != nil {
		return contentVector{}, err
	}
	v := contentVector{
		ID: c.ID[:], Number: c.Number, Milli: c.Time.Milli, Counter: c.Time.Counter,
		Kind: c.Kind, Timer: c.Timer,
	}
	if c.Acks != nil {
		v.Acks = []ackVector{}
	}
	for _, a := range c.Acks {
		v.Acks = append(v.Acks, ackVector(a))
	}
	switch c.Kind {
	case KindText:
		v.Text, err = c.text()
	case KindDelete:
		var d Deletion
		d, err = c.deletion()
		for _, to := range d.Targets {
			v.Targets = append(v.Targets, targetVector{to.ID[:], to.Number, to.Time.Milli, to.Time.Counter})
		}
	case KindTimer:
		var seconds uint64
		seconds, err = c.timer()
		v.Seconds = &seconds
	default:
		v.Body = vectors.Bytes(c.Body)
	}
	return v, err
}

func (v contentVector) encode() ([]byte, error) {
	c := Content{ID: wire.ID(v.ID), Number: v.Number, Time: Stamp{v.Milli, v.Counter}, Kind: v.Kind, Timer: v.Timer}
	for _, a := range v.Acks {
		c.Acks = append(c.Acks, Ack(a))
	}
	var err error
	switch v.Kind {
	case KindText:
		c.Body, err = wire.Marshal(Text{Text: v.Text})
	case KindDelete:
		var d Deletion
		for _, to := range v.Targets {
			d.Targets = append(d.Targets, Target{wire.ID(to.ID), to.Number, Stamp{to.Milli, to.Counter}})
		}
		c.Body, err = wire.Marshal(d)
	case KindTimer:
		c.Body, err = wire.Marshal(Timer{*v.Seconds})
	default:
		c.Body = wire.Raw(v.Body)
	}
	if err != nil {
		return nil, err
	}
	return c.encode()
}

func TestContentVectors(t *testing.T) {
	cases := readVectors(t).Contents
	vectors.Codec[contentVector]{
		Decode: contentOf,
		Encode: contentVector.encode,
		Reasons: vectors.Of("too large", "truncated", "trailing bytes", "not deterministic", "tag", "nested", "not UTF-8", "type", "type or size").With(vectors.Reasons{
			"acknowledgements": "too many acknowledgements", "deletions": "too many deletions", "numbered": "numbered acknowledgement",
			"number or id": "no number or no id", "text": "couldn't accept text", "targets": "none or too many messages",
			"target": "no message has that number",
		}),
	}.Run(t, cases)

	kinds, refused := map[string]bool{}, map[string]bool{}
	for _, c := range cases {
		if c.Value != nil {
			kinds[strconv.Itoa(int(c.Value.Kind))] = true
			continue
		}
		var head Content
		if wire.UnmarshalLoose(c.Input, &head, maxContent) == nil {
			refused[strconv.Itoa(int(head.Kind))] = true
		}
	}
	vectors.RequireKinds(t, "Kind", kinds, "77", "255")
	vectors.RequireKinds(t, "Kind", refused, "77")
}

type cardVector struct {
	Name    string
	Address vectors.Bytes
}

func TestCardVectors(t *testing.T) {
	vectors.Codec[cardVector]{
		Decode: func(data []byte) (cardVector, error) {
			c, _, err := leafCard(mls.LeafInfo{Extensions: []mls.Extension{{Type: cardExtension, Data: data}}})
			return cardVector{c.Name, c.Address}, err
		},
		Encode: func(v cardVector) ([]byte, error) { return wire.Marshal(Card{Name: v.Name, Address: v.Address}) },
		Reasons: vectors.Of("too large", "truncated", "trailing bytes", "not deterministic", "not UTF-8", "type", "type or size").With(vectors.Reasons{
			"name": "bad name", "address": "couldn't parse address",
		}),
	}.Run(t, readVectors(t).Cards)
}

type credentialVector struct{ Persona, Certificate vectors.Bytes }

func TestCredentialVectors(t *testing.T) {
	v := readVectors(t)
	vectors.Codec[credentialVector]{
		Decode: func(data []byte) (credentialVector, error) {
			persona, err := leafPersona(mls.StandardProvider{}, mls.LeafInfo{Credential: mls.Basic(data), SignatureKey: []byte(v.LeafKey)})
			if err != nil {
				return credentialVector{}, err
			}
			signed := ed25519.Sign(ed25519.NewKeyFromSeed(bytesOf(5, 32)), certificateMessage(v.LeafKey))
			return credentialVector{vectors.Bytes(persona), signed}, nil
		},
		Encode: func(v credentialVector) ([]byte, error) {
			return wire.Marshal(identity{Persona: v.Persona, Certificate: v.Certificate})
		},
		Reasons: vectors.Of("too large", "truncated", "trailing bytes", "not deterministic", "unknown key", "type").With(vectors.Reasons{
			"certificate": "not certified by its persona",
		}),
	}.Run(t, v.Credentials)
}
