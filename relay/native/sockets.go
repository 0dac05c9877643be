package native

import "sync"

// sockets counts what is open, WebSockets or connections, in all and by
// prefix, and lets Close wait for the last.
type sockets struct {
	mu     sync.Mutex
	total  int
	per    map[prefix]int
	closed bool
	empty  chan struct{} // closed when closed is set and total is 0
}

func newSockets() *sockets {
	return &sockets{per: make(map[prefix]int), empty: make(chan struct{})}
}

// entry is the answer to a socket that wants in.
type entry int

const (
	enterOK entry = iota
	enterFull
	enterClosed
)

func (s *sockets) enter(p prefix, total, perPrefix int) entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return enterClosed
	case s.total >= total || s.per[p] >= perPrefix:
		return enterFull
	}
	s.total++
	s.per[p]++
	return enterOK
}

func (s *sockets) leave(p prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.per[p]--; s.per[p] == 0 {
		delete(s.per, p)
	}
	if s.closed && s.total == 0 {
		close(s.empty)
	}
}

// close admits no more sockets and waits for those that are open, which
// somebody else has told to end.
func (s *sockets) close() {
	s.mu.Lock()
	s.closed = true
	if s.total == 0 {
		close(s.empty)
	}
	s.mu.Unlock()
	<-s.empty
}
