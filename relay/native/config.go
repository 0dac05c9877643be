package native

import (
	"crypto/tls"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"net/netip"
	"strconv"
	"strings"
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

	// TLS makes Serve speak TLS. It must not offer HTTP/2: WebSockets need 1.1.
	TLS *tls.Config

	// PublicHost is the name, with its port where it is not 443, under which
	// people reach this relay by HTTPS, if a proxy in front does that. Answers
	// to it tell browsers to keep to HTTPS. Empty: only answers over TLS do.
	PublicHost string

	// TrustedProxyHeader names the header in which a proxy in front of this
	// relay gives the client's IP address, such as "X-Forwarded-For". Empty:
	// the connection's own address. It is believed of connections from
	// TrustedProxies only: the last entry that is not itself one of them.
	TrustedProxyHeader string

	// TrustedProxies are the networks of the proxies in front. Nil: Loopback.
	TrustedProxies []netip.Prefix

	// LogAddresses adds to the log, at level debug, the addresses of clients
	// whose connections break.
	LogAddresses bool

	// MaxDatabaseBytes stops the database from growing. When it is reached,
	// writes are refused with 503 until something expires. 0: no limit.
	MaxDatabaseBytes int64

	// Now is the wall clock, which may be wrong and jump; a time.Time without
	// a monotonic reading will do. Nil: time.Now.
	Now func() time.Time

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
	// Invitations pays for nameplates and rendezvous mailboxes that come into
	// being, so that one prefix cannot take all that there may be.
	Invitations Rate // 2 a minute, 500 at once
	// Reads pays for slots that are read, one for each 4 KiB begun, and for
	// the descriptor.
	Reads Rate // 2,000 a second, 40,000 at once

	MaxSockets          int // WebSockets open at once: 20,000
	MaxSocketsPerPrefix int // of one network prefix: 2,000

	// Connections of any kind, counted by Serve as they are accepted.
	MaxConnections          int // 30,000
	MaxConnectionsPerPrefix int // 3,000; does not count for trusted proxies
}

// Rate is a token bucket.
type Rate struct {
	PerSecond float64 // tokens gained; negative: no limit
	Burst     float64 // tokens held at most
}

// UnmarshalText reads "1000/20000" (a second / at once), "5m/500" (a minute /
// at once), or "off".
func (r *Rate) UnmarshalText(text []byte) error {
	if string(text) == "off" {
		*r = Rate{PerSecond: -1}
		return nil
	}
	gained, held, found := strings.Cut(string(text), "/")
	gained, minutes := strings.CutSuffix(gained, "m")
	perSecond, err := strconv.ParseFloat(gained, 64)
	burst, burstErr := strconv.ParseFloat(held, 64)
	if !found || err != nil || burstErr != nil || !(perSecond > 0 && perSecond <= 1e9 && burst >= 1 && burst <= 1e9) {
		return fmt.Errorf("%q is no rate such as 1000/20000 (a second / at once), 5m/500 (a minute / at once) or off", text)
	}
	if minutes {
		perSecond /= 60
	}
	*r = Rate{PerSecond: perSecond, Burst: burst}
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (r Rate) MarshalText() ([]byte, error) {
	if r.PerSecond < 0 {
		return []byte("off"), nil
	}
	gained, unit := r.PerSecond, ""
	if gained < 1 {
		gained, unit = math.Round(gained*60*1e6)/1e6, "m"
	}
	return []byte(strconv.FormatFloat(gained, 'f', -1, 64) + unit + "/" + strconv.FormatFloat(r.Burst, 'f', -1, 64)), nil
}

// DefaultLimits are those of an empty Config.
func DefaultLimits() Limits {
	return Limits{
		Writes:      Rate{PerSecond: 1000, Burst: 20_000},
		Mailboxes:   Rate{PerSecond: 20, Burst: 500},
		Sockets:     Rate{PerSecond: 50, Burst: 2000},
		Nameplates:  Rate{PerSecond: 5, Burst: 500},
		Invitations: Rate{PerSecond: 2.0 / 60, Burst: 500},
		Reads:       Rate{PerSecond: 2000, Burst: 40_000},

		MaxSockets:              20_000,
		MaxSocketsPerPrefix:     2000,
		MaxConnections:          30_000,
		MaxConnectionsPerPrefix: 3000,
	}
}

func (l Limits) withDefaults() Limits {
	def := DefaultLimits()
	for _, rate := range []struct{ value, otherwise *Rate }{
		{&l.Writes, &def.Writes}, {&l.Mailboxes, &def.Mailboxes}, {&l.Sockets, &def.Sockets},
		{&l.Nameplates, &def.Nameplates}, {&l.Invitations, &def.Invitations}, {&l.Reads, &def.Reads},
	} {
		if *rate.value == (Rate{}) {
			*rate.value = *rate.otherwise
		}
	}
	for _, count := range []struct{ value, otherwise *int }{
		{&l.MaxSockets, &def.MaxSockets}, {&l.MaxSocketsPerPrefix, &def.MaxSocketsPerPrefix},
		{&l.MaxConnections, &def.MaxConnections}, {&l.MaxConnectionsPerPrefix, &def.MaxConnectionsPerPrefix},
	} {
		if *count.value == 0 {
			*count.value = *count.otherwise
		}
	}
	return l
}

// Loopback are the addresses of this machine to itself.
func Loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// Unlimited returns Limits without rates, for measurements.
func Unlimited() Limits {
	none := Rate{PerSecond: -1}
	return Limits{
		Writes: none, Mailboxes: none, Sockets: none, Nameplates: none, Invitations: none, Reads: none,
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
	pingInterval  = time.Minute      // relay to rendezvous clients, which may be silent
	maxHeader     = 16 << 10         // bytes
)
