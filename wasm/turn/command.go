package turn

import (
	"encoding/json"

	"petmail/shared/wire"
	"petmail/wasm/api"
)

// Command is one thing that a page may ask of a part. Times in the result are
// those that count.
type Command struct {
	wire.Redacted
	api.Signature
	Run func(t Turn, args json.RawMessage) (result any, err error)
	// Later is Run of a command that is answered in another turn.
	Later func(t Turn, args json.RawMessage, answer func(result any, err error)) error
}

// Handle makes a Command of a function. The error is an *api.Error for the
// page (Refuse); any other throws the turn away.
func Handle[Args, Result any](kind api.CommandKind[Args, Result], f func(Turn, Args) (Result, error)) Command {
	return Command{
		Signature: kind.Signature(),
		Run: func(t Turn, raw json.RawMessage) (any, error) {
			args, err := Decode[Args](raw)
			if err != nil {
				return nil, err
			}
			return f(t, args)
		},
	}
}

// Answer answers a command, once, from the loop.
type Answer[Result any] struct {
	wire.Redacted
	answer func(result any, err error)
}

// Give answers with a result. Times in it are the wall clock's.
func (a Answer[Result]) Give(result Result) { a.answer(result, nil) }

// Fail answers with an error that Refuse has made.
func (a Answer[Result]) Fail(err error) { a.answer(nil, err) }

// HandleLater makes a Command of a function that has it answered later, unless
// it returns an error.
func HandleLater[Args, Result any](kind api.CommandKind[Args, Result], f func(Turn, Args, Answer[Result]) error) Command {
	return Command{
		Signature: kind.Signature(),
		Later: func(t Turn, raw json.RawMessage, answer func(any, error)) error {
			args, err := Decode[Args](raw)
			if err != nil {
				return err
			}
			return f(t, args, Answer[Result]{answer: answer})
		},
	}
}

// Decode reads the arguments of a command; missing ones are zero.
func Decode[Args any](raw json.RawMessage) (Args, error) {
	var args Args
	if len(raw) == 0 {
		return args, nil
	}
	if err := json.Unmarshal(raw, &args); err != nil {
		return args, Refuse(api.ErrBadRequest, "arguments do not fit the command")
	}
	return args, nil
}

// Refuse is a refusal for the page: message is for developers, and holds no
// secrets or names.
func Refuse(code api.ErrorCode, message string) error {
	return &api.Error{Code: code, Message: message}
}
