package native

import (
	"context"
	"net"
	"net/http"
	"net/netip"
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
	if h := s.cfg.TrustedProxyHeader; h != "" {
		// A proxy appends what it saw; entries before it are the client's claim.
		if values := r.Header.Values(h); len(values) > 0 {
			list := strings.Split(values[len(values)-1], ",")
			host = strings.TrimSpace(list[len(list)-1])
		}
	}
	return prefixOf(host)
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
