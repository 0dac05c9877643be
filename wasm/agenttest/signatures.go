package agenttest

import (
	"reflect"

	"petmail/wasm/api"
)

// Command is a command of the table (package api).
type Command interface{ Signature() api.Signature }

// holdEvent holds an event against the table.
func (p *Person) holdEvent(e api.Event) {
	for _, s := range api.Events() {
		if s.Kind == e.Kind {
			if reflect.TypeOf(e.Data) != s.Data {
				p.W.TB.Errorf("an event %q has a %T", e.Kind, e.Data)
			}
			return
		}
	}
	p.W.TB.Errorf("there are no events %q", e.Kind)
}

// holdArgs holds what a test gives a command against the table; nil: nothing.
func (p *Person) holdArgs(s api.Signature, args any) {
	p.W.TB.Helper()
	if args != nil && reflect.TypeOf(args) != s.Args {
		p.W.TB.Errorf("the arguments of %q are a %T", s.Name, args)
	}
}

// holdReply holds what a command has answered against the table: a result of
// its type, or a refusal.
func (p *Person) holdReply(s api.Signature, r api.Reply) {
	p.W.TB.Helper()
	switch {
	case r.Error != nil && r.Result != nil:
		p.W.TB.Errorf("%q was refused, and has a %T", s.Name, r.Result)
	case r.Error == nil && reflect.TypeOf(r.Result) != s.Result:
		p.W.TB.Errorf("the result of %q is a %T", s.Name, r.Result)
	}
}
