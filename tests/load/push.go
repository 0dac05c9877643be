package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/coder/websocket"

	"petmail/shared/address"
)

// pushes is how many envelopes are pushed, echoed and written.
const pushes = 500

// measurePush measures one envelope after another on an idle relay, from the
// start of its deposit to the end of its delivery, beside the least that this
// can take: an fsync and a WebSocket echo.
func measurePush(ctx context.Context, s settings, r *report) error {
	dir, err := os.MkdirTemp(s.dir, "petmail-load-")
	if err != nil {
		return fmt.Errorf("couldn't make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	rl, err := startRelay(filepath.Join(dir, "relay"), 1)
	if err != nil {
		return err
	}
	defer rl.stop()
	echo, err := launchSelf("echo", dir)
	if err != nil {
		return err
	}
	defer echo.stop()
	file, err := startFile(ctx, s, dir)
	if err != nil {
		return err
	}
	defer file.stop()

	socket, err := rl.openSocket(ctx, rl.targets[0], 16)
	if err != nil {
		return err
	}
	defer socket.Close()
	d, err := rl.depositor()
	if err != nil {
		return err
	}
	defer d.Close()
	back, _, err := websocket.Dial(ctx, "ws://"+echo.addr, nil)
	if err != nil {
		return fmt.Errorf("couldn't connect to the echo: %w", err)
	}
	defer back.CloseNow()
	write, err := file.dial(0)
	if err != nil {
		return err
	}

	envelope, err := address.Seal(rand.Reader, rl.targets[0].to, []byte("hello"))
	if err != nil {
		return err
	}
	request := depositRequest(envelope)
	steps := []func() error{
		func() error {
			answered := make(chan error, 1)
			go func() { answered <- d.deposit(request) }()
			if err := socket.expect(ctx, envelope); err != nil {
				return err
			}
			return <-answered
		},
		write.store,
		func() error {
			if err := back.Write(ctx, websocket.MessageBinary, envelope); err != nil {
				return err
			}
			_, _, err := back.Read(ctx)
			return err
		},
	}
	back.SetReadLimit(messageSize + 1)
	times := make([][]time.Duration, len(steps))
	for range pushes {
		for i, step := range steps { // in turn, so that a busy disk slows all of them
			begin := time.Now()
			if err := step(); err != nil {
				return err
			}
			times[i] = append(times[i], time.Since(begin))
		}
	}
	r.heading("Push on an idle relay")
	r.table("what", "p50", "p99")
	names := []string{"deposit to delivery (its ack's commit in between)", "write + fsync", "WebSocket echo"}
	for i, name := range names {
		slices.Sort(times[i])
		r.row(name, ms(percentile(times[i], 50)), ms(percentile(times[i], 99)))
	}
	over := percentile(times[0], 50) - percentile(times[1], 50) - percentile(times[2], 50)
	r.line("\nOver fsync and echo: %s (aim: within 1 ms).", ms(over))
	return nil
}
