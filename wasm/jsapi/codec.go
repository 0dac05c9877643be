package jsapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"petmail/wasm/api"
)

// MaxRequest bounds a request in bytes: the longest text, escaped as badly as
// JSON can, fits.
const MaxRequest = 128 << 10

// decode reads one request, strictly. With an error the ID may still be known
// and is 0 otherwise.
func decode(text []byte) (api.Request, *api.Error) {
	var r api.Request
	if len(text) > MaxRequest {
		return api.Request{}, badRequest("over the size limit")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return api.Request{ID: r.ID}, badRequest("not a request")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return api.Request{ID: r.ID}, badRequest("more than a request")
	}
	if r.ID < 1 || r.Command == "" {
		return api.Request{ID: r.ID}, badRequest("id or command missing")
	}
	if r.Args == nil {
		r.Args = json.RawMessage("{}")
	}
	return r, nil
}

func badRequest(message string) *api.Error {
	return &api.Error{Code: api.ErrBadRequest, Message: message}
}

// encode writes an api.Reply or api.Event. One that cannot be written becomes
// an internal error under the same ID.
func encode(message any) []byte {
	text, err := json.Marshal(message)
	if err == nil {
		return text
	}
	failed := api.Reply{Error: &api.Error{Code: api.ErrInternal, Message: "couldn't encode"}}
	if reply, ok := message.(api.Reply); ok {
		failed.ID = reply.ID
	}
	// Only numbers and texts: cannot fail.
	text, _ = json.Marshal(failed)
	return text
}
