package people

import (
	"petmail/shared/wire"
	"petmail/wasm/addressbook"
)

// known is the contact, for a rule of the addressbook to be called on it: every
// rule is called so, so that tests can have each of them fail or panic.
func (x *person) known(rule string) *addressbook.Contact {
	_ = x.p.config.Owners.Met(x.met, "Contact."+rule)
	return x.contact
}

func (p *Part) safetyWords(direct wire.ID, theirs []byte) []string {
	meet := func(rule string) { _ = p.config.Owners.Met(direct, rule) }
	meet("SafetyWords")
	return addressbook.SafetyWords(p.groups.PersonaKey(direct), theirs)
}
