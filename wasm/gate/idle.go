package gate

import (
	"encoding/json"
	"sync"
	"time"

	"petmail/wasm/api"
)

// look is how often the gate looks whether the person has been away for long
// enough: a lock comes late by this at most.
const look = 2 * time.Second

// idle counts the time since the last sign of the person. It compares the
// clock's time of day, which goes on while a computer sleeps.
type idle struct {
	mu      sync.Mutex
	last    int64 // unix ms
	minutes int   // 0: no limit
	stopped chan struct{}
	once    sync.Once
}

func (i *idle) touch(now int64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.last = now
}

// over reports whether the time has run out.
func (i *idle) over(now int64) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if now < i.last { // the clock was set back
		i.last = now
	}
	return i.minutes > 0 && now-i.last >= int64(i.minutes)*60_000
}

// limit takes the setting. Whoever changes it is there.
func (i *idle) limit(minutes int, now int64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if minutes != i.minutes {
		i.minutes, i.last = minutes, now
	}
}

func (i *idle) stop() { i.once.Do(func() { close(i.stopped) }) }

func (g *Gate) nowMilli() int64 { return g.config.Now().UnixMilli() }

// active takes a sign of the person. One that comes after the time has run out
// comes too late: the computer may have slept.
func (g *Gate) active() {
	now := g.nowMilli()
	if g.idle.over(now) {
		_ = g.lockNow() // without a lock there is nothing to do
	}
	g.idle.touch(now)
}

// watch follows the settings and locks when the time has run out, in a
// goroutine that ends with the agent; mu is held.
func (g *Gate) watch() {
	g.idle.touch(g.nowMilli())
	receive, _ := g.agent.Attach(func(message any) {
		switch m := message.(type) {
		case api.Reply:
			if s, ok := m.Result.(api.Snapshot); ok {
				g.idle.limit(s.Settings.AutoLock, g.nowMilli())
			}
		case api.Event:
			switch data := m.Data.(type) {
			case api.Snapshot:
				g.idle.limit(data.Settings.AutoLock, g.nowMilli())
			case api.Settings:
				g.idle.limit(data.AutoLock, g.nowMilli())
			}
		}
	})
	receive(api.Request{ID: greeting, Command: api.CmdHello.Name(), Args: json.RawMessage("{}")})
	go func() {
		ticker := time.NewTicker(look)
		defer ticker.Stop()
		for {
			select {
			case <-g.idle.stopped:
				return
			case <-ticker.C:
				if g.idle.over(g.nowMilli()) && len(g.current()) > 0 {
					_ = g.lockNow() // it may have been locked in between
				}
			}
		}
	}()
}
