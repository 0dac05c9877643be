package agent

import (
	"petmail/shared/wire"
	"petmail/wasm/api"
)

// Fault has f called before every call of a rule, and at the beginning of each
// turn: what it returns, or throws, stands for the rule's own failure.
func Fault(c *Config, f func(owner wire.ID, rule string) error) { c.fault = f }

// OwnCommands are those that no part has.
func OwnCommands() []api.Signature {
	var all []api.Signature
	for _, c := range ownCommands() {
		all = append(all, c.Signature)
	}
	return all
}
