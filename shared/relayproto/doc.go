// Package relayproto is the language between agents and relays: routes,
// frames, limits and error codes, and nothing that performs them. The relay
// and the agent's relayclient both import it, so a size or a name stands here
// once. The protocol is described in shared/spec/relay.md.
//
// Bodies are deterministic CBOR (package wire) with integer keys, except the
// rendezvous on RouteRendezvous, which speaks the JSON of Magic Wormhole
// (package wormhole), and envelopes and slot values, which are raw bytes.
package relayproto
