package core_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/shared/wormhole"
)

// schemaOf lists what a database is made of, white space aside.
func schemaOf(t *testing.T, tx *memoryTx) map[string]string {
	t.Helper()
	schema := make(map[string]string)
	err := tx.db.Query(`SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL`, func(row core.Row) error {
		var name, sql string
		err := row.Scan(&name, &sql)
		schema[name] = strings.Join(strings.Fields(sql), " ")
		return err
	})
	require.NoError(t, err)
	return schema
}

// TestMigrations opens what each version of the schema has left, all of them
// with the same rows, and uses it. testdata/schema holds a dump for each.
func TestMigrations(t *testing.T) {
	fresh := newWorld(t, core.Config{})
	newest := fresh.tx.int(t, `SELECT version FROM schema_version`)
	for version := int64(1); version <= newest; version++ {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			dump, err := os.ReadFile(filepath.Join("testdata", "schema", fmt.Sprintf("%d.sql", version)))
			require.NoError(t, err, "every version has its dump")
			tx := newTx(t, ":memory:")
			for statement := range strings.SplitSeq(string(dump), ";\n") {
				if strings.HasPrefix(statement, "CREATE") || strings.HasPrefix(statement, "INSERT") {
					_, err := tx.db.Exec(statement)
					require.NoError(t, err, statement)
				}
			}
			require.Equal(t, version, tx.int(t, `SELECT version FROM schema_version`))

			relay, err := core.Open(tx, rand.Reader, core.Config{})
			require.NoError(t, err)
			w := &world{t: t, tx: tx, relay: relay}
			require.Equal(t, schemaOf(t, fresh.tx), schemaOf(t, tx), "an old database becomes what a new one is")
			require.Equal(t, newest, tx.int(t, `SELECT version FROM schema_version`))
			w.checkCounts()

			pending, err := relay.Pending(tx, 2, 0, 10, 1000)
			require.NoError(t, err)
			require.Len(t, pending, 2)
			require.Equal(t, core.MailboxID(2), w.deposit(door(1), 60).Mailbox)
			require.Zero(t, w.deposit(door(9), 60).Mailbox)
			value, found, err := relay.Slot(tx, core.SlotID{7})
			require.NoError(t, err)
			require.True(t, found)
			require.Equal(t, "value", string(value))
			bob := w.bound(wormhole.AppID, "bob")
			mailbox := bob.say(claim("5397")).Mailbox
			require.NotEmpty(t, mailbox)
			require.Equal(t, "hello", string(bob.say(openMailbox(mailbox)).Body))
			w.sweep()
			w.checkCounts()

			again, err := core.Open(tx, rand.Reader, core.Config{})
			require.NoError(t, err)
			require.Equal(t, relay.ID(), again.ID())
		})
	}
	_, err := os.Stat(filepath.Join("testdata", "schema", fmt.Sprintf("%d.sql", newest+1)))
	require.ErrorIs(t, err, os.ErrNotExist, "no version is skipped")
}

// TestMigrationFails has the storage fail at each statement of a migration.
// The host rolls back; the next start finds what was there before.
func TestMigrationFails(t *testing.T) {
	broken := errors.New("the disk is gone")
	tx := newTx(t, filepath.Join(t.TempDir(), "relay.db"))
	do := func(statement string) {
		t.Helper()
		_, err := tx.db.Exec(statement)
		require.NoError(t, err)
	}
	for n := 1; ; n++ {
		require.Less(t, n, 1000)
		do(`BEGIN`)
		left := n
		failing := &failingTx{memoryTx: tx, left: &left, err: broken}
		_, err := core.Open(failing, rand.Reader, core.Config{})
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
	*memoryTx
	left *int
	err  error
}

func (tx *failingTx) Exec(query string, args ...any) (int64, error) {
	if *tx.left--; *tx.left == 0 {
		return 0, tx.err
	}
	return tx.memoryTx.Exec(query, args...)
}

// TestDamagedKeys checks that a relay with other keys than its own does not
// start: it would look like one that cheats.
func TestDamagedKeys(t *testing.T) {
	for name, statement := range map[string]string{
		"a bit of the identity":      `UPDATE meta SET value = x'` + strings.Repeat("01", 32) + `' WHERE name = 'identity'`,
		"another routing key":        `UPDATE meta SET value = x'` + strings.Repeat("01", 32) + `' WHERE name = 'routing'`,
		"a routing key out of range": `UPDATE meta SET value = x'` + strings.Repeat("ff", 32) + `' WHERE name = 'routing'`,
		"a short identity":           `UPDATE meta SET value = x'01' WHERE name = 'identity'`,
		"no identity":                `DELETE FROM meta WHERE name = 'identity'`,
		"no routing key":             `DELETE FROM meta WHERE name = 'routing'`,
		"the id alone":               `DELETE FROM meta WHERE name <> 'id'`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, core.Config{})
			_, err := w.tx.db.Exec(statement)
			require.NoError(t, err)
			_, err = core.Open(w.tx, rand.Reader, core.Config{})
			require.ErrorContains(t, err, "restore a backup")
			found, err := core.Inspect(w.tx)
			require.NoError(t, err)
			require.Len(t, found.Problems, 1)
			require.Zero(t, found.ID)
		})
	}
}
