//go:build js

package netjs

import (
	"context"
	"errors"
	"fmt"
	"syscall/js"
)

var (
	// ErrTooLarge: the body is longer than allowed.
	ErrTooLarge = errors.New("response body over the limit")
	// ErrRedirected: the answer points elsewhere; it is not followed.
	ErrRedirected = errors.New("response is a redirect")
)

// Fetch sends one request and reads its whole answer, at most maxBody bytes. It
// carries no headers of ours, no credentials and no referrer, and neither uses
// nor fills the browser's cache. With ErrTooLarge comes the status. date is the
// header of that name, "" if the browser does not show it. It returns soon
// after ctx ends.
func Fetch(ctx context.Context, method, url string, body []byte, maxBody int) (status int, date string, data []byte, err error) {
	if err := ctx.Err(); err != nil {
		return 0, "", nil, err
	}
	abort := js.Global().Get("AbortController").New()
	stop := context.AfterFunc(ctx, func() { abort.Call("abort") })
	defer stop()

	response, err := await(js.Global().Call("fetch", url, options(method, body, abort.Get("signal"))))
	if err != nil {
		return 0, "", nil, failure(ctx, "couldn't fetch", err)
	}
	if response.Get("type").String() == "opaqueredirect" {
		return 0, "", nil, ErrRedirected
	}
	status = response.Get("status").Int()
	if header := response.Get("headers").Call("get", "date"); header.Type() == js.TypeString {
		date = header.String()
	}
	data, err = read(response, maxBody)
	if errors.Is(err, ErrTooLarge) {
		abort.Call("abort")
		return status, date, nil, err
	}
	if err != nil {
		return status, date, nil, failure(ctx, "couldn't read response", err)
	}
	return status, date, data, nil
}

func options(method string, body []byte, signal js.Value) map[string]any {
	o := map[string]any{
		"method":         method,
		"mode":           "cors",
		"credentials":    "omit",
		"cache":          "no-store",
		"redirect":       "manual",
		"referrerPolicy": "no-referrer",
		"signal":         signal,
	}
	if len(body) > 0 {
		bytes := js.Global().Get("Uint8Array").New(len(body))
		js.CopyBytesToJS(bytes, body)
		o["body"] = bytes
	}
	return o
}

// read takes the body chunk by chunk, so that an endless one is noticed.
func read(response js.Value, most int) ([]byte, error) {
	stream := response.Get("body")
	if stream.IsNull() || stream.IsUndefined() {
		return nil, nil // no body at all
	}
	reader := stream.Call("getReader")
	var data []byte
	for {
		result, err := await(reader.Call("read"))
		if err != nil {
			return nil, err
		}
		if result.Get("done").Bool() {
			return data, nil
		}
		chunk := result.Get("value")
		length := chunk.Get("byteLength").Int()
		if length > most-len(data) {
			return nil, ErrTooLarge
		}
		at := len(data)
		data = append(data, make([]byte, length)...)
		js.CopyBytesToGo(data[at:], chunk)
	}
}

// failure prefers the reason of ctx to the browser's, which only says that a
// request was aborted.
func failure(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("%s: %w", what, err)
}

// await waits until a promise is settled.
func await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	settled := make(chan outcome, 1)
	fulfilled := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{value: args[0]}
		return nil
	})
	defer fulfilled.Release()
	rejected := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{err: reason(args[0])}
		return nil
	})
	defer rejected.Release()
	promise.Call("then", fulfilled, rejected)
	o := <-settled
	return o.value, o.err
}

// reason keeps the kind of a browser's error, such as TypeError. Its message
// may hold the URL, so that is left out.
func reason(value js.Value) error {
	if value.Type() == js.TypeObject {
		if name := value.Get("name"); name.Type() == js.TypeString {
			return errors.New(name.String())
		}
	}
	return errors.New("rejected")
}
