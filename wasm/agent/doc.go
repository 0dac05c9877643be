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
// thrown away whole: the state is read again from the store (recovery.go), and
// connections are opened after a wait.
//
// What one person can send must never stop what others send (aside.go). All
// work of one conversation runs in turn.forOwner: a body, the answer of a slot
// or a deposit, due work; turn.find does that for commands. In there:
//
//   - what came from outside and is wrong is dropped, and nothing is said;
//   - where a rule returns an error to the agent's own work (seal, renew,
//     acknowledge) and has changed nothing, call turn.setAside(e, err) and
//     return: the turn goes on, the conversation waits;
//   - turn.fail, and a panic, throw the turn away. If it was not the store that
//     failed (storeError), the conversation is set aside in a turn of its own,
//     and the other inputs run again without it. The body that was the cause is
//     acknowledged and dropped.
//
// A record that does not decode (load.go) sets its owner aside. While a
// conversation is aside (entry.isAside) nothing of it is worked on: whoever
// walks over the conversations, in due, untilDue, deposit or workSlots, passes
// it over, and seals nothing for it; turn.sealUnsent does when it goes on. One
// whose own record does not decode is entry.broken: its c is a remainder that
// is never stored. Due work without an owner runs in turn.forKind and waits by
// itself. Rules of a conversation are called as they stand in rules.go: a new
// method of conversation.Conversation that the agent calls gets its lines
// there.
//
// Goroutines: the loop (started by Open, ended by Close); one for each network
// request under way (ended by the connection's context); those of
// relayclient.Mailbox and relayclient.Rendezvous (owned by connections.go).
// All of them reach the state only by post.
package agent
