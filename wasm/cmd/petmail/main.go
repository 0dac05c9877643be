//go:build js

package main

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"syscall/js"
	"time"

	"petmail/wasm/agent"
	"petmail/wasm/gate"
	browser "petmail/wasm/js"
	"petmail/wasm/jsapi"
	"petmail/wasm/parts"
	"petmail/wasm/relayclient"
	"petmail/wasm/store"
	"petmail/wasm/store/idb"
	"petmail/wasm/vault/opfsjs"
)

func main() {
	h := host{js.Global().Get("petmailHost")}
	// The Worker's console; info says how often, never what.
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	g, err := open(h, logger, debug(logger))
	if err != nil {
		logger.Error("couldn't start", "err", err)
		h.failed(reason(err))
	}
	h.Call("ready", jsapi.Attacher(g))
	select {}
}

// host is petmailHost.
type host struct{ js.Value }

func (h host) text(name string) string { return h.Get(name).String() }

// room reports whether there is room on the disk. The host looks at most once
// a second.
func (h host) room() bool { return h.Call("room").Bool() }

// failed ends the program.
func (h host) failed(reason string) {
	h.Call("failed", reason)
	os.Exit(1)
}

// clocks are what the agent knows of time.
type clocks struct {
	now     func() time.Time     // the machine's clock
	elapsed func() time.Duration // how long the process runs
}

func open(h host, logger *slog.Logger, c clocks) (*gate.Gate, error) {
	places, err := openPlaces(h, logger)
	if err != nil {
		return nil, err
	}
	return gate.Open(gate.Config{
		Vault: places,
		Start: func(s store.Store, erased func()) (gate.Agent, error) { return start(h, s, erased, logger, c) },
		Remove: func() {
			if err := errors.Join(idb.Delete(h.text("database")), opfsjs.Remove(h.text("root"))); err != nil {
				logger.Warn("couldn't remove what is left, which is empty", "err", err)
			}
		},
		Room:    h.room,
		Kept:    h.Get("kept").Bool(),
		Now:     c.now,
		Logger:  logger,
		Version: h.text("version"),
		End: func(reason gate.Reason) {
			if reason == gate.Failed {
				h.failed("storage")
			}
			h.Call("ended", string(reason))
			os.Exit(0)
		},
	})
}

func start(h host, s store.Store, erased func(), logger *slog.Logger, c clocks) (gate.Agent, error) {
	a, err := agent.Open(agent.Config{
		Store: s,
		Now:   c.now,
		Parts: parts.All(parts.Config{
			Transport: relayclient.Net(relayclient.NetOptions{}), Rand: rand.Reader, Log: logger, Now: c.now, Elapsed: c.elapsed,
		}),
		Logger:    logger,
		Version:   h.text("version"),
		Room:      h.room,
		Restarted: h.Get("restarted").Bool(),
		Fatal: func(err error) {
			logger.Error("couldn't go on", "err", err)
			h.failed("storage")
		},
		Erased: erased,
	})
	if errors.Is(err, agent.ErrErasing) {
		return nil, gate.ErrErase
	}
	return a, err
}

// reason tells the page what to explain to the person.
func reason(err error) string {
	var refusal *browser.Error
	const blocked = "SecurityError" // what a browser says that is set to keep nothing of a site
	switch {
	case errors.Is(err, opfsjs.ErrInUse):
		return "busy"
	case errors.As(err, &refusal) && refusal.Name == blocked:
		return "blocked"
	case errors.As(err, &refusal), errors.Is(err, idb.ErrTimeout):
		return "storage"
	}
	return "internal"
}
