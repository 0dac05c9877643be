package gate_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	mrand "math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
	"petmail/wasm/gate"
	"petmail/wasm/store"
	"petmail/wasm/store/mem"
	"petmail/wasm/vault"
	"petmail/wasm/vault/vaulttest"
)

// machine is what outlives a process: the two places of a vault.
type machine struct {
	t       *testing.T
	records *mem.Disk
	root    *vaulttest.RootDisk
	removed int
	kept    bool          // the host remembers that there was a vault
	full    atomic.Bool   // the disk
	ahead   *atomic.Int64 // nanoseconds that the clock has slept over; nil: none

	ends chan gate.Reason
}

func newMachine(t *testing.T) *machine {
	return &machine{t: t, records: mem.NewDisk(), root: &vaulttest.RootDisk{}, ends: make(chan gate.Reason, 1)}
}

// note is the agent of these tests: it keeps one text in its store, tells it
// to everybody who says hello, and deletes everything when told "erase".
type note struct {
	store  store.Store
	erased func()
	loop   chan func()
	done   chan struct{}
	pages  []func(any) // owned by loop
}

func startNote(s store.Store, erased func()) (gate.Agent, error) {
	if b, err := s.Get("erasing"); err != nil || b != nil {
		return nil, errors.Join(gate.ErrErase, err)
	}
	n := &note{store: s, erased: erased, loop: make(chan func(), 100), done: make(chan struct{})}
	go func() {
		defer close(n.done)
		for f := range n.loop {
			f()
		}
	}()
	return n, nil
}

func (n *note) Close() {
	close(n.loop)
	<-n.done
}

func (n *note) Attach(deliver func(any)) (func(api.Request), func()) {
	n.loop <- func() { n.pages = append(n.pages, deliver) }
	return func(r api.Request) {
		n.loop <- func() {
			switch r.Command {
			case api.CmdSettings.Name():
				var settings api.Settings
				if json.Unmarshal(r.Args, &settings) == nil {
					deliver(api.Reply{ID: r.ID, Result: api.None{}})
				}
				for _, deliver := range n.pages {
					deliver(api.EventSettings.Of(settings))
				}
			case api.CmdHello.Name():
				b, err := n.store.Get("note")
				if err != nil {
					deliver(api.Reply{ID: r.ID, Error: &api.Error{Code: api.ErrStorage}})
					return
				}
				auto, _ := n.store.Get("auto")
				deliver(api.Reply{ID: r.ID, Result: api.Snapshot{
					Phase: api.PhaseReady, Name: string(b), Settings: api.Settings{AutoLock: len(auto)},
				}})
			case api.CmdErase.Name():
				deliver(api.Reply{ID: r.ID, Result: api.None{}})
				go func() {
					n.Close()
					n.erased()
				}()
			case api.CmdRename.Name():
				var b store.Batch
				b.Put("note", r.Args)
				if n.store.Commit(&b) == nil {
					deliver(api.Reply{ID: r.ID, Result: api.None{}})
				}
			default:
				deliver(api.Reply{ID: r.ID, Error: &api.Error{Code: api.ErrUnknownCommand}})
			}
		}
	}, func() {}
}

// boot starts a process.
func (m *machine) boot() *gate.Gate {
	m.t.Helper()
	g, err := m.tryBoot()
	require.NoError(m.t, err)
	return g
}

func (m *machine) tryBoot() (*gate.Gate, error) {
	root, err := m.root.Open()
	require.NoError(m.t, err)
	return gate.Open(gate.Config{
		Vault:  vault.Config{Backing: m.records.Open(), Root: root, Rand: rand.Reader},
		Start:  startNote,
		Remove: func() { m.removed++ },
		Kept:   m.kept,
		Room:   func() bool { return !m.full.Load() },
		Now: func() time.Time {
			if m.ahead == nil {
				return time.Now()
			}
			return time.Now().Add(time.Duration(m.ahead.Load()))
		},
		Logger:  slog.New(slog.DiscardHandler),
		Version: "1",
		End:     func(r gate.Reason) { m.ends <- r },
	})
}

// page is one page and what it was told.
type page struct {
	t       *testing.T
	receive func(api.Request)
	detach  func()
	lastID  int

	mu   sync.Mutex
	told []any
}

func (p *page) all() []any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.told)
}

func attach(t *testing.T, g *gate.Gate) *page {
	p := &page{t: t}
	p.receive, p.detach = g.Attach(func(message any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.told = append(p.told, message)
	})
	return p
}

// call sends a command and returns its answer.
func (p *page) call(command interface{ Name() api.Command }, args any) api.Reply {
	p.t.Helper()
	p.lastID++
	raw, err := json.Marshal(args)
	require.NoError(p.t, err)
	p.receive(api.Request{ID: p.lastID, Command: command.Name(), Args: raw})
	synctest.Wait()
	for _, message := range p.all() {
		if r, ok := message.(api.Reply); ok && r.ID == p.lastID {
			return r
		}
	}
	p.t.Fatalf("%s was not answered", command.Name())
	return api.Reply{}
}

func (p *page) snapshot() api.Snapshot {
	p.t.Helper()
	s, ok := p.call(api.CmdHello, api.None{}).Result.(api.Snapshot)
	require.True(p.t, ok)
	return s
}

// lastSnapshot is the last that came as an event.
func (p *page) lastSnapshot() *api.Snapshot {
	var last *api.Snapshot
	for _, message := range p.all() {
		if e, ok := message.(api.Event); ok {
			if snapshot, ok := api.EventSnapshot.In(e); ok {
				last = &snapshot
			}
		}
	}
	return last
}

func newLock(t *testing.T) api.NewLock {
	var b [48]byte
	_, err := rand.Read(b[:])
	require.NoError(t, err)
	return api.NewLock{
		Lock: api.Lock{ID: hex.EncodeToString(b[:16]), Kind: api.LockPassphrase, Params: `{"salt":"…"}`},
		Key:  hex.EncodeToString(b[16:]),
	}
}

func secretOf(l api.NewLock) api.Secret { return api.Secret{Lock: l.Lock.ID, Key: l.Key} }

func proof(l api.NewLock) *api.Secret {
	s := secretOf(l)
	return &s
}

func code(r api.Reply) api.ErrorCode {
	if r.Error == nil {
		return ""
	}
	return r.Error.Code
}

// locked is a machine with a note and a lock.
func locked(t *testing.T) (*machine, api.NewLock) {
	m := newMachine(t)
	p := attach(t, m.boot())
	require.Empty(t, code(p.call(api.CmdRename, "secret note")))
	l := newLock(t)
	require.Empty(t, code(p.call(api.CmdLocksSet, api.LocksSetArgs{Locks: []api.NewLock{l}})))
	require.Empty(t, code(p.call(api.CmdLock, api.None{})))
	require.Equal(t, gate.Locked, <-m.ends)
	return m, l
}

func TestUnlockedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMachine(t)
		g := m.boot()
		p := attach(t, g)
		require.Equal(t, api.PhaseReady, p.snapshot().Phase)
		require.Equal(t, api.ErrBadRequest, code(p.call(api.CmdLock, api.None{})), "there is no lock")
		require.Empty(t, code(p.call(api.CmdActive, api.None{})))
		require.Equal(t, api.ErrUnknownCommand, code(p.call(api.CommandKind[api.None, api.None]("nonsense"), api.None{})))
		p.call(api.CmdErase, api.None{})
		require.Equal(t, gate.Erased, <-m.ends)
	})
}

func TestLocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, l := locked(t)
		g := m.boot()
		one, other, silent := attach(t, g), attach(t, g), attach(t, g)
		for _, p := range []*page{one, other} {
			s := p.snapshot()
			require.Equal(t, api.PhaseLocked, s.Phase)
			require.Equal(t, []api.Lock{l.Lock}, s.Locks)
			require.Empty(t, s.Name)
		}
		require.Equal(t, api.ErrLocked, code(one.call(api.CmdRename, "other")))
		require.Equal(t, api.ErrLocked, code(one.call(api.CmdLocksSet, api.LocksSetArgs{Proof: proof(l)})))
		before := m.root.Bytes()
		for name, s := range map[string]api.Secret{
			"other key": {Lock: l.Lock.ID, Key: newLock(t).Key},
			"other id":  {Lock: newLock(t).Lock.ID, Key: l.Key},
		} {
			require.Equal(t, api.ErrWrongSecret, code(one.call(api.CmdUnlock, api.UnlockArgs{Secret: s})), name)
		}
		for name, s := range map[string]api.Secret{
			"empty": {}, "short": {Lock: l.Lock.ID, Key: l.Key[2:]}, "not hex": {Lock: l.Lock.ID, Key: "zz" + l.Key[2:]},
		} {
			require.Equal(t, api.ErrBadRequest, code(one.call(api.CmdUnlock, api.UnlockArgs{Secret: s})), name)
		}
		require.Equal(t, before, m.root.Bytes(), "a wrong secret costs nothing but time")

		require.Empty(t, code(other.call(api.CmdUnlock, api.UnlockArgs{Secret: secretOf(l)})))
		for _, p := range []*page{one, other} {
			require.Equal(t, `"secret note"`, p.lastSnapshot().Name)
			require.Equal(t, []api.Lock{l.Lock}, p.lastSnapshot().Locks)
		}
		require.Nil(t, silent.lastSnapshot(), "it has not said hello")
		require.Empty(t, code(one.call(api.CmdUnlock, api.UnlockArgs{Secret: secretOf(l)})), "another page was faster")

		// Everybody is locked out at once, and hears nothing any more.
		require.Empty(t, code(one.call(api.CmdLock, api.None{})))
		require.Equal(t, gate.Locked, <-m.ends)
		for _, p := range []*page{one, other, silent} {
			require.Equal(t, api.PhaseLocked, p.lastSnapshot().Phase)
		}
		require.Equal(t, api.ErrLocked, code(one.call(api.CmdRename, "other")))
	})
}

func TestChangeLocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, old := locked(t)
		p := attach(t, m.boot())
		require.Empty(t, code(p.call(api.CmdUnlock, api.UnlockArgs{Secret: secretOf(old)})))
		next := newLock(t)
		wrong := old
		wrong.Key = next.Key
		for name, args := range map[string]api.LocksSetArgs{
			"no proof":           {Locks: []api.NewLock{next}},
			"wrong proof":        {Proof: proof(wrong), Locks: []api.NewLock{next}},
			"proof of a new one": {Proof: proof(next), Locks: []api.NewLock{next}},
			"kept without key":   {Proof: proof(old), Locks: []api.NewLock{wrong, next}},
			"removed by nobody":  {},
		} {
			require.Equal(t, api.ErrWrongSecret, code(p.call(api.CmdLocksSet, args)), name)
		}
		odd := newLock(t)
		odd.Lock.Kind = "odd"
		require.Equal(t, api.ErrBadRequest, code(p.call(api.CmdLocksSet, api.LocksSetArgs{Proof: proof(old), Locks: []api.NewLock{odd}})))

		require.Empty(t, code(p.call(api.CmdLocksSet, api.LocksSetArgs{Proof: proof(old), Locks: []api.NewLock{next}})))
		event, ok := p.all()[len(p.all())-2].(api.Event)
		require.True(t, ok)
		require.Equal(t, api.EventLocks.Of(api.Locks{Locks: []api.Lock{next.Lock}}), event)
		p.call(api.CmdLock, api.None{})
		require.Equal(t, gate.Locked, <-m.ends)

		p = attach(t, m.boot())
		require.Equal(t, []api.Lock{next.Lock}, p.snapshot().Locks)
		require.Equal(t, api.ErrWrongSecret, code(p.call(api.CmdUnlock, api.UnlockArgs{Secret: secretOf(old)})))
		require.Empty(t, code(p.call(api.CmdUnlock, api.UnlockArgs{Secret: secretOf(next)})))
		require.Empty(t, code(p.call(api.CmdLocksSet, api.LocksSetArgs{Proof: proof(next)})))
		require.Empty(t, p.snapshot().Locks)
		p.call(api.CmdErase, api.None{})
		require.Equal(t, gate.Erased, <-m.ends)
	})
}

func TestBroken(t *testing.T) {
	for problem, breaks := range map[api.Problem]func(*machine){
		api.ProblemRootGone:  func(m *machine) { m.root.SetBytes(make([]byte, vault.RootSize)) },
		api.ProblemStoreGone: func(m *machine) { m.records = mem.NewDisk() },
		api.ProblemDamaged: func(m *machine) {
			b := m.root.Bytes()
			for i := range b {
				b[i] ^= 1
			}
			m.root.SetBytes(b)
		},
		api.ProblemNewer: func(m *machine) {
			b := m.root.Bytes()
			slot := b[bytes.Index(b, []byte("petmvlt")):][:vault.SlotSize]
			slot[7]++
			sum := sha256.Sum256(slot[:vault.SlotSize-sha256.Size])
			copy(slot[vault.SlotSize-sha256.Size:], sum[:])
			m.root.SetBytes(b)
		},
	} {
		t.Run(string(problem), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, l := locked(t)
				breaks(m)
				before, records := m.root.Bytes(), m.records.Records()
				p := attach(t, m.boot())
				s := p.snapshot()
				require.Equal(t, api.PhaseBroken, s.Phase)
				require.Equal(t, problem, s.Problem)
				require.Empty(t, s.Locks)
				require.Equal(t, api.ErrLocked, code(p.call(api.CmdUnlock, api.UnlockArgs{Secret: secretOf(l)})))
				require.Equal(t, before, m.root.Bytes(), "nothing is keyed anew by itself")
				require.Equal(t, records, m.records.Records())

				// Only erasing it, on the person's word, makes a new one.
				require.Empty(t, code(p.call(api.CmdErase, api.None{})))
				require.Equal(t, gate.Erased, <-m.ends)
				require.Equal(t, make([]byte, vault.RootSize), m.root.Bytes())
				require.Empty(t, m.records.Records())
				require.Equal(t, 1, m.removed)
				p = attach(t, m.boot())
				require.Equal(t, api.PhaseReady, p.snapshot().Phase)
				p.call(api.CmdErase, api.None{})
				require.Equal(t, gate.Erased, <-m.ends)
			})
		})
	}
}

// TestForgotten: who has forgotten the passphrase can begin anew.
func TestForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, _ := locked(t)
		p := attach(t, m.boot())
		require.Empty(t, code(p.call(api.CmdErase, api.None{})))
		require.Equal(t, gate.Erased, <-m.ends)
		require.Empty(t, m.records.Records())
	})
}

// TestEraseGoesOn: an erasure that was cut short is finished by the next start.
func TestEraseGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMachine(t)
		root, err := m.root.Open()
		require.NoError(t, err)
		v, err := vault.Open(vault.Config{Backing: m.records.Open(), Root: root, Rand: rand.Reader}, vault.Secret{})
		require.NoError(t, err)
		var b store.Batch
		b.Put("erasing", nil)
		b.Put("note", []byte("secret"))
		require.NoError(t, v.Commit(&b))
		require.NoError(t, v.Close())
		m.boot()
		require.Equal(t, gate.Erased, <-m.ends)
		require.Empty(t, m.records.Records())
		require.Equal(t, make([]byte, vault.RootSize), m.root.Bytes())
	})
}

// TestADeadProcess: one whose root file another has opened does no harm, not
// even by erasing.
func TestADeadProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMachine(t)
		dead := attach(t, m.boot())
		require.Empty(t, code(dead.call(api.CmdRename, "stored")))
		m.root.Crash(mrand.New(mrand.NewPCG(1, 2)))
		p := attach(t, m.boot())
		dead.call(api.CmdErase, api.None{})
		require.Equal(t, gate.Failed, <-m.ends)
		require.Equal(t, `"stored"`, p.snapshot().Name)
		p.call(api.CmdErase, api.None{})
		require.Equal(t, gate.Erased, <-m.ends)
	})
}

// TestEmptied: where the browser has emptied everything, a first run is only
// begun on the person's word.
func TestEmptied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMachine(t)
		m.kept = true
		p := attach(t, m.boot())
		s := p.snapshot()
		require.Equal(t, api.PhaseBroken, s.Phase)
		require.Equal(t, api.ProblemEmptied, s.Problem)
		require.Empty(t, m.records.Records(), "nothing is made")

		require.Empty(t, code(p.call(api.CmdErase, api.None{})))
		require.Equal(t, gate.Erased, <-m.ends)
		m.kept = false // as the host does then
		p = attach(t, m.boot())
		require.Equal(t, api.PhaseReady, p.snapshot().Phase)
		require.Empty(t, code(p.call(api.CmdRename, "kept")))
		p.call(api.CmdErase, api.None{})
		require.Equal(t, gate.Erased, <-m.ends)
	})
}

// TestKeptAndThere: what the host remembers changes nothing where a vault is.
func TestKeptAndThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, l := locked(t)
		m.kept = true
		p := attach(t, m.boot())
		require.Equal(t, api.PhaseLocked, p.snapshot().Phase)
		m.full.Store(true)
		require.Equal(t, api.ErrStorage, code(p.call(api.CmdUnlock, api.UnlockArgs{Secret: secretOf(l)})), "opening writes")
		m.full.Store(false)
		require.Empty(t, code(p.call(api.CmdUnlock, api.UnlockArgs{Secret: secretOf(l)})))
		p.call(api.CmdErase, api.None{})
		require.Equal(t, gate.Erased, <-m.ends)
	})
}
