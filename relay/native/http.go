package native

import (
	"context"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"petmail/relay/core"
	"petmail/relay/pages"
	"petmail/relay/protocol"
	"petmail/shared/relayproto"
)

// costUnit is how many bytes of a body one token of Writes or Reads pays for.
const costUnit = 4 << 10

// routes builds the handler of everything the relay serves.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	for _, route := range protocol.Routes() {
		mux.Handle(route.Path, s.api(route))
	}
	mux.HandleFunc("GET "+relayproto.RouteHealth, s.serveHealth)
	mux.Handle("GET "+relayproto.RouteMetrics, s.localOnly(s.metrics.handler()))
	mux.Handle("/", pages.WebApp(s.cfg.Web))
	return s.secured(mux)
}

// api serves a route that agents call. Answers are counted.
func (s *Server) api(route protocol.Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, field := range protocol.CommonHeader() {
			w.Header().Set(field.Name, field.Value)
		}
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() { s.metrics.requests.WithLabelValues(route.Path, strconv.Itoa(rec.status)).Inc() }()
		endpoint, answer := s.relay.Find(route, r.Method, r.URL.Path[len(route.Path):])
		switch {
		case answer != nil:
			s.answer(rec, *answer)
		case endpoint.Socket == protocol.MailboxSocket:
			s.serveMailbox(rec, r)
		case endpoint.Socket == protocol.RendezvousSocket:
			s.serveRendezvous(rec, r)
		default:
			s.serve(rec, r, endpoint)
		}
	})
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController and WebSockets reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// serve carries a request out: what costs the client comes before what costs
// the relay.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, e protocol.Endpoint) {
	client := s.clientPrefix(r)
	if !e.BySize && !s.admit(w, client, e.Pays, 1) {
		return
	}
	var body []byte
	if e.MaxBody > 0 {
		data, free, ok := s.readBody(w, r, e.MaxBody)
		if !ok {
			return
		}
		defer free()
		body = data
	}
	if e.BySize && !s.admit(w, client, e.Pays, cost(len(body))) {
		return
	}
	call, ready := e.Open(body)
	if ready != nil {
		s.answer(w, *ready)
		return
	}
	if !e.Value {
		s.finish(w, s.run(r.Context(), call))
		return
	}
	room, ok := s.roomForAnswer(w, client)
	if !ok {
		return
	}
	defer room.shrink(0)
	a := s.run(r.Context(), call)
	room.shrink(len(a.Body))
	if e.PaysLate {
		s.rates[e.Pays].take(client, cost(len(a.Body))-1)
	}
	s.finish(w, a)
}

// run carries a call out, and what it leads to for those who are connected.
func (s *Server) run(ctx context.Context, call protocol.Call) (a protocol.Answer) {
	if call.Reads {
		a, err := call.Run(readTx{s.db})
		if err != nil {
			s.log.Error("couldn't read an answer", "error", err)
			return protocol.Failed(err)
		}
		return a
	}
	err := s.writer.write(ctx, func(tx core.Tx) (err error) {
		a, err = call.Run(tx)
		return err
	}, func() {
		if a.After.Deliver != 0 {
			s.hub.push(a.After.Deliver, a.After.Delivery)
		}
		if a.After.Closed != 0 {
			s.hub.drop(a.After.Closed)
		}
	})
	if err != nil {
		return protocol.Failed(err)
	}
	return a
}

// finish answers, and does what is due afterwards.
func (s *Server) finish(w http.ResponseWriter, a protocol.Answer) {
	s.answer(w, a)
	if a.After.Deposit != protocol.NoDeposit {
		s.metrics.deposit(a.After.Deposit)
	}
	if a.After.Trim {
		s.trimChaff()
	}
}

// answer writes an answer.
func (s *Server) answer(w http.ResponseWriter, a protocol.Answer) {
	header := w.Header()
	for _, field := range a.Header {
		header.Set(field.Name, field.Value)
	}
	if a.Status != http.StatusNoContent {
		header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	if len(a.Body) > 0 {
		_, _ = w.Write(a.Body) // the client is gone if this fails
	}
}

// admit takes cost tokens for the client, or answers 429.
func (s *Server) admit(w http.ResponseWriter, client prefix, budget protocol.Budget, cost float64) bool {
	wait, ok := s.rates[budget].take(client, cost)
	if !ok {
		s.answerLimited(w, budgetNames()[budget], wait)
	}
	return ok
}

// budgetNames are those of the limits in metrics.
func budgetNames() [3]string {
	return [...]string{protocol.Reads: "reads", protocol.Writes: "writes", protocol.Mailboxes: "mailboxes"}
}

func (s *Server) answerLimited(w http.ResponseWriter, name string, wait time.Duration) {
	s.metrics.limited.WithLabelValues(name).Inc()
	s.answer(w, protocol.Limited(wait))
}

func cost(size int) float64 { return math.Max(1, math.Ceil(float64(size)/costUnit)) }

// trimChaff forgets deposits that reached nobody, in a transaction of its own.
func (s *Server) trimChaff() {
	if err := s.writer.write(context.Background(), s.relay.TrimChaff, nil); err != nil {
		s.log.Error("couldn't forget refused deposits", "error", err)
	}
}

// roomForAnswer sees that a slot's value fits into memory, or answers 429. It
// gives the client a time to read the answer in.
func (s *Server) roomForAnswer(w http.ResponseWriter, client prefix) (*answer, bool) {
	room, ok := s.answers.reserve(client)
	if !ok {
		s.answerLimited(w, "answers", time.Second)
		return nil, false
	}
	// A recorder of a test has no deadline.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(apiWriteTimeout))
	return room, true
}

// MetricsHandler serves /metrics and /healthz to whoever asks: the operator
// sees to it that only the right ones can. What this machine asks itself has
// to name it.
func (s *Server) MetricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+relayproto.RouteMetrics, s.metrics.handler())
	mux.HandleFunc("GET "+relayproto.RouteHealth, s.serveHealth)
	return unrebound(mux)
}

// serveHealth tells an operator's watchdog whether changes can be committed.
func (s *Server) serveHealth(w http.ResponseWriter, r *http.Request) {
	if !s.admit(w, s.clientPrefix(r), protocol.Writes, 1) {
		return
	}
	err := s.writer.write(r.Context(), core.Heartbeat, nil)
	if err != nil {
		http.Error(w, "storage is not available", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, "ok\n")
}
