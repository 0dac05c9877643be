package agent

import (
	"sort"

	"petmail/wasm/api"
	"petmail/wasm/note"
)

// noteViews is what a page shows at first of all notes.
func (a *Agent) noteViews() []api.Note {
	views := []api.Note{}
	for _, w := range a.state.notes {
		if !w.n.Dismissed {
			views = append(views, *noteView(w.n))
		}
	}
	sort.Slice(views, func(i, j int) bool { return newer(views[i].Created, views[j].Created, views[i].ID, views[j].ID) })
	return views
}

// noteView is what a page sees of a note.
func noteView(n *note.Note) *api.Note {
	v := &api.Note{
		ID: n.ID.String(), Mine: n.Sender, State: noteState(n), Text: n.Text,
		Relay: n.Relay, Created: n.Created, Expires: n.Expires, Problem: n.Problem,
	}
	if n.Shown() {
		v.Code = n.Code
	}
	return v
}

func noteState(n *note.Note) api.NoteState {
	switch n.Progress {
	case note.Preparing:
		return api.NotePreparing
	case note.Waiting:
		if n.Sender && !n.Shown() {
			return api.NotePreparing // nobody can come before the relay has our half
		}
		return api.NoteWaiting
	case note.Joining:
		return api.NoteJoining
	case note.Done:
		if n.Sender {
			return api.NoteDelivered
		}
		return api.NoteReceived
	case note.Wrong:
		return api.NoteWrong
	case note.Left:
		return api.NoteLeft
	case note.Used:
		return api.NoteUsed
	case note.Refused:
		return api.NoteRefused
	case note.File:
		return api.NoteFile
	case note.Unsupported:
		return api.NoteUnsupported
	default:
		return api.NoteExpired
	}
}
