package native

import (
	"io/fs"
	"log/slog"
	"time"

	"petmail/relay/core"
)

// Config is all that a relay can be told. Only DataDir is needed; the zero
// value of every other field is its default.
type Config struct {
	// DataDir holds the database, keys included. It is made with mode 0700
	// where it is missing. One relay at a time.
	DataDir string

	// Web is the web app, served at /. Nil: a page that says how to build it.
	Web fs.FS

	// Logger gets what an operator should know. It is never given addresses
	// of people, doors, codes or keys. Nil: nothing is logged.
	Logger *slog.Logger

	// Core are the retention times and quotas.
	Core core.Config

	// Limits bound what clients can ask for.
	Limits Limits

	// TrustedProxyHeader names the header in which a proxy in front of this
	// relay gives the client's IP address (its last entry counts), such as
	// "X-Forwarded-For". Empty: the connection's own address. Set it only if
	// nobody can reach the relay except through that proxy.
	TrustedProxyHeader string

	// MaxDatabaseBytes stops the database from growing. When it is reached,
	// writes are refused with 503 until something expires. 0: no limit.
	MaxDatabaseBytes int64

	// SweepInterval is how often expired things are deleted. 0: a minute.
	SweepInterval time.Duration
}

// Limits bound what clients may ask for. Rates count per network prefix: an
// IPv4 address, or an IPv6 /64.
type Limits struct {
	// Writes pays for deposits and slots: one for each 4 KiB begun.
	Writes Rate // 1,000 a second, 20,000 at once
	// Mailboxes pays for mailbox requests.
	Mailboxes Rate // 20 a second, 500 at once
	// Sockets pays for opening WebSockets.
	Sockets Rate // 50 a second, 2,000 at once
	// Nameplates pays for allocating and claiming nameplates and opening
	// rendezvous mailboxes.
	Nameplates Rate // 5 a second, 500 at once
	// Reads pays for slots that are read, one for each 4 KiB begun, and for
	// the descriptor.
	Reads Rate // 2,000 a second, 40,000 at once

	MaxSockets          int // WebSockets open at once: 20,000
	MaxSocketsPerPrefix int // of one network prefix: 2,000

	// Connections of any kind, counted by Serve as they are accepted.
	MaxConnections          int // 30,000
	MaxConnectionsPerPrefix int // 3,000; does not count behind a proxy
}

// Rate is a token bucket.
type Rate struct {
	PerSecond float64 // tokens gained; negative: no limit
	Burst     float64 // tokens held at most
}

func (l Limits) withDefaults() Limits {
	def := func(r *Rate, perSecond, burst float64) {
		if *r == (Rate{}) {
			*r = Rate{PerSecond: perSecond, Burst: burst}
		}
	}
	def(&l.Writes, 1000, 20_000)
	def(&l.Mailboxes, 20, 500)
	def(&l.Sockets, 50, 2000)
	def(&l.Nameplates, 5, 500)
	def(&l.Reads, 2000, 40_000)
	if l.MaxSockets == 0 {
		l.MaxSockets = 20_000
	}
	if l.MaxSocketsPerPrefix == 0 {
		l.MaxSocketsPerPrefix = 2000
	}
	if l.MaxConnections == 0 {
		l.MaxConnections = 30_000
	}
	if l.MaxConnectionsPerPrefix == 0 {
		l.MaxConnectionsPerPrefix = 3000
	}
	return l
}

// Unlimited returns Limits without rates, for measurements.
func Unlimited() Limits {
	none := Rate{PerSecond: -1}
	return Limits{
		Writes: none, Mailboxes: none, Sockets: none, Nameplates: none, Reads: none,
		MaxSockets: 1 << 30, MaxSocketsPerPrefix: 1 << 30, MaxConnections: 1 << 30, MaxConnectionsPerPrefix: 1 << 30,
	}
}

const defaultSweepInterval = time.Minute

// Times that bound a client's slowness.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 60 * time.Second // a whole request
	writeTimeout  = 5 * time.Minute  // a whole answer: the web app over a slow line
	idleTimeout   = 2 * time.Minute  // between requests
	frameTimeout  = 30 * time.Second // one frame to a socket
	silentTimeout = 2 * time.Minute  // a mailbox socket that says nothing, not even ping
	pingInterval  = time.Minute      // relay to rendezvous clients, which may be silent
	maxHeader     = 16 << 10         // bytes
)
