package agent

import "petmail/wasm/turn"

// kindErasing is there while everything is being erased.
var kindErasing = &turn.Kind{Prefix: "erasing", Owner: turn.Nobody, Shared: turn.Own, Backup: turn.Never, Version: 1}

// ownKinds are the kinds of records that no part owns.
func ownKinds() []*turn.Kind { return []*turn.Kind{kindErasing, kindAside} }

// owned returns the kinds of records that go away with a conversation.
func (a *Agent) owned() (kinds turn.Kinds) {
	for _, k := range a.declared {
		if k.Owner == turn.Conversation {
			kinds = append(kinds, k)
		}
	}
	return kinds
}
