package agent

import (
	"strings"
	"unicode/utf8"

	"petmail/shared/text"
	"petmail/wasm/api"
)

// checkName makes a name that the person typed fit to be kept and shown.
func checkName(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", refuse(api.ErrEmpty, "no name")
	}
	name := text.Clean(typed)
	switch {
	case !text.Visible(name):
		return "", refuse(api.ErrInvisible, "the name shows nothing")
	case utf8.RuneCountInString(name) > api.MaxNameRunes:
		return "", refuse(api.ErrTooLong, "the name is too long")
	}
	return name, nil
}

// checkNote does the same with a name that may be missing.
func checkNote(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", nil
	}
	return checkName(typed)
}

// rename changes what people met from now on will see.
func (t *turn) rename(args api.RenameArgs) (any, error) {
	name, err := checkName(args.Name)
	if err != nil {
		return nil, err
	}
	t.a.state.self.Name = name
	t.saveSelf()
	t.emit(api.Event{Name: &name})
	return nil, nil
}

// petname changes what the person calls a contact.
func (t *turn) petname(args api.PetnameArgs) (any, error) {
	e, err := t.find(args.Conversation)
	if err != nil {
		return nil, err
	}
	if e.contact.Petname, err = checkNote(args.Name); err != nil {
		return nil, err
	}
	t.touch(e)
	return nil, nil
}
