// Package gate stands between pages and the agent: it opens the vault, starts
// the agent on it and passes everything on. While the vault is locked, or does
// not open at all, there is no agent, and pages are told that and nothing
// else.
//
//	page ── Attach ── Gate ── open: agent's Attach
//	                   │
//	                   ├─ locked, broken: hello, unlock, erase only
//	                   └─ vault: opened by unlock, locks changed by locks.set
//
// A Gate opens once and closes for good: to lock, it ends the agent, closes
// the vault and has its host end the whole process, so that no memory keeps a
// key or a text; the next process finds the vault locked.
//
// # Goroutines
//
//	Gate.watch   starts the one that looks for a person who is away; idle.stop ends it
//	             when the gate locks or erases
//	Gate.end     starts the one that calls Config.End, which ends the process
package gate
