//go:build js

package netjs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall/js"

	browser "petmail/wasm/js"
)

// maxQueued bounds the bytes that have arrived and were not read yet: the
// browser cannot be told to wait. What a relay may send unasked is far less.
const maxQueued = 16 << 20

const opUse = "use socket"

var (
	errClosed   = errors.New("socket is closed")
	errTooLarge = errors.New("socket message over the limit")
	errFlood    = errors.New("socket brings more than is read")
)

// Socket is one WebSocket. Read has one caller at a time; Write and Close may
// be called concurrently with everything.
type Socket struct {
	ws         js.Value
	maxMessage int
	handlers   browser.Handlers // released when the browser has closed the socket
	opened     chan struct{}
	wake       chan struct{} // of capacity 1: the queue or err has changed

	mu     sync.Mutex
	queue  [][]byte
	queued int   // bytes in queue
	err    error // what Read returns once the queue is empty
}

// Dial opens a WebSocket at an http or https URL; ctx bounds the handshake
// only. A longer message than maxMessage bytes ends the connection.
func Dial(ctx context.Context, url string, maxMessage int) (*Socket, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &Socket{maxMessage: maxMessage, opened: make(chan struct{}), wake: make(chan struct{}, 1)}
	if err := s.open("ws" + strings.TrimPrefix(url, "http")); err != nil {
		return nil, err
	}
	select {
	case <-s.opened:
		return s, nil
	case <-s.wake:
		// It has ended. It may have been open before, with a message or two.
		select {
		case <-s.opened:
			s.notify()
			return s, nil
		default:
			return nil, s.ended()
		}
	case <-ctx.Done():
		s.Close()
		return nil, ctx.Err()
	}
}

func (s *Socket) open(url string) error {
	return browser.Try(opUse, func() {
		s.ws = js.Global().Get("WebSocket").New(url)
		s.ws.Set("binaryType", "arraybuffer")
		s.handlers.On(s.ws, "onopen", func(js.Value) { close(s.opened) })
		s.handlers.On(s.ws, "onmessage", func(event js.Value) { s.arrived(event.Get("data")) })
		// It comes last of all.
		s.handlers.On(s.ws, "onclose", func(event js.Value) {
			s.end(fmt.Errorf("socket was closed with code %d", event.Get("code").Int()))
			s.handlers.Release()
		})
	})
}

func (s *Socket) arrived(data js.Value) {
	var message []byte
	if data.Type() == js.TypeString {
		message = []byte(data.String())
	} else {
		var ok bool
		if message, ok = browser.Bytes(data, s.maxMessage); !ok {
			s.end(errTooLarge)
			return
		}
	}
	if len(message) > s.maxMessage {
		s.end(errTooLarge)
		return
	}
	s.mu.Lock()
	flood := s.queued+len(message) > maxQueued
	if s.err == nil && !flood {
		s.queue = append(s.queue, message)
		s.queued += len(message)
	}
	s.mu.Unlock()
	if flood {
		s.end(errFlood)
		return
	}
	s.notify()
}

// Read returns the next message, text or binary: first all that arrived before
// the end, then why it ended. With an end of ctx the socket is closed.
func (s *Socket) Read(ctx context.Context) ([]byte, error) {
	for {
		message, err := s.next()
		if message != nil || err != nil {
			return message, err
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
			s.Close()
			return nil, ctx.Err()
		}
	}
}

func (s *Socket) next() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return nil, s.err
	}
	message := s.queue[0]
	s.queue[0] = nil
	s.queue = s.queue[1:]
	s.queued -= len(message)
	return message, nil
}

// Write hands one message to the browser, which keeps what it cannot send yet.
func (s *Socket) Write(data []byte, text bool) error {
	if err := s.ended(); err != nil {
		return err
	}
	return browser.Try(opUse, func() {
		if text {
			s.ws.Call("send", string(data))
		} else {
			s.ws.Call("send", browser.Array(data))
		}
	})
}

// Close ends the connection and returns at once; the browser's own end of it
// may come seconds later. What was not read is forgotten.
func (s *Socket) Close() {
	s.mu.Lock()
	s.queue, s.queued = nil, 0
	s.mu.Unlock()
	s.end(errClosed)
}

// end closes the socket, for the first reason that comes.
func (s *Socket) end(reason error) {
	s.mu.Lock()
	first := s.err == nil
	if first {
		s.err = reason
	}
	s.mu.Unlock()
	if first {
		s.ws.Call("close", 1000)
		s.notify()
	}
}

func (s *Socket) ended() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *Socket) notify() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
