package agenttest

import (
	"context"
	"log/slog"
	"os"
)

// What an agent logs when it reads its state again, and when it sets a
// conversation aside.
const (
	recovering = "restoring the stored state"
	aside      = "conversation set aside"
)

// watch counts by an agent's log how often it had to recover, and hands that
// on if anybody reads it.
type watch struct {
	p    *Person
	next slog.Handler // nil: nobody does
}

func (p *Person) logHandler() slog.Handler {
	if os.Getenv("PETMAIL_TEST_LOG") == "" {
		return watch{p, nil}
	}
	return watch{p, slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})}
}

func (w watch) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError || w.next != nil && w.next.Enabled(ctx, level)
}

func (w watch) Handle(ctx context.Context, r slog.Record) error {
	w.p.mu.Lock()
	switch r.Message {
	case recovering:
		w.p.reloads++
	case aside:
		w.p.asides++
	}
	w.p.mu.Unlock()
	if w.next == nil {
		return nil
	}
	return w.next.Handle(ctx, r)
}

func (w watch) WithAttrs(attrs []slog.Attr) slog.Handler {
	if w.next != nil {
		w.next = w.next.WithAttrs(attrs)
	}
	return w
}

func (w watch) WithGroup(name string) slog.Handler {
	if w.next != nil {
		w.next = w.next.WithGroup(name)
	}
	return w
}
