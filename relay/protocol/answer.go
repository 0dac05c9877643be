package protocol

import (
	"errors"
	"math"
	"strconv"
	"time"

	"petmail/relay/core"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

// Content types of answers.
const (
	cborType  = "application/cbor"
	textType  = "text/plain; charset=utf-8"
	bytesType = "application/octet-stream" // which a browser must not take for a page
)

// Field is one header of an answer.
type Field struct{ Name, Value string }

// CommonHeader is that of every answer of the API: any web page may ask
// (CORS), since nothing rests on cookies.
func CommonHeader() [4]Field {
	return [...]Field{
		{"Access-Control-Allow-Origin", "*"},
		{"Access-Control-Expose-Headers", "Date"}, // by which agents check their clock
		{"Cache-Control", "no-store"},
		{"X-Content-Type-Options", "nosniff"},
	}
}

// Answer is what a request is answered with.
type Answer struct {
	Status int     // HTTP
	Header []Field // beside CommonHeader and Content-Length
	Body   []byte
	After  After
}

// After is what a host does once a call's changes are durable.
type After struct {
	Deposit Deposit        // what became of one, for the host's eyes only
	Deliver core.MailboxID // whose session is offered Envelope; 0: nobody's
	core.Delivery
	Closed core.MailboxID // whose session ends; 0: nobody's
	Trim   bool           // TrimChaff is due, in a transaction of its own, after the answer
}

// Deposit says what became of a deposit. Its sender is not told.
type Deposit int

const (
	NoDeposit Deposit = iota
	Delivered
	Full   // its door is there, but it or its mailbox holds all that it may
	Nobody // its door is not there
)

func answer(status int, contentType string, body []byte) Answer {
	return Answer{Status: status, Header: []Field{{"Content-Type", contentType}}, Body: body}
}

func answerError(status int, e relayproto.Error) Answer {
	body, err := wire.Marshal(e)
	if err != nil {
		body = nil // two short texts and a number encode always
	}
	return answer(status, cborType, body)
}

// Failed answers a call that has returned err: a refusal with what it says,
// anything else as a failure of the storage.
func Failed(err error) Answer {
	var refusal *core.Refusal
	if errors.As(err, &refusal) {
		return answerError(refusal.Status, refusal.Answer)
	}
	return answerError(503, relayproto.Error{Code: relayproto.CodeUnavailable, Message: "the relay can't use its storage, try later"})
}

// Limited answers a client that has to wait.
func Limited(wait time.Duration) Answer {
	after := uint64(math.Ceil(max(wait.Seconds(), 1)))
	a := answerError(429, relayproto.Error{Code: relayproto.CodeRateLimited, Message: "too many requests, try later", Detail: after})
	a.Header = append(a.Header, Field{"Retry-After", strconv.FormatUint(after, 10)})
	return a
}

// TooLarge answers a body of more than limit bytes.
func TooLarge(limit int64) Answer {
	return answerError(413, relayproto.Error{Code: relayproto.CodeTooLarge, Message: "the body is too large", Detail: uint64(limit)})
}

// Busy answers when there is no room for one more body.
func Busy() Answer {
	return answerError(503, relayproto.Error{Code: relayproto.CodeUnavailable, Message: "the relay is busy, try later"})
}

// EndedEarly answers a body that is not whole.
func EndedEarly() Answer {
	return answerError(400, relayproto.Error{Code: relayproto.CodeMalformed, Message: "the body ended early"})
}
