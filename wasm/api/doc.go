// Package api is what pages and the agent say to each other: commands with
// their answers, and events. It is the source of the TypeScript types in
// extension/src/api (make generate) and imports nothing of ours.
//
// Everything travels as JSON over a MessagePort, one Request or Reply or
// Event a message. A page sends "hello" first; from its answer on, the page
// receives every event, so the snapshot and the events after it never leave a
// gap. Times are unix milliseconds. Ids are opaque strings.
package api
