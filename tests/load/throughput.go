package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// messageSize is what every system stores, in bytes: our small envelope.
const messageSize = 4096

// system is something that stores messages durably.
type system struct {
	name string
	// start runs it with its data in dir. errMissing (wrapped) says what to
	// install.
	start func(ctx context.Context, s settings, dir string) (running, error)
}

// errMissing is wrapped by errors about a peer that is not installed.
var errMissing = errors.New("not installed")

// running is a started system.
type running interface {
	// dial returns a client of its own connection: each call stores one
	// message and returns once it is durable.
	dial(n int) (client, error)
	// cpu is the processor time used by the server so far, or 0.
	cpu() time.Duration
	stop()
}

type client interface {
	store() error
	Close() error
}

// result is one measurement.
type result struct {
	perSecond float64
	p50, p99  time.Duration
	cpu       time.Duration // of the server, each message
}

// warmUp is the part of each measurement that does not count.
const warmUp = 500 * time.Millisecond

// measure lets clients store messages, each as fast as it gets answers.
func measure(ctx context.Context, r running, clients int, length time.Duration) (result, error) {
	list := make([]client, clients)
	for i := range list {
		c, err := r.dial(i)
		if err != nil {
			closeAll(list[:i])
			return result{}, err
		}
		list[i] = c
	}
	defer closeAll(list)
	ctx, cancel := context.WithTimeout(ctx, warmUp+length)
	defer cancel()
	var mu sync.Mutex
	var latencies []time.Duration
	var failure error
	var counting atomic.Bool
	var workers sync.WaitGroup
	for _, c := range list {
		workers.Go(func() {
			var own []time.Duration
			var err error
			for ctx.Err() == nil && err == nil {
				counts := counting.Load()
				begin := time.Now()
				if err = c.store(); err == nil && counts {
					own = append(own, time.Since(begin))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			latencies = append(latencies, own...)
			failure = cmp.Or(failure, err)
		})
	}
	time.Sleep(warmUp)
	counting.Store(true)
	cpu, begin := r.cpu(), time.Now()
	<-ctx.Done()
	used, took := r.cpu()-cpu, time.Since(begin)
	workers.Wait()
	if failure != nil || len(latencies) == 0 {
		return result{}, fmt.Errorf("couldn't store: %w", failure)
	}
	slices.Sort(latencies)
	return result{
		perSecond: float64(len(latencies)) / took.Seconds(),
		p50:       percentile(latencies, 50), p99: percentile(latencies, 99),
		cpu: used / time.Duration(len(latencies)),
	}, nil
}
