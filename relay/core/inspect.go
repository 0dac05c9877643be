package core

import (
	"errors"
	"fmt"

	"petmail/shared/relayproto"
)

// Inspection is what Inspect found.
type Inspection struct {
	ID       [relayproto.IDSize]byte // of the relay; zero if its keys can't be used
	Problems []string                // sentences for the operator, with what to do
}

// Inspect looks at a relay's tables without changing them: the versions of
// core's and of those of nouns, the keys, and whether the clock is right. The
// error is the Tx's.
func Inspect(tx Tx, nouns ...Tables) (Inspection, error) {
	var i Inspection
	tell := func(problem string) { i.Problems = append(i.Problems, problem) }
	tables, _, err := QueryInt(tx, `SELECT count(*) FROM sqlite_master WHERE name IN ('schema_version', 'meta', 'totals')`)
	if err != nil {
		return i, fmt.Errorf("couldn't list the tables: %w", err)
	}
	if tables == 0 {
		return i, nil // nothing was ever stored
	}
	if tables < 3 {
		tell("tables are missing: this is no relay's database, or a damaged one; restore a backup")
		return i, nil
	}
	version, _, err := QueryInt(tx, `SELECT version FROM schema_version`)
	if err != nil {
		return i, fmt.Errorf("couldn't read the schema version: %w", err)
	}
	if version < 0 || version > int64(len(migrations)) {
		tell(fmt.Sprintf("the data has version %d and this program knows %d at most: start a newer one", version, len(migrations)))
	} else if version >= versionsSince {
		for _, noun := range nouns {
			version, _, err := nounVersion(tx, noun.Noun)
			if err != nil {
				return i, err
			}
			if version < 0 || version > int64(len(noun.Steps)) {
				tell(fmt.Sprintf("the data of %s has version %d and this program knows %d at most: start a newer one", noun.Noun, version, len(noun.Steps)))
			}
		}
	}
	stored, err := storedKeys(tx)
	if err != nil {
		return i, err
	}
	if k, err := stored.parse(); err != nil {
		tell(err.Error())
	} else {
		i.ID = k.ID
	}
	if err := checkClockAtStart(tx); errors.Is(err, ErrClock) {
		tell(err.Error())
	} else if err != nil {
		return i, err
	}
	_, suspect, err := readTime(tx, clockSuspect)
	if err != nil {
		return i, err
	}
	if suspect {
		tell("the clock has jumped far ahead, and nothing is deleted until it has stayed so for a day; set the clock if it is wrong")
	}
	return i, nil
}
