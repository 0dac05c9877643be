// Package invite holds the rules of an invitation on both sides: how a spoken
// code or a link becomes a shared key, and the key a conversation. It has no
// I/O, clock or goroutines: package agent feeds it what the rendezvous says
// and carries out what it returns. shared/spec/invite.md describes the
// exchange; package wormhole does its cryptography.
//
// The inviter's first message (PAKE) waits at the relay, so either side may
// sleep at any point:
//
//	inviter                      relay                        invitee
//	  pake ────────────────────▶ mailbox
//	  (may sleep)                   ◀──────────────────────── claim / open
//	                             mailbox ────────────────────▶ pake → key
//	                                ◀──── pake, version, card ─ (may sleep)
//	  key, version ok, card ◀──── mailbox
//	  version ─────────────────▶ mailbox   (a wrong code shows here)
//	  Welcome, as an envelope to the address in the card
package invite
