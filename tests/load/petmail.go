package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"

	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// relay is a running relay of ours and the mailboxes that were made in it.
type relay struct {
	*process
	desc    *relayproto.Relay
	targets []target
}

// target is a mailbox to deposit into.
type target struct {
	key  ed25519.PrivateKey
	door address.Door
	to   address.Address
}

func startPetmail(_ context.Context, s settings, dir string) (running, error) {
	var args []string
	if s.profile != "" {
		args = []string{"-profile", s.profile}
	}
	return startRelay(dir, queues, args...)
}

// startRelay starts a relay with n mailboxes, each with one door.
func startRelay(dir string, n int, args ...string) (*relay, error) {
	p, err := launchSelf("relay", dir, args...)
	if err != nil {
		return nil, err
	}
	r := &relay{process: p}
	if err := r.prepare(n); err != nil {
		p.stop()
		return nil, err
	}
	return r, nil
}

func (r *relay) url() string { return "http://" + r.addr }

func (r *relay) prepare(n int) error {
	resp, err := http.Get(r.url() + relayproto.RouteDescriptor)
	if err != nil {
		return fmt.Errorf("couldn't get the descriptor: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("couldn't get the descriptor: %w", err)
	}
	if r.desc, err = relayproto.OpenDescriptor(body); err != nil {
		return err
	}
	return r.register(n)
}

// register makes n more mailboxes, each with one door.
func (r *relay) register(n int) error {
	made := make([]target, n)
	defer http.DefaultClient.CloseIdleConnections()
	err := inParallel(n, func(i int) (err error) {
		if made[i], err = r.newTarget(); err != nil {
			return err
		}
		door := made[i].door.ID()
		return r.update(made[i], relayproto.MailboxRequest{Counter: 1, Register: true, AddDoors: [][]byte{door[:]}})
	})
	if err != nil {
		return err
	}
	r.targets = append(r.targets, made...)
	return nil
}

// restart starts the relay in dir again, after stopping it unless it was
// killed.
func (r *relay) restart(dir string, args ...string) error {
	if r.cmd.ProcessState == nil {
		r.process.stop()
	}
	p, err := launchSelf("relay", dir, args...)
	if err != nil {
		return err
	}
	r.process = p
	return nil
}

// newTarget draws the keys of a mailbox and registers nothing.
func (r *relay) newTarget() (t target, err error) {
	if _, t.key, err = ed25519.GenerateKey(rand.Reader); err != nil {
		return t, err
	}
	if t.door, err = address.NewDoor(rand.Reader); err != nil {
		return t, err
	}
	box, err := address.NewBoxKey(rand.Reader)
	if err != nil {
		return t, err
	}
	routing, err := address.ParseRoutingPublic(r.desc.Routing)
	if err != nil {
		return t, err
	}
	t.to, err = address.New(rand.Reader, "https://relay.example", r.desc.ID, routing, t.door, box)
	return t, err
}

func (r *relay) update(t target, req relayproto.MailboxRequest) error {
	req.RelayID = r.desc.ID
	body, err := relayproto.SignMailboxRequest(t.key, req)
	if err != nil {
		return err
	}
	resp, err := http.Post(r.url()+relayproto.RouteMailbox, "", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("couldn't update a mailbox: %w", err)
	}
	defer resp.Body.Close()
	if answer, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("couldn't update a mailbox: %s: %q", resp.Status, answer)
	}
	return nil
}

// dial returns a client that deposits into one of the mailboxes.
func (r *relay) dial(n int) (client, error) {
	d, err := r.depositor()
	if err != nil {
		return nil, err
	}
	envelope, err := address.Seal(rand.Reader, r.targets[n%len(r.targets)].to, []byte("hello"))
	if err != nil {
		d.Close()
		return nil, err
	}
	request := depositRequest(envelope)
	return &caller{Conn: d.Conn, do: func() error { return d.deposit(request) }}, nil
}

// depositor speaks just enough HTTP to cost little beside the relay: the
// first answer is parsed, the others have to be as long and as good.
type depositor struct {
	*conn
	answer int // bytes of an answer
	buf    []byte
}

func (r *relay) depositor() (*depositor, error) {
	c, err := connect(r.addr)
	if err != nil {
		return nil, err
	}
	return &depositor{conn: c}, nil
}

func depositRequest(envelope []byte) []byte {
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: relay\r\nContent-Length: %d\r\n\r\n", relayproto.RouteDeposit, len(envelope))
	return append([]byte(head), envelope...)
}

func (d *depositor) deposit(request []byte) error {
	if _, err := d.Write(request); err != nil {
		return err
	}
	const good = "HTTP/1.1 202 "
	if d.answer == 0 {
		var head bytes.Buffer
		resp, err := http.ReadResponse(bufio.NewReader(io.TeeReader(d.r, &head)), nil)
		if err != nil {
			return err
		}
		if body, err := io.ReadAll(resp.Body); err != nil || string(body) != relayproto.DepositAnswer {
			return fmt.Errorf("couldn't deposit: %s: %q", resp.Status, body)
		}
		d.answer = head.Len()
		d.buf = make([]byte, d.answer)
		return nil
	}
	if _, err := io.ReadFull(d.r, d.buf); err != nil {
		return err
	}
	if !bytes.HasPrefix(d.buf, []byte(good)) || !bytes.HasSuffix(d.buf, []byte("\r\n\r\n"+relayproto.DepositAnswer)) {
		return fmt.Errorf("couldn't deposit: %q", d.buf)
	}
	return nil
}
