// Package native is the relay of one binary: it runs package protocol over
// HTTP, WebSockets and one SQLite file, and keeps what is a host's business:
// connections, goroutines, timers, commits, limits by address, TLS, logs,
// backups.
//
// # The way of a message
//
// Deposited, from the sender's request to the mailbox's socket:
//
//	Server.serve                a handler; Server.readBody and Server.admit keep the
//	                            limits
//	protocol.Endpoint.Open      whose door it is: one scalar multiplication
//	Server.run                  hands the call over
//	writer.write                as a job, and waits for its commit
//	writer.transact             takes all jobs that wait into one transaction
//	protocol.Call.Run           queues it, or seems to
//	writer.commit               durable, with one fsync; 202 to the sender
//	hub.push                    then the mailbox's session, if there is one
//	inbox.signal                lets it write
//	Server.send                 asks the session what, and reads what it has to read
//	Server.take                 writes a frame for each
//
// Acknowledged:
//
//	Server.mailboxSocket        reads a message for the session
//	Server.runCall              by writer.write: the envelopes are gone
//
// # Goroutines
//
//	Server.Serve                starts those of net/http, one for each connection, which
//	                            run the handlers. Server.Close ends them and waits
//	Server.serveSocket          starts two in turn for each socket, so that an idle one
//	                            keeps little: the first greets, the second reads until
//	                            the end. Server.Close ends them, by Server.closing, and
//	                            waits in sockets.close
//	inbox.signal                starts inbox.run, which writes to a mailbox socket while
//	                            there is anything to write. Server.mailboxSocket ends it
//	                            and waits, by inbox.stop and inbox.wait
//	Server.rendezvousSocket     starts sendRendezvous, which writes, and keepAlive,
//	                            which pings. It ends both when it returns, and waits
//	startWriter                 starts writer.run, the only one that changes the
//	                            database. Server.Close ends it last, by writer.close,
//	                            and waits
//	Open                        starts Server.sweep, which deletes what has expired, by
//	                            jobs. Server.Close ends it and waits
package native
