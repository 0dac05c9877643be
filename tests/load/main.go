package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"time"
)

// settings are the flags.
type settings struct {
	dir     string        // under which every system gets a folder
	nats    string        // the binary of natsserver; empty: not measured
	out     string        // file of the report; empty: standard output only
	only    string        // regular expression of sections
	profile string        // CPU profile of the relay while deposits are measured
	seconds time.Duration // of each measurement of throughput
	rounds  int           // of each measurement of throughput
	sockets int
	active  time.Duration // of the measurement with active mailboxes
	serve   string        // what to be instead: a relay or an echo
	quota   int64         // of a door at that relay, in bytes; 0: the default
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var s settings
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.StringVar(&s.dir, "dir", os.TempDir(), "`folder` on the disk to measure")
	flags.StringVar(&s.nats, "nats", "", "`binary` made from tests/load/natsserver")
	flags.StringVar(&s.out, "out", "", "`file` for the report")
	flags.StringVar(&s.only, "only", ".", "`expression` that the sections to run match: deposits, push, sockets, active, rendezvous, doors")
	flags.StringVar(&s.profile, "profile", "", "`file` for a CPU profile of the relay under deposits")
	flags.DurationVar(&s.seconds, "time", 4*time.Second, "time of each measurement of throughput")
	flags.IntVar(&s.rounds, "rounds", 3, "rounds of each measurement of throughput; the median counts")
	flags.IntVar(&s.sockets, "sockets", 10_000, "idle sockets")
	flags.DurationVar(&s.active, "active", time.Minute, "time of the measurement with 1,000 active mailboxes")
	flags.StringVar(&s.serve, "serve", "", "used by the program itself: what to serve from -dir")
	flags.Int64Var(&s.quota, "quota", 0, "used by the program itself: what a door takes, in `bytes`")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return err
	}
	raised, err := raiseFileLimit()
	if err != nil {
		return err
	}
	if s.serve != "" {
		return serve(s)
	}
	only, err := regexp.Compile(s.only)
	if err != nil {
		return fmt.Errorf("couldn't use -only: %w", err)
	}

	r := &report{}
	r.line("## The relay beside its peers")
	r.line("")
	r.line("One run of `tests/load` on one disk, clients and servers sharing %s; 4 KiB each, durable before the answer, closed loop, the median of %d rounds of %s taken in turn.",
		machine(), s.rounds, s.seconds)
	for _, section := range []struct {
		name string
		run  func(context.Context, settings, *report) error
	}{
		{"deposits", measureDeposits},
		{"push", measurePush},
		{"sockets", func(ctx context.Context, s settings, r *report) error { return measureSockets(ctx, s, r, raised) }},
		{"active", measureActive},
		{"rendezvous", measureRendezvous},
		{"doors", measureDoors},
	} {
		if !only.MatchString(section.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "load: measuring", section.name)
		if err := section.run(ctx, s, r); err != nil {
			return fmt.Errorf("couldn't measure %s: %w", section.name, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	fmt.Print(r.String())
	if s.out == "" {
		return nil
	}
	if err := os.WriteFile(s.out, []byte(r.String()), 0o644); err != nil {
		return fmt.Errorf("couldn't write the report: %w", err)
	}
	return nil
}
