package native

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// prefix is what rates count by: an IPv4 address or an IPv6 /64. The zero
// prefix stands for connections whose address is not an IP address.
type prefix struct{ netip.Prefix }

// clientPrefix tells where a request comes from.
func (s *Server) clientPrefix(r *http.Request) prefix {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if s.cfg.TrustedProxyHeader != "" && s.isProxy(host) {
		if values := r.Header.Values(s.cfg.TrustedProxyHeader); len(values) > 0 {
			host = s.forwardedFor(values)
		}
	}
	return prefixOf(host)
}

// isProxy tells whether a connection from host is one of a trusted proxy. A
// host that is no IP address, as that of a test's pipe, is not.
func (s *Server) isProxy(host string) bool {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	addr = addr.Unmap().WithZone("")
	return slices.ContainsFunc(s.cfg.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// forwardedFor returns the client's address from the entries of the trusted
// header. Each proxy appends what it saw, so they are read from the end, past
// those that are proxies of ours; whatever stands before is the client's own
// claim. An entry may carry a port.
func (s *Server) forwardedFor(values []string) (host string) {
	entries := strings.Split(strings.Join(values, ","), ",")
	for _, entry := range slices.Backward(entries) {
		host = strings.TrimSpace(entry)
		if with, err := netip.ParseAddrPort(host); err == nil {
			host = with.Addr().String()
		}
		if !s.isProxy(host) {
			break
		}
	}
	return host
}

func prefixOf(host string) prefix {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return prefix{}
	}
	addr = addr.Unmap().WithZone("")
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return prefix{}
	}
	return prefix{p}
}

// maxBuckets bounds a limiter's memory. When there are as many busy prefixes,
// the rest share one bucket.
const maxBuckets = 1 << 16

// limiter holds a token bucket for each prefix that was busy lately.
type limiter struct {
	rate Rate

	mu      sync.Mutex
	buckets map[prefix]bucket
	swept   time.Time
}

type bucket struct {
	tokens float64
	at     time.Time // when tokens was right
}

func newLimiter(rate Rate) *limiter {
	return &limiter{rate: rate, buckets: make(map[prefix]bucket)}
}

// take takes cost tokens, or says after how long there will be as many.
func (l *limiter) take(p prefix, cost float64) (wait time.Duration, ok bool) {
	if l.rate.PerSecond < 0 {
		return 0, true
	}
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[p]
	if !known && len(l.buckets) >= maxBuckets {
		l.sweep(now)
		if len(l.buckets) >= maxBuckets {
			p = prefix{}
			b, known = l.buckets[p]
		}
	}
	if !known {
		b = bucket{tokens: l.rate.Burst, at: now}
	}
	b.refill(l.rate, now)
	if b.tokens < cost {
		l.buckets[p] = b
		if l.rate.PerSecond == 0 {
			return time.Hour, false
		}
		return time.Duration((min(cost, l.rate.Burst) - b.tokens) / l.rate.PerSecond * float64(time.Second)), false
	}
	b.tokens -= cost
	l.buckets[p] = b
	return 0, true
}

// holds tells whether there are cost tokens, and takes none.
func (l *limiter) holds(p prefix, cost float64) bool {
	if l.rate.PerSecond < 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[p]
	if !known && len(l.buckets) >= maxBuckets {
		b, known = l.buckets[prefix{}]
	}
	if !known {
		return l.rate.Burst >= cost
	}
	b.refill(l.rate, time.Now())
	return b.tokens >= cost
}

func (b *bucket) refill(r Rate, now time.Time) {
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.tokens = min(b.tokens+passed*r.PerSecond, r.Burst)
	}
	b.at = now
}

// sweep forgets the buckets that are full, at most once a second.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Second {
		return
	}
	l.swept = now
	for p, b := range l.buckets {
		if b.refill(l.rate, now); b.tokens >= l.rate.Burst {
			delete(l.buckets, p)
		}
	}
}

// pace slows down the frames of one socket: whoever sends faster is read more
// slowly.
type pace struct {
	rate Rate
	b    bucket
}

func newPace() *pace {
	rate := Rate{PerSecond: 500, Burst: 5000} // frames
	return &pace{rate: rate, b: bucket{tokens: rate.Burst, at: time.Now()}}
}

// wait returns when the next frame may be handled, or with ctx's error.
func (p *pace) wait(ctx context.Context) error {
	p.b.refill(p.rate, time.Now())
	p.b.tokens--
	if p.b.tokens >= 0 {
		return nil
	}
	t := time.NewTimer(time.Duration(-p.b.tokens / p.rate.PerSecond * float64(time.Second)))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
