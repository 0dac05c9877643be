package core

import "fmt"

// Swept counts what one Sweep deleted.
type Swept struct {
	Envelopes, Slots, Doors, Nameplates, Meetings int64
	// More is set when a limit was reached: call again soon.
	More bool
	// Doubt is set when the clock has jumped far ahead: nothing was deleted.
	Doubt bool
}

// Sweep deletes what has expired, at most about limit rows of each kind, so
// that no transaction holds the writer for long.
func (r *Relay) Sweep(tx Tx, limit int) (Swept, error) {
	var s Swept
	believed, err := believeClock(tx)
	if err != nil || !believed {
		s.Doubt = err == nil
		return s, err
	}
	now, n := unix(tx.Now()), int64(limit)

	envelopes, err := r.sweepEnvelopes(tx, now, n)
	if err != nil {
		return s, err
	}
	s.Envelopes = envelopes

	for _, kind := range []struct {
		deleted   *int64
		name      string
		statement string
	}{
		{&s.Slots, "slots", `DELETE FROM slots WHERE rowid IN
			(SELECT rowid FROM slots WHERE expires <= ? LIMIT ?)`},
		// A door with queued envelopes stays, silent, until they are gone:
		// their byte counts belong to it.
		{&s.Doors, "doors", `DELETE FROM doors WHERE id IN
			(SELECT id FROM doors WHERE retire > 0 AND retire <= ? AND bytes = 0 LIMIT ?)`},
		{new(int64), "closed mailboxes", `DELETE FROM mailboxes WHERE id IN
			(SELECT id FROM mailboxes WHERE purge > 0 AND purge <= ? LIMIT ?)`},
	} {
		if *kind.deleted, err = tx.Exec(kind.statement, now, n); err != nil {
			return s, fmt.Errorf("couldn't sweep %s: %w", kind.name, err)
		}
		s.More = s.More || *kind.deleted >= n
	}

	if s.Meetings, err = sweepMeetings(tx, now, n); err != nil {
		return s, err
	}
	if s.Nameplates, err = sweepNameplates(tx, now, n); err != nil {
		return s, err
	}
	s.More = s.More || s.Envelopes >= n || s.Meetings >= n || s.Nameplates >= n
	return s, nil
}

func (r *Relay) sweepEnvelopes(tx Tx, now, limit int64) (int64, error) {
	type expired struct {
		mailbox MailboxID
		seq     int64
	}
	var rows []expired
	err := tx.Query(`SELECT mailbox, seq FROM envelopes WHERE expires <= ? LIMIT ?`, func(row Row) error {
		var e expired
		var id int64
		if err := row.Scan(&id, &e.seq); err != nil {
			return err
		}
		e.mailbox = MailboxID(id)
		rows = append(rows, e)
		return nil
	}, now, limit)
	if err != nil {
		return 0, fmt.Errorf("couldn't find expired envelopes: %w", err)
	}
	for _, e := range rows {
		if err := r.drop(tx, e.mailbox, `seq = ?`, e.seq); err != nil {
			return 0, err
		}
	}
	return int64(len(rows)), nil
}

// Stats are totals for the operator.
type Stats struct {
	Mailboxes, Doors, Envelopes, EnvelopeBytes, Slots, Nameplates, Meetings int64
}

// Stats counts the tables. It reads whole indexes: call it rarely.
func (r *Relay) Stats(tx Tx) (Stats, error) {
	var s Stats
	for _, q := range []struct {
		into  *int64
		query string
	}{
		{&s.Mailboxes, `SELECT count(*) FROM mailboxes WHERE purge = 0 AND key <> x''`},
		{&s.Doors, `SELECT count(*) FROM doors`},
		{&s.Envelopes, `SELECT count(*) FROM envelopes`},
		{&s.EnvelopeBytes, `SELECT coalesce(sum(bytes), 0) FROM mailboxes`},
		{&s.Slots, `SELECT count(*) FROM slots`},
		{&s.Nameplates, `SELECT count(*) FROM nameplates WHERE state = 0`},
		{&s.Meetings, `SELECT count(*) FROM meetings WHERE state = 0`},
	} {
		n, _, err := queryInt(tx, q.query)
		if err != nil {
			return Stats{}, fmt.Errorf("couldn't count the tables: %w", err)
		}
		*q.into = n
	}
	return s, nil
}

// Heartbeat makes a change, to find out whether the storage takes changes.
// Another each time: SQLite writes nothing for a value that is there already.
func (r *Relay) Heartbeat(tx Tx) error {
	_, err := tx.Exec(`INSERT INTO totals (name, n) VALUES ('heartbeat', 1)
		ON CONFLICT (name) DO UPDATE SET n = n + 1`)
	if err != nil {
		return fmt.Errorf("couldn't write a heartbeat: %w", err)
	}
	return nil
}
