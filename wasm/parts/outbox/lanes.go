package outbox

import (
	"maps"

	"petmail/wasm/turn"
)

// Deposits go side by side, and a relay that is dead or slow holds up nobody
// else's: each relay has a lane of its own, with its own room and its own wait.
const (
	maxDeposits = 8 // under way at once
	maxAtRelay  = 6 // of these at one relay
	// maxUnproven bounds the relays that have not answered yet, or did not
	// last, with a deposit under way: each has one.
	maxUnproven = 4
	// maxLanes bounds the relays that are remembered.
	maxLanes = 256
)

// lanes are the relays that deposits go to; volatile.
type lanes struct {
	of       map[string]*lane // by URL
	busy     int              // deposits under way
	unproven int              // of these at relays that have not answered
}

type lane struct {
	busy    int
	probing bool  // the one under way is to show whether the relay answers
	proven  bool  // it answered last
	failed  int   // in a row
	retryAt int64 // unix ms; 0: not waiting
}

// outcome is what a deposit has shown of its relay.
type outcome uint8

const (
	unknown  outcome = iota // nothing: it did not get that far
	answered                // it took or refused the envelope
	silent                  // out of reach, in trouble, or overloaded
)

func (l *lanes) at(relay string) *lane {
	if l.of == nil {
		l.of = make(map[string]*lane)
	}
	if l.of[relay] == nil {
		if len(l.of) >= maxLanes {
			maps.DeleteFunc(l.of, func(_ string, w *lane) bool { return w.busy == 0 })
		}
		l.of[relay] = &lane{}
	}
	return l.of[relay]
}

// room reports whether one more deposit may be under way at a relay, once its
// wait is over.
func (l *lanes) room(relay string) bool {
	w := l.at(relay)
	switch {
	case l.busy >= maxDeposits:
		return false
	case w.proven:
		return w.busy < maxAtRelay
	}
	return w.busy == 0 && l.unproven < maxUnproven
}

// take begins a deposit at a relay; false: not now.
func (l *lanes) take(relay string, now int64) bool {
	w := l.at(relay)
	if now < w.retryAt || !l.room(relay) {
		return false
	}
	if !w.proven {
		w.probing = true
		l.unproven++
	}
	w.busy++
	l.busy++
	return true
}

// done ends a deposit at a relay.
func (l *lanes) done(relay string, now int64, o outcome) {
	w := l.at(relay)
	w.busy--
	l.busy--
	if w.probing {
		w.probing = false
		l.unproven--
	}
	switch o {
	case answered:
		w.proven, w.failed, w.retryAt = true, 0, 0
	case silent:
		w.proven, w.retryAt = false, now+turn.Backoff(w.failed)
		w.failed++
	}
}

// opens returns when the wait of a relay is over, unix ms; 0: there is none.
func (l *lanes) opens(relay string) int64 { return l.at(relay).retryAt }

// retryNow ends all waits.
func (l *lanes) retryNow() {
	for _, w := range l.of {
		w.failed, w.retryAt = 0, 0
	}
}
