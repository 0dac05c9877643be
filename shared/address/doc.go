// Package address lets a relay deliver without learning who talks to whom.
//
// An agent registers a door at its relay and hands every conversation an
// address of its own, which hides that door and the agent's box key. A sender
// re-randomises the address into an envelope; the relay recovers the door
// from it, the agent opens it and checks that it came through the address of
// the conversation it speaks for. Nobody but the agent can tell two addresses
// of one door from addresses of two doors, if the decisional Diffie-Hellman
// problem is hard in ristretto255 (RFC 9496). The whole is described in
// shared/spec/address.md.
//
// Values are immutable after they are made; all functions and methods may be
// called concurrently where the reader given to them may be.
package address
