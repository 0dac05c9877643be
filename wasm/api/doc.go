// Package api is what pages and the agent say to each other: commands with
// their answers, and events. Each feature has a file; Commands and Events are
// the table of all. It is the source of the TypeScript types in
// extension/src/api (make generate) and imports nothing of ours.
//
// Everything travels as JSON text, one Request or Reply or Event a message,
// over a BroadcastChannel that the page and the one tab or background that
// runs the agent have to themselves (extension/src/agent); package jsapi takes
// it from there. A page sends "hello" first; from its answer on, the page
// receives every event, so the snapshot and the events after it never leave a
// gap. Times are unix milliseconds. Ids are opaque strings.
package api
