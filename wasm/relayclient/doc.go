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
// Transport is the seam to the network. Net is the real one, in the browser
// and natively; a simulation wraps it with faults.
//
// # The way of a message
//
// To any relay:
//
//	Client.Deposit            one envelope, to whichever relay its address names
//	Client.do                 to a route, with a time limit
//	Transport.Do              HTTP
//
// From our own:
//
//	Mailbox.run               keeps a socket
//	Client.openSocket         dials by Transport.Dial
//	mailboxSession.handshake  proves that the mailbox is ours
//	socket.read               reads ahead
//	mailboxSession.serve      takes what was read
//	mailboxSession.deliver    an envelope, once
//	Mailbox.notify            gives it to the agent, and waits for that
//	Mailbox.Ack               the agent has stored it
//	mailboxSession.flush      tells the relay, which deletes it
//
// # Goroutines
//
// Client has none of its own; its methods may be called concurrently. What
// arrives between the others is bounded: by credit for a Mailbox, by maxPhases
// and maxPhaseBytes for a Rendezvous.
//
//	OpenMailbox         starts Mailbox.run, which owns socket and protocol, waits out
//	                    the back-off and never waits for the agent, and Mailbox.notify,
//	                    which calls the agent back, one callback at a time, and may be
//	                    blocked by it. Mailbox.Close ends both and waits
//	OpenRendezvous      starts Rendezvous.run and Rendezvous.notify, likewise.
//	                    Rendezvous.Close ends both and waits
//	Client.openSocket   starts socket.read, which only reads. socket.close ends it and
//	                    waits; the session that opened it calls that
package relayclient
