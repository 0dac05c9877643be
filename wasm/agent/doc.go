// Package agent is one running Petmail: a loop that knows parts (package turn)
// and none of their features.
//
//	page ──Receive──▶ inbox ─▶ loop: one turn ─▶ store.Commit ─▶ effects
//	                   ▲        │ commands and inputs,             ├─▶ replies and events to pages
//	relays ── Post ────┘        │ what is due,                     └─▶ Work of every part:
//	                            └ records in the turn's batch          requests, whose answers are posted
//
// One goroutine, the loop, owns all state. A turn takes what waits in the
// inbox, has parts change records, and commits them in one batch; nothing leaves
// the agent before that batch is durable, so a crash at any moment forgets only
// what nobody has been told of. A turn that panics, or whose commit fails, is
// thrown away whole: the parts read their state again from the store
// (recovery.go), and connections are opened after a wait.
//
// What one person can send must never stop what others send (aside.go). All
// work of one conversation runs in step.For: a body, the answer of a slot or a
// deposit, due work; step.Own does that for commands. In there:
//
//   - what came from outside and is wrong is dropped, and nothing is said;
//   - where a rule returns an error to a part's own work (seal, renew,
//     acknowledge) and has changed nothing, the part calls step.SetAside and
//     returns: the turn goes on, the conversation waits;
//   - step.Fail, and a panic, throw the turn away. If it was not the store that
//     failed (storeError), the conversation is set aside in a turn of its own,
//     and the other inputs run again without it. The body that was the cause is
//     acknowledged and dropped.
//
// A record that does not decode sets its owner aside (reader.Decode). While a
// conversation is aside nothing of it is worked on: parts that walk over
// conversations pass it over (turn.Owners), and do what has waited when it goes
// on (turn.Resumer). What is due runs in step.forKind, a part at a time: one that
// fails waits by itself.
//
// # The way of a message
//
// Sent, from the click to the contact's relay:
//
//	jsapi.client.receive                the page's command; jsapi.client.run hands it on
//	gate.page.pass                      the vault is open, so it is for the agent
//	Agent.Attach                        its receive posts it
//	Agent.loop                          takes what waits into one turn
//	Agent.attempt                       handles that, and commits
//	step.command                        finds the handler
//	talk.step.send                      looks at the text
//	conversation.Conversation.Write     numbers and stamps it
//	talk.Part.Written                   stores it, and has it shown
//	groups.step.sealMessage             has it encrypted:
//	conversation.Conversation.Seal      once, for all members
//	outbox.Part.Message                 the body, and who lacks it
//	groups.Part.Settle                  what has become of the conversation; talk.Part.Settle
//	                                    what the list shows of it
//	store.Store.Commit                  durable; nothing has left before
//	Agent.finish                        the reply, the events, then Agent.work
//	outbox.Part.depositTo               one deposit at a time for each recipient
//	outbox.Part.sealAndDeposit          in a goroutine: the envelope, by address.Seal
//	relayclient.Client.Deposit          the relay has taken it
//	outbox.Part.deposited               in a turn: it is sent, and will be again until
//	                                    it is acknowledged
//
// Received, from our own relay to the page:
//
//	relayclient.Mailbox.notify          brings envelopes, and waits until they are
//	                                    stored
//	account.Part.received               posts each
//	account.Part.receive                opens it
//	groups.Part.Receive                 finds the conversation
//	groups.step.receiveFor              it came through this conversation's address
//	groups.step.take                    has it decrypted:
//	conversation.Conversation.Receive   what it says, and what it makes of the group
//	groups.step.applied                 what follows from that
//	outbox.Part.Heard                   ours that have arrived leave the outbox
//	talk.Part.Arrived                   a message: stored, counted, shown
//	store.Store.Commit                  durable
//	Agent.finish                        account.Part.ack, so that the relay deletes it;
//	                                    then the events
//	gate.page.fromAgent                 the vault is open, so they may pass
//	jsapi.client.deliver                to the page
//	groups.step.dueOf                   later: our acknowledgement, by
//	                                    conversation.Conversation.SealAcks and
//	                                    outbox.Part.Once, goes as above
//
// # Goroutines
//
// All of them reach the state by inbox.post alone.
//
//	Open                starts Agent.loop, which owns the state. Agent.Close ends it and
//	                    waits; it ends itself where the state is lost or all is to be
//	                    erased
//	connections.start   starts one for each request of a part and for each connection
//	                    that is being closed; connections.close ends
//	                    them, by ctx, and waits
//	connections.Keep    takes what a part has opened, with its goroutines: release ends
//	                    them in one of their own, or connections.close does
package agent
