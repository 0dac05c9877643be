//go:build js

package netjs

import (
	"context"
	"errors"
	"syscall/js"

	browser "petmail/wasm/js"
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
// header of that name, "" if the browser does not show it. It returns when
// ctx ends.
func Fetch(ctx context.Context, method, url string, body []byte, maxBody int) (status int, date string, data []byte, err error) {
	if err := ctx.Err(); err != nil {
		return 0, "", nil, err
	}
	abort := js.Global().Get("AbortController").New()
	defer abort.Call("abort") // what is still under way when this returns

	response, err := browser.Await(ctx, "fetch", js.Global(), "fetch", url, options(method, body, abort.Get("signal")))
	if err != nil {
		return 0, "", nil, err
	}
	if response.Get("type").String() == "opaqueredirect" {
		return 0, "", nil, ErrRedirected
	}
	status = response.Get("status").Int()
	if header := response.Get("headers").Call("get", "date"); header.Type() == js.TypeString {
		date = header.String()
	}
	data, err = read(ctx, response, maxBody)
	return status, date, data, err
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
		o["body"] = browser.Array(body)
	}
	return o
}

// read takes the body chunk by chunk, so that an endless one is noticed.
func read(ctx context.Context, response js.Value, most int) ([]byte, error) {
	stream := response.Get("body")
	if stream.IsNull() || stream.IsUndefined() {
		return nil, nil // no body at all
	}
	reader := stream.Call("getReader")
	var data []byte
	for {
		result, err := browser.Await(ctx, "read response", reader, "read")
		if err != nil {
			return nil, err
		}
		if result.Get("done").Bool() {
			return data, nil
		}
		chunk, ok := browser.Bytes(result.Get("value"), most-len(data))
		if !ok {
			return nil, ErrTooLarge
		}
		data = append(data, chunk...)
	}
}
