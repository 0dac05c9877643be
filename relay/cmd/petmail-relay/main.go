package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"petmail/relay/native"
)

// webFiles is the web app, put there by the build.
//
//go:embed all:web
var webFiles embed.FS

// version is set by the build (-ldflags -X).
var version = "dev"

// Exit codes.
const (
	exitFailure = 1 // it could not be done; check: something is wrong
	exitUsage   = 2 // flags, environment or configuration file
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, "petmail-relay:", err)
		os.Exit(exitUsage)
	default:
		fmt.Fprintln(os.Stderr, "petmail-relay:", err)
		os.Exit(exitFailure)
	}
}

// run is main with its surroundings passed in. It ends with ctx.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	o, err := parseOptions(args, getenv, stderr)
	if err != nil {
		return err
	}
	switch o.command {
	case "config":
		return printConfig(stdout, o)
	case "backup":
		return native.Backup(ctx, o.Data, o.target)
	case "restore":
		return restore(ctx, o, stdout)
	case "check":
		return check(ctx, o, stdout)
	default:
		return serve(ctx, o, getenv, stdout, stderr)
	}
}

func restore(ctx context.Context, o options, stdout io.Writer) error {
	if err := native.Restore(ctx, o.target, o.Data); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "restored into %s; start the relay on it\n", o.Data)
	return nil
}
