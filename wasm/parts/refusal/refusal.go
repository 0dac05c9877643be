// Package refusal puts what the rules refuse into the words of the API, for
// all parts alike.
package refusal

import (
	"errors"
	"strings"
	"unicode/utf8"

	"petmail/shared/text"
	"petmail/shared/wormhole"
	"petmail/wasm/api"
	"petmail/wasm/turn"
)

// Code says what is wrong with a typed or pasted code, as err of
// wormhole.ParseCode tells.
func Code(typed string, err error) error {
	var problem *wormhole.CodeError
	if !errors.As(err, &problem) || strings.Contains(typed, "://") {
		return turn.Refuse(api.ErrBadCode, "not a code or link")
	}
	switch problem.Problem {
	case wormhole.ProblemSeveral:
		return turn.Refuse(api.ErrSeveral, "different codes in one text")
	case wormhole.ProblemUnknownWord, wormhole.ProblemWordOrder:
		return turn.Refuse(api.ErrBadWord, problem.Suggestion)
	}
	return turn.Refuse(api.ErrBadCode, "not a code or link")
}

// Name makes a name that the person typed fit to be kept and shown.
func Name(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", turn.Refuse(api.ErrEmpty, "no name")
	}
	name := text.Clean(typed)
	switch {
	case !text.Visible(name):
		return "", turn.Refuse(api.ErrInvisible, "the name shows nothing")
	case utf8.RuneCountInString(name) > api.MaxNameRunes:
		return "", turn.Refuse(api.ErrTooLong, "the name is too long")
	}
	return name, nil
}

// Note does the same with a name that may be missing.
func Note(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", nil
	}
	return Name(typed)
}
