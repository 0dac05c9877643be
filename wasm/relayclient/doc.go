// Package relayclient is the agent's side of the network: deposits, slots and
// mailbox requests over HTTP, and the two sockets that stay open, one to the
// agent's own mailbox and one for each invitation under way. It speaks the
// routes and frames of package relayproto (shared/spec/relay.md).
//
// It keeps no state that matters: whatever must survive a crash is given to it
// by the agent and reported back as it changes. It never touches keys but to
// sign with the mailbox key, and nothing it logs or returns as an error holds
// an id, a door, a URL or a body.
//
// Goroutines. Client has none of its own; its methods may be called
// concurrently. A Mailbox and a Rendezvous each have two, ended by Close:
//
//	run     dials, owns the socket and the protocol, waits out the back-off;
//	        never waits for the agent
//	notify  calls the agent back, one callback at a time; may be blocked by it
//
// and while a socket stands a third, which only reads from it. What arrives
// between them is bounded: by credit for a Mailbox, by maxPhases and
// maxPhaseBytes for a Rendezvous.
//
// Transport is the seam to the network. Net is the real one, in the browser
// and natively; a simulation wraps it with faults.
package relayclient
