package api

import "reflect"

// Command names what a page asks for.
type Command string

// CommandKind is a command that takes Args and answers with a Result.
type CommandKind[Args, Result any] string

// Name is the command without its types.
func (k CommandKind[Args, Result]) Name() Command { return Command(k) }

// Signature is the command with its types as values.
func (k CommandKind[Args, Result]) Signature() Signature {
	return Signature{Name: Command(k), Args: reflect.TypeFor[Args](), Result: reflect.TypeFor[Result]()}
}

// Signature is what a command takes and answers.
type Signature struct {
	Name         Command
	Args, Result reflect.Type
}

// Event is what every page that said hello is told. Data is of the type that
// the kind has.
type Event struct {
	Redacted `json:"-"`
	Kind     string `json:"kind"`
	Data     any    `json:"data"`
}

// EventKind is a kind of events whose data is a T.
type EventKind[T any] string

// Of is an event of this kind.
func (k EventKind[T]) Of(data T) Event { return Event{Kind: string(k), Data: data} }

// In returns the data of an event; false: it is of another kind.
func (k EventKind[T]) In(e Event) (data T, ok bool) {
	if e.Kind == string(k) {
		data, ok = e.Data.(T)
	}
	return data, ok
}

// Signature is the kind with its type as a value.
func (k EventKind[T]) Signature() EventSignature {
	return EventSignature{Kind: string(k), Data: reflect.TypeFor[T]()}
}

// EventSignature is what the events of a kind tell.
type EventSignature struct {
	Kind string
	Data reflect.Type
}
