package agenttest

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"time"

	"petmail/shared/relayproto"
	"petmail/wasm/relayclient"
)

// Faults are what a person's network does. Chances are between 0 and 1.
type Faults struct {
	DropRequest  float64       // the request never reaches the relay
	DropAnswer   float64       // it does, and the answer is lost
	Duplicate    float64       // it reaches the relay twice
	Delay        time.Duration // of a request, at most; requests overtake each other
	DropSocket   float64       // a socket dies at a read or a write
	RefuseSocket float64       // a socket cannot be opened
	// HoldDeposits has the relay accept deposits and lose them.
	HoldDeposits float64
	FailDeposits float64 // the relay refuses deposits
	FailSlots    float64 // requests for slots are refused
	HangSlots    float64 // they are never answered
	JunkSlots    float64 // they are answered with noise

	// What a hostile relay does with everything it has ever seen:
	Forge      float64 // pushes something of its own instead of an envelope
	ForgeSlots float64 // answers with a slot value of its own
}

var errFault = errors.New("the network failed")

// faultyNetwork is a relayclient.Transport with faults.
type faultyNetwork struct {
	next *relayclient.Network

	mu      sync.Mutex
	rng     *rand.Rand
	faults  Faults
	offline bool
	seen    *captured
	conns   map[*faultyConn]bool
	hosts   map[string]int // requests and sockets, by host
	acks    *acks          // nil: nobody counts
	slots   []time.Time    // requests for slots
	refused []time.Time    // deposits
}

// acks counts the envelopes of a mailbox that its relay may forget.
type acks struct {
	mu               sync.Mutex
	delivered, acked map[uint64]bool
	more             func(acked int) // called at each acknowledgement, before it is sent
}

func (n *faultyNetwork) counting() *acks {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.acks
}

func (a *acks) deliver(seq uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.delivered[seq] = true
}

func (a *acks) acknowledge(f relayproto.Frame) {
	a.mu.Lock()
	for _, seq := range f.Seqs {
		a.acked[seq] = true
	}
	for seq := range a.delivered {
		if seq <= f.UpTo {
			a.acked[seq] = true
		}
	}
	n := len(a.acked)
	a.mu.Unlock()
	a.more(n)
}

func newFaultyNetwork(next *relayclient.Network, seed uint64, seen *captured) *faultyNetwork {
	return &faultyNetwork{next: next, seen: seen, rng: rand.New(rand.NewPCG(seed, 1)), conns: make(map[*faultyConn]bool), hosts: make(map[string]int)}
}

func (n *faultyNetwork) set(f Faults) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults = f
}

// setOffline cuts everything, or ends the cut.
func (n *faultyNetwork) setOffline(offline bool) {
	n.mu.Lock()
	n.offline = offline
	var cut []*faultyConn
	if offline {
		for c := range n.conns {
			cut = append(cut, c)
		}
	}
	n.mu.Unlock()
	for _, c := range cut {
		_ = c.Close()
	}
}

// roll draws what happens to one request.
func (n *faultyNetwork) roll() (fate Faults, offline bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	hit := func(chance float64) float64 {
		if chance > 0 && n.rng.Float64() < chance {
			return 1
		}
		return 0
	}
	f := n.faults
	fate = Faults{
		DropRequest: hit(f.DropRequest), DropAnswer: hit(f.DropAnswer), Duplicate: hit(f.Duplicate),
		DropSocket: hit(f.DropSocket), RefuseSocket: hit(f.RefuseSocket), HoldDeposits: hit(f.HoldDeposits),
		Forge: hit(f.Forge), ForgeSlots: hit(f.ForgeSlots),
		FailDeposits: hit(f.FailDeposits), FailSlots: hit(f.FailSlots), HangSlots: hit(f.HangSlots), JunkSlots: hit(f.JunkSlots),
	}
	if f.Delay > 0 {
		fate.Delay = time.Duration(n.rng.Int64N(int64(f.Delay)))
	}
	return fate, n.offline
}

// turnedTo counts a request or a socket.
func (n *faultyNetwork) turnedTo(target string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if u, err := url.Parse(target); err == nil {
		n.hosts[u.Host]++
	}
}

// asked returns how often a host was turned to.
func (n *faultyNetwork) asked(host string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.hosts[host]
}

func (n *faultyNetwork) draw(below int) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.rng.IntN(below)
}

// captured is what a hostile relay has recorded of everybody.
type captured struct {
	mu     sync.Mutex
	blobs  [][]byte
	forged int
}

func (c *captured) add(blob []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(blob) > 0 {
		c.blobs = append(c.blobs, bytes.Clone(blob))
	}
}

func (c *captured) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.forged
}

// forgery makes the most of what was recorded: an old blob, of anybody, as it
// was or damaged, or two mixed, or noise.
func (c *captured) forgery(draw func(int) int) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forged++
	one := bytes.Clone(c.blobs[draw(len(c.blobs))])
	other := c.blobs[draw(len(c.blobs))]
	switch draw(5) {
	case 0:
		one[draw(len(one))] ^= 1 << draw(8)
	case 1:
		copy(one, other[:min(97, len(other), len(one))]) // another's header
	case 2:
		one = one[:draw(len(one))+1]
	case 3:
		for i := range one {
			one[i] = byte(draw(256))
		}
	}
	return one
}

func (n *faultyNetwork) Do(ctx context.Context, r relayclient.Request) (relayclient.Response, error) {
	n.turnedTo(r.URL)
	fate, offline := n.roll()
	if fate.Delay > 0 {
		select {
		case <-time.After(fate.Delay):
		case <-ctx.Done():
			return relayclient.Response{}, ctx.Err()
		}
	}
	if offline || fate.DropRequest == 1 {
		return relayclient.Response{}, errFault
	}
	if fate.HoldDeposits == 1 && r.Method == "POST" && len(r.Body) >= 4096 {
		return relayclient.Response{Status: 202, Body: []byte("accepted\n")}, nil
	}
	if fate.FailDeposits == 1 && r.Method == "POST" && len(r.Body) >= 4096 {
		n.mu.Lock()
		n.refused = append(n.refused, time.Now())
		n.mu.Unlock()
		return relayclient.Response{Status: 500, Body: []byte("no")}, nil
	}
	if strings.Contains(r.URL, "/slots/") {
		n.mu.Lock()
		n.slots = append(n.slots, time.Now())
		n.mu.Unlock()
		switch {
		case fate.HangSlots == 1:
			<-ctx.Done()
			return relayclient.Response{}, ctx.Err()
		case fate.FailSlots == 1:
			return relayclient.Response{Status: 500, Body: []byte("no")}, nil
		case fate.JunkSlots == 1 && r.Method == "GET":
			return relayclient.Response{Status: 200, Body: []byte("noise")}, nil
		case fate.JunkSlots == 1:
			return relayclient.Response{Status: 412, Body: []byte("noise")}, nil
		}
		if fate.ForgeSlots == 1 {
			return relayclient.Response{Status: 412, Body: n.seen.forgery(n.draw)}, nil
		}
		n.seen.add(r.Body)
	}
	answer, err := n.next.Do(ctx, r)
	if fate.Duplicate == 1 {
		answer, err = n.next.Do(ctx, r)
	}
	if fate.DropAnswer == 1 {
		return relayclient.Response{}, errFault
	}
	return answer, err
}

func (n *faultyNetwork) Dial(ctx context.Context, target string, maxMessage int64) (relayclient.Conn, error) {
	n.turnedTo(target)
	fate, offline := n.roll()
	if offline || fate.RefuseSocket == 1 {
		return nil, errFault
	}
	c, err := n.next.Dial(ctx, target, maxMessage)
	if err != nil {
		return nil, err
	}
	f := &faultyConn{Conn: c, n: n}
	n.mu.Lock()
	n.conns[f] = true
	n.mu.Unlock()
	return f, nil
}

type faultyConn struct {
	relayclient.Conn
	n *faultyNetwork
}

func (c *faultyConn) Read(ctx context.Context) ([]byte, error) {
	data, err := c.Conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	fate, _ := c.n.roll()
	if fate.DropSocket == 1 {
		_ = c.Close()
		return nil, errFault
	}
	frame, err := relayproto.DecodeFrame(data)
	if err != nil || frame.Type != relayproto.FrameDeliver {
		return data, nil
	}
	c.n.seen.add(frame.Envelope)
	if a := c.n.counting(); a != nil {
		a.deliver(frame.Seq)
	}
	if fate.Forge == 1 {
		// The true envelope is lost to this connection: that is a drop.
		frame.Envelope = c.n.seen.forgery(c.n.draw)
		return relayproto.EncodeFrame(frame)
	}
	return data, nil
}

func (c *faultyConn) Write(ctx context.Context, data []byte, text bool) error {
	if fate, _ := c.n.roll(); fate.DropSocket == 1 {
		_ = c.Close()
		return errFault
	}
	if a := c.n.counting(); a != nil && !text {
		if f, err := relayproto.DecodeFrame(data); err == nil && f.Type == relayproto.FrameAck {
			a.acknowledge(f)
		}
	}
	return c.Conn.Write(ctx, data, text)
}

func (c *faultyConn) Close() error {
	c.n.mu.Lock()
	delete(c.n.conns, c)
	c.n.mu.Unlock()
	return c.Conn.Close()
}

// slotRequests counts the person's requests for slots from one time on, up to
// another.
func (p *Person) slotRequests(from, to time.Time) (n int) {
	p.network.mu.Lock()
	defer p.network.mu.Unlock()
	for _, at := range p.network.slots {
		if !at.Before(from) && at.Before(to) {
			n++
		}
	}
	return n
}
