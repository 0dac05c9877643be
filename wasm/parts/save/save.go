// Package save is the part that gives what was said in a conversation as lines
// for a text file. It stores nothing.
package save

import (
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// Config is what the part needs.
type Config struct {
	Account Account
	Groups  Groups
	Talk    Talk
	Expiry  Expiry
}

// Account is who we are.
type Account interface {
	Shown() int64 // up to then, unix ms, nothing that is over is shown
}

// Groups are the conversations.
type Groups interface {
	// FindAny returns the conversation that a page names, and makes the command
	// its work.
	FindAny(t turn.Turn, id string) (wire.ID, error)
}

// Talk is what was said in the conversations.
type Talk interface {
	// Messages are those that are stored, oldest first, from (exclusively) a cursor
	// on, at most limit.
	Messages(t turn.Turn, id wire.ID, from string, limit int) []conversation.Message
}

// Expiry is what goes away.
type Expiry interface {
	// Cleared reports whether a message counts as deleted.
	Cleared(id wire.ID, m conversation.Message) bool
}

// Part implements turn.Part.
type Part struct {
	wire.Redacted
	turn.Bare
	config Config
}

// New makes the part.
func New(config Config) *Part { return &Part{config: config} }

// Name implements turn.Part.
func (p *Part) Name() string { return "save" }

// Commands implements turn.Part.
func (p *Part) Commands() []turn.Command {
	return []turn.Command{turn.Handle(api.CmdSave, p.page)}
}

// page gives the lines of the next stored messages: fewer than those, or none,
// where some are not shown.
func (p *Part) page(t turn.Turn, args api.SaveArgs) (api.SavePage, error) {
	page := api.SavePage{Lines: []api.SaveLine{}}
	id, err := p.config.Groups.FindAny(t, args.Conversation)
	if err != nil {
		return page, err
	}
	stored := p.config.Talk.Messages(t, id, args.After, api.MaxPage)
	if len(stored) == api.MaxPage {
		page.Next = stored[len(stored)-1].Cursor
	}
	for _, m := range stored {
		over := m.Expires != 0 && m.Expires <= p.config.Account.Shown()
		if over || p.config.Expiry.Cleared(id, m) {
			continue
		}
		if line, ok := lineOf(m); ok {
			page.Lines = append(page.Lines, line)
		}
	}
	return page, nil
}

// lineOf is a message as a line; false: it says nothing.
func lineOf(m conversation.Message) (api.SaveLine, bool) {
	line := api.SaveLine{Time: m.Time, Mine: m.Mine, Kind: api.KindUnknown}
	if m.Gone != nil {
		line.Kind = api.KindDeleted
		return line, true
	}
	if _, set := m.SetTo(); set {
		return line, false
	}
	if text, ok := m.Text(); ok {
		line.Kind, line.Text = api.KindText, text
	}
	return line, true
}
