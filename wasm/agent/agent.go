package agent

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/store"
	"petmail/wasm/turn"
)

// Config is what an agent needs from its host.
type Config struct {
	Store store.Store // the agent's alone; closed by its owner after Close
	Now   func() time.Time
	// Parts makes the features (package parts).
	Parts   func(turn.Owners) []turn.Part
	Logger  *slog.Logger
	Version string
	// Room reports whether there is room on the disk. It is asked before each
	// commit; the host sees to it that this costs nothing. nil: there is, as
	// far as one knows.
	Room func() bool
	// Restarted: the host has just restarted the agent after a crash; pages
	// that say hello soon are told.
	Restarted bool
	// Fatal is called, once, when the stored state can neither be written nor
	// read: the agent has ended, and its host should start a fresh one.
	Fatal func(error)
	// Erased is called, once, when the person has this Petmail deleted: the
	// agent has ended, and its host erases the store and begins anew.
	Erased func()

	// fault is set by tests only: it may fail or panic in place of any rule.
	fault func(owner wire.ID, rule string) error
}

// Agent is a running agent. Its methods may be called from any goroutine.
type Agent struct {
	wire.Redacted
	config Config
	log    *slog.Logger

	ahead    *aheadStore // config.Store
	handlers map[api.Command]handler
	parts    []turn.Part
	declared turn.Kinds
	base     turn.Base

	inbox   inbox
	stop    chan struct{} // closed by Close
	stopped chan struct{} // closed by the loop when it has ended

	// Owned by the loop.
	owners    map[wire.ID]*owner
	conn      *connections
	pages     map[*page]bool // that said hello
	restarted time.Time      // when a crash was recovered from; zero: never
	fatal     error          // the state is lost; nothing can be done any more
	erasing   bool           // the person has this Petmail deleted
	known     int64          // unix ms: the latest time that a part has read
	pause     int64          // unix ms: the store refused; nothing is deleted before
	recovery
}

// Open reads the stored state and starts the agent.
func Open(config Config) (*Agent, error) {
	if config.Store == nil || config.Now == nil || config.Parts == nil || config.Fatal == nil || config.Erased == nil {
		return nil, errors.New("couldn't open agent: configuration is incomplete")
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	a := &Agent{
		config:   config,
		log:      config.Logger,
		handlers: make(map[api.Command]handler),
		inbox:    inbox{wake: make(chan struct{}, 1)},
		stop:     make(chan struct{}),
		stopped:  make(chan struct{}),
		pages:    make(map[*page]bool),
		recovery: recovery{kinds: make(map[string]wait)},
	}
	a.ahead = &aheadStore{Store: typedStore{config.Store}}
	a.config.Store = a.ahead
	if err := a.join(config.Parts(owners{a: a})); err != nil {
		return nil, fmt.Errorf("couldn't open agent: %w", err)
	}
	a.base.Start(0)
	if config.Restarted {
		a.restarted = config.Now()
	}
	if err := a.load(); err != nil {
		return nil, fmt.Errorf("couldn't open agent: %w", err)
	}
	a.base.Start(a.known)
	go a.loop()
	return a, nil
}

// Close ends the agent and waits until nothing of it runs any more. What was
// not committed is forgotten, and comes again from the relay or the person.
func (a *Agent) Close() {
	a.inbox.close(func() { close(a.stop) })
	<-a.stopped
}

// loop owns the state.
func (a *Agent) loop() {
	defer func() {
		if a.erasing {
			a.config.Erased()
		}
	}()
	defer close(a.stopped)
	a.conn = a.newConnections()
	a.connect()
	defer func() { a.conn.close() }()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for a.fatal == nil && !a.erasing {
		select {
		case <-a.stop:
			return
		case <-a.inbox.wake:
			a.dueFirst()
			a.run(a.inbox.take())
		case <-timer.C:
			a.reconnect()
			if a.nowMilli() >= a.dueAfter && !a.full {
				a.run([]input{{recurring: true, do: (*step).due}})
			}
		}
		timer.Reset(a.untilDue())
	}
	a.inbox.close(func() {})
	if a.erasing {
		a.leave()
		return
	}
	a.config.Fatal(a.fatal)
}

// input is one thing that happened, to be handled within a turn.
type input struct {
	wire.Redacted
	// conn, if set, is the set of connections that it came from: it is
	// dropped when they have been replaced.
	conn *connections
	do   func(*step)
	// posted: it came from outside.
	posted bool
	// recurring: it comes again by itself, and is not given up where a part
	// of it fails.
	recurring bool
	// dropped, if set, is told when do had no effect: the turn failed. It is
	// called instead of, never after, what do left to be done.
	dropped func(error)
}

// inbox is the unbounded queue before the loop; unbounded, because a browser
// callback must not wait. What fills it is bounded at its source: pages by
// their own pace, the mailbox by its credit, invitations by their phases.
type inbox struct {
	wire.Redacted
	wake chan struct{}

	mu     sync.Mutex
	closed bool
	inputs []input
}

func (b *inbox) post(in input) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.inputs = append(b.inputs, in)
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// maxInputs bounds how much one turn commits at once.
const maxInputs = 256

func (b *inbox) take() []input {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(len(b.inputs), maxInputs)
	taken := b.inputs[:n:n]
	b.inputs = b.inputs[n:]
	if len(b.inputs) > 0 {
		select {
		case b.wake <- struct{}{}:
		default:
		}
	}
	return taken
}

func (b *inbox) close(first func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.closed, b.inputs = true, nil
	first()
}
