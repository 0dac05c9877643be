package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"petmail/shared/address"
)

// activeMailboxes get one message a second each.
const activeMailboxes = 1000

// depositors is how many connections bring the messages.
const depositors = 32

// measureActive lets 1,000 connected agents get a message a second each and
// acknowledge it.
func measureActive(ctx context.Context, s settings, r *report) error {
	dir, err := os.MkdirTemp(s.dir, "petmail-load-")
	if err != nil {
		return fmt.Errorf("couldn't make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	rl, err := startRelay(dir, 0)
	if err != nil {
		return err
	}
	defer rl.stop()
	if err := rl.register(activeMailboxes); err != nil {
		return err
	}
	_, sockets, err := rl.connectAll(ctx)
	if err != nil {
		return err
	}
	defer closeAll(sockets)
	a := &activity{relay: rl, sockets: sockets, sent: make([]chan time.Time, len(sockets))}
	if err := a.prepare(); err != nil {
		return err
	}

	ctx, cancel := context.WithTimeout(ctx, s.active)
	defer cancel()
	begin := rl.resident()
	cpu := rl.process.cpu()
	largest := begin
	var watching sync.WaitGroup
	watching.Go(func() {
		for pause(ctx, time.Second) == nil {
			largest = max(largest, rl.resident())
		}
	})
	err = a.run(ctx)
	watching.Wait()
	if err != nil {
		return err
	}
	used := rl.process.cpu() - cpu
	slices.Sort(a.latencies)

	r.heading(fmt.Sprintf("%s active mailboxes, a message a second each, for %s", count(activeMailboxes), s.active))
	r.table("what", "figure")
	r.row("delivered and acknowledged", fmt.Sprintf("%s of %s", count(float64(len(a.latencies))), count(float64(a.deposited))))
	r.row("deposit to delivery, p50", ms(percentile(a.latencies, 50)))
	r.row("p99", ms(percentile(a.latencies, 99)))
	r.row("processor", fmt.Sprintf("%.0f %% of a core", 100*used.Seconds()/s.active.Seconds()))
	r.row("resident memory at the start, the most, at the end", fmt.Sprintf("%.0f, %.0f, %.0f MiB", begin/(1<<20), largest/(1<<20), rl.resident()/(1<<20)))
	return nil
}

// activity is the load of measureActive.
type activity struct {
	relay    *relay
	sockets  []*mailboxSocket
	requests [][]byte
	sent     []chan time.Time // by mailbox: when each deposit began

	mu        sync.Mutex
	latencies []time.Duration
	deposited int
}

func (a *activity) prepare() error {
	a.requests = make([][]byte, len(a.sockets))
	for i, t := range a.relay.targets {
		envelope, err := address.Seal(rand.Reader, t.to, []byte("hello"))
		if err != nil {
			return err
		}
		a.requests[i] = depositRequest(envelope)
		a.sent[i] = make(chan time.Time, 1<<12)
	}
	return nil
}

// run deposits until ctx ends, then waits for the last deliveries.
func (a *activity) run(ctx context.Context) error {
	var receiving, sending sync.WaitGroup
	var mu sync.Mutex
	var failure error
	fail := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil && failure == nil {
			failure = err
		}
	}
	for i, socket := range a.sockets {
		receiving.Go(func() { fail(a.receive(socket, a.sent[i])) })
	}
	for w := range depositors {
		sending.Go(func() { fail(a.deposit(ctx, w)) })
	}
	sending.Wait()
	for _, sent := range a.sent {
		close(sent)
	}
	receiving.Wait()
	return failure
}

// deposit brings a message to each of its mailboxes once a second, spread
// over the second.
func (a *activity) deposit(ctx context.Context, worker int) error {
	d, err := a.relay.depositor()
	if err != nil {
		return err
	}
	defer d.Close()
	var own []int
	for i := worker; i < len(a.sockets); i += depositors {
		own = append(own, i)
	}
	step := time.Second / time.Duration(len(own))
	due := time.Now().Add(step * time.Duration(worker) / depositors)
	for n := 0; ; n++ {
		if pause(ctx, time.Until(due)) != nil {
			return nil
		}
		due = due.Add(step)
		i := own[n%len(own)]
		a.sent[i] <- time.Now()
		if err := d.deposit(a.requests[i]); err != nil {
			return err
		}
		a.mu.Lock()
		a.deposited++
		a.mu.Unlock()
	}
}

// receive takes one delivery for each time in sent.
func (a *activity) receive(s *mailboxSocket, sent <-chan time.Time) error {
	for begin := range sent {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		_, err := s.next(ctx)
		cancel()
		if err != nil {
			return fmt.Errorf("couldn't receive: %w", err)
		}
		took := time.Since(begin)
		a.mu.Lock()
		a.latencies = append(a.latencies, took)
		a.mu.Unlock()
	}
	return nil
}
