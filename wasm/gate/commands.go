package gate

import (
	"encoding/json"

	"petmail/wasm/api"
)

// command is one that the gate answers itself. None of them has a result.
type command struct {
	api.Signature
	run func(g *Gate, args json.RawMessage) error
}

func commands() []command {
	return []command{
		obey(api.CmdUnlock, (*Gate).unlock),
		obey(api.CmdLocksSet, (*Gate).setLocks),
		obey(api.CmdLock, func(g *Gate, _ api.None) error { return g.lockNow() }),
		obey(api.CmdActive, func(g *Gate, _ api.None) error {
			g.active()
			return nil
		}),
	}
}

func obey[Args any](kind api.CommandKind[Args, api.None], f func(*Gate, Args) error) command {
	return command{kind.Signature(), func(g *Gate, raw json.RawMessage) error {
		var args Args
		if err := json.Unmarshal(raw, &args); err != nil {
			return refuse(api.ErrBadRequest, "arguments do not fit the command")
		}
		return f(g, args)
	}}
}

// Commands are those that the gate answers itself, whether an agent runs or
// not. Without one it answers hello and erase, too.
func Commands() []api.Signature {
	var all []api.Signature
	for _, c := range commands() {
		all = append(all, c.Signature)
	}
	return all
}
