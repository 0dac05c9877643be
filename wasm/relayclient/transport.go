package relayclient

import (
	"context"
	"errors"
	"time"

	"petmail/shared/wire"
)

// Request is one HTTP request. It carries no headers, so that a browser sends
// POST and GET across origins without asking first.
type Request struct {
	wire.Redacted
	Method string
	URL    string
	Body   []byte
	// MaxResponse bounds the body of the answer, in bytes.
	MaxResponse int
}

// Response is the answer to a Request.
type Response struct {
	wire.Redacted
	Status int
	Body   []byte
	// Date is the time by the server's clock, as its header says; zero if
	// there is none, or a browser does not show it.
	Date time.Time
}

// ErrResponseTooLarge comes from Transport.Do, together with the status, when
// the body is longer than Request.MaxResponse.
var ErrResponseTooLarge = errors.New("response body over the limit")

// ErrRedirected comes from Transport.Do for an answer that points elsewhere.
// Relays never redirect, and what is meant for one relay must not reach
// another host.
var ErrRedirected = errors.New("response is a redirect")

// Transport is the network. Its methods may be called concurrently. Nothing
// is retried below this interface, and no request carries credentials of the
// browser or remembers anything from an earlier one.
type Transport interface {
	// Do sends one request and reads its whole answer. Every HTTP status but a
	// redirect is an answer, not an error.
	Do(ctx context.Context, r Request) (Response, error)
	// Dial opens a WebSocket; ctx bounds the handshake only. url has the
	// scheme http or https. A longer message than maxMessage (bytes) ends the
	// connection.
	Dial(ctx context.Context, url string, maxMessage int64) (Conn, error)
}

// Conn is one WebSocket. Read has one caller at a time; Write and Close may
// be called concurrently with everything.
type Conn interface {
	// Read returns the next message, text or binary. Once it has returned an
	// error, that of ctx included, the connection is of no more use.
	Read(ctx context.Context) ([]byte, error)
	// Write sends one message. A nil error says only that it was handed on.
	Write(ctx context.Context, data []byte, text bool) error
	// Close ends the connection and returns at once; a Read under way returns
	// soon. Calling it again does nothing.
	Close() error
}
