package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"

	"github.com/coder/websocket"

	"petmail/relay/core"
	"petmail/relay/native"
)

// serve is the other end of launchSelf: a relay without rate limits, or a
// WebSocket that sends back what it gets. It ends with its parent, whose end
// closes standard input.
func serve(s settings) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("couldn't listen: %w", err)
	}
	switch s.serve {
	case "relay":
		if s.profile != "" {
			f, err := os.Create(s.profile)
			if err != nil {
				return fmt.Errorf("couldn't write a profile: %w", err)
			}
			defer f.Close()
			if err := pprof.StartCPUProfile(f); err != nil {
				return fmt.Errorf("couldn't profile: %w", err)
			}
			defer pprof.StopCPUProfile()
		}
		return serveRelay(ctx, l, s)
	case "echo":
		return serveEcho(ctx, l)
	}
	return fmt.Errorf("can't serve %q", s.serve)
}

func serveRelay(ctx context.Context, l net.Listener, s settings) error {
	server, err := native.Open(native.Config{
		DataDir: s.dir, Limits: native.Unlimited(), Core: core.Config{MaxMailboxBytes: 1 << 40, MaxDoorBytes: s.quota},
	})
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	fmt.Println(l.Addr())
	<-ctx.Done()
	end, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return errors.Join(server.Close(end), <-served)
}

func serveEcho(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return // Accept has answered
		}
		defer c.CloseNow()
		for {
			kind, data, err := c.Read(r.Context())
			if err != nil || c.Write(r.Context(), kind, data) != nil {
				return
			}
		}
	})}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Println(l.Addr())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("couldn't serve: %w", err)
	}
	return nil
}
