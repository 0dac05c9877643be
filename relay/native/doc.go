// Package native runs the rules of package core over HTTP, WebSockets and one
// SQLite file.
//
// Goroutines, and who ends them:
//
//	http.Server            one per connection; Server.Close
//	 └ handler             reads a request, checks all that needs no storage,
//	    │                  hands a job to the writer and waits for its commit
//	    ├ mailbox socket   reads frames; a second goroutine writes while there
//	    │                  is anything to write
//	    └ rendezvous       reads frames; a second one writes, a third pings;
//	                       Server.Close waits for all sockets
//	writer                 the only one that changes the database: takes every
//	                       waiting job, runs them in one transaction, commits
//	                       (fsync), answers, then pushes; Server.Close, last
//	sweeper                deletes what has expired, by jobs; Server.Close
//
// A deposit's way: handler (size, route: one scalar multiplication) → writer
// (core.Deposit, commit) → 202 to the sender → hub → the mailbox's socket →
// its reader's ack → writer (core.Acknowledge, commit).
package native
