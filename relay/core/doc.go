// Package core is what the nouns of a relay share: the storage as a host lends
// it (Tx), keys, limits, the clock's doubts, the first schema and the
// migrations since. Each noun is a package below it with tables of its own,
// and knows no other:
//
//	mailbox     requests of owners, doors, and what waits behind them
//	claims      which mailbox a door leads to
//	slots       values that are written once
//	rendezvous  nameplates and meetings
//
// Everything here is synchronous functions over SQL. It starts no goroutine,
// opens no socket and knows no HTTP, so the same rules run in one binary and,
// compiled to wasm, in other hosts. What joins two nouns is package protocol's.
//
// The contract of every function that writes: a refusal (a *Refusal, or a
// result that says so) has written nothing; any other error comes from the
// Tx, and the host rolls the whole transaction back and answers nobody with
// success.
package core
