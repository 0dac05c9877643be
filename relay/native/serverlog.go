package native

import (
	"bytes"
	"log"
	"log/slog"
	"regexp"
	"sync"
	"time"
)

// serverLog takes the lines that net/http logs. Most are the faults of
// clients and name their addresses: those are only for operators who asked
// for addresses. What the operator has to mend is told always, without the
// address, and at most once a minute for each kind: too many open files, say.
type serverLog struct {
	log       *slog.Logger
	addresses bool
	now       func() time.Time

	mu   sync.Mutex
	last map[string]time.Time // by kind
}

const serverLogEvery = time.Minute

// remote is an address with a port, as net/http writes it.
var remote = regexp.MustCompile(`(\[[0-9A-Fa-f:.%\w]+\]|[0-9.]+):[0-9]+`)

func (s *serverLog) Write(line []byte) (int, error) {
	text := string(bytes.TrimSpace(line))
	switch {
	case bytes.HasPrefix(line, []byte("http: panic serving")):
		s.tell("panic", "a request broke the relay; please report this", remote.ReplaceAllString(text, "[client]"))
	case bytes.HasPrefix(line, []byte("http: Accept error")):
		s.tell("accept", "couldn't accept connections", text) // the address in it is the relay's own
	case s.addresses:
		s.log.Debug("a connection broke", "error", text)
	}
	return len(line), nil
}

func (s *serverLog) tell(kind, message, text string) {
	s.mu.Lock()
	now := s.now()
	due := now.Sub(s.last[kind]) >= serverLogEvery
	if due {
		s.last[kind] = now
	}
	s.mu.Unlock()
	if due {
		s.log.Error(message, "error", text)
	}
}

func newServerLog(to *slog.Logger, addresses bool) *serverLog {
	return &serverLog{log: to, addresses: addresses, now: time.Now, last: make(map[string]time.Time)}
}

// ErrorLog is for other HTTP servers of the same process: it names no client
// unless Config.LogAddresses is set.
func (s *Server) ErrorLog() *log.Logger { return log.New(s.serverLog, "", 0) }
