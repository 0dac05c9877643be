package relayclient

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"math"
	"time"

	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

// As net/http names them, which a browser shall not have to load for them.
const (
	methodGet  = "GET"
	methodPost = "POST"
	methodPut  = "PUT"

	statusOK                 = 200
	statusCreated            = 201
	statusAccepted           = 202
	statusPreconditionFailed = 412
)

const (
	// requestTimeout bounds a request whose context has no deadline.
	requestTimeout = 30 * time.Second
	// conflictRetries bounds how often UpdateMailbox takes a newer counter.
	conflictRetries = 3
	// maxStatus bounds an encoded MailboxStatus, in bytes.
	maxStatus = 256
)

// Options adjust a Client. The zero value is good.
type Options struct {
	// Rand spreads attempts in time; crypto/rand by default.
	Rand io.Reader
	// Logger hears at debug level why sockets ended; silent by default.
	Logger *slog.Logger
	// OnDate, if set, hears what time a relay says it is: with every answer
	// that tells, and with a zero time for those that do not. It is called by
	// whoever made the request, and must not block.
	OnDate func(relayURL string, date time.Time)
}

// Client talks to relays, to whichever a call names. Its methods may be
// called concurrently, return *Error when they fail, and never retry on their
// own, with the one exception noted at UpdateMailbox. A context without a
// deadline gets one of 30 s.
//
// Relay URLs are those of wire.NormalizeRelayURL.
type Client struct {
	transport Transport
	rand      io.Reader
	log       *slog.Logger
	foreign   *string // see Foreign; nil: the person named the relays
	onDate    func(string, time.Time)
}

// New returns a Client that uses t.
func New(t Transport, o Options) *Client {
	c := &Client{transport: t, rand: o.Rand, log: o.Logger, onDate: o.OnDate}
	if c.rand == nil {
		c.rand = rand.Reader
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Foreign returns the client to use with relays that somebody else named, a
// contact or a link: it turns to no host inside the own machine or network
// (wire.CheckForeignRelay). own is the URL of the person's own relay. Errors
// for that wrap wire.ErrPrivateHost.
func (c *Client) Foreign(own string) *Client {
	f := *c
	f.foreign = &own
	return &f
}

// Descriptor fetches the relay's descriptor and verifies its signature. Who
// the relay is supposed to be is for the caller to compare (Relay.ID).
func (c *Client) Descriptor(ctx context.Context, relayURL string) (*relayproto.Relay, error) {
	const op = "fetch relay descriptor"
	r, err := c.do(ctx, op, methodGet, relayURL, relayproto.RouteDescriptor, nil, relayproto.MaxDescriptor)
	if err != nil {
		return nil, err
	}
	if r.Status != statusOK {
		return nil, answerError(op, r)
	}
	d, err := relayproto.OpenDescriptor(r.Body)
	if err != nil {
		return nil, answerError(op, r)
	}
	return d, nil
}

// UpdateMailbox signs and posts a request for the mailbox of key. When the
// relay has seen a higher counter (a sibling's, or one from before a restore),
// it goes on with the next one: the status names the counter that counted, to
// be stored by the caller. r.RelayID must be set.
func (c *Client) UpdateMailbox(ctx context.Context, relayURL string, key ed25519.PrivateKey, r relayproto.MailboxRequest) (relayproto.MailboxStatus, error) {
	const op = "update mailbox"
	if len(key) != ed25519.PrivateKeySize {
		return relayproto.MailboxStatus{}, inputError(op, "mailbox key has a wrong size")
	}
	for attempt := 0; ; attempt++ {
		status, err := c.postMailbox(ctx, op, relayURL, key, r)
		var refused *Error
		if err == nil || attempt == conflictRetries || !errors.As(err, &refused) ||
			refused.Code != relayproto.CodeConflict || refused.Detail < r.Counter || refused.Detail == math.MaxUint64 {
			return status, err
		}
		r.Counter = refused.Detail + 1
	}
}

func (c *Client) postMailbox(ctx context.Context, op, relayURL string, key ed25519.PrivateKey, r relayproto.MailboxRequest) (relayproto.MailboxStatus, error) {
	body, err := relayproto.SignMailboxRequest(key, r)
	if err != nil || len(body) > relayproto.MaxMailboxRequest {
		return relayproto.MailboxStatus{}, inputError(op, "request is too large")
	}
	resp, err := c.do(ctx, op, methodPost, relayURL, relayproto.RouteMailbox, body, maxStatus)
	if err != nil {
		return relayproto.MailboxStatus{}, err
	}
	var status relayproto.MailboxStatus
	if resp.Status != statusOK || wire.UnmarshalLoose(resp.Body, &status, maxStatus) != nil || status.Counter != r.Counter {
		return relayproto.MailboxStatus{}, answerError(op, resp)
	}
	return status, nil
}

// Deposit hands one envelope to the relay. No error means that the relay took
// the request, never that there is a mailbox behind the envelope's door.
func (c *Client) Deposit(ctx context.Context, relayURL string, envelope []byte) error {
	const op = "deposit"
	if len(envelope) == 0 || len(envelope) > relayproto.MaxFrame {
		return inputError(op, "envelope has a wrong size")
	}
	r, err := c.do(ctx, op, methodPost, relayURL, relayproto.RouteDeposit, envelope, len(relayproto.DepositAnswer))
	if err != nil {
		return err
	}
	if r.Status != statusAccepted || string(r.Body) != relayproto.DepositAnswer {
		return answerError(op, r)
	}
	return nil
}

// PutSlot writes value, which must not be empty, to the slot id if nothing
// has been written there before. won says that the slot now holds value,
// through this call or an earlier one; otherwise standing is what it holds.
func (c *Client) PutSlot(ctx context.Context, relayURL string, id [relayproto.SlotIDSize]byte, value []byte) (standing []byte, won bool, err error) {
	const op = "write slot"
	if len(value) == 0 || len(value) > relayproto.MaxSlotValue {
		return nil, false, inputError(op, "value has a wrong size")
	}
	r, err := c.do(ctx, op, methodPut, relayURL, slotRoute(id), value, relayproto.MaxSlotValue)
	switch {
	case err != nil:
		return nil, false, err
	case r.Status == statusCreated:
		return value, true, nil
	case r.Status == statusPreconditionFailed && len(r.Body) > 0:
		return r.Body, bytes.Equal(r.Body, value), nil
	}
	return nil, false, answerError(op, r)
}

// GetSlot reads a slot; found is false if the relay says that nothing has
// been written there.
func (c *Client) GetSlot(ctx context.Context, relayURL string, id [relayproto.SlotIDSize]byte) (value []byte, found bool, err error) {
	const op = "read slot"
	r, err := c.do(ctx, op, methodGet, relayURL, slotRoute(id), nil, relayproto.MaxSlotValue)
	if err != nil {
		return nil, false, err
	}
	if r.Status == statusOK && len(r.Body) > 0 {
		return r.Body, true, nil
	}
	// A 404 that is not in the relay's own words may come from anywhere, and
	// would make the caller believe that an epoch has not ended.
	refused := answerError(op, r)
	if refused.Code == relayproto.CodeNotFound {
		return nil, false, nil
	}
	return nil, false, refused
}

func slotRoute(id [relayproto.SlotIDSize]byte) string {
	return relayproto.RouteSlots + hex.EncodeToString(id[:])
}

// do sends one request; every status is an answer. The bound leaves room for
// an error body.
func (c *Client) do(ctx context.Context, op, method, relayURL, route string, body []byte, maxResponse int) (Response, error) {
	target, err := c.target(op, relayURL, route)
	if err != nil {
		return Response{}, err
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, requestTimeout)
		defer cancel()
	}
	r, err := c.transport.Do(ctx, Request{Method: method, URL: target, Body: body, MaxResponse: max(maxResponse, relayproto.MaxErrorBody)})
	if err != nil {
		return Response{}, networkError(op, r.Status, err)
	}
	if c.onDate != nil {
		c.onDate(relayURL, r.Date)
	}
	return r, nil
}

// target returns the URL of a route, if it may be turned to.
func (c *Client) target(op, relayURL, route string) (string, error) {
	target, err := routeURL(relayURL, route)
	if err != nil {
		return "", inputError(op, err.Error())
	}
	if c.foreign != nil {
		if err := wire.CheckForeignRelay(*c.foreign, relayURL); err != nil {
			return "", &Error{Op: op, Reason: "not turned to, for it is a host inside the own network", cause: err}
		}
	}
	return target, nil
}

// routeURL joins a relay's URL and a route.
func routeURL(relayURL, route string) (string, error) {
	base, err := wire.NormalizeRelayURL(relayURL)
	if err != nil {
		return "", errors.New("relay url is not usable")
	}
	return base + route, nil
}
