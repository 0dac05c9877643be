package agent

import (
	"errors"
	"time"

	"petmail/wasm/api"
	"petmail/wasm/store"
)

// roomAgain is how often an agent whose disk is full looks for room.
const roomAgain = 5 * time.Second

// checkRoom fails the turn, before anything is written, when there is no room
// on the disk: browsers empty what an origin has stored when a write of its
// database meets a full disk.
func (t *step) checkRoom() {
	if t.a.config.Room != nil && !t.a.config.Room() {
		t.fail(&storeError{store.ErrNoRoom})
	}
}

// fullDisk takes note of a failure: while the disk is full, nothing is
// received, sent or due, for all of it has to be stored; what is stored can be
// read.
func (a *Agent) fullDisk(cause error) {
	if !errors.Is(cause, store.ErrNoRoom) {
		return
	}
	a.full = true
	// The state is read again for each try that the store refuses.
	a.reconnectAt = a.nowMilli() + min(roomAgain<<min(a.refused, 4), time.Minute).Milliseconds()
	a.refused++
}

// roomYet reports whether the agent may go on: when there is room and
// something could be stored.
func (a *Agent) roomYet() bool {
	if !a.full {
		return true
	}
	if a.config.Room != nil && !a.config.Room() {
		a.reconnectAt, a.refused = a.nowMilli()+roomAgain.Milliseconds(), 0
		return false
	}
	a.run([]input{{do: func(t *step) { a.base.Rewrite(t) }}})
	return a.fatal == nil && !a.full
}

// stored takes note of a commit: there is room.
func (a *Agent) stored() {
	if !a.full {
		return
	}
	a.full, a.failures, a.refused, a.reconnectAt = false, 0, 0, a.nowMilli()
	for p := range a.pages {
		p.deliver(api.EventDiskFull.Of(false))
	}
}
