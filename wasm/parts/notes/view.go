package notes

import (
	"sort"

	"petmail/wasm/api"
	"petmail/wasm/note"
)

// View implements turn.Part.
func (p *Part) View(s *api.Snapshot) {
	s.Notes = []api.Note{}
	for _, w := range p.notes {
		if !w.n.Dismissed {
			s.Notes = append(s.Notes, view(w.n))
		}
	}
	sort.Slice(s.Notes, func(i, j int) bool {
		x, y := &s.Notes[i], &s.Notes[j]
		return x.Created > y.Created || x.Created == y.Created && x.ID < y.ID
	})
}

// view is what a page sees of a note.
func view(n *note.Note) api.Note {
	v := api.Note{
		ID: n.ID.String(), Mine: n.Sender, State: state(n), Text: n.Text,
		Relay: n.Relay, Created: n.Created, Expires: n.Expires, Problem: n.Problem,
	}
	if n.Shown() {
		v.Code = n.Code
	}
	return v
}

func state(n *note.Note) api.NoteState {
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
