package api

// The agent's times are those that count; what a page is told is in the wall
// clock's.

// By implements turn.Dated.
func (e MessageEvent) By(ms int64) any {
	e.Message = e.Message.By(ms).(Message)
	return e
}

// By implements turn.Dated.
func (m Message) By(ms int64) any {
	if m.Expires != 0 {
		m.Expires += ms
	}
	return m
}

// By implements turn.Dated.
func (p MessagesPage) By(ms int64) any {
	moved := make([]Message, len(p.Messages))
	for i, m := range p.Messages {
		moved[i] = m.By(ms).(Message)
	}
	p.Messages = moved
	return p
}

// By implements turn.Dated.
func (i Invite) By(ms int64) any {
	i.Created, i.CodeExpires, i.LinkExpires = i.Created+ms, i.CodeExpires+ms, i.LinkExpires+ms
	return i
}

// By implements turn.Dated.
func (k InviteKnown) By(ms int64) any {
	if k.Invite != nil {
		moved := k.Invite.By(ms).(Invite)
		k.Invite = &moved
	}
	return k
}

// By implements turn.Dated.
func (n Note) By(ms int64) any {
	n.Created, n.Expires = n.Created+ms, n.Expires+ms
	return n
}

// By implements turn.Dated.
func (s Snapshot) By(ms int64) any {
	invites, notes := make([]Invite, len(s.Invites)), make([]Note, len(s.Notes))
	for i, v := range s.Invites {
		invites[i] = v.By(ms).(Invite)
	}
	for i, n := range s.Notes {
		notes[i] = n.By(ms).(Note)
	}
	s.Invites, s.Notes = invites, notes
	return s
}
