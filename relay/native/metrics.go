package native

import (
	"net/http"
	"petmail/relay/protocol"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics counts what happens, never to whom: no label names a mailbox, a
// door, a slot, a nameplate or an address.
type metrics struct {
	registry *prometheus.Registry

	requests   *prometheus.CounterVec // route, status
	deposits   *prometheus.CounterVec // result: delivered, full, nobody
	acks       prometheus.Counter
	deliveries prometheus.Counter
	limited    *prometheus.CounterVec // what
	sockets    *prometheus.GaugeVec   // kind
	rendezvous *prometheus.CounterVec // message type
	commits    *prometheus.CounterVec // result: ok, failed
	batch      prometheus.Histogram
	commitTime prometheus.Histogram
	swept      *prometheus.CounterVec // kind
	stored     *prometheus.GaugeVec   // kind
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	counterVec := func(name, help, label string, more ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "petmail_" + name, Help: help}, append([]string{label}, more...))
		m.registry.MustRegister(c)
		return c
	}
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: "petmail_" + name, Help: help})
		m.registry.MustRegister(c)
		return c
	}
	gaugeVec := func(name, help, label string) *prometheus.GaugeVec {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "petmail_" + name, Help: help}, []string{label})
		m.registry.MustRegister(g)
		return g
	}
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "petmail_" + name, Help: help, Buckets: buckets})
		m.registry.MustRegister(h)
		return h
	}
	m.requests = counterVec("requests_total", "Answered API requests.", "route", "status")
	m.deposits = counterVec("deposits_total", "Accepted deposits, and whether they reached a mailbox.", "result")
	m.acks = counter("acks_total", "Acknowledgement frames.")
	m.deliveries = counter("deliveries_total", "Envelopes pushed to sockets, repeats included.")
	m.limited = counterVec("limited_total", "Requests refused by a limit.", "limit")
	m.sockets = gaugeVec("sockets", "Open WebSockets.", "kind")
	m.rendezvous = counterVec("rendezvous_messages_total", "Messages of rendezvous clients.", "type")
	m.commits = counterVec("commits_total", "Transactions.", "result")
	for _, result := range []string{"ok", "failed"} {
		m.commits.WithLabelValues(result) // shown as 0 before the first
	}
	m.batch = histogram("commit_jobs", "Changes in one transaction.", prometheus.ExponentialBuckets(1, 2, 10))
	m.commitTime = histogram("commit_seconds", "Time of one transaction, fsync included.", prometheus.ExponentialBuckets(0.0002, 2, 14))
	m.swept = counterVec("swept_total", "Rows deleted because they expired.", "kind")
	m.stored = gaugeVec("stored", "Rows in the database, counted once in a while.", "kind")
	m.registry.MustRegister(collectors.NewGoCollector())
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}

func (m *metrics) commit(jobs int, took time.Duration, err error) {
	if err != nil {
		m.commits.WithLabelValues("failed").Inc()
		return
	}
	m.commits.WithLabelValues("ok").Inc()
	m.batch.Observe(float64(jobs))
	m.commitTime.Observe(took.Seconds())
}

func (m *metrics) socket(kind string, change float64) { m.sockets.WithLabelValues(kind).Add(change) }

func (m *metrics) deposit(d protocol.Deposit) {
	result := "delivered"
	switch d {
	case protocol.Full:
		result = "full"
	case protocol.Nobody:
		result = "nobody"
	}
	m.deposits.WithLabelValues(result).Inc()
}

func (m *metrics) sweep(s protocol.Swept) {
	for kind, n := range map[string]int64{
		"envelopes": s.Envelopes, "slots": s.Slots, "doors": s.Doors, "nameplates": s.Nameplates, "meetings": s.Meetings,
	} {
		m.swept.WithLabelValues(kind).Add(float64(n))
	}
}

func (m *metrics) stats(s protocol.Stats) {
	for kind, n := range map[string]int64{
		"mailboxes": s.Mailboxes, "doors": s.Doors, "envelopes": s.Envelopes, "envelope_bytes": s.EnvelopeBytes,
		"claims": s.Claims, "slots": s.Slots, "nameplates": s.Rendezvous.Nameplates, "meetings": s.Rendezvous.Meetings,
	} {
		m.stored.WithLabelValues(kind).Set(float64(n))
	}
}
