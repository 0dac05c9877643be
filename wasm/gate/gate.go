package gate

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/store"
	"petmail/wasm/vault"
)

// Agent is what stands behind an open gate. Attach is that of jsapi.Agent;
// neither it nor what it returns blocks on deliver.
type Agent interface {
	Attach(deliver func(message any)) (receive func(api.Request), detach func())
	// Close ends the agent and waits until nothing of it runs any more.
	Close()
}

// Config is what a gate needs from its host.
type Config struct {
	Vault vault.Config
	// Start starts the agent on an open vault, which the gate closes after the
	// agent. The agent calls erased when the person has had this Petmail
	// deleted and nothing of the agent runs any more; one that was deleted but
	// not all the way answers ErrErase.
	Start func(s store.Store, erased func()) (Agent, error)
	// Remove takes away what is left of the vault's two places once they are
	// erased and closed: best effort.
	Remove func()
	// Room reports whether there is room on the disk; nil: there is.
	Room func() bool
	// Kept: the host remembers, outside of the vault's places, that there was
	// a vault. A fresh one is then none.
	Kept    bool
	Now     func() time.Time
	Logger  *slog.Logger
	Version string
	// End is called once, when the gate has closed for good: the host ends
	// this process and starts another.
	End func(Reason)
}

// ErrErase is returned by Config.Start when all that is stored is to be
// deleted first.
var ErrErase = errors.New("everything is to be erased")

// Reason is why a gate has closed.
type Reason string

const (
	Locked Reason = "locked" // somebody, or the time, has locked
	Erased Reason = "erased" // this Petmail was deleted; the next start is a first one
	Failed Reason = "failed" // the vault or the agent did not start after an unlock
)

// phase is how far the gate is.
type phase int

const (
	closed phase = iota // locked or broken
	opened
	ended
)

// Gate is safe for concurrent use.
type Gate struct {
	wire.Redacted
	config Config

	mu      sync.Mutex
	phase   phase
	problem api.Problem  // "": not broken
	vault   *vault.Vault // from the opening on
	agent   Agent        // while opened
	pages   map[*page]bool

	locksMu sync.RWMutex
	locks   []vault.Lock

	idle idle
}

// Open looks at the vault and opens it if that takes no secret. An error says
// that the storage itself refuses; a vault that is locked or does not open is
// none.
func Open(config Config) (*Gate, error) {
	g := &Gate{config: config, pages: make(map[*page]bool), idle: idle{stopped: make(chan struct{})}}
	state, err := vault.Inspect(config.Vault)
	if g.problem = problemOf(err); g.problem != "" {
		config.Logger.Error("couldn't open the vault", "err", err)
		return g, nil
	}
	if err != nil {
		return nil, err
	}
	if state.Fresh && config.Kept {
		config.Logger.Error("the vault's places were emptied")
		g.problem = api.ProblemEmptied
		return g, nil
	}
	g.remember(state.Locks)
	if len(state.Locks) > 0 {
		return g, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	err = g.open(vault.Secret{})
	if g.problem = problemOf(err); g.problem != "" {
		config.Logger.Error("couldn't open the vault", "err", err)
		return g, nil
	}
	return g, err
}

// problemOf tells what a person has to know of an error of the vault; "" if
// it is none of what is stored.
func problemOf(err error) api.Problem {
	switch {
	case errors.Is(err, vault.ErrStoreGone):
		return api.ProblemStoreGone
	case errors.Is(err, vault.ErrRootGone):
		return api.ProblemRootGone
	case errors.Is(err, vault.ErrNewer):
		return api.ProblemNewer
	case errors.Is(err, vault.ErrDamaged):
		return api.ProblemDamaged
	}
	return ""
}

// open opens the vault and starts the agent, and connects the pages to it.
// mu is held. After an error other than those of vault.Open the process is of
// no use any more.
func (g *Gate) open(secret vault.Secret) error {
	v, err := vault.Open(g.config.Vault, secret)
	if err != nil {
		return err
	}
	g.vault = v
	a, err := g.config.Start(v, g.erased)
	if errors.Is(err, ErrErase) {
		return g.eraseAll()
	}
	if err != nil {
		return fmt.Errorf("couldn't start the agent: %w", err)
	}
	g.phase, g.agent = opened, a
	g.remember(v.Locks())
	g.watch()
	for p := range g.pages {
		p.enter(a)
	}
	return nil
}

// unlock opens the vault with a secret.
func (g *Gate) unlock(args api.UnlockArgs) error {
	secret, err := secretOf(args.Secret)
	if err != nil {
		return err
	}
	defer clear(secret.Key)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.phase == opened {
		return nil // another page was faster
	}
	if g.phase == ended || g.problem != "" {
		return refuse(api.ErrLocked, "nothing can be opened")
	}
	if !g.room() {
		return refuse(api.ErrStorage, "the disk is full")
	}
	err = g.open(secret)
	switch problem := problemOf(err); {
	case err == nil:
		return nil
	case errors.Is(err, vault.ErrWrongSecret):
		return refuse(api.ErrWrongSecret, "no lock opens with it")
	case problem != "":
		g.config.Logger.Error("couldn't open the vault", "err", err)
		g.problem = problem
		for p := range g.pages {
			p.tell(api.EventSnapshot.Of(g.snapshot()))
		}
		return refuse(api.ErrStorage, "what is stored does not open")
	}
	g.config.Logger.Error("couldn't open", "err", err)
	g.end(Failed)
	return refuse(api.ErrStorage, "couldn't start")
}

// room reports whether there is room to write. Browsers empty what an origin
// has stored when its database is written to on a full disk.
func (g *Gate) room() bool { return g.config.Room == nil || g.config.Room() }

// lockNow closes the gate. Pages are told first, and hear nothing after that.
func (g *Gate) lockNow() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.phase != opened:
		return nil
	case len(g.current()) == 0:
		return refuse(api.ErrBadRequest, "there is no lock")
	}
	snapshot := g.snapshot()
	for p := range g.pages {
		p.leave()
		p.tell(api.EventSnapshot.Of(snapshot))
	}
	g.idle.stop()
	g.agent.Close()
	if err := g.vault.Close(); err != nil {
		g.config.Logger.Error("couldn't close the vault", "err", err)
	}
	g.end(Locked)
	return nil
}

// end has the host end this process; mu is held.
func (g *Gate) end(reason Reason) {
	g.phase, g.agent = ended, nil
	go g.config.End(reason)
}

// snapshot is all that a page may know while no agent runs; mu is held.
func (g *Gate) snapshot() api.Snapshot {
	s := api.Snapshot{
		Phase: api.PhaseLocked, Version: g.config.Version, Problem: g.problem, Locks: locksOf(g.current()),
		Relay:         api.RelayState{State: api.Offline},
		Conversations: []api.Conversation{}, Invites: []api.Invite{}, Notes: []api.Note{},
	}
	if g.problem != "" {
		s.Phase, s.Locks = api.PhaseBroken, nil
	}
	return s
}

// erased ends the gate after the agent has ended, because the person has had
// this Petmail deleted.
func (g *Gate) erased() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.phase != opened {
		return
	}
	for p := range g.pages {
		p.leave()
	}
	g.idle.stop()
	g.phase, g.agent = closed, nil
	if err := g.eraseAll(); err != nil {
		g.config.Logger.Error("couldn't erase", "err", err)
		g.end(Failed) // the next start goes on with it
	}
}

// erase deletes this Petmail while no agent runs. It may be called again after
// an error.
func (g *Gate) erase() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.phase != closed {
		return refuse(api.ErrLocked, "it has just been opened or ended")
	}
	if err := g.eraseAll(); err != nil {
		g.config.Logger.Error("couldn't erase", "err", err)
		return refuse(api.ErrStorage, "couldn't erase everything")
	}
	return nil
}

// eraseAll takes the vault's keys from the disk, then its records, then its
// places; mu is held.
func (g *Gate) eraseAll() error {
	var err error
	if g.vault != nil {
		err = g.vault.Erase()
	} else {
		err = vault.Erase(g.config.Vault)
	}
	if err != nil {
		return err
	}
	for _, place := range []interface{ Close() error }{g.config.Vault.Backing, g.config.Vault.Root} {
		if err := place.Close(); err != nil {
			g.config.Logger.Error("couldn't close after erasing", "err", err)
		}
	}
	g.config.Remove()
	g.end(Erased)
	return nil
}

func refuse(code api.ErrorCode, message string) error {
	return &api.Error{Code: code, Message: message}
}
