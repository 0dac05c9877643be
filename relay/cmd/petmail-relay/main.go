package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"petmail/relay/core"
	"petmail/relay/native"
)

// webFiles is the web app, put there by the build.
//
//go:embed all:web
var webFiles embed.FS

// version is set by the build (-ldflags -X).
var version = "dev"

// drainTime is how long running requests may take after a signal.
const drainTime = 10 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	default:
		fmt.Fprintln(os.Stderr, "petmail-relay:", err)
		os.Exit(1)
	}
}

// run is main with its surroundings passed in. It ends with ctx.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	o, err := parseOptions(args, getenv, stderr)
	if err != nil {
		return err
	}
	switch o.command {
	case "backup":
		return native.Backup(ctx, o.data, o.target)
	case "check":
		return check(ctx, o, stdout)
	default:
		return serve(ctx, o, stdout, stderr)
	}
}

func serve(ctx context.Context, o options, stdout, stderr io.Writer) error {
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: o.level}))
	web, err := fs.Sub(webFiles, "web")
	if err != nil {
		return err
	}
	// The port first: a second start by mistake should complain of it, and
	// not of the data folder.
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return fmt.Errorf("couldn't listen on %s: %w (choose another address with PETMAIL_ADDR)", o.addr, err)
	}
	at, scheme := listener.Addr(), "http"
	if o.tlsCert != "" {
		secure, err := withTLS(listener, o.tlsCert, o.tlsKey, log)
		if err != nil {
			listener.Close()
			return err
		}
		listener, scheme = secure, "https"
	}
	server, err := native.Open(native.Config{
		DataDir:            o.data,
		Web:                web,
		Logger:             log,
		Core:               core.Config{Version: version, Welcome: o.welcome},
		TrustedProxyHeader: o.proxyHeader,
		MaxDatabaseBytes:   o.maxBytes,
	})
	if err != nil {
		listener.Close()
		if errors.Is(err, native.ErrLocked) {
			return fmt.Errorf("another relay is using the data folder %s (choose another with PETMAIL_DATA)", o.data)
		}
		return err
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintf(stdout, "Petmail is ready: open %s\n", link(scheme, o.addr, at))
	log.Info("started", "version", version)

	select {
	case err = <-served:
	case <-ctx.Done():
		log.Info("stopping")
	}
	// A fresh context: the one that ended has to allow for the clean-up.
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if closeErr := server.Close(drain); closeErr != nil {
		err = errors.Join(err, fmt.Errorf("couldn't stop cleanly: %w", closeErr))
	}
	log.Info("stopped")
	return err
}

// link is what a person on this machine can open: the name as it was given,
// and the port as it came to be.
func link(scheme, addr string, listening net.Addr) string {
	host, _, err := net.SplitHostPort(addr)
	_, port, portErr := net.SplitHostPort(listening.String())
	if err != nil || portErr != nil {
		return scheme + "://" + addr + "/"
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}
