package relayproto_test

import (
	"strconv"
	"testing"

	"petmail/shared/relayproto"
	"petmail/shared/vectors"
	"petmail/shared/wire"
)

// vectorFile is shared/vectors/relay.json.
type vectorFile struct {
	Source          string
	Frames          []vectors.Case[frameVector]
	MailboxRequests []vectors.Case[requestVector] `json:"mailbox_requests"`
	Statuses        []vectors.Case[relayproto.MailboxStatus]
	Errors          []vectors.Case[relayproto.Error]
	Descriptors     []vectors.Case[descriptorVector]
}

func readVectors(t testing.TB) (v vectorFile) {
	t.Helper()
	vectors.Read(t, "relay.json", &v)
	return v
}

type frameVector struct {
	Type                  relayproto.FrameType
	Key, Signature, Nonce vectors.Bytes
	Credit                uint32
	UpTo                  uint64 `json:"up_to"`
	Seqs                  []uint64
	Token, Waiting, Seq   uint64
	Envelope              vectors.Bytes
	Error                 *relayproto.Error
}

func TestFrameVectors(t *testing.T) {
	cases := readVectors(t).Frames
	vectors.Codec[frameVector]{
		Decode: func(data []byte) (frameVector, error) {
			f, err := relayproto.DecodeFrame(data)
			return frameVector{
				f.Type, f.Key, f.Signature, f.Nonce, f.Credit, f.UpTo, f.Seqs, f.Token, f.Waiting, f.Seq, f.Envelope, f.Error,
			}, err
		},
		Encode: func(v frameVector) ([]byte, error) {
			return relayproto.EncodeFrame(relayproto.Frame{
				Type: v.Type, Key: v.Key, Signature: v.Signature, Nonce: v.Nonce, Credit: v.Credit, UpTo: v.UpTo, Seqs: v.Seqs,
				Token: v.Token, Waiting: v.Waiting, Seq: v.Seq, Envelope: v.Envelope, Error: v.Error,
			})
		},
		Reasons: vectors.Of("too large", "truncated", "trailing bytes", "not deterministic", "tag", "unknown key", "type").With(vectors.Reasons{
			"unknown type": "unknown frame type", "size": "with a wrong", "missing": "without",
			"credit": "credit over the limit", "acknowledgements": "too many acknowledgements",
			"foreign field": "a field that does not belong to the type",
		}),
	}.Run(t, cases)

	types := map[string]bool{}
	for _, c := range cases {
		if c.Value != nil {
			types[strconv.Itoa(int(c.Value.Type))] = true
		}
	}
	vectors.RequireKinds(t, "FrameType", types)
}

type requestVector struct {
	Key         vectors.Bytes // the mailbox's
	RelayID     vectors.Bytes `json:"relay_id"`
	Counter     uint64
	Register    bool
	AddDoors    []vectors.Bytes `json:"add_doors"`
	RetireDoors []vectors.Bytes `json:"retire_doors"`
	Close       bool
}

func TestMailboxRequestVectors(t *testing.T) {
	vectors.Codec[requestVector]{
		Decode: func(data []byte) (requestVector, error) {
			r, key, err := relayproto.OpenMailboxRequest(data)
			return requestVector{
				vectors.Bytes(key), r.RelayID[:], r.Counter, r.Register,
				vectors.Each[vectors.Bytes](r.AddDoors), vectors.Each[vectors.Bytes](r.RetireDoors), r.Close,
			}, err
		},
		Encode: func(v requestVector) ([]byte, error) {
			return relayproto.SignMailboxRequest(testKey(3), relayproto.MailboxRequest{
				RelayID: [32]byte(v.RelayID), Counter: v.Counter, Register: v.Register,
				AddDoors: vectors.Each[[]byte](v.AddDoors), RetireDoors: vectors.Each[[]byte](v.RetireDoors), Close: v.Close,
			})
		},
		Reasons: vectors.Of("too large", "truncated", "trailing bytes", "not deterministic", "unknown key", "type").With(vectors.Reasons{
			"size": "wrong key or signature size", "signature": relayproto.ErrSignature,
			"too many doors": "too many doors", "door size": "door id of a wrong size",
		}),
	}.Run(t, readVectors(t).MailboxRequests)
}

func TestMailboxStatusVectors(t *testing.T) {
	vectors.Codec[relayproto.MailboxStatus]{
		Decode: func(data []byte) (s relayproto.MailboxStatus, err error) {
			err = wire.UnmarshalLoose(data, &s, relayproto.MaxErrorBody)
			return s, err
		},
		Encode:  func(s relayproto.MailboxStatus) ([]byte, error) { return wire.Marshal(s) },
		Reasons: vectors.Of("truncated", "trailing bytes", "not deterministic", "type", "type or size"),
	}.Run(t, readVectors(t).Statuses)
}

func TestErrorVectors(t *testing.T) {
	cases := readVectors(t).Errors
	vectors.Codec[relayproto.Error]{
		Decode: func(data []byte) (relayproto.Error, error) {
			e, err := relayproto.DecodeError(data)
			if err != nil {
				return relayproto.Error{}, err
			}
			return *e, nil
		},
		Encode:  func(e relayproto.Error) ([]byte, error) { return wire.Marshal(e) },
		Reasons: vectors.Of("too large", "truncated", "trailing bytes", "not deterministic", "unknown key", "not UTF-8", "type"),
	}.Run(t, cases)

	codes := map[string]bool{}
	for _, c := range cases {
		if c.Value != nil {
			codes[string(c.Value.Code)] = true
		}
	}
	vectors.RequireKinds(t, "Code", codes, "teapot")
}

type descriptorVector struct {
	ID, Identity, Routing vectors.Bytes
	Version               string
	LeasePolicy           string `json:"lease_policy"`
	EnvelopeRetention     uint64 `json:"envelope_retention"`
	SlotRetention         uint64 `json:"slot_retention"`
	MaxMailboxBytes       uint64 `json:"max_mailbox_bytes"`
	MaxDoors              uint64 `json:"max_doors"`
}

func TestDescriptorVectors(t *testing.T) {
	vectors.Codec[descriptorVector]{
		Decode: func(data []byte) (descriptorVector, error) {
			r, err := relayproto.OpenDescriptor(data)
			if err != nil {
				return descriptorVector{}, err
			}
			return descriptorVector{
				r.ID[:], r.Identity, r.DescriptorKeys.Routing, r.Version, r.LeasePolicy,
				r.EnvelopeRetention, r.SlotRetention, r.MaxMailboxBytes, r.MaxDoors,
			}, nil
		},
		Encode: func(v descriptorVector) ([]byte, error) {
			return relayproto.SignDescriptor(testKey(1), relayproto.DescriptorKeys{Identity: v.Identity, Routing: v.Routing}, relayproto.Descriptor{
				Version: v.Version, LeasePolicy: v.LeasePolicy, EnvelopeRetention: v.EnvelopeRetention, SlotRetention: v.SlotRetention,
				MaxMailboxBytes: v.MaxMailboxBytes, MaxDoors: v.MaxDoors,
			})
		},
		Reasons: vectors.Of("too large", "truncated", "trailing bytes", "not deterministic", "unknown key", "type", "type or size").With(vectors.Reasons{
			"size": "relay keys of a wrong size", "signature": "signature does not verify",
		}),
	}.Run(t, readVectors(t).Descriptors)
}
