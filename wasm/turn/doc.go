// Package turn is the seam between the agent and its features. Each feature is
// one Part: it owns its records, commands, events and what falls due, and the
// agent (package agent) is a loop that knows parts and no feature. What one
// part needs of another is an interface that the user declares, handed over
// where the parts are listed (package parts).
//
//	inbox ─▶ Turn: commands and inputs ┐
//	Next  ─▶ Turn: Due of every part   ┴▶ one commit ─▶ Then ─▶ events to pages
//	      ─▶ Work of every part ─▶ requests ─Post─▶ inbox
//
// Everything here runs in the loop's goroutine, but for Net.Post and what
// Net.Go starts.
package turn
