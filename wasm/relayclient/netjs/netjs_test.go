//go:build js

package netjs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// These tests run in real browsers, against extension/tests/wasm/network.mjs.

func origin() string { return js.Global().Get("location").Get("origin").String() }

// bounded is for what must end by itself: the limit is met only where
// something hangs, however slow the machine.
func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

type echoed struct{ Method, Cookie, Referer, Type, Body string }

func TestFetch(t *testing.T) {
	for _, c := range []struct {
		method string
		body   []byte
		status int
	}{
		{"GET", nil, 200},
		{"POST", []byte{0, 0xff, 'a'}, 200},
		{"POST", nil, 200},
		{"PUT", bytes.Repeat([]byte{7}, 512<<10), 201},
	} {
		// Twice: the first answer sets a cookie.
		for range 2 {
			status, _, data, err := Fetch(bounded(t), c.method, origin()+"/net/echo", c.body, 2<<20)
			require.NoError(t, err)
			require.Equal(t, c.status, status)
			var got echoed
			require.NoError(t, json.Unmarshal(data, &got))
			require.Equal(t, c.method, got.Method)
			require.Equal(t, 2*len(c.body), len(got.Body))
			require.Empty(t, got.Cookie)
			require.Empty(t, got.Referer)
			require.Empty(t, got.Type, "a type would need the server's leave across origins")
		}
	}
}

func TestFetchAnswers(t *testing.T) {
	status, _, data, err := Fetch(bounded(t), "GET", origin()+"/net/empty", nil, 10)
	require.NoError(t, err)
	require.Equal(t, 412, status)
	require.Empty(t, data)

	_, _, _, err = Fetch(bounded(t), "GET", origin()+"/net/moved", nil, 1000)
	require.ErrorIs(t, err, ErrRedirected)

	status, _, data, err = Fetch(bounded(t), "GET", origin()+"/net/exact", nil, 100_000)
	require.NoError(t, err)
	require.Equal(t, 200, status)
	require.Equal(t, bytes.Repeat([]byte{1}, 100_000), data)
}

func TestFetchIsBounded(t *testing.T) {
	status, _, _, err := Fetch(bounded(t), "GET", origin()+"/net/exact", nil, 99_999)
	require.ErrorIs(t, err, ErrTooLarge)
	require.Equal(t, 200, status)
	_, _, _, err = Fetch(bounded(t), "GET", origin()+"/net/endless", nil, 1<<20)
	require.ErrorIs(t, err, ErrTooLarge)
}

func TestFetchFails(t *testing.T) {
	_, _, _, err := Fetch(bounded(t), "GET", origin()+"/net/cut", nil, 1000)
	require.Error(t, err)
	for _, url := range []string{"http://localhost:1/secret", "http://[/secret"} {
		_, _, _, err := Fetch(bounded(t), "POST", url, []byte("x"), 1000)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestFetchEndsWithContext(t *testing.T) {
	for _, path := range []string{"/net/silent", "/net/stalls"} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, _, _, err := Fetch(ctx, "GET", origin()+path, nil, 1000)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		cancel()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, _, err := Fetch(ctx, "GET", origin()+"/net/echo", nil, 1000)
	require.ErrorIs(t, err, context.Canceled)
}

func dial(t *testing.T, path string) *Socket {
	t.Helper()
	s, err := Dial(bounded(t), origin()+path, 1000)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func TestSocket(t *testing.T) {
	s := dial(t, "/socket/echo")
	for _, message := range [][]byte{{}, {0, 0xff}, []byte("text ä"), bytes.Repeat([]byte{'x'}, 1000)} {
		for _, text := range []bool{false, true} {
			if text && bytes.Contains(message, []byte{0xff}) {
				continue
			}
			require.NoError(t, s.Write(message, text))
			got, err := s.Read(bounded(t))
			require.NoError(t, err)
			require.Equal(t, message, got)
		}
	}
	s.Close()
	s.Close()
	require.ErrorIs(t, s.Write([]byte("x"), true), errClosed)
	_, err := s.Read(bounded(t))
	require.ErrorIs(t, err, errClosed)
}

// TestLastWords: what arrived before the end is read, however late.
func TestLastWords(t *testing.T) {
	s := dial(t, "/socket/last")
	for s.ended() == nil {
		<-s.wake
	}
	for i := range 20 {
		got, err := s.Read(bounded(t))
		require.NoError(t, err)
		require.Equal(t, strconv.Itoa(i), string(got))
	}
	_, err := s.Read(bounded(t))
	require.EqualError(t, err, "socket was closed with code 4000")

	s = dial(t, "/socket/cut")
	require.NoError(t, s.Write([]byte("now"), true))
	_, err = s.Read(bounded(t))
	require.EqualError(t, err, "socket was closed with code 1006")
}

func TestSocketIsBounded(t *testing.T) {
	s := dial(t, "/socket/large")
	got, err := s.Read(bounded(t))
	require.NoError(t, err)
	require.Len(t, got, 1000)
	_, err = s.Read(bounded(t))
	require.ErrorIs(t, err, errTooLarge)

	_, err = dial(t, "/socket/large-text").Read(bounded(t))
	require.ErrorIs(t, err, errTooLarge)

	flooded, err := Dial(bounded(t), origin()+"/socket/flood", 1<<20)
	require.NoError(t, err)
	for flooded.ended() == nil {
		<-flooded.wake
	}
	require.ErrorIs(t, flooded.ended(), errFlood)
	require.LessOrEqual(t, flooded.queued, maxQueued)
}

func TestReadEndsWithContext(t *testing.T) {
	s := dial(t, "/socket/quiet")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := s.Read(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Error(t, s.Write([]byte("x"), true), "it is closed")
}

func TestReadEndsWithClose(t *testing.T) {
	s := dial(t, "/socket/quiet")
	read := make(chan error)
	go func() {
		_, err := s.Read(t.Context())
		read <- err
	}()
	s.Close()
	require.ErrorIs(t, <-read, errClosed)
}

func TestDialFails(t *testing.T) {
	_, err := Dial(bounded(t), origin()+"/socket/refused", 1000)
	require.EqualError(t, err, "socket was closed with code 1006")
	_, err = Dial(bounded(t), "http://localhost:1/secret", 1000)
	require.Error(t, err)
	_, err = Dial(bounded(t), "http://[/secret", 1000)
	require.Error(t, err)
	require.False(t, strings.Contains(err.Error(), "secret"))

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = Dial(ctx, origin()+"/socket/silent", 1000)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = Dial(ctx, origin()+"/socket/echo", 1000)
	require.True(t, errors.Is(err, context.DeadlineExceeded))
}

// TestClosesRightly: the other side sees the end, as a normal one.
func TestClosesRightly(t *testing.T) {
	s := dial(t, "/socket/closing")
	s.Close()
	for {
		_, _, data, err := Fetch(bounded(t), "GET", origin()+"/net/closings", nil, 1000)
		require.NoError(t, err)
		var codes []int
		require.NoError(t, json.Unmarshal(data, &codes))
		if len(codes) > 0 {
			require.Equal(t, 1000, codes[0])
			return
		}
	}
}
