// Package protocol is the relay between its nouns and its hosts. It joins the
// nouns of core where an answer needs more than one, and answers without I/O:
//
//	requests    Find (route) → Endpoint.Open (body) → Call.Run (Tx) → Answer,
//	            with what follows once it is durable
//	mailboxes   Session: what happens in, frames and calls out
//	rendezvous  OpenMessage (text) → Exchange (Tx) → replies and listeners
//
// A host begins and commits transactions, owns sockets and alarms, and limits
// what one client may ask for. package native is one; TestLeastHost is the least.
//
// # The way of a message
//
// Deposited:
//
//	Relay.Find                   what is asked for
//	Endpoint.Open                the door in an envelope, without the Tx
//	Call.Run                     in the host's transaction
//	Relay.Deposit                joins the nouns
//	claims.Claims.Resolve        whose mailbox the door leads to
//	mailbox.Mailboxes.Deposit    if there is room; else to nobody, in the queue that
//	                             Relay.TrimChaff empties
//	mailbox.SQLQueue.Put         there it waits
//
// Delivered and acknowledged:
//
//	Session.Received             who reads it, by mailbox.Mailboxes.Find
//	Session.Offer                what was deposited since
//	Session.Next                 the frames, and by mailbox.SQLQueue.Pending what waits,
//	                             oldest first
//	Session.Received             an ack: mailbox.SQLQueue.Acknowledge deletes it
package protocol
