//go:build js

// Command petmail is the agent as the browser's Worker runs it: wiring only.
//
// The Worker (extension/src/agent/worker.ts) gives it the object petmailHost:
//
//	database   name of the IndexedDB database under the vault
//	root       name of the vault's root file in the origin's file system
//	version    what pages show
//	restarted  true after a crash
//	kept       true if the pages remember that there was a vault
//	room()     whether there is room on the disk; it is looked at once a second
//	ready(attach)   called once pages may come, with jsapi.Attacher's function
//	failed(reason)  called instead if they never may: "storage", "blocked" (the
//	                browser is set to keep nothing), "busy" (another agent
//	                holds the vault) or "internal"
//	ended(reason)   called before the program ends on purpose: "locked" or
//	                "erased"
//
// The program ends by a failure, a panic or on purpose; the Worker's owner
// then starts a new Worker.
package main
