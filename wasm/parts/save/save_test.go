package save

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/turn"
)

// said is one conversation in memory.
type said []conversation.Message

func (s said) Shown() int64 { return 1000 }

func (s said) FindAny(_ turn.Turn, id string) (wire.ID, error) {
	if id != "c" {
		return wire.ID{}, turn.Refuse(api.ErrNotFound, "no such conversation")
	}
	return wire.ID{1}, nil
}

func (s said) Messages(_ turn.Turn, _ wire.ID, from string, limit int) (out []conversation.Message) {
	for _, m := range s {
		if m.Cursor > from && len(out) < limit {
			out = append(out, m)
		}
	}
	return out
}

func (s said) Cleared(_ wire.ID, m conversation.Message) bool { return m.Number == 7 }

func (s said) page(after string) (api.SavePage, error) {
	p := New(Config{Account: s, Groups: s, Talk: s, Expiry: s})
	return p.page(nil, api.SaveArgs{Conversation: "c", After: after})
}

func text(t *testing.T, cursor, words string) conversation.Message {
	body, err := wire.Marshal(conversation.Text{Text: words})
	require.NoError(t, err)
	return conversation.Message{Cursor: cursor, Kind: conversation.KindText, Body: body, Time: 5}
}

// TestWhatIsShownIsSaved: nothing that is over, cleared or deleted is given,
// and what has no text keeps its place.
func TestWhatIsShownIsSaved(t *testing.T) {
	over, cleared, stays, gone := text(t, "a", "over"), text(t, "b", "cleared"), text(t, "c", "stays"), text(t, "d", "gone")
	over.Expires, cleared.Number, stays.Expires, stays.Mine = 1000, 7, 1001, true
	gone.Gone = &conversation.Gone{}
	page, err := said{over, cleared, stays, gone, {Cursor: "e", Kind: 99, Time: 5}}.page("")
	require.NoError(t, err)
	require.Equal(t, api.SavePage{Lines: []api.SaveLine{
		{Time: 5, Mine: true, Kind: api.KindText, Text: "stays"},
		{Time: 5, Kind: api.KindDeleted},
		{Time: 5, Kind: api.KindUnknown},
	}}, page)
}

// TestAllPagesAreAllOfIt: page after page, each message once.
func TestAllPagesAreAllOfIt(t *testing.T) {
	for _, count := range []int{0, 1, api.MaxPage - 1, api.MaxPage, api.MaxPage + 1, 2*api.MaxPage + 3} {
		var s said
		for i := range count {
			s = append(s, text(t, fmt.Sprintf("%06d", i), fmt.Sprint(i)))
		}
		var got []string
		for after := ""; ; {
			page, err := s.page(after)
			require.NoError(t, err)
			for _, line := range page.Lines {
				got = append(got, line.Text)
			}
			if after = page.Next; after == "" {
				break
			}
		}
		require.Len(t, got, count)
		for i, words := range got {
			require.Equal(t, fmt.Sprint(i), words)
		}
	}
}

func TestWhoIsNotThereIsRefused(t *testing.T) {
	_, err := New(Config{Groups: said{}}).page(nil, api.SaveArgs{Conversation: "d"})
	require.Error(t, err)
}
