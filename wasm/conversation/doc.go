// Package conversation holds the rules of one conversation: what its messages
// say, who has acknowledged what, in which order they are shown, when keys are
// renewed, and how the MLS group underneath moves on. It has no I/O, clock or
// goroutines of its own: package agent calls it with what arrived, and stores
// and sends what it returns.
//
// A Conversation is used by one goroutine. Its methods either change it and
// return what is to be stored and sent with the change, or return an error
// and leave it as it was.
package conversation
