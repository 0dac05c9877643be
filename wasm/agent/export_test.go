package agent

import "petmail/shared/wire"

// Fault has f called before every call of a rule, and at the beginning of each
// turn: what it returns, or throws, stands for the rule's own failure.
func Fault(c *Config, f func(owner wire.ID, rule string) error) { c.fault = f }

// OwnedPrefixes are the kinds of records that belong to one conversation.
func OwnedPrefixes() []string { return ownedPrefixes() }
