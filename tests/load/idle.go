package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// idleTime is how long the relay is watched while nobody says anything: Go
// collects what the connecting left in memory after two minutes at the latest.
const idleTime = 130 * time.Second

// spareFiles is what this process and the relay need besides one file for
// each socket.
const spareFiles = 200

// measureSockets holds many idle mailbox sockets, restarts the relay under
// them and waits for all to be back.
func measureSockets(ctx context.Context, s settings, r *report, files uint64) error {
	wanted := s.sockets
	n := min(wanted, int(min(files, 1<<30))-spareFiles)
	dir, err := os.MkdirTemp(s.dir, "petmail-load-")
	if err != nil {
		return fmt.Errorf("couldn't make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	rl, err := startRelay(dir, 0)
	if err != nil {
		return err
	}
	defer func() { rl.stop() }()
	if err := rl.register(n); err != nil {
		return err
	}
	// What registering left in memory is not the sockets'.
	if err := rl.restart(dir); err != nil {
		return err
	}
	before := rl.resident()
	connected, sockets, err := rl.connectAll(ctx)
	if err != nil {
		return err
	}
	fresh := (rl.resident() - before) / float64(n)
	cpu := rl.process.cpu()
	if err := pause(ctx, idleTime); err != nil {
		return err
	}
	idle := rl.process.cpu() - cpu
	each := (rl.resident() - before) / float64(n)
	closeAll(sockets)

	rl.kill()
	if err := rl.restart(dir); err != nil {
		return err
	}
	again, sockets, err := rl.connectAll(ctx)
	if err != nil {
		return err
	}
	closeAll(sockets)

	r.heading(fmt.Sprintf("%s idle mailbox sockets", count(float64(n))))
	if n < wanted {
		r.line("%d were wanted, but this user may open only %d files.\n", wanted, files)
	}
	r.table("what", "figure", "aim")
	r.row("resident memory of the relay for each, right after connecting", kib(fresh), "")
	r.row(fmt.Sprintf("the same after %s", idleTime), kib(each), "< 15 KiB")
	r.row("processor at idle", fmt.Sprintf("%.2f %%", 100*idle.Seconds()/idleTime.Seconds()), "")
	r.row("to connect all, client's work included", ms(connected), "")
	r.row("to connect all again after kill -9 and a start", ms(again), "")
	return nil
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// connectors is how many sockets are being opened at a time.
const connectors = 64

// connectAll opens a socket for every mailbox.
func (r *relay) connectAll(ctx context.Context) (time.Duration, []*mailboxSocket, error) {
	begin := time.Now()
	sockets := make([]*mailboxSocket, len(r.targets))
	err := inParallel(len(r.targets), func(i int) (err error) {
		sockets[i], err = r.openSocket(ctx, r.targets[i], 16)
		return err
	})
	if err != nil {
		closeAll(slices.DeleteFunc(sockets, func(s *mailboxSocket) bool { return s == nil }))
		return 0, nil, err
	}
	return time.Since(begin), sockets, nil
}

// inParallel runs do(0) to do(n-1), connectors at a time, and returns an
// error of one of them.
func inParallel(n int, do func(i int) error) error {
	var mu sync.Mutex
	next, failure := 0, error(nil)
	take := func(err error) (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			failure = err
		}
		next++
		return next - 1, failure == nil && next <= n
	}
	var workers sync.WaitGroup
	for range connectors {
		workers.Go(func() {
			for i, ok := take(nil); ok; {
				i, ok = take(do(i))
			}
		})
	}
	workers.Wait()
	return failure
}
