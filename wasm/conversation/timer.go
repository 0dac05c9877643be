package conversation

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"petmail/shared/wire"
)

// Timer is the body of KindTimer: how long messages stay from now on, in
// seconds after reading; 0: for good.
type Timer struct {
	Seconds uint64 `cbor:"1,keyasint"`
}

// TimerSteps returns the lifetimes to choose from, in seconds, shortest first.
func TimerSteps() []uint64 {
	const hour, day = uint64(time.Hour / time.Second), uint64(24 * time.Hour / time.Second)
	return []uint64{hour, 8 * hour, day, 7 * day, 28 * day}
}

// TimerStep returns the lifetime that stands for any number of seconds: the
// longest that is not longer, or the shortest there is. 0 stays 0.
func TimerStep(seconds uint64) uint64 {
	if seconds == 0 {
		return 0
	}
	steps := TimerSteps()
	for _, step := range slices.Backward(steps) {
		if step <= seconds {
			return step
		}
	}
	return steps[0]
}

func (c Content) timer() (uint64, error) {
	var t Timer
	if err := wire.UnmarshalLoose(c.Body, &t, maxContent); err != nil {
		return 0, fmt.Errorf("couldn't decode timer: %w", err)
	}
	return TimerStep(t.Seconds), nil
}

// SetTo returns the lifetime that a message of KindTimer has set, in seconds;
// ok is false for other kinds.
func (m Message) SetTo() (seconds uint64, ok bool) {
	if m.Kind != KindTimer {
		return 0, false
	}
	seconds, err := Content{Body: m.Body}.timer()
	return seconds, err == nil
}

// WriteTimer makes the message that sets how long messages written from now
// on stay, ours and theirs. It goes out with Seal. Those written before keep
// the timer they have.
func (c *Conversation) WriteTimer(rand io.Reader, now int64, seconds uint64) (Message, error) {
	if TimerStep(seconds) != seconds {
		return Message{}, errors.New("couldn't set timer: not one of the lifetimes to choose from")
	}
	body, err := wire.Marshal(Timer{seconds})
	if err != nil {
		return Message{}, err
	}
	m, err := c.compose(rand, now, KindTimer, body)
	if err != nil {
		return Message{}, err
	}
	c.timerSet(m)
	return m, nil
}

// timerSet takes the timer of a message, unless one that stands later in the
// conversation has set it already: so two people who set it at once agree.
func (c *Conversation) timerSet(m Message) {
	if seconds, ok := m.SetTo(); ok && m.Cursor > c.TimerAt {
		c.Timer, c.TimerAt = seconds, m.Cursor
	}
}
