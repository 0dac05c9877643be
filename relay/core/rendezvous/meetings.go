package rendezvous

import (
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"time"

	"petmail/relay/core"
	"petmail/shared/relayproto"
	"petmail/shared/wormhole"
)

// A meeting is a rendezvous mailbox, so called here because a mailbox is
// something else at this relay. At most two sides take part in it, ever.
//
// Meetings of Petmail's own invitations outlive disconnects and restarts, and
// leave a trace when they end, so that whoever comes later learns that the
// invitation was used or has expired. Those of other applications are kept
// while somebody is there, and classicLifetime longer.

// States of nameplates and meetings. Only open ones have sides and messages.
const (
	stateOpen    = 0
	stateUsed    = 1
	stateExpired = 2
)

// classicLifetime is how long a nameplate or meeting of another application
// is kept after its last use.
const classicLifetime = 30 * time.Minute

// maxSides is how many sides a nameplate or a meeting can have.
const maxSides = 2

// refusal is what the rules do not allow; its text goes to the client in an
// error frame. The codes that Petmail agents know stand in spec/relay.md.
type refusal string

func (e refusal) Error() string { return string(e) }

// After the first three an invitation will never work for this client.
const (
	errNoNameplate = refusal("no such nameplate")
	errUsed        = refusal("used")
	errExpired     = refusal("expired")
	errCrowded     = refusal("crowded")
	errReclaimed   = refusal("reclaimed")
	errMeetingFull = refusal("mailbox full")
	errBusy        = refusal("too many open mailboxes, try later")
	errNoneFree    = refusal("no nameplate is free, try later")
)

func isOurs(app string) bool { return app == wormhole.AppID }

type meeting struct {
	state, expires, bytes, messages int64
}

func findMeeting(tx core.Tx, app, id string) (m meeting, found bool, err error) {
	err = tx.Query(`SELECT state, expires, bytes, messages FROM meetings WHERE app = ? AND id = ?`, func(row core.Row) error {
		found = true
		return row.Scan(&m.state, &m.expires, &m.bytes, &m.messages)
	}, app, id)
	if err != nil {
		return meeting{}, false, fmt.Errorf("couldn't look up a meeting: %w", err)
	}
	if found && m.state == stateOpen && m.expires <= tx.Now().Unix() {
		m.state = stateExpired // not swept yet
	}
	return m, found, nil
}

func (r *Rendezvous) newMeetingID() (string, error) {
	var b [20]byte
	if _, err := io.ReadFull(r.rand, b[:]); err != nil {
		return "", fmt.Errorf("couldn't draw a meeting id: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:])), nil
}

func (r *Rendezvous) createMeeting(tx core.Tx, app, id string, expires time.Time) error {
	n, _, err := core.QueryInt(tx, `SELECT n FROM totals WHERE name = 'meetings'`)
	if err != nil {
		return fmt.Errorf("couldn't count meetings: %w", err)
	}
	if n >= r.cfg.MaxMeetings {
		return errBusy
	}
	_, err = tx.Exec(`INSERT INTO meetings (app, id, state, expires, bytes, messages) VALUES (?, ?, 0, ?, 0, 0)`,
		app, id, expires.Unix())
	if err != nil {
		return fmt.Errorf("couldn't create a meeting: %w", err)
	}
	return nil
}

// openMeeting seats side in a meeting, which comes into being where there was
// none.
func (r *Rendezvous) openMeeting(tx core.Tx, app, id, side string) error {
	m, found, err := findMeeting(tx, app, id)
	if err != nil {
		return err
	}
	if found && m.state != stateOpen && !isOurs(app) {
		if err := deleteMeeting(tx, app, id); err != nil {
			return err
		}
		found = false
	}
	switch {
	case !found:
		lifetime := relayproto.LinkLifetime
		if !isOurs(app) {
			lifetime = classicLifetime
		}
		if err := r.createMeeting(tx, app, id, tx.Now().Add(lifetime)); err != nil {
			return err
		}
	case m.state == stateUsed:
		return errUsed
	case m.state == stateExpired:
		return errExpired
	}
	_, seated, err := core.QueryInt(tx, `SELECT opened FROM meeting_sides WHERE app = ? AND meeting = ? AND side = ?`, app, id, side)
	if err != nil {
		return fmt.Errorf("couldn't look up a side: %w", err)
	}
	if !seated {
		sides, _, err := core.QueryInt(tx, `SELECT count(*) FROM meeting_sides WHERE app = ? AND meeting = ?`, app, id)
		if err != nil {
			return fmt.Errorf("couldn't count sides: %w", err)
		}
		if sides >= maxSides {
			return errCrowded
		}
		_, err = tx.Exec(`INSERT INTO meeting_sides (app, meeting, side, opened) VALUES (?, ?, ?, 1)`, app, id, side)
		if err != nil {
			return fmt.Errorf("couldn't seat a side: %w", err)
		}
	}
	return touchMeeting(tx, app, id)
}

// gaveUp tells from the mood of a side that leaves whether the meeting is of
// no more use to the other. Happy: both have what they came for, or the other
// is about to read it. Scary: what was said tells the other, too, that the
// code was wrong.
func gaveUp(mood string) bool {
	return mood == wormhole.MoodLonely || mood == wormhole.MoodErrory
}

// closeMeeting takes side's leave. The meeting ends with the last side; one
// of ours also with a side that gave up, and deserted then tells that another
// was still there.
func closeMeeting(tx core.Tx, app, id, side string, gaveUp bool) (deserted bool, err error) {
	m, found, err := findMeeting(tx, app, id)
	if err != nil || !found || m.state != stateOpen {
		return false, err // over already: closing is complete
	}
	seated, _, err := core.QueryInt(tx, `SELECT count(*) FROM meeting_sides WHERE app = ? AND meeting = ? AND side = ? AND opened = 1`, app, id, side)
	if err != nil {
		return false, fmt.Errorf("couldn't look up a side: %w", err)
	}
	_, err = tx.Exec(`UPDATE meeting_sides SET opened = 0 WHERE app = ? AND meeting = ? AND side = ?`, app, id, side)
	if err != nil {
		return false, fmt.Errorf("couldn't close a side: %w", err)
	}
	present, _, err := core.QueryInt(tx, `SELECT count(*) FROM meeting_sides WHERE app = ? AND meeting = ? AND opened = 1`, app, id)
	if err != nil {
		return false, fmt.Errorf("couldn't count sides: %w", err)
	}
	switch {
	case !isOurs(app) && present == 0:
		return false, deleteMeeting(tx, app, id)
	case isOurs(app) && present == 0:
		return false, endMeeting(tx, app, id, stateUsed, m.expires)
	case isOurs(app) && gaveUp && seated > 0:
		return true, endMeeting(tx, app, id, stateUsed, m.expires)
	}
	return false, nil
}

// endMeeting empties a meeting and leaves its id, and that of its nameplate,
// in state until expires (unix seconds).
func endMeeting(tx core.Tx, app, id string, state, expires int64) error {
	if err := emptyMeeting(tx, app, id); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE meetings SET state = ?, expires = ?, bytes = 0, messages = 0 WHERE app = ? AND id = ?`,
		state, expires, app, id)
	if err != nil {
		return fmt.Errorf("couldn't end a meeting: %w", err)
	}
	_, err = tx.Exec(`DELETE FROM nameplate_sides WHERE app = ? AND nameplate IN
		(SELECT id FROM nameplates WHERE app = ? AND meeting = ?)`, app, app, id)
	if err != nil {
		return fmt.Errorf("couldn't end a nameplate: %w", err)
	}
	if _, err := tx.Exec(`UPDATE nameplates SET state = ? WHERE app = ? AND meeting = ?`, state, app, id); err != nil {
		return fmt.Errorf("couldn't end a nameplate: %w", err)
	}
	return nil
}

func emptyMeeting(tx core.Tx, app, id string) error {
	for _, statement := range []string{
		`DELETE FROM meeting_messages WHERE app = ? AND meeting = ?`,
		`DELETE FROM meeting_sides WHERE app = ? AND meeting = ?`,
	} {
		if _, err := tx.Exec(statement, app, id); err != nil {
			return fmt.Errorf("couldn't empty a meeting: %w", err)
		}
	}
	return nil
}

func deleteMeeting(tx core.Tx, app, id string) error {
	if err := emptyMeeting(tx, app, id); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM meetings WHERE app = ? AND id = ?`, app, id); err != nil {
		return fmt.Errorf("couldn't delete a meeting: %w", err)
	}
	return nil
}

// touchMeeting keeps a meeting of another application from expiring.
func touchMeeting(tx core.Tx, app, id string) error {
	if isOurs(app) {
		return nil
	}
	expires := tx.Now().Add(classicLifetime).Unix()
	if _, err := tx.Exec(`UPDATE meetings SET expires = ? WHERE app = ? AND id = ?`, expires, app, id); err != nil {
		return fmt.Errorf("couldn't keep a meeting: %w", err)
	}
	if _, err := tx.Exec(`UPDATE nameplates SET expires = ? WHERE app = ? AND meeting = ?`, expires, app, id); err != nil {
		return fmt.Errorf("couldn't keep a nameplate: %w", err)
	}
	return nil
}

// meetingMessage is one added message.
type meetingMessage struct {
	side, phase, id string
	body            []byte
	received        int64 // unix milliseconds
}

// addMessage stores a message. One that is there already, as when a client
// repeats what it could not see acknowledged, is not stored again.
func (r *Rendezvous) addMessage(tx core.Tx, app, id string, msg meetingMessage) error {
	m, found, err := findMeeting(tx, app, id)
	switch {
	case err != nil:
		return err
	case !found || m.state == stateExpired:
		return errExpired
	case m.state == stateUsed:
		return errUsed
	}
	_, repeated, err := core.QueryInt(tx, `SELECT id FROM meeting_messages
		WHERE app = ? AND meeting = ? AND side = ? AND phase = ? AND body = ?`, app, id, msg.side, msg.phase, msg.body)
	if err != nil {
		return fmt.Errorf("couldn't look up a message: %w", err)
	}
	if repeated {
		return touchMeeting(tx, app, id)
	}
	size := int64(len(msg.body) + len(msg.phase) + len(msg.side) + len(msg.id))
	if m.messages >= r.cfg.MaxMeetingMessages || m.bytes+size > r.cfg.MaxMeetingBytes {
		return errMeetingFull
	}
	_, err = tx.Exec(`INSERT INTO meeting_messages (app, meeting, side, phase, body, received, message)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, app, id, msg.side, msg.phase, msg.body, msg.received, msg.id)
	if err != nil {
		return fmt.Errorf("couldn't store a message: %w", err)
	}
	_, err = tx.Exec(`UPDATE meetings SET messages = messages + 1, bytes = bytes + ? WHERE app = ? AND id = ?`, size, app, id)
	if err != nil {
		return fmt.Errorf("couldn't count a message: %w", err)
	}
	return touchMeeting(tx, app, id)
}

func listMessages(tx core.Tx, app, id string) ([]meetingMessage, error) {
	var messages []meetingMessage
	err := tx.Query(`SELECT side, phase, body, message, received FROM meeting_messages
			WHERE app = ? AND meeting = ? ORDER BY id`, func(row core.Row) error {
		var m meetingMessage
		if err := row.Scan(&m.side, &m.phase, &m.body, &m.id, &m.received); err != nil {
			return err
		}
		messages = append(messages, m)
		return nil
	}, app, id)
	if err != nil {
		return nil, fmt.Errorf("couldn't read messages: %w", err)
	}
	return messages, nil
}

// sweepMeetings ends the meetings that have expired. Ours stay known as
// expired as long again as a link lives.
func sweepMeetings(tx core.Tx, now, limit int64) (int64, error) {
	type row struct {
		app, id string
		state   int64
	}
	var rows []row
	err := tx.Query(`SELECT app, id, state FROM meetings WHERE expires <= ? LIMIT ?`, func(r core.Row) error {
		var m row
		if err := r.Scan(&m.app, &m.id, &m.state); err != nil {
			return err
		}
		rows = append(rows, m)
		return nil
	}, now, limit)
	if err != nil {
		return 0, fmt.Errorf("couldn't find expired meetings: %w", err)
	}
	for _, m := range rows {
		if isOurs(m.app) && m.state == stateOpen {
			err = endMeeting(tx, m.app, m.id, stateExpired, now+int64(relayproto.LinkLifetime/time.Second))
		} else {
			err = deleteMeeting(tx, m.app, m.id)
		}
		if err != nil {
			return 0, err
		}
	}
	return int64(len(rows)), nil
}
