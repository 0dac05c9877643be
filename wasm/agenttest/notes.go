package agenttest

import "petmail/wasm/api"

// SendNote asks for a code and waits until it can be used.
func (p *Person) SendNote(text string) api.Note {
	p.W.TB.Helper()
	var n api.Note
	p.do(api.CmdNoteSend, api.NoteSendArgs{Text: text}, &n)
	p.wait("the code of the note", func() bool {
		n = p.Note(n.ID)
		return n.Code != ""
	})
	return n
}

// ReceiveNote takes a code of the person's own relay.
func (p *Person) ReceiveNote(code string) api.Note {
	p.W.TB.Helper()
	var n api.Note
	p.do(api.CmdNoteReceive, api.NoteReceiveArgs{Code: code}, &n)
	return n
}

// DismissNote cancels or forgets a note.
func (p *Person) DismissNote(id string) {
	p.W.TB.Helper()
	p.do(api.CmdNoteDismiss, api.NoteArgs{Note: id}, nil)
}

// Note returns a note as it stands; a zero one if it is gone.
func (p *Person) Note(id string) api.Note {
	for _, n := range p.Snapshot().Notes {
		if n.ID == id {
			return n
		}
	}
	return api.Note{}
}

// AwaitNote waits until a note is in a state.
func (p *Person) AwaitNote(id string, state api.NoteState) api.Note {
	p.W.TB.Helper()
	var n api.Note
	p.wait("the note to be "+string(state), func() bool {
		n = p.Note(id)
		return n.State == state
	})
	return n
}

// Stored returns everything that is stored of the person, as text.
func (p *Person) Stored() string {
	var all []byte
	records, err := p.vault.Scan("", "", false, 1_000_000)
	if err != nil {
		p.W.TB.Fatal(err)
	}
	for _, r := range records {
		all = append(append(all, r.Key...), r.Value...)
	}
	return string(all)
}
