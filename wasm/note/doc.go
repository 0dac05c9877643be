// Package note holds the rules of a note: one text that goes to, or comes
// from, somebody who has Magic Wormhole's program instead of Petmail. It has
// no I/O, clock or goroutines: package agent feeds it what the rendezvous says
// and carries out what it returns. shared/spec/note.md describes the exchange;
// package wormhole does its cryptography.
//
// We may be either side; the program at the other end cannot tell:
//
//	sender                       relay                       receiver
//	  allocate, pake ───────────▶ mailbox
//	                                ◀─────────────────────── claim, pake
//	  version ──────────────────▶ mailbox ◀───────────────── version
//	  (a wrong code shows here, at either side)
//	  0: offer of a text ───────▶ mailbox
//	                             mailbox ◀────────────────── 0: answer
//	  close                                                  close
//
// Unlike an invitation, it wants both sides there within minutes: the other
// program ends with its terminal, and a relay keeps such a mailbox only while
// somebody is connected and a little longer.
package note
