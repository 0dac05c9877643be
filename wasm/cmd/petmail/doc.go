//go:build js

// Command petmail is the agent as the browser's Worker runs it: wiring only.
//
// The Worker (extension/src/agent/worker.ts) gives it the object petmailHost:
//
//	database   name of the IndexedDB database
//	version    what pages show
//	restarted  true after a crash
//	ready(attach)   called once the agent runs, with jsapi.Attacher's function
//	failed(reason)  called instead if it cannot: "storage" or "internal"
//
// The program ends only by a failure or a panic; the Worker's owner then
// starts a new Worker.
package main
