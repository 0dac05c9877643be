package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"petmail/shared/address"
)

// doorRounds is how many deposits go to each kind of door.
const doorRounds = 3000

// doorQuota is what a door of the measured relay takes, in bytes: the valid one
// is not filled by it.
const doorQuota = 2 * doorRounds * messageSize

// measureDoors asks whether the time of an answer tells where a deposit went:
// it deposits on an idle relay by turns, in an order drawn anew each time, to a
// door that takes it, one that nobody has, a full one and a retired one.
func measureDoors(ctx context.Context, s settings, r *report) error {
	dir, err := os.MkdirTemp(s.dir, "petmail-load-")
	if err != nil {
		return fmt.Errorf("couldn't make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	quota := []string{"-quota", fmt.Sprint(doorQuota)}
	rl, err := startRelay(dir, 0, quota...)
	if err != nil {
		return err
	}
	defer func() { rl.stop() }()
	names := []string{"valid", "unknown", "full", "retired"}
	requests, err := rl.doors(dir)
	if err != nil {
		return err
	}
	if err := rl.restart(dir, quota...); err != nil {
		return err
	}
	d, err := rl.depositor()
	if err != nil {
		return err
	}
	defer d.Close()

	times := make([][]time.Duration, len(names))
	order := []int{0, 1, 2, 3}
	for range doorRounds {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		shuffle(order)
		for _, kind := range order {
			begin := time.Now()
			if err := d.deposit(requests[kind]); err != nil {
				return err
			}
			times[kind] = append(times[kind], time.Since(begin))
		}
	}
	r.heading("Doors: can time tell them apart?")
	var halves [2][]time.Duration // of the valid ones, by turns
	for i, t := range times[0] {
		halves[i%2] = append(halves[i%2], t)
	}
	for i := range halves {
		slices.Sort(halves[i])
	}
	r.table("door", "p50", "p90", "best guess against a valid one")
	for i := range times {
		slices.Sort(times[i])
		guess := ""
		if i > 0 {
			guess = fmt.Sprintf("%.1f %%", 100*advantage(times[0], times[i]))
		}
		r.row(names[i], ms(percentile(times[i], 50)), ms(percentile(times[i], 90)), guess)
	}
	r.line("\nThe share of right guesses of the best threshold between two kinds, %s deposits to each on an idle relay: 50 %% is a coin; one half of those to the valid door against the other gives %.1f %%.",
		count(doorRounds), 100*advantage(halves[0], halves[1]))
	return nil
}

// doors prepares a request to a door of each kind. The relay is to be started
// again afterwards.
func (r *relay) doors(dir string) ([][]byte, error) {
	if err := r.register(3); err != nil {
		return nil, err
	}
	unknown, err := r.newTarget()
	if err != nil {
		return nil, err
	}
	d, err := r.depositor()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	valid, full, retired := r.targets[0], r.targets[1], r.targets[2]
	var requests [][]byte
	for _, t := range []target{valid, unknown, full, retired} {
		envelope, err := address.Seal(rand.Reader, t.to, []byte("hello"))
		if err != nil {
			return nil, err
		}
		requests = append(requests, depositRequest(envelope))
	}
	for range doorQuota / messageSize {
		if err := d.deposit(requests[2]); err != nil {
			return nil, err
		}
	}
	// One that waits there keeps the retired door from being forgotten, which
	// would make it an unknown one.
	if err := d.deposit(requests[3]); err != nil {
		return nil, err
	}
	r.process.stop()
	return requests, retire(dir, retired.door.ID())
}

// retire lets a door have been retired long ago, which takes the protocol 14
// days.
func retire(dir string, door address.DoorID) error {
	db, err := sql.Open("sqlite", filepath.Join(dir, "petmail.db"))
	if err != nil {
		return fmt.Errorf("couldn't open the database: %w", err)
	}
	defer db.Close()
	changed, err := db.Exec(`UPDATE doors SET retire = 1 WHERE hash = ?`, door[:])
	if err != nil {
		return fmt.Errorf("couldn't retire a door: %w", err)
	}
	if n, err := changed.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("couldn't retire a door: %d are there", n)
	}
	return nil
}

// shuffle draws an order.
func shuffle(order []int) {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	for i := len(order) - 1; i > 0; i-- {
		j := int(b[i]) % (i + 1)
		order[i], order[j] = order[j], order[i]
	}
}

// advantage returns the share of right guesses of the best threshold between
// two sorted samples.
func advantage(a, b []time.Duration) float64 {
	best := 0.5
	j := 0
	for i, t := range a {
		for j < len(b) && b[j] <= t {
			j++
		}
		below, belowOther := float64(i+1)/float64(len(a)), float64(j)/float64(len(b))
		best = max(best, 0.5+(below-belowOther)/2, 0.5+(belowOther-below)/2)
	}
	return best
}
