// Package agent is one running Petmail: the main path from a page's command to
// a relay and back.
//
//	page ──Receive──▶ inbox ─▶ loop: one turn ─▶ store.Commit ─▶ effects
//	                   ▲        │ conversation, invite,            ├─▶ replies and events to pages
//	relay ─ mailbox ───┤        │ addressbook change               ├─▶ deposits (one at a time a conversation)
//	      ─ rendezvous ┤        │ records in memory                ├─▶ acks to the mailbox
//	      ─ answers ───┘        └ and in the turn's batch          └─▶ slots, rendezvous phases
//
// One goroutine, the loop, owns all state. A turn takes what waits in the
// inbox, changes records, and commits them in one batch; nothing leaves the
// agent before that batch is durable, so a crash at any moment forgets only
// what nobody has been told of. A turn that panics, or whose commit fails, is
// thrown away whole: the state is read again from the store.
//
// Goroutines: the loop (started by Open, ended by Close); one for each network
// request under way (ended by the connection's context); those of
// relayclient.Mailbox and relayclient.Rendezvous (owned by connections.go).
// All of them reach the state only by post.
package agent
