// Package wormhole speaks the language of Magic Wormhole, in which two people
// who share a short code or a link agree on a key: SPAKE2, encrypted phases,
// and the messages between a client and its rendezvous server. It adds the
// codes and links that Petmail's invitations are written in.
//
// The wire format is that of the magic-wormhole-protocols documents and of the
// Python programs magic-wormhole 0.12 and python-spake2 0.8, so that either
// end may be one of those. Petmail's own part is described in
// shared/spec/invite.md.
package wormhole

// AppID separates Petmail's invitations from other users of a rendezvous
// server, and is bound into the key.
const AppID = "petmail/invite/1"
