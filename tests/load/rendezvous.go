package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// pairs is how many exchanges go on at once.
const pairs = 16

// measureRendezvous compares exchanges by nameplate with those of Magic
// Wormhole's own server: two fresh connections, a nameplate allocated by one
// and claimed by both, a message each way, release and close.
func measureRendezvous(ctx context.Context, s settings, r *report) error {
	systems := []struct {
		name  string
		start func(ctx context.Context, dir string) (*process, error)
	}{
		{"Petmail relay", func(_ context.Context, dir string) (*process, error) { return launchSelf("relay", dir) }},
		{"magic-wormhole-mailbox-server (Debian's)", startMailboxServer},
	}
	r.heading("Rendezvous")
	r.table("server", "exchanges each second", "p50", "p99", "relay / this")
	var first float64
	for _, system := range systems {
		m, err := exchangeRate(ctx, s, system.start)
		if errors.Is(err, errMissing) {
			r.row(system.name, err.Error(), "", "", "")
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", system.name, err)
		}
		if first == 0 {
			first = m.perSecond
		}
		r.row(system.name, fmt.Sprintf("%.0f", m.perSecond), ms(m.p50), ms(m.p99), fmt.Sprintf("%.2f", first/m.perSecond))
	}
	r.line("\n%d at a time, each over two connections of its own.", pairs)
	return nil
}

// startMailboxServer runs Debian's package, with its database in dir.
func startMailboxServer(ctx context.Context, dir string) (*process, error) {
	const install = "`apt-get install python3-magic-wormhole-mailbox-server`"
	// The package is Debian's Python's, whatever other Python comes first.
	const plugin = "/usr/lib/python3/dist-packages/twisted/plugins/magic_wormhole_mailbox.py"
	twistd, err := exec.LookPath("twistd3")
	if err == nil {
		_, err = os.Stat(plugin)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s", errMissing, install)
	}
	addr, port, err := freeAddr()
	if err != nil {
		return nil, err
	}
	return launch(ctx, addr, twistd, "--nodaemon", "--pidfile=", "--rundir="+dir, "--logfile="+filepath.Join(dir, "log"),
		"wormhole-mailbox", "--port=tcp:"+port+":interface=127.0.0.1",
		"--channel-db="+filepath.Join(dir, "relay.sqlite"), "--usage-db="+filepath.Join(dir, "usage.sqlite"))
}

func exchangeRate(ctx context.Context, s settings, start func(context.Context, string) (*process, error)) (result, error) {
	dir, err := os.MkdirTemp(s.dir, "petmail-load-")
	if err != nil {
		return result{}, fmt.Errorf("couldn't make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	p, err := start(ctx, dir)
	if err != nil {
		return result{}, err
	}
	defer p.stop()

	var mu sync.Mutex
	var latencies []time.Duration
	var failure error
	var workers sync.WaitGroup
	begin := time.Now()
	for range pairs {
		workers.Go(func() {
			for time.Since(begin) < s.seconds && ctx.Err() == nil {
				one := time.Now()
				err := exchange(ctx, p.addr)
				mu.Lock()
				latencies = append(latencies, time.Since(one))
				failure = errors.Join(failure, err)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	workers.Wait()
	took := time.Since(begin)
	slices.Sort(latencies)
	return result{
		perSecond: float64(len(latencies)) / took.Seconds(),
		p50:       percentile(latencies, 50), p99: percentile(latencies, 99),
	}, failure
}

// exchange is what two people with a code do at the server.
func exchange(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var people [2]*rendezvous
	for i := range people {
		p, err := dialRendezvous(ctx, addr)
		if err != nil {
			return err
		}
		defer p.c.CloseNow()
		people[i] = p
	}
	allocated, err := people[0].ask(ctx, wormhole.ClientMessage{Type: wormhole.ClientAllocate}, wormhole.ServerAllocated)
	if err != nil {
		return err
	}
	for _, p := range people {
		claimed, err := p.ask(ctx, wormhole.ClientMessage{Type: wormhole.ClientClaim, Nameplate: allocated.Nameplate}, wormhole.ServerClaimed)
		if err != nil {
			return err
		}
		p.mailbox = claimed.Mailbox
		if err := p.say(ctx, wormhole.ClientMessage{Type: wormhole.ClientOpen, Mailbox: p.mailbox}); err != nil {
			return err
		}
		if err := p.say(ctx, wormhole.ClientMessage{Type: wormhole.ClientAdd, Phase: "pake", Body: make([]byte, 40)}); err != nil {
			return err
		}
	}
	for _, p := range people { // each sees its own message and the other's
		for range people {
			if _, err := p.wait(ctx, wormhole.ServerMail); err != nil {
				return err
			}
		}
		if _, err := p.ask(ctx, wormhole.ClientMessage{Type: wormhole.ClientRelease, Nameplate: allocated.Nameplate}, wormhole.ServerReleased); err != nil {
			return err
		}
		closing := wormhole.ClientMessage{Type: wormhole.ClientClose, Mailbox: p.mailbox, Mood: wormhole.MoodHappy}
		if _, err := p.ask(ctx, closing, wormhole.ServerClosed); err != nil {
			return err
		}
	}
	return nil
}

// rendezvous is one person's connection.
type rendezvous struct {
	c       *websocket.Conn
	mailbox string
}

func dialRendezvous(ctx context.Context, addr string) (*rendezvous, error) {
	c, _, err := websocket.Dial(ctx, "ws://"+addr+relayproto.RouteRendezvous, nil)
	if err != nil {
		return nil, fmt.Errorf("couldn't connect: %w", err)
	}
	c.SetReadLimit(wormhole.MaxFrame)
	side := make([]byte, 5)
	_, _ = rand.Read(side) // never fails
	p := &rendezvous{c: c}
	bind := wormhole.ClientMessage{Type: wormhole.ClientBind, AppID: "petmail.example/load", Side: hex.EncodeToString(side)}
	if err := p.say(ctx, bind); err != nil {
		c.CloseNow()
		return nil, err
	}
	return p, nil
}

func (p *rendezvous) say(ctx context.Context, m wormhole.ClientMessage) error {
	data, err := m.Encode()
	if err != nil {
		return err
	}
	return p.c.Write(ctx, websocket.MessageText, data)
}

func (p *rendezvous) ask(ctx context.Context, m wormhole.ClientMessage, answer wormhole.ServerType) (wormhole.ServerMessage, error) {
	if err := p.say(ctx, m); err != nil {
		return wormhole.ServerMessage{}, err
	}
	return p.wait(ctx, answer)
}

// wait reads until a message of a type comes.
func (p *rendezvous) wait(ctx context.Context, kind wormhole.ServerType) (wormhole.ServerMessage, error) {
	for {
		_, data, err := p.c.Read(ctx)
		if err != nil {
			return wormhole.ServerMessage{}, fmt.Errorf("couldn't wait for %s: %w", kind, err)
		}
		m, err := wormhole.ParseServer(data)
		if err != nil && !errors.Is(err, wormhole.ErrUnknownType) {
			return wormhole.ServerMessage{}, err
		}
		switch m.Type {
		case kind:
			return m, nil
		case wormhole.ServerError:
			return m, fmt.Errorf("the server refused: %s", m.Error)
		}
	}
}
