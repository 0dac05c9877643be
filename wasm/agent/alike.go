package agent

import (
	"bytes"
	"maps"
	"slices"
	"sort"

	"petmail/shared/text"
	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
)

// names are the names of a contact that can be mistaken for another's.
type names struct {
	wire.Redacted
	known   bool   // compared already
	shown   string // empty: none
	claimed string // what they call themselves, where that is another
}

// likeness is who else a contact's names are like. It is not stored.
type likeness struct {
	wire.Redacted
	compared               names
	shownKeys, claimedKeys []string // text.Alike of both
	looksLike, claimsLike  string   // the shown name of another contact; empty: none
}

// names returns what there is of e to compare. The remains of an invitation
// that failed are nobody's.
func (e *entry) names() names {
	if e.c.State == conversation.Failed {
		return names{known: true}
	}
	return names{known: true, shown: e.known("Name").Name(), claimed: e.contact.Claimed}
}

// compareNames marks the contacts whose names look alike, if names have
// changed, and has the pages see who is marked otherwise than before. What is
// in dirty is shown anyway.
func (t *turn) compareNames() {
	s := &t.a.state
	changed := s.compared != len(s.conversations)
	for _, e := range t.dirty {
		t.namesOf(e, func() { changed = changed || e.compared != e.names() })
	}
	if !changed {
		return
	}
	for _, e := range s.compareNames(t.namesOf) {
		if t.dirty[e.c.ID] == nil {
			t.inScope(e, "view", func() { t.emit(api.Event{Conversation: e.view()}) })
		}
	}
}

// namesOf runs f, which looks at the names of one contact. Those of one that is
// aside are left out where they make it fail.
func (t *turn) namesOf(e *entry, f func()) {
	if !t.forOwner(e, "names", f) {
		t.a.namesOutside(e, f)
	}
}

// namesOutside is namesOf outside of a turn.
func (a *Agent) namesOutside(e *entry, f func()) {
	if err := a.safely("names", func() error {
		f()
		return nil
	}); err != nil {
		e.compared, e.shownKeys, e.claimedKeys = names{known: true}, nil, nil
	}
}

// compareNames marks the contacts whose names look alike, and returns those
// that are marked otherwise than before. each is called with what looks at the
// names of one of them.
func (s *state) compareNames(each func(e *entry, f func())) (changed []*entry) {
	s.compared = len(s.conversations)
	like := make(map[string][]*entry)
	ids := slices.Collect(maps.Keys(s.conversations))
	sort.Slice(ids, func(i, j int) bool { return bytes.Compare(ids[i][:], ids[j][:]) < 0 })
	for _, id := range ids {
		e := s.conversations[id]
		each(e, func() {
			if now := e.names(); now != e.compared {
				e.shownKeys, e.claimedKeys = text.Alike(now.shown), text.Alike(now.claimed)
				e.compared = now
			}
		})
		for _, key := range e.shownKeys {
			like[key] = append(like[key], e)
		}
	}
	for _, e := range s.conversations {
		looksLike, claimsLike := other(e, e.shownKeys, e.compared.shown, like), other(e, e.claimedKeys, e.compared.claimed, like)
		if looksLike != e.looksLike || claimsLike != e.claimsLike {
			e.looksLike, e.claimsLike = looksLike, claimsLike
			changed = append(changed, e)
		}
	}
	return changed
}

// other returns the shown name of somebody other than e that name is, or else
// looks like.
func other(e *entry, keys []string, name string, like map[string][]*entry) string {
	found := ""
	for _, key := range keys {
		for _, o := range like[key] {
			switch {
			case o == e:
			case o.compared.shown == name:
				return name
			case found == "":
				found = o.compared.shown
			}
		}
	}
	return found
}
