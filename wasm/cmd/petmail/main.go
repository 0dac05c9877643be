//go:build js

package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"syscall/js"
	"time"

	"petmail/wasm/agent"
	"petmail/wasm/jsapi"
	"petmail/wasm/relayclient"
	"petmail/wasm/store/idb"
)

func main() {
	host := js.Global().Get("petmailHost")
	// The Worker's console; info says how often, never what.
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := open(host, logger)
	if err != nil {
		logger.Error("couldn't start", "err", err)
		host.Call("failed", reason(err))
		os.Exit(1)
	}
	debug(logger)
	host.Call("ready", jsapi.Attacher(a))
	select {}
}

func open(host js.Value, logger *slog.Logger) (*agent.Agent, error) {
	store, err := idb.Open(host.Get("database").String(), func() {
		// The person cleared our data: begin anew, like any first run.
		logger.Warn("the database was taken away")
		os.Exit(1)
	})
	if err != nil {
		return nil, err
	}
	a, err := agent.Open(agent.Config{
		Store:     store,
		Transport: relayclient.Net(relayclient.NetOptions{}),
		Rand:      rand.Reader,
		Now:       time.Now,
		Logger:    logger,
		Version:   host.Get("version").String(),
		Restarted: host.Get("restarted").Bool(),
		Fatal: func(err error) {
			logger.Error("couldn't go on", "err", err)
			host.Call("failed", "storage")
			os.Exit(1)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't open agent: %w", err)
	}
	return a, nil
}

// reason tells the page what to explain to the person.
func reason(err error) string {
	var refusal *idb.Error
	if errors.As(err, &refusal) || errors.Is(err, idb.ErrTimeout) {
		return "storage"
	}
	return "internal"
}
