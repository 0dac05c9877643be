package rendezvous

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"petmail/relay/core"
	"petmail/shared/relayproto"
)

// maxDraws is how often a nameplate is drawn at random in one span of numbers
// before the next, longer one.
const maxDraws = 64

// nameplateSpans are the numbers that nameplates of app are drawn from.
// Those of Petmail have four digits: whoever tries to take the next one
// cannot know it. They grow longer only when nearly all are taken, so that
// nobody can squat all there are. Those of other applications are the
// shortest that are free, as their users expect.
func nameplateSpans(app string) [][2]int64 {
	if isOurs(app) {
		return [][2]int64{{1000, 9999}, {10_000, 99_999}, {100_000, 999_999}}
	}
	return [][2]int64{{1, 9}, {10, 99}, {100, 999}, {1000, 999_999}}
}

// nameplateLifetime is how long a nameplate of app lives unused.
func nameplateLifetime(app string) time.Duration {
	if isOurs(app) {
		return relayproto.CodeLifetime
	}
	return classicLifetime
}

type nameplate struct {
	meeting        string
	state, expires int64
}

// findNameplate finds a nameplate that is not past its time.
func findNameplate(tx core.Tx, app, id string) (n nameplate, found bool, err error) {
	err = tx.Query(`SELECT meeting, state, expires FROM nameplates WHERE app = ? AND id = ?`, func(row core.Row) error {
		found = true
		return row.Scan(&n.meeting, &n.state, &n.expires)
	}, app, id)
	if err != nil {
		return nameplate{}, false, fmt.Errorf("couldn't look up a nameplate: %w", err)
	}
	return n, found && n.expires > tx.Now().Unix(), nil
}

// allocateNameplate makes a nameplate that nobody has, with a new meeting,
// and seats side at both.
func (r *Rendezvous) allocateNameplate(tx core.Tx, app, side string) (id string, err error) {
	if id, err = r.freeNameplate(tx, app); err != nil {
		return "", err
	}
	if err := r.createNameplate(tx, app, id); err != nil {
		return "", err
	}
	_, err = r.claimNameplate(tx, app, id, side)
	return id, err
}

func (r *Rendezvous) createNameplate(tx core.Tx, app, id string) error {
	meeting, err := r.newMeetingID()
	if err != nil {
		return err
	}
	expires := tx.Now().Add(nameplateLifetime(app))
	if err := r.createMeeting(tx, app, meeting, expires); err != nil {
		return err
	}
	if err := deleteNameplate(tx, app, id); err != nil { // what is left of an older one
		return err
	}
	_, err = tx.Exec(`INSERT INTO nameplates (app, id, meeting, state, expires) VALUES (?, ?, ?, 0, ?)`,
		app, id, meeting, expires.Unix())
	if err != nil {
		return fmt.Errorf("couldn't create a nameplate: %w", err)
	}
	return nil
}

// freeNameplate draws a nameplate that is free.
func (r *Rendezvous) freeNameplate(tx core.Tx, app string) (string, error) {
	for _, span := range nameplateSpans(app) {
		for range maxDraws {
			n, err := rand.Int(r.rand, big.NewInt(span[1]-span[0]+1))
			if err != nil {
				return "", fmt.Errorf("couldn't draw a nameplate: %w", err)
			}
			id := strconv.FormatInt(span[0]+n.Int64(), 10)
			if _, taken, err := findNameplate(tx, app, id); err != nil || !taken {
				return id, err
			}
		}
	}
	return "", errNoneFree
}

// claimNameplate seats side at a nameplate and its meeting, and returns the
// meeting. A Petmail nameplate must have been allocated, so that a mistyped
// code does not wait for somebody who will never come.
func (r *Rendezvous) claimNameplate(tx core.Tx, app, id, side string) (meeting string, err error) {
	n, found, err := findNameplate(tx, app, id)
	if err != nil {
		return "", err
	}
	if !found {
		if isOurs(app) {
			return "", errNoNameplate
		}
		if err := r.createNameplate(tx, app, id); err != nil {
			return "", err
		}
		if n, _, err = findNameplate(tx, app, id); err != nil {
			return "", err
		}
	}
	switch n.state {
	case stateUsed:
		return "", errUsed
	case stateExpired:
		return "", errExpired
	}
	claimed, seated, err := core.QueryInt(tx, `SELECT claimed FROM nameplate_sides
		WHERE app = ? AND nameplate = ? AND side = ?`, app, id, side)
	if err != nil {
		return "", fmt.Errorf("couldn't look up a side: %w", err)
	}
	if seated && claimed == 0 {
		return "", errReclaimed
	}
	if !seated {
		sides, _, err := core.QueryInt(tx, `SELECT count(*) FROM nameplate_sides WHERE app = ? AND nameplate = ?`, app, id)
		if err != nil {
			return "", fmt.Errorf("couldn't count sides: %w", err)
		}
		if sides >= maxSides {
			return "", errCrowded
		}
	}
	if err := r.openMeeting(tx, app, n.meeting, side); err != nil || seated {
		return n.meeting, err
	}
	_, err = tx.Exec(`INSERT INTO nameplate_sides (app, nameplate, side, claimed) VALUES (?, ?, ?, 1)`, app, id, side)
	if err != nil {
		return "", fmt.Errorf("couldn't claim a nameplate: %w", err)
	}
	return n.meeting, nil
}

// releaseNameplate gives side's claim back. A nameplate that nobody claims is
// free again; one of ours first stays used until its time ends.
func releaseNameplate(tx core.Tx, app, id, side string) error {
	n, found, err := findNameplate(tx, app, id)
	if err != nil || !found || n.state != stateOpen {
		return err // gone already: releasing is complete
	}
	changed, err := tx.Exec(`UPDATE nameplate_sides SET claimed = 0 WHERE app = ? AND nameplate = ? AND side = ?`, app, id, side)
	if err != nil {
		return fmt.Errorf("couldn't release a nameplate: %w", err)
	}
	claims, _, err := core.QueryInt(tx, `SELECT count(*) FROM nameplate_sides WHERE app = ? AND nameplate = ? AND claimed = 1`, app, id)
	if err != nil {
		return fmt.Errorf("couldn't count claims: %w", err)
	}
	if changed == 0 || claims > 0 {
		return nil
	}
	if !isOurs(app) {
		return deleteNameplate(tx, app, id)
	}
	if _, err := tx.Exec(`DELETE FROM nameplate_sides WHERE app = ? AND nameplate = ?`, app, id); err != nil {
		return fmt.Errorf("couldn't end a nameplate: %w", err)
	}
	if _, err := tx.Exec(`UPDATE nameplates SET state = ? WHERE app = ? AND id = ?`, int64(stateUsed), app, id); err != nil {
		return fmt.Errorf("couldn't end a nameplate: %w", err)
	}
	return nil
}

func deleteNameplate(tx core.Tx, app, id string) error {
	if _, err := tx.Exec(`DELETE FROM nameplate_sides WHERE app = ? AND nameplate = ?`, app, id); err != nil {
		return fmt.Errorf("couldn't delete a nameplate: %w", err)
	}
	if _, err := tx.Exec(`DELETE FROM nameplates WHERE app = ? AND id = ?`, app, id); err != nil {
		return fmt.Errorf("couldn't delete a nameplate: %w", err)
	}
	return nil
}

// listNameplates returns those that somebody claims, at most limit. Petmail's
// own are never listed.
func listNameplates(tx core.Tx, app string, limit int64) ([]string, error) {
	if isOurs(app) {
		return nil, nil
	}
	var ids []string
	err := tx.Query(`SELECT id FROM nameplates WHERE app = ? AND state = 0 AND expires > ? ORDER BY id LIMIT ?`,
		func(row core.Row) error {
			var id string
			if err := row.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
			return nil
		}, app, tx.Now().Unix(), limit)
	if err != nil {
		return nil, fmt.Errorf("couldn't list nameplates: %w", err)
	}
	return ids, nil
}

func sweepNameplates(tx core.Tx, now, limit int64) (int64, error) {
	type row struct{ app, id string }
	var rows []row
	err := tx.Query(`SELECT app, id FROM nameplates WHERE expires <= ? LIMIT ?`, func(r core.Row) error {
		var n row
		if err := r.Scan(&n.app, &n.id); err != nil {
			return err
		}
		rows = append(rows, n)
		return nil
	}, now, limit)
	if err != nil {
		return 0, fmt.Errorf("couldn't find expired nameplates: %w", err)
	}
	for _, n := range rows {
		if err := deleteNameplate(tx, n.app, n.id); err != nil {
			return 0, err
		}
	}
	return int64(len(rows)), nil
}
