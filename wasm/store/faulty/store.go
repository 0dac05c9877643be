package faulty

import (
	"errors"
	"sync"

	"petmail/wasm/store"
)

// ErrCrashed is returned by every method once the process that holds the
// Store has died by a planted crash or Kill.
var ErrCrashed = errors.New("process has crashed")

// ErrFault is returned by a Commit that a planted fault made fail.
var ErrFault = errors.New("storage fault")

// Fault is what happens to one Commit.
type Fault int

const (
	None        Fault = iota
	FailBefore        // ErrFault, nothing of the batch stands
	FailAfter         // ErrFault, yet all of the batch stands
	CrashBefore       // the process dies and nothing of the batch stands
	CrashAfter        // the process dies after all of the batch stands
	NoRoom            // store.ErrNoRoom, nothing of the batch stands
)

// Store is a store.Store with faults.
type Store struct {
	inner store.Store

	commit  sync.Mutex // held over a whole Commit, so that Close and Kill wait for it
	commits int

	mu      sync.Mutex
	dead    error // what every method returns from now on
	plan    func(n int, b *store.Batch) Fault
	onCrash func()
}

var _ store.Store = (*Store)(nil)

// Wrap returns a Store on inner, without faults.
func Wrap(inner store.Store) *Store { return &Store{inner: inner} }

// Plan asks plan at each following Commit of a non-empty batch what shall
// happen to it; n counts them from 1 over the life of the Store. nil ends the
// faults.
func (s *Store) Plan(plan func(n int, b *store.Batch) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = plan
}

// FaultAt plants fault at the n-th Commit from now, 1 being the next.
func (s *Store) FaultAt(n int, fault Fault) {
	at := s.Commits() + n
	s.Plan(func(n int, _ *store.Batch) Fault {
		if n == at {
			return fault
		}
		return None
	})
}

// OnCrash has f called when a planted crash strikes, before the Commit
// returns: there the simulation cuts the network, so that nothing the dead
// process would still send gets out.
func (s *Store) OnCrash(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onCrash = f
}

// Commits returns how many non-empty batches were given to Commit, failed
// ones included.
func (s *Store) Commits() int {
	s.commit.Lock()
	defer s.commit.Unlock()
	return s.commits
}

// Kill makes every later call fail with ErrCrashed. It waits for a Commit
// under way, and leaves the inner store open.
func (s *Store) Kill() { _ = s.end(ErrCrashed) }

// Get implements store.Store.
func (s *Store) Get(key string) ([]byte, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	return s.inner.Get(key)
}

// Scan implements store.Store.
func (s *Store) Scan(prefix, from string, reverse bool, limit int) ([]store.Record, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	return s.inner.Scan(prefix, from, reverse, limit)
}

// Commit implements store.Store.
func (s *Store) Commit(b *store.Batch) error {
	onCrash, err := s.commitOne(b)
	if onCrash != nil {
		onCrash()
	}
	return err
}

// commitOne also returns what to call, without locks, when the process has
// just died.
func (s *Store) commitOne(b *store.Batch) (func(), error) {
	s.commit.Lock()
	defer s.commit.Unlock()
	if err := s.alive(); err != nil {
		return nil, err
	}
	if err := b.Check(); err != nil {
		return nil, err
	}
	if b.Empty() {
		return nil, nil
	}
	s.commits++
	s.mu.Lock()
	plan, onCrash := s.plan, s.onCrash
	s.mu.Unlock()
	fault := None
	if plan != nil {
		fault = plan(s.commits, b)
	}
	if fault == NoRoom {
		return nil, store.ErrNoRoom
	}
	if fault != FailBefore && fault != CrashBefore {
		if err := s.inner.Commit(b); err != nil {
			return nil, err
		}
	}
	switch fault {
	case FailBefore, FailAfter:
		return nil, ErrFault
	case CrashBefore, CrashAfter:
		s.mu.Lock()
		s.dead = ErrCrashed
		s.mu.Unlock()
		return onCrash, ErrCrashed
	}
	return nil, nil
}

// Close implements store.Store.
func (s *Store) Close() error {
	if err := s.end(store.ErrClosed); err != nil {
		return err
	}
	return s.inner.Close()
}

func (s *Store) alive() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead
}

// end makes every later call return reason, and returns what it would have
// returned until now.
func (s *Store) end(reason error) error {
	s.commit.Lock()
	defer s.commit.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.dead
	if was == nil {
		s.dead = reason
	}
	return was
}
