package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"

	"github.com/coder/websocket"

	"petmail/shared/relayproto"
)

// mailboxSocket is an agent's socket.
type mailboxSocket struct{ c *websocket.Conn }

// openSocket connects to a mailbox and returns when it is ready.
func (r *relay) openSocket(ctx context.Context, t target, credit uint32) (*mailboxSocket, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, _, err := websocket.Dial(ctx, "ws://"+r.addr+relayproto.RouteMailbox, nil)
	if err != nil {
		return nil, fmt.Errorf("couldn't connect to a mailbox: %w", err)
	}
	c.SetReadLimit(relayproto.MaxFrame)
	s := &mailboxSocket{c}
	challenge, err := s.read(ctx)
	if err == nil {
		err = s.write(ctx, relayproto.Frame{
			Type: relayproto.FrameAuth, Key: t.key.Public().(ed25519.PublicKey), Credit: credit,
			Signature: ed25519.Sign(t.key, relayproto.AuthMessage(r.desc.ID, challenge.Nonce)),
		})
	}
	var ready relayproto.Frame
	if err == nil {
		ready, err = s.read(ctx)
	}
	if err == nil && ready.Type != relayproto.FrameReady {
		err = fmt.Errorf("got frame %d", ready.Type)
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("couldn't open a mailbox: %w", err)
	}
	return s, nil
}

func (s *mailboxSocket) Close() error { return s.c.CloseNow() }

func (s *mailboxSocket) read(ctx context.Context) (relayproto.Frame, error) {
	_, data, err := s.c.Read(ctx)
	if err != nil {
		return relayproto.Frame{}, err
	}
	return relayproto.DecodeFrame(data)
}

func (s *mailboxSocket) write(ctx context.Context, f relayproto.Frame) error {
	data, err := relayproto.EncodeFrame(f)
	if err != nil {
		return err
	}
	return s.c.Write(ctx, websocket.MessageBinary, data)
}

// next waits for an envelope, acknowledges it and gives the credit back.
func (s *mailboxSocket) next(ctx context.Context) ([]byte, error) {
	for {
		f, err := s.read(ctx)
		if err != nil {
			return nil, err
		}
		if f.Type != relayproto.FrameDeliver {
			continue
		}
		if err := s.write(ctx, relayproto.Frame{Type: relayproto.FrameAck, Seqs: []uint64{f.Seq}}); err != nil {
			return nil, err
		}
		return f.Envelope, s.write(ctx, relayproto.Frame{Type: relayproto.FrameCredit, Credit: 1})
	}
}

// expect waits for one envelope and requires that it is the given one.
func (s *mailboxSocket) expect(ctx context.Context, envelope []byte) error {
	got, err := s.next(ctx)
	if err == nil && !bytes.Equal(got, envelope) {
		err = fmt.Errorf("got another envelope")
	}
	return err
}
