package rendezvous

import (
	"fmt"

	"petmail/relay/core"
)

// Swept counts what one Sweep ended or deleted.
type Swept struct{ Nameplates, Meetings int64 }

// Sweep ends and deletes what has expired, at most limit meetings and limit
// nameplates.
func (r *Rendezvous) Sweep(tx core.Tx, limit int) (s Swept, err error) {
	now, n := tx.Now().Unix(), int64(limit)
	if s.Meetings, err = sweepMeetings(tx, now, n); err != nil {
		return Swept{}, err
	}
	if s.Nameplates, err = sweepNameplates(tx, now, n); err != nil {
		return Swept{}, err
	}
	return s, nil
}

// Touch keeps a meeting of another application from expiring; the host calls
// it at least every ten minutes while somebody is connected.
func (r *Rendezvous) Touch(tx core.Tx, id MeetingID) error { return touchMeeting(tx, id.App, id.ID) }

// Stats are totals for the operator, of what is still open.
type Stats struct{ Nameplates, Meetings int64 }

// Stats counts the tables. It reads whole indexes: call it rarely.
func (r *Rendezvous) Stats(tx core.Tx) (s Stats, err error) {
	if s.Nameplates, _, err = core.QueryInt(tx, `SELECT count(*) FROM nameplates WHERE state = 0`); err != nil {
		return Stats{}, fmt.Errorf("couldn't count nameplates: %w", err)
	}
	if s.Meetings, _, err = core.QueryInt(tx, `SELECT count(*) FROM meetings WHERE state = 0`); err != nil {
		return Stats{}, fmt.Errorf("couldn't count meetings: %w", err)
	}
	return s, nil
}
