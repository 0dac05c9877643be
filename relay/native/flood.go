package native

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"petmail/relay/protocol"
	"petmail/shared/relayproto"
)

// maxBodiesTotal bounds the bodies of all requests in memory together, in
// bytes. Requests over it are answered 503.
const maxBodiesTotal = 256 << 20

// errBodies says that maxBodiesTotal is reached.
var errBodies = errors.New("too many bodies at once")

// bodies counts the bytes of the bodies that are in memory.
type bodies struct{ total atomic.Int64 }

// body is one request's part of bodies.
type body struct {
	data  []byte
	taken int64
	all   *bodies
}

// free gives the bytes back. The data may live on in a socket's queue, which
// has bounds of its own.
func (b *body) free() { b.all.total.Add(-b.taken) }

// read reads r to its end. Memory grows with what came, not with what was
// announced.
func (b *body) read(r io.Reader, expected int64) error {
	for chunk := min(max(expected, 512), costUnit); ; chunk = int64(cap(b.data)) {
		if left := expected - int64(len(b.data)); left > 0 {
			chunk = min(chunk, left)
		}
		b.taken += chunk
		if b.all.total.Add(chunk) > maxBodiesTotal {
			return errBodies
		}
		grown := make([]byte, len(b.data), int64(len(b.data))+chunk)
		copy(grown, b.data)
		b.data = grown
		for len(b.data) < cap(b.data) {
			n, err := r.Read(b.data[len(b.data):cap(b.data)])
			b.data = b.data[:len(b.data)+n]
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
		}
		if int64(len(b.data)) == expected {
			return nil
		}
	}
}

// readBody reads a body of at most limit bytes, or answers. The caller calls
// free when it is done.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, limit int64) (data []byte, free func(), ok bool) {
	b := &body{all: &s.bodies}
	err := error(&http.MaxBytesError{Limit: limit})
	if r.ContentLength <= limit {
		err = b.read(http.MaxBytesReader(w, r.Body, limit), r.ContentLength)
	}
	if err == nil {
		return b.data, b.free, true
	}
	b.free()
	w.Header().Set("Connection", "close") // the rest of the body is not worth reading
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		s.answer(w, protocol.TooLarge(limit))
	case errors.Is(err, errBodies):
		s.metrics.limited.WithLabelValues("bodies").Inc()
		s.answer(w, protocol.Busy())
	default:
		s.answer(w, protocol.EndedEarly())
	}
	return nil, nil, false
}

// Bounds of the slots' values in memory while they are answered, in bytes:
// whoever asks for many and reads none of them must not fill the memory.
const (
	maxAnswersTotal     = 256 << 20
	maxAnswersPerPrefix = 32 << 20
)

// apiWriteTimeout is how long a client may take to read an answer of the API,
// of which the largest is a slot's value.
const apiWriteTimeout = time.Minute

// answers counts the bytes of values that are being answered.
type answers struct {
	limited bool

	mu    sync.Mutex
	total int64
	per   map[prefix]int64
}

// answer is one client's part of answers.
type answer struct {
	all    *answers
	client prefix
	size   int64
}

// reserve makes room for the largest value, until its size is known.
func (a *answers) reserve(client prefix) (*answer, bool) {
	const size = relayproto.MaxSlotValue
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.limited && (a.total+size > maxAnswersTotal || a.per[client]+size > maxAnswersPerPrefix) {
		return nil, false
	}
	a.total += size
	a.per[client] += size
	return &answer{all: a, client: client, size: size}, true
}

// shrink gives back what the value does not need; 0 all of it.
func (a *answer) shrink(size int) {
	a.all.mu.Lock()
	defer a.all.mu.Unlock()
	freed := a.size - int64(size)
	a.size = int64(size)
	a.all.total -= freed
	if a.all.per[a.client] -= freed; a.all.per[a.client] == 0 {
		delete(a.all.per, a.client)
	}
}

// crowdListener closes connections beyond the limits as soon as they come,
// before anything is read from them.
type crowdListener struct {
	net.Listener
	limits  Limits
	isProxy func(host string) bool // of those connections only the total counts
	metrics *metrics
	crowd   *sockets
}

func (l *crowdListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		var from prefix
		if host, _, err := net.SplitHostPort(c.RemoteAddr().String()); err == nil && !l.isProxy(host) {
			from = prefixOf(host)
		}
		perPrefix := l.limits.MaxConnectionsPerPrefix
		if from == (prefix{}) {
			perPrefix = l.limits.MaxConnections
		}
		if l.crowd.enter(from, l.limits.MaxConnections, perPrefix) != enterOK {
			l.metrics.limited.WithLabelValues("connections").Inc()
			c.Close()
			continue
		}
		return &crowdConn{Conn: c, leave: sync.OnceFunc(func() { l.crowd.leave(from) })}, nil
	}
}

// crowdConn makes room when it is closed.
type crowdConn struct {
	net.Conn
	leave func()
}

func (c *crowdConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
