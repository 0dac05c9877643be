package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
)

// measureDeposits compares how fast messages become durable.
func measureDeposits(ctx context.Context, s settings, r *report) error {
	systems := []system{
		{"Petmail relay: HTTP, a public-key operation each", startPetmail},
		{"NATS JetStream, sync always", startNATS},
		{"Redis stream, appendfsync always", startRedis},
		{"bare SQLite, group commit, in process", startGroupCommit},
		{"write + fsync, one by one, in process", startFile},
	}
	clients := []int{64, 512}
	results := make(map[string]map[int][]result) // by name and clients
	missing := make(map[string]error)
	for range s.rounds {
		for _, system := range systems {
			if missing[system.name] != nil {
				continue
			}
			err := oneRound(ctx, s, system, clients, results)
			if errors.Is(err, errMissing) {
				missing[system.name] = err
				continue
			}
			if err != nil {
				return fmt.Errorf("%s: %w", system.name, err)
			}
		}
	}

	r.heading("Durable deposits")
	header := []string{"system"}
	for _, n := range clients {
		header = append(header, fmt.Sprintf("%d clients: each second", n), "p50", "p99", "server CPU each", "relay / this")
	}
	r.table(header...)
	typical := func(name string, n int) result {
		return median(results[name][n], func(a, b result) int { return cmp.Compare(a.perSecond, b.perSecond) })
	}
	for _, system := range systems {
		row := []string{system.name}
		if err := missing[system.name]; err != nil {
			r.row(append(row, slices.Concat([]string{err.Error()}, make([]string, len(header)-2))...)...)
			continue
		}
		for _, n := range clients {
			m := typical(system.name, n)
			cpu := ""
			if m.cpu > 0 {
				cpu = ms(m.cpu)
			}
			row = append(row, count(m.perSecond), ms(m.p50), ms(m.p99), cpu,
				fmt.Sprintf("%.2f", typical(systems[0].name, n).perSecond/m.perSecond))
		}
		r.row(row...)
	}
	r.line("\nAims: 2.5 times NATS, level with Redis, p99 under 50 ms at 64 clients.")
	return nil
}

func oneRound(ctx context.Context, s settings, system system, clients []int, results map[string]map[int][]result) error {
	dir, err := os.MkdirTemp(s.dir, "petmail-load-")
	if err != nil {
		return fmt.Errorf("couldn't make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	started, err := system.start(ctx, s, dir)
	if err != nil {
		return err
	}
	defer started.stop()
	for _, n := range clients {
		m, err := measure(ctx, started, n, s.seconds)
		if err != nil {
			return err
		}
		if results[system.name] == nil {
			results[system.name] = make(map[int][]result)
		}
		results[system.name][n] = append(results[system.name][n], m)
	}
	return nil
}
