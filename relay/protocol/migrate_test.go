package protocol

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/core/rendezvous"
	"petmail/relay/core/slots"
	"petmail/shared/wormhole"
	"petmail/tests/sqltx"
)

// schemaOf lists what a database is made of, white space aside.
func schemaOf(t *testing.T, tx *sqltx.Tx) map[string]string {
	t.Helper()
	schema := make(map[string]string)
	tx.Each(t, `SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL`, func(row core.Row) error {
		var name, sql string
		err := row.Scan(&name, &sql)
		schema[name] = strings.Join(strings.Fields(sql), " ")
		return err
	})
	return schema
}

// versionsOf lists the versions of core's tables, by the empty name, and of
// those of nouns.
func versionsOf(t *testing.T, tx *sqltx.Tx) map[string]int64 {
	t.Helper()
	versions := map[string]int64{"": tx.Int(t, `SELECT version FROM schema_version`)}
	if versions[""] < 2 {
		return versions
	}
	tx.Each(t, `SELECT noun, version FROM versions`, func(row core.Row) error {
		var noun string
		var version int64
		err := row.Scan(&noun, &version)
		versions[noun] = version
		return err
	})
	return versions
}

// TestMigrations opens what every version of the tables has left, all of them
// with the same rows, and uses it. testdata/schema holds a dump for each, in
// order; the last one is of the newest.
func TestMigrations(t *testing.T) {
	fresh := newWorld(t, core.Config{})
	newest := versionsOf(t, fresh.tx)
	require.Equal(t, map[string]int64{"": 2, "mailbox": 1, "claims": 1, "slots": 1, "rendezvous": 1}, newest)
	dumps, err := os.ReadDir(filepath.Join("testdata", "schema"))
	require.NoError(t, err)
	for n, file := range dumps {
		t.Run(file.Name(), func(t *testing.T) {
			require.Equal(t, fmt.Sprintf("%d.sql", n+1), file.Name(), "no version is skipped")
			dump, err := os.ReadFile(filepath.Join("testdata", "schema", file.Name()))
			require.NoError(t, err)
			tx := sqltx.Open(t, ":memory:")
			for statement := range strings.SplitSeq(string(dump), ";\n") {
				if strings.HasPrefix(statement, "CREATE") || strings.HasPrefix(statement, "INSERT") {
					tx.Do(t, statement)
				}
			}
			require.Equal(t, n == len(dumps)-1, maps.Equal(newest, versionsOf(t, tx)), "the last is of the newest, and no other")

			relay, err := Open(tx, rand.Reader, core.Config{})
			require.NoError(t, err)
			w := &world{t: t, tx: tx, relay: relay}
			require.Equal(t, schemaOf(t, fresh.tx), schemaOf(t, tx), "an old database becomes what a new one is")
			require.Equal(t, newest, versionsOf(t, tx))
			w.checkCounts()

			pending, err := relay.mailboxes.Queue().Pending(tx, 2, 0, 10, 1000)
			require.NoError(t, err)
			require.Len(t, pending, 2)
			require.Equal(t, core.MailboxID(2), w.deposit(door(1), 60).Mailbox)
			require.Zero(t, w.deposit(door(9), 60).Mailbox)
			value, found, err := relay.slots.Get(tx, slots.ID{7})
			require.NoError(t, err)
			require.True(t, found)
			require.Equal(t, "value", string(value))
			var bob rendezvous.Peer
			var last wormhole.ServerMessage
			for _, m := range []wormhole.ClientMessage{
				{Type: wormhole.ClientBind, AppID: wormhole.AppID, Side: "bob"},
				{Type: wormhole.ClientClaim, Nameplate: "5397"},
				{Type: wormhole.ClientOpen},
			} {
				if m.Type == wormhole.ClientOpen {
					require.NotEmpty(t, last.Mailbox)
					m.Mailbox = last.Mailbox
				}
				e, err := relay.rendezvous.Handle(tx, bob, m, nil)
				require.NoError(t, err)
				bob, last = e.Peer, e.Replies[len(e.Replies)-1]
			}
			require.Equal(t, "hello", string(last.Body))
			w.sweep()
			w.checkCounts()

			again, err := Open(tx, rand.Reader, core.Config{})
			require.NoError(t, err)
			require.Equal(t, relay.id, again.id)
		})
	}
}

// TestMigrationFails has the storage fail at each statement of a migration.
// The host rolls back; the next start finds what was there before.
func TestMigrationFails(t *testing.T) {
	broken := errors.New("the disk is gone")
	tx := sqltx.Open(t, filepath.Join(t.TempDir(), "relay.db"))
	do := func(statement string) {
		t.Helper()
		tx.Do(t, statement)
	}
	for n := 1; ; n++ {
		require.Less(t, n, 1000)
		do(`BEGIN`)
		left := n
		failing := &failingTx{Tx: tx, left: &left, err: broken}
		_, err := Open(failing, rand.Reader, core.Config{})
		if err == nil {
			require.Greater(t, n, 20, "each statement failed once")
			do(`COMMIT`)
			break
		}
		require.ErrorIs(t, err, broken)
		do(`ROLLBACK`)
		require.Empty(t, schemaOf(t, tx), "all or nothing")
	}
	require.NotEmpty(t, schemaOf(t, tx))
}

// failingTx fails at the left-th statement that changes something.
type failingTx struct {
	*sqltx.Tx
	left *int
	err  error
}

func (tx *failingTx) Exec(query string, args ...any) (int64, error) {
	if *tx.left--; *tx.left == 0 {
		return 0, tx.err
	}
	return tx.Tx.Exec(query, args...)
}

func TestOpenKeepsKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	tx := sqltx.Open(t, path)
	first, err := Open(tx, rand.Reader, core.Config{Version: "1"})
	require.NoError(t, err)
	second, err := Open(tx, rand.Reader, core.Config{Version: "1"})
	require.NoError(t, err)
	require.Equal(t, first.id, second.id)
	require.Equal(t, first.descriptor, second.descriptor)

	for _, newer := range []string{`UPDATE schema_version SET version = 99`, `UPDATE versions SET version = 99 WHERE noun = 'claims'`} {
		tx.Do(t, newer)
		_, err = Open(tx, rand.Reader, core.Config{})
		require.ErrorContains(t, err, "newer relay")
		found, err := Inspect(tx)
		require.NoError(t, err)
		require.Len(t, found.Problems, 1)
		require.Contains(t, found.Problems[0], "start a newer one")
		tx.Do(t, `UPDATE schema_version SET version = 2`)
	}
	tx.Do(t, `UPDATE versions SET version = 1`)
	tx.Do(t, `UPDATE meta SET value = x'00' WHERE name = 'routing'`)
	_, err = Open(tx, rand.Reader, core.Config{})
	require.ErrorContains(t, err, "restore a backup")
}
