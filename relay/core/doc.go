// Package core holds every rule of a relay as synchronous functions over SQL:
// what a deposit, a mailbox request, an acknowledgement, a slot or a
// rendezvous message does. It starts no goroutine, opens no socket and knows
// no HTTP, so the same rules run under package native and, compiled to wasm,
// in other hosts.
//
// A Relay holds the keys and the limits and never changes after Open. What
// changes lies in the tables (schema.go) behind a Tx that the host passes to
// every call:
//
//	host                          core
//	 begin transaction
//	   Deposit(tx, door, …)  ──►   reads and writes tables
//	   Acknowledge(tx, …)    ──►   …
//	 commit (durable)
//	 answer the clients, push what was delivered
//
// The contract of every function that writes: a refusal (a value of type
// *Refusal, or a result that says so) has written nothing; any other error
// comes from the Tx, and the host rolls the whole transaction back and
// answers nobody with success.
package core
