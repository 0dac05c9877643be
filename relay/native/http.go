package native

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"petmail/relay/core"
	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

// costUnit is how many bytes of a body one token of Writes or Reads pays for.
const costUnit = 4 << 10

const cborType = "application/cbor"

// routes builds the handler of everything the relay serves.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	api := func(pattern string, h http.HandlerFunc, methods ...string) {
		mux.Handle(pattern, s.api(pattern, h, methods))
	}
	api(relayproto.RouteDescriptor, s.serveDescriptor, http.MethodGet)
	api(relayproto.RouteDeposit, s.serveDeposit, http.MethodPost)
	api(relayproto.RouteMailbox, s.serveMailboxRoute, http.MethodGet, http.MethodPost)
	api(relayproto.RouteSlots, s.serveSlots, http.MethodGet, http.MethodPut)
	api(relayproto.RouteRendezvous, s.serveRendezvous, http.MethodGet)
	mux.HandleFunc("GET "+relayproto.RouteHealth, s.serveHealth)
	mux.Handle("GET "+relayproto.RouteMetrics, s.localOnly(s.metrics.handler()))
	mux.Handle("/", newWebApp(s.cfg.Web))
	return s.secured(mux)
}

// api wraps a route that agents call: any web page may (CORS), since nothing
// rests on cookies, and answers are counted.
func (s *Server) api(route string, h http.HandlerFunc, methods []string) http.Handler {
	list := strings.Join(methods, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Access-Control-Allow-Origin", "*")
		header.Set("Access-Control-Expose-Headers", "Date") // by which agents check their clock
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() { s.metrics.requests.WithLabelValues(route, strconv.Itoa(rec.status)).Inc() }()
		switch {
		case r.Method == http.MethodOptions:
			header.Set("Access-Control-Allow-Methods", list)
			header.Set("Access-Control-Allow-Headers", "*")
			header.Set("Access-Control-Max-Age", "86400")
			rec.WriteHeader(http.StatusNoContent)
		case !slices.Contains(methods, r.Method):
			header.Set("Allow", list+", OPTIONS")
			s.answerError(rec, http.StatusMethodNotAllowed, relayproto.Error{Code: relayproto.CodeNotFound, Message: "no such method here"})
		default:
			h(rec, r)
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

// answerError writes an error body.
func (s *Server) answerError(w http.ResponseWriter, status int, e relayproto.Error) {
	body, err := wire.Marshal(e)
	if err != nil {
		s.log.Error("couldn't encode an error answer", "error", err)
	}
	w.Header().Set("Content-Type", cborType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone if this fails
}

// answerFailure answers a write that did not happen.
func (s *Server) answerFailure(w http.ResponseWriter, err error) {
	var refusal *core.Refusal
	if errors.As(err, &refusal) {
		s.answerError(w, refusal.Status, refusal.Answer)
		return
	}
	s.answerError(w, http.StatusServiceUnavailable,
		relayproto.Error{Code: relayproto.CodeUnavailable, Message: "the relay can't use its storage, try later"})
}

// admit takes cost tokens for the client, or answers 429.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, l *limiter, name string, cost float64) bool {
	wait, ok := l.take(s.clientPrefix(r), cost)
	if !ok {
		s.answerLimited(w, name, wait)
	}
	return ok
}

func (s *Server) answerLimited(w http.ResponseWriter, name string, wait time.Duration) {
	s.metrics.limited.WithLabelValues(name).Inc()
	after := uint64(math.Ceil(max(wait.Seconds(), 1)))
	w.Header().Set("Retry-After", strconv.FormatUint(after, 10))
	s.answerError(w, http.StatusTooManyRequests,
		relayproto.Error{Code: relayproto.CodeRateLimited, Message: "too many requests, try later", Detail: after})
}

func cost(size int) float64 { return math.Max(1, math.Ceil(float64(size)/costUnit)) }

func (s *Server) serveDescriptor(w http.ResponseWriter, r *http.Request) {
	if !s.admit(w, r, s.readRate, "reads", 1) {
		return
	}
	w.Header().Set("Content-Type", cborType)
	_, _ = w.Write(s.relay.Descriptor())
}

func (s *Server) serveDeposit(w http.ResponseWriter, r *http.Request) {
	envelope, free, ok := s.readBody(w, r, address.LargeEnvelope)
	if !ok {
		return
	}
	defer free()
	if !s.admit(w, r, s.writeRate, "writes", cost(len(envelope))) {
		return
	}
	door, err := s.relay.Route(envelope)
	if err != nil {
		s.answerError(w, http.StatusBadRequest, relayproto.Error{Code: relayproto.CodeMalformed, Message: "not an envelope"})
		return
	}
	var d core.Deposited
	err = s.writer.write(r.Context(), func(tx core.Tx) (err error) {
		d, err = s.relay.Deposit(tx, door, envelope)
		return err
	}, func() {
		if d.Mailbox != 0 {
			s.hub.push(d.Mailbox, core.Delivery{Seq: d.Seq, Data: envelope})
		}
	})
	if err != nil {
		s.answerFailure(w, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(relayproto.DepositAnswer)))
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, relayproto.DepositAnswer)
	s.metrics.deposit(d)
	if d.Trim {
		s.trimChaff()
	}
}

// trimChaff forgets deposits that reached nobody, in a transaction of its own.
func (s *Server) trimChaff() {
	if err := s.writer.write(context.Background(), s.relay.TrimChaff, nil); err != nil {
		s.log.Error("couldn't forget refused deposits", "error", err)
	}
}

func (s *Server) serveMailboxRoute(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		s.serveMailbox(w, r)
		return
	}
	if !s.admit(w, r, s.mailboxRate, "mailboxes", 1) {
		return
	}
	body, free, ok := s.readBody(w, r, relayproto.MaxMailboxRequest)
	if !ok {
		return
	}
	defer free()
	update, err := s.relay.OpenMailboxUpdate(body)
	if err != nil {
		s.answerFailure(w, err)
		return
	}
	var answer []byte
	var closed core.MailboxID
	err = s.writer.write(r.Context(), func(tx core.Tx) (err error) {
		answer, closed, err = s.relay.UpdateMailbox(tx, update)
		return err
	}, func() {
		if closed != 0 {
			s.hub.drop(closed)
		}
	})
	if err != nil {
		s.answerFailure(w, err)
		return
	}
	w.Header().Set("Content-Type", cborType)
	_, _ = w.Write(answer)
}

func (s *Server) serveSlots(w http.ResponseWriter, r *http.Request) {
	id, ok := core.ParseSlotID(r.URL.Path[len(relayproto.RouteSlots):])
	if !ok {
		s.answerError(w, http.StatusBadRequest, relayproto.Error{Code: relayproto.CodeMalformed, Message: "a slot id has 64 lower-case hex digits"})
		return
	}
	if r.Method == http.MethodPut {
		s.putSlot(w, r, id)
		return
	}
	if !s.admit(w, r, s.readRate, "reads", 1) {
		return
	}
	room, ok := s.roomForAnswer(w, r)
	if !ok {
		return
	}
	defer room.shrink(0)
	value, found, err := s.relay.Slot(readTx{s.db}, id)
	room.shrink(len(value))
	switch {
	case err != nil:
		s.log.Error("couldn't read a slot", "error", err)
		s.answerFailure(w, err)
	case !found:
		s.answerError(w, http.StatusNotFound, relayproto.Error{Code: relayproto.CodeNotFound, Message: "nothing was written there"})
	default:
		s.readRate.take(s.clientPrefix(r), cost(len(value))-1) // paid late: the size was not known
		s.answerValue(w, http.StatusOK, value)
	}
}

func (s *Server) putSlot(w http.ResponseWriter, r *http.Request, id core.SlotID) {
	value, free, ok := s.readBody(w, r, relayproto.MaxSlotValue)
	if !ok {
		return
	}
	defer free()
	if !s.admit(w, r, s.writeRate, "writes", cost(len(value))) {
		return
	}
	if len(value) == 0 {
		s.answerError(w, http.StatusBadRequest, relayproto.Error{Code: relayproto.CodeMalformed, Message: "a slot's value is not empty"})
		return
	}
	room, ok := s.roomForAnswer(w, r)
	if !ok {
		return
	}
	defer room.shrink(0)
	var standing []byte
	var won bool
	err := s.writer.write(r.Context(), func(tx core.Tx) (err error) {
		standing, won, err = s.relay.PutSlot(tx, id, value)
		return err
	}, nil)
	room.shrink(len(standing))
	switch {
	case err != nil:
		s.answerFailure(w, err)
	case won:
		w.WriteHeader(http.StatusCreated)
	default:
		s.answerValue(w, http.StatusPreconditionFailed, standing)
	}
}

// roomForAnswer sees that a slot's value fits into memory, or answers 429. It
// gives the client a time to read the answer in.
func (s *Server) roomForAnswer(w http.ResponseWriter, r *http.Request) (*answer, bool) {
	room, ok := s.answers.reserve(s.clientPrefix(r))
	if !ok {
		s.answerLimited(w, "answers", time.Second)
		return nil, false
	}
	// A recorder of a test has no deadline.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(apiWriteTimeout))
	return room, true
}

// answerValue writes a slot's bytes, which a browser must not take for a page.
func (s *Server) answerValue(w http.ResponseWriter, status int, value []byte) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(len(value)))
	w.WriteHeader(status)
	_, _ = w.Write(value)
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
	if !s.admit(w, r, s.writeRate, "writes", 1) {
		return
	}
	err := s.writer.write(r.Context(), s.relay.Heartbeat, nil)
	if err != nil {
		http.Error(w, "storage is not available", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, "ok\n")
}
