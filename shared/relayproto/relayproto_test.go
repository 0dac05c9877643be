package relayproto_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

// testKey returns the nth key of the tests.
func testKey(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func signedDescriptor(t testing.TB) []byte {
	t.Helper()
	body, err := relayproto.SignDescriptor(testKey(1),
		relayproto.DescriptorKeys{Identity: public(testKey(1)), Routing: make([]byte, 32)},
		relayproto.Descriptor{Version: "1", LeasePolicy: "open", MaxDoors: 64})
	require.NoError(t, err)
	return body
}

func TestDescriptor(t *testing.T) {
	body := signedDescriptor(t)
	r, err := relayproto.OpenDescriptor(body)
	require.NoError(t, err)
	require.Equal(t, relayproto.RelayID(r.Keys), r.ID)
	require.Equal(t, []byte(public(testKey(1))), r.Identity)
	require.Equal(t, uint64(64), r.MaxDoors)

	again, err := relayproto.SignDescriptor(testKey(1),
		relayproto.DescriptorKeys{Identity: public(testKey(1)), Routing: make([]byte, 32)},
		relayproto.Descriptor{Version: "2"})
	require.NoError(t, err)
	other, err := relayproto.OpenDescriptor(again)
	require.NoError(t, err)
	require.Equal(t, r.ID, other.ID, "the id covers the keys alone")

	for i := range body {
		changed := bytes.Clone(body)
		changed[i] ^= 1
		_, err := relayproto.OpenDescriptor(changed)
		require.Error(t, err, "byte %d", i)
	}
}

func TestDescriptorRefused(t *testing.T) {
	keys := relayproto.DescriptorKeys{Identity: public(testKey(1)), Routing: make([]byte, 32)}
	for name, make := range map[string]func() ([]byte, error){
		"signed by another": func() ([]byte, error) {
			return relayproto.SignDescriptor(testKey(2), keys, relayproto.Descriptor{})
		},
		"short routing key": func() ([]byte, error) {
			return relayproto.SignDescriptor(testKey(1),
				relayproto.DescriptorKeys{Identity: keys.Identity, Routing: make([]byte, 31)}, relayproto.Descriptor{})
		},
		"short identity": func() ([]byte, error) {
			return relayproto.SignDescriptor(testKey(1),
				relayproto.DescriptorKeys{Identity: keys.Identity[:31], Routing: keys.Routing}, relayproto.Descriptor{})
		},
		"too long": func() ([]byte, error) {
			return relayproto.SignDescriptor(testKey(1), keys,
				relayproto.Descriptor{Version: strings.Repeat("x", relayproto.MaxDescriptor)})
		},
	} {
		body, err := make()
		require.NoError(t, err, name)
		_, err = relayproto.OpenDescriptor(body)
		require.Error(t, err, name)
	}
}

// newerKeys and newerDescriptor are what a later relay may serve.
type newerKeys struct {
	relayproto.DescriptorKeys
	OHTTP []byte `cbor:"3,keyasint"`
}

type newerDescriptor struct {
	relayproto.Descriptor
	Onion string `cbor:"20,keyasint"`
}

func TestDescriptorOfANewerRelay(t *testing.T) {
	keys, err := wire.Marshal(newerKeys{
		relayproto.DescriptorKeys{Identity: public(testKey(1)), Routing: make([]byte, 32)}, []byte("key"),
	})
	require.NoError(t, err)
	descriptor, err := wire.Marshal(newerDescriptor{relayproto.Descriptor{Keys: keys, Version: "9"}, "x.onion"})
	require.NoError(t, err)
	signature := ed25519.Sign(testKey(1), append([]byte("petmail/relay-descriptor/1\x00"), descriptor...))
	body, err := wire.Marshal(relayproto.SignedDescriptor{Descriptor: descriptor, Signature: signature})
	require.NoError(t, err)
	r, err := relayproto.OpenDescriptor(body)
	require.NoError(t, err)
	require.Equal(t, "9", r.Version)
	require.Equal(t, relayproto.RelayID(keys), r.ID, "the id covers keys that we do not know")
}

func TestMailboxRequest(t *testing.T) {
	door := bytes.Repeat([]byte{7}, relayproto.DoorIDSize)
	req := relayproto.MailboxRequest{
		RelayID: [32]byte{1}, Counter: 5, Register: true, AddDoors: [][]byte{door}, RetireDoors: [][]byte{door}, Close: true,
	}
	body, err := relayproto.SignMailboxRequest(testKey(3), req)
	require.NoError(t, err)
	got, key, err := relayproto.OpenMailboxRequest(body)
	require.NoError(t, err)
	require.Equal(t, req, got)
	require.Equal(t, public(testKey(3)), key)

	for i := range body {
		changed := bytes.Clone(body)
		changed[i] ^= 1
		_, _, err := relayproto.OpenMailboxRequest(changed)
		require.Error(t, err, "byte %d", i)
	}
	forged := bytes.Clone(body)
	forged[len(forged)-1] ^= 1
	_, _, err = relayproto.OpenMailboxRequest(forged)
	require.ErrorIs(t, err, relayproto.ErrSignature)

	many := make([][]byte, relayproto.MaxDoorsPerRequest+1)
	for i := range many {
		many[i] = door
	}
	for name, bad := range map[string]relayproto.MailboxRequest{
		"too many doors":       {AddDoors: many},
		"too many retirements": {RetireDoors: many},
		"short door":           {AddDoors: [][]byte{door[:31]}},
		"long retirement":      {RetireDoors: [][]byte{append(bytes.Clone(door), 0)}},
	} {
		body, err := relayproto.SignMailboxRequest(testKey(3), bad)
		require.NoError(t, err, name)
		_, _, err = relayproto.OpenMailboxRequest(body)
		require.Error(t, err, name)
		require.False(t, errors.Is(err, relayproto.ErrSignature), name)
	}
}

// frames are one of each type, with all its fields.
func frames() []relayproto.Frame {
	return []relayproto.Frame{
		{Type: relayproto.FrameAuth, Key: make([]byte, 32), Signature: make([]byte, 64), Credit: relayproto.MaxCredit},
		{Type: relayproto.FrameAck, UpTo: 1 << 40, Seqs: make([]uint64, relayproto.MaxAcksPerFrame)},
		{Type: relayproto.FrameCredit, Credit: 1},
		{Type: relayproto.FramePing, Token: 1<<64 - 1},
		{Type: relayproto.FrameChallenge, Nonce: make([]byte, relayproto.NonceSize)},
		{Type: relayproto.FrameReady, Waiting: 3},
		{Type: relayproto.FrameDeliver, Seq: 1<<53 - 1, Envelope: make([]byte, 65536)},
		{Type: relayproto.FramePong, Token: 7},
		{Type: relayproto.FrameReplaced},
		{Type: relayproto.FrameError, Error: &relayproto.Error{Code: relayproto.CodeNoMailbox, Message: "none", Detail: 1}},
	}
}

func TestFrames(t *testing.T) {
	for _, f := range frames() {
		data, err := relayproto.EncodeFrame(f)
		require.NoError(t, err)
		require.LessOrEqual(t, len(data), relayproto.MaxFrame)
		got, err := relayproto.DecodeFrame(data)
		require.NoError(t, err, "type %d", f.Type)
		require.Equal(t, f, got)
		for cut := range min(len(data), 100) {
			_, err := relayproto.DecodeFrame(data[:cut])
			require.Error(t, err)
		}
		_, err = relayproto.DecodeFrame(append(bytes.Clone(data), 0))
		require.Error(t, err, "a byte after the frame")
	}
}

func TestFramesRefused(t *testing.T) {
	for name, f := range map[string]relayproto.Frame{
		"no type":             {},
		"unknown type":        {Type: 5},
		"short key":           {Type: relayproto.FrameAuth, Key: make([]byte, 31), Signature: make([]byte, 64)},
		"long signature":      {Type: relayproto.FrameAuth, Key: make([]byte, 32), Signature: make([]byte, 65)},
		"short nonce":         {Type: relayproto.FrameChallenge, Nonce: make([]byte, 16)},
		"delivery 0":          {Type: relayproto.FrameDeliver, Envelope: []byte{1}},
		"empty delivery":      {Type: relayproto.FrameDeliver, Seq: 1},
		"no error":            {Type: relayproto.FrameError},
		"credit over limit":   {Type: relayproto.FrameCredit, Credit: relayproto.MaxCredit + 1},
		"acks over limit":     {Type: relayproto.FrameAck, Seqs: make([]uint64, relayproto.MaxAcksPerFrame+1)},
		"stray token":         {Type: relayproto.FrameAck, UpTo: 1, Token: 1},
		"stray envelope":      {Type: relayproto.FrameReady, Envelope: []byte{1}},
		"stray error":         {Type: relayproto.FrameDeliver, Seq: 1, Envelope: []byte{1}, Error: &relayproto.Error{}},
		"envelope over limit": {Type: relayproto.FrameDeliver, Seq: 1, Envelope: make([]byte, relayproto.MaxFrame)},
	} {
		data, err := relayproto.EncodeFrame(f)
		require.NoError(t, err, name)
		_, err = relayproto.DecodeFrame(data)
		require.Error(t, err, name)
	}
}

func TestAuth(t *testing.T) {
	id, nonce := [32]byte{1}, bytes.Repeat([]byte{2}, relayproto.NonceSize)
	f := relayproto.Frame{
		Type: relayproto.FrameAuth, Key: public(testKey(1)),
		Signature: ed25519.Sign(testKey(1), relayproto.AuthMessage(id, nonce)),
	}
	require.True(t, relayproto.VerifyAuth(f, id, nonce))
	require.False(t, relayproto.VerifyAuth(f, [32]byte{2}, nonce), "another relay")
	require.False(t, relayproto.VerifyAuth(f, id, make([]byte, relayproto.NonceSize)), "another socket")
	other := f
	other.Key = public(testKey(2))
	require.False(t, relayproto.VerifyAuth(other, id, nonce), "another key")
	other = f
	other.Type = relayproto.FrameAck
	require.False(t, relayproto.VerifyAuth(other, id, nonce))
	other = f
	other.Key = nil
	require.False(t, relayproto.VerifyAuth(other, id, nonce))
}

func TestErrors(t *testing.T) {
	e := relayproto.Error{Code: relayproto.CodeConflict, Message: "used", Detail: 9}
	data, err := wire.Marshal(e)
	require.NoError(t, err)
	got, err := relayproto.DecodeError(data)
	require.NoError(t, err)
	require.Equal(t, e, *got)
	require.Equal(t, "relay: conflict: used", got.Error())
	for name, data := range map[string][]byte{
		"empty": {}, "not CBOR": []byte("<html>"), "truncated": data[:len(data)-1],
		"too large": append(bytes.Clone(data), make([]byte, relayproto.MaxErrorBody)...),
	} {
		_, err := relayproto.DecodeError(data)
		require.Error(t, err, name)
	}
}

// signInner signs an encoded request that SignMailboxRequest would not make.
func signInner(t testing.TB, inner []byte) []byte {
	t.Helper()
	body, err := wire.Marshal(relayproto.SignedMailboxRequest{
		Key: public(testKey(3)), Request: inner,
		Signature: ed25519.Sign(testKey(3), append([]byte("petmail/mailbox-request/1\x00"), inner...)),
	})
	require.NoError(t, err)
	return body
}
