package people

import (
	"bytes"
	"maps"
	"slices"
	"sort"

	"petmail/shared/text"
	"petmail/shared/wire"
	"petmail/wasm/turn"
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

// names returns what there is to compare. The remains of an invitation that
// failed are nobody's.
func (x *person) names() names {
	if x.p.groups.Failed(x.met) {
		return names{known: true}
	}
	return names{known: true, shown: x.known("Name").Name(), claimed: x.contact.Claimed}
}

// compareNames marks the people whose names look alike, if names have changed,
// and returns the conversations of those who are marked otherwise than before.
// What is touched is shown anyway.
func (p *Part) compareNames(t turn.Turn, touched []wire.ID) (marked []wire.ID) {
	of := func(x *person, f func()) { p.namesOf(t, x, f) }
	changed := p.compared != len(p.people)
	for _, id := range touched {
		if x := p.people[id]; x != nil {
			of(x, func() { changed = changed || x.compared != x.names() })
		}
	}
	if !changed {
		return nil
	}
	for _, x := range p.compare(of) {
		if !slices.Contains(touched, x.met) {
			marked = append(marked, x.met)
		}
	}
	return marked
}

// namesOf runs f, which looks at the names of one person. Those of one whose
// conversation is aside are left out where they make it fail.
func (p *Part) namesOf(t turn.Turn, x *person, f func()) {
	if !t.For(x.met, "names", f) {
		p.namesOutside(x, f)
	}
}

// namesOutside is namesOf outside of a turn.
func (p *Part) namesOutside(x *person, f func()) {
	if err := turn.Safely(p.config.Log, "names", func() error {
		f()
		return nil
	}); err != nil {
		x.compared, x.shownKeys, x.claimedKeys = names{known: true}, nil, nil
	}
}

// Compare compares all names, once all are read.
func (p *Part) Compare() { p.compare(p.namesOutside) }

// compare marks the people whose names look alike, and returns those that are
// marked otherwise than before. each is called with what looks at the names of
// one of them.
func (p *Part) compare(each func(x *person, f func())) (changed []*person) {
	p.compared = len(p.people)
	like := make(map[string][]*person)
	ids := slices.Collect(maps.Keys(p.people))
	sort.Slice(ids, func(i, j int) bool { return bytes.Compare(ids[i][:], ids[j][:]) < 0 })
	for _, id := range ids {
		x := p.people[id]
		each(x, func() {
			if now := x.names(); now != x.compared {
				x.shownKeys, x.claimedKeys = text.Alike(now.shown), text.Alike(now.claimed)
				x.compared = now
			}
		})
		for _, key := range x.shownKeys {
			like[key] = append(like[key], x)
		}
	}
	for _, x := range p.people {
		looksLike, claimsLike := other(x, x.shownKeys, x.compared.shown, like), other(x, x.claimedKeys, x.compared.claimed, like)
		if looksLike != x.looksLike || claimsLike != x.claimsLike {
			x.looksLike, x.claimsLike = looksLike, claimsLike
			changed = append(changed, x)
		}
	}
	return changed
}

// other returns the shown name of somebody other than x that name is, or else
// looks like.
func other(x *person, keys []string, name string, like map[string][]*person) string {
	found := ""
	for _, key := range keys {
		for _, o := range like[key] {
			switch {
			case o == x:
			case o.compared.shown == name:
				return name
			case found == "":
				found = o.compared.shown
			}
		}
	}
	return found
}
