package core

import (
	"errors"
	"fmt"
	"time"
)

// A wrong clock must not empty the relay. A clock that was set back is
// noticed when the relay starts; one that was set forward by more than
// maxClockJump has to stay so for clockTrial before BelieveClock does.
const (
	maxClockBack = 24 * time.Hour
	maxClockJump = 180 * 24 * time.Hour
	clockTrial   = 24 * time.Hour
)

// ErrClock is returned by Open when the relay has been run at a later time.
var ErrClock = errors.New("the clock is wrong: this relay has seen a later time; set the clock, or wait")

// Rows of the table totals, unix seconds.
const (
	clockSeen    = "clock-seen"    // the last time that BelieveClock believed
	clockSuspect = "clock-suspect" // when a jump was noticed; no row: the clock is believed
)

func readTime(tx Tx, name string) (at time.Time, found bool, err error) {
	n, found, err := QueryInt(tx, `SELECT n FROM totals WHERE name = ?`, name)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("couldn't read the clock's history: %w", err)
	}
	return time.Unix(n, 0), found, nil
}

func writeTime(tx Tx, name string, at time.Time) error {
	_, err := tx.Exec(`INSERT INTO totals (name, n) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET n = excluded.n`, name, at.Unix())
	if err != nil {
		return fmt.Errorf("couldn't write the clock's history: %w", err)
	}
	return nil
}

// checkClockAtStart refuses a clock that was set back.
func checkClockAtStart(tx Tx) error {
	seen, found, err := readTime(tx, clockSeen)
	if err != nil {
		return err
	}
	if found && tx.Now().Before(seen.Add(-maxClockBack)) {
		return ErrClock
	}
	return nil
}

// BelieveClock tells whether what has expired by the clock may be deleted. A
// host asks before it has nouns sweep.
func BelieveClock(tx Tx) (bool, error) {
	now := tx.Now()
	seen, found, err := readTime(tx, clockSeen)
	if err != nil {
		return false, err
	}
	if found && now.Sub(seen) > maxClockJump {
		since, suspect, err := readTime(tx, clockSuspect)
		if err != nil {
			return false, err
		}
		if !suspect || now.Before(since) || now.Sub(since) > maxClockJump {
			return false, writeTime(tx, clockSuspect, now)
		}
		if now.Sub(since) < clockTrial {
			return false, nil
		}
	}
	// Written once an hour, since each time costs a commit.
	if found && now.Sub(seen) < time.Hour {
		return true, nil
	}
	if _, err := tx.Exec(`DELETE FROM totals WHERE name = ?`, clockSuspect); err != nil {
		return false, fmt.Errorf("couldn't write the clock's history: %w", err)
	}
	return true, writeTime(tx, clockSeen, now)
}
