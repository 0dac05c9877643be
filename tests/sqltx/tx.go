// Package sqltx is SQLite behind a core.Tx, natively and in wasm, for tests of
// the relay's rules.
package sqltx

import (
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
)

// T is what a test, a benchmark, a fuzz target and a property have in common.
type T interface {
	require.TestingT
	Cleanup(func())
}

// storage is SQLite, natively and under Node.
type storage interface {
	Exec(query string, args ...any) (changed int64, err error)
	Query(query string, row func(core.Row) error, args ...any) error
	Close() error
}

// Tx is a core.Tx with a clock that tests set. It commits every statement; the
// rules do not notice.
type Tx struct {
	Time       time.Time // what Now says
	Statements []string  // since the test last emptied it
	Fail       error     // returned by the next Exec, if set

	db storage
}

// Open opens a database, which closes with the test. In wasm it lies in
// memory, whatever its path.
func Open(t T, path string) *Tx {
	db := openStorage(t, path)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return &Tx{db: db, Time: time.Unix(1_800_000_000, 0)}
}

// Exec is of core.Tx.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	tx.Statements = append(tx.Statements, query)
	if err := tx.Fail; err != nil {
		tx.Fail = nil
		return 0, err
	}
	return tx.db.Exec(query, args...)
}

// Query is of core.Tx.
func (tx *Tx) Query(query string, row func(core.Row) error, args ...any) error {
	tx.Statements = append(tx.Statements, query)
	return tx.db.Query(query, row, args...)
}

// Now is of core.Tx.
func (tx *Tx) Now() time.Time { return tx.Time }

// Pass lets time pass.
func (tx *Tx) Pass(d time.Duration) { tx.Time = tx.Time.Add(d) }

// Do runs a statement of the test, which is not recorded and does not fail.
func (tx *Tx) Do(t require.TestingT, query string, args ...any) {
	_, err := tx.db.Exec(query, args...)
	require.NoError(t, err, query)
}

// Each runs a query of the test.
func (tx *Tx) Each(t require.TestingT, query string, row func(core.Row) error, args ...any) {
	require.NoError(t, tx.db.Query(query, row, args...), query)
}

// Int returns the single integer of a query.
func (tx *Tx) Int(t require.TestingT, query string, args ...any) (n int64) {
	tx.Each(t, query, func(row core.Row) error { return row.Scan(&n) }, args...)
	return n
}

// Changes counts every row that was ever changed.
func (tx *Tx) Changes(t require.TestingT) int64 { return tx.Int(t, `SELECT total_changes()`) }
