package core

import (
	"errors"
	"fmt"
	"io"
)

// Times are unix seconds; blobs named hash, key and id are 32 bytes. Columns
// that count what lies in envelopes (bytes) are kept in step by the same
// transaction.
//
// migrations[i] brings a database from version i to i+1. Published ones are
// never changed. The first made the tables of all nouns of its day. One is
// added, too, when a program without a new noun would do harm.
var migrations = [...][]string{
	{
		`CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL)`,

		// A closed mailbox keeps its row until purge, so that neither an old
		// request nor an old sequence number comes back with the same key.
		`CREATE TABLE mailboxes (
			id INTEGER PRIMARY KEY,
			key BLOB NOT NULL UNIQUE,
			counter INTEGER NOT NULL,
			request BLOB NOT NULL,
			answer BLOB NOT NULL,
			next_seq INTEGER NOT NULL,
			bytes INTEGER NOT NULL,
			purge INTEGER NOT NULL)`,
		`CREATE INDEX mailboxes_purge ON mailboxes (purge) WHERE purge > 0`,

		`CREATE TABLE doors (
			id INTEGER PRIMARY KEY,
			hash BLOB NOT NULL UNIQUE,
			mailbox INTEGER NOT NULL,
			bytes INTEGER NOT NULL,
			retire INTEGER NOT NULL)`,
		`CREATE INDEX doors_mailbox ON doors (mailbox)`,
		`CREATE INDEX doors_retire ON doors (retire) WHERE retire > 0`,

		`CREATE TABLE envelopes (
			id INTEGER PRIMARY KEY,
			mailbox INTEGER NOT NULL,
			seq INTEGER NOT NULL,
			door INTEGER NOT NULL,
			expires INTEGER NOT NULL,
			size INTEGER NOT NULL,
			data BLOB NOT NULL)`,
		`CREATE UNIQUE INDEX envelopes_mailbox ON envelopes (mailbox, seq)`,
		`CREATE INDEX envelopes_expires ON envelopes (expires)`,

		`CREATE TABLE slots (id BLOB NOT NULL UNIQUE, expires INTEGER NOT NULL, value BLOB NOT NULL)`,
		`CREATE INDEX slots_expires ON slots (expires)`,

		// A meeting is what Magic Wormhole calls a mailbox. state: see meetings.go.
		`CREATE TABLE nameplates (
			app TEXT NOT NULL,
			id TEXT NOT NULL,
			meeting TEXT NOT NULL,
			state INTEGER NOT NULL,
			expires INTEGER NOT NULL,
			PRIMARY KEY (app, id)) WITHOUT ROWID`,
		`CREATE INDEX nameplates_meeting ON nameplates (app, meeting)`,
		`CREATE INDEX nameplates_expires ON nameplates (expires)`,
		`CREATE TABLE nameplate_sides (
			app TEXT NOT NULL,
			nameplate TEXT NOT NULL,
			side TEXT NOT NULL,
			claimed INTEGER NOT NULL,
			PRIMARY KEY (app, nameplate, side)) WITHOUT ROWID`,
		`CREATE TABLE meetings (
			app TEXT NOT NULL,
			id TEXT NOT NULL,
			state INTEGER NOT NULL,
			expires INTEGER NOT NULL,
			bytes INTEGER NOT NULL,
			messages INTEGER NOT NULL,
			PRIMARY KEY (app, id)) WITHOUT ROWID`,
		`CREATE INDEX meetings_expires ON meetings (expires)`,
		`CREATE TABLE meeting_sides (
			app TEXT NOT NULL,
			meeting TEXT NOT NULL,
			side TEXT NOT NULL,
			opened INTEGER NOT NULL,
			PRIMARY KEY (app, meeting, side)) WITHOUT ROWID`,
		`CREATE TABLE meeting_messages (
			id INTEGER PRIMARY KEY,
			app TEXT NOT NULL,
			meeting TEXT NOT NULL,
			side TEXT NOT NULL,
			phase TEXT NOT NULL,
			body BLOB NOT NULL,
			received INTEGER NOT NULL,
			message TEXT NOT NULL)`,
		`CREATE INDEX meeting_messages_meeting ON meeting_messages (app, meeting)`,

		// Counting rows reads a whole index; these are limited, so they are
		// counted as they come and go.
		`CREATE TABLE totals (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID`,
		`INSERT INTO totals (name, n) VALUES ('mailboxes', 0), ('meetings', 0)`,
		`CREATE TRIGGER mailboxes_added AFTER INSERT ON mailboxes BEGIN
			UPDATE totals SET n = n + 1 WHERE name = 'mailboxes'; END`,
		`CREATE TRIGGER mailboxes_deleted AFTER DELETE ON mailboxes BEGIN
			UPDATE totals SET n = n - 1 WHERE name = 'mailboxes'; END`,
		`CREATE TRIGGER meetings_added AFTER INSERT ON meetings BEGIN
			UPDATE totals SET n = n + 1 WHERE name = 'meetings'; END`,
		`CREATE TRIGGER meetings_deleted AFTER DELETE ON meetings BEGIN
			UPDATE totals SET n = n - 1 WHERE name = 'meetings'; END`,
	},
	{
		// From here on each noun changes its own tables.
		`CREATE TABLE versions (noun TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID`,
	},
}

// versionsSince is the version of the schema from which nouns have their own.
const versionsSince = 2

// Tables are the migrations of one noun's tables. A database remembers the
// version of each noun that it was opened with.
type Tables struct {
	Noun  string
	Steps []Step // Steps[i] brings them from version i to i+1; published ones are never changed
}

// Step is one migration. Its errors are the Tx's.
type Step func(tx Tx) error

// Published is the first step of a noun whose tables are of core's first
// schema.
func Published(Tx) error { return nil }

// Statements is a step that runs statements.
func Statements(list ...string) Step {
	return func(tx Tx) error {
		for _, statement := range list {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	}
}

var errNewer = errors.New("the data was written by a newer relay; start that version, or restore a backup")

// migrate brings core's tables, then those of nouns, to their newest version.
func migrate(tx Tx, nouns []Tables) error {
	if _, err := tx.Exec(`CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)`); err != nil {
		return fmt.Errorf("couldn't create version table: %w", err)
	}
	version, found, err := QueryInt(tx, `SELECT version FROM schema_version`)
	if err != nil {
		return fmt.Errorf("couldn't read schema version: %w", err)
	}
	if version < 0 || version > int64(len(migrations)) {
		return errNewer
	}
	for _, step := range migrations[version:] {
		if err := Statements(step...)(tx); err != nil {
			return fmt.Errorf("couldn't migrate the data: %w", err)
		}
	}
	set := `UPDATE schema_version SET version = ?`
	if !found {
		set = `INSERT INTO schema_version (version) VALUES (?)`
	}
	if _, err := tx.Exec(set, int64(len(migrations))); err != nil {
		return fmt.Errorf("couldn't write schema version: %w", err)
	}
	for _, noun := range nouns {
		if err := noun.migrate(tx); err != nil {
			return err
		}
	}
	return nil
}

func nounVersion(tx Tx, noun string) (version int64, found bool, err error) {
	version, found, err = QueryInt(tx, `SELECT version FROM versions WHERE noun = ?`, noun)
	if err != nil {
		return 0, false, fmt.Errorf("couldn't read the version of %s: %w", noun, err)
	}
	return version, found, nil
}

func (t Tables) migrate(tx Tx) error {
	version, found, err := nounVersion(tx, t.Noun)
	if err != nil {
		return err
	}
	if version < 0 || version > int64(len(t.Steps)) {
		return errNewer
	}
	for _, step := range t.Steps[version:] {
		if err := step(tx); err != nil {
			return fmt.Errorf("couldn't migrate the data of %s: %w", t.Noun, err)
		}
	}
	set := `UPDATE versions SET version = ? WHERE noun = ?`
	if !found {
		set = `INSERT INTO versions (version, noun) VALUES (?, ?)`
	}
	if _, err := tx.Exec(set, int64(len(t.Steps)), t.Noun); err != nil {
		return fmt.Errorf("couldn't write the version of %s: %w", t.Noun, err)
	}
	return nil
}

// Open brings core's tables and those of nouns to their newest version and
// loads the relay's keys, drawing them from rand the first time. The caller
// commits tx. It returns ErrClock when the clock has been set back.
func Open(tx Tx, rand io.Reader, nouns ...Tables) (Keys, error) {
	if err := migrate(tx, nouns); err != nil {
		return Keys{}, err
	}
	if err := checkClockAtStart(tx); err != nil {
		return Keys{}, err
	}
	return openKeys(tx, rand)
}
