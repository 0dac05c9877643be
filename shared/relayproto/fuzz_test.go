package relayproto_test

import (
	"bytes"
	"testing"

	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

// Each target feeds a decoder bytes from outside. What it accepts has to be
// the only encoding of what it means.

func FuzzDecodeFrame(f *testing.F) {
	for _, frame := range frames() {
		frame.Seqs = frame.Seqs[:min(len(frame.Seqs), 3)] // small seeds are mutated faster
		frame.Envelope = frame.Envelope[:min(len(frame.Envelope), 16)]
		data, err := relayproto.EncodeFrame(frame)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := relayproto.DecodeFrame(data)
		if err != nil {
			return
		}
		if frame.Credit > relayproto.MaxCredit || len(frame.Seqs) > relayproto.MaxAcksPerFrame {
			t.Fatal("over a limit")
		}
		again, err := relayproto.EncodeFrame(frame)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("another encoding: %x, %v", again, err)
		}
	})
}

func FuzzOpenMailboxRequest(f *testing.F) {
	body, err := relayproto.SignMailboxRequest(testKey(3), relayproto.MailboxRequest{
		RelayID: [32]byte{1}, Counter: 5, Register: true, AddDoors: [][]byte{make([]byte, 32)},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Fuzz(func(t *testing.T, data []byte) {
		req, key, err := relayproto.OpenMailboxRequest(data)
		if err != nil {
			return
		}
		if len(key) != relayproto.MailboxKeySize || len(req.AddDoors) > relayproto.MaxDoorsPerRequest {
			t.Fatal("over a limit")
		}
	})
}

// FuzzMailboxRequestInside signs what the fuzzer makes up, so that it gets
// past the signature.
func FuzzMailboxRequestInside(f *testing.F) {
	inner, err := wire.Marshal(relayproto.MailboxRequest{Counter: 5, RetireDoors: [][]byte{make([]byte, 32)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(inner)
	f.Fuzz(func(t *testing.T, inner []byte) {
		req, _, err := relayproto.OpenMailboxRequest(signInner(t, inner))
		if err != nil {
			return
		}
		again, err := wire.Marshal(req)
		if err != nil || !bytes.Equal(again, inner) {
			t.Fatalf("another encoding: %x, %v", again, err)
		}
		for _, door := range append(req.AddDoors, req.RetireDoors...) {
			if len(door) != relayproto.DoorIDSize {
				t.Fatal("a door of a wrong size")
			}
		}
	})
}

func FuzzOpenDescriptor(f *testing.F) {
	f.Add(signedDescriptor(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := relayproto.OpenDescriptor(data)
		if err != nil {
			return
		}
		if len(r.Identity) != 32 || len(r.Routing) != 32 || r.ID != relayproto.RelayID(r.Keys) {
			t.Fatal("accepted keys of a wrong size or id")
		}
	})
}

func FuzzDecodeError(f *testing.F) {
	data, err := wire.Marshal(relayproto.Error{Code: relayproto.CodeLimit, Message: "m", Detail: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := relayproto.DecodeError(data)
		if err == nil && len(data) > relayproto.MaxErrorBody {
			t.Fatal("over the limit")
		}
		if err == nil && e.Error() == "" {
			t.Fatal("an error without text")
		}
	})
}
