// Package agenttest runs whole Petmails in one process: real agents against
// the real relay over pipes, inside a testing/synctest bubble, so that time is
// false and nothing waits. Between them stands a network that drops, delays,
// duplicates, reorders and cuts at will, and under them a disk that can die
// after any write.
//
// It is for tests only, and therefore the one package under wasm that may
// import the relay.
package agenttest
