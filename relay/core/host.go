package core

import (
	"errors"
	"fmt"
	"time"

	"petmail/shared/relayproto"
)

// Tx is the host's storage for the length of one transaction. Statements are
// SQLite's dialect with ? placeholders; arguments are int64, string or
// []byte, and integers stay below 2^53 because some hosts pass them as
// floating-point numbers.
//
// A Tx is used by one goroutine at a time. Its errors are storage failures:
// the transaction cannot go on.
type Tx interface {
	// Exec runs a statement and returns how many rows it changed.
	Exec(query string, args ...any) (changed int64, err error)
	// Query calls row for every row of the result and stops at row's first
	// error, which it returns. The statement may be one that changes rows and
	// returns them.
	Query(query string, row func(Row) error, args ...any) error
	// Now is the time of the transaction.
	Now() time.Time
}

// Row is one row of a result. Scan accepts *int64, *string and *[]byte; what
// it stores stays valid after the row.
type Row interface {
	Scan(dest ...any) error
}

// Refusal is the answer to a request that the rules do not allow. It has
// changed nothing.
type Refusal struct {
	Status int // HTTP
	Answer relayproto.Error
}

func (r *Refusal) Error() string { return r.Answer.Error() }

// IsRefusal tells the answers of the rules, which have changed nothing, from
// failures of the storage.
func IsRefusal(err error) bool {
	var r *Refusal
	return errors.As(err, &r)
}

// Refuse makes a Refusal without a detail.
func Refuse(status int, code relayproto.Code, message string) *Refusal {
	return &Refusal{Status: status, Answer: relayproto.Error{Code: code, Message: message}}
}

// QueryInt returns the single integer of a query, and whether there was a row.
func QueryInt(tx Tx, query string, args ...any) (value int64, found bool, err error) {
	err = tx.Query(query, func(r Row) error {
		found = true
		return r.Scan(&value)
	}, args...)
	return value, found, err
}

// Heartbeat makes a change, to find out whether the storage takes changes.
// Another each time: SQLite writes nothing for a value that is there already.
func Heartbeat(tx Tx) error {
	_, err := tx.Exec(`INSERT INTO totals (name, n) VALUES ('heartbeat', 1)
		ON CONFLICT (name) DO UPDATE SET n = n + 1`)
	if err != nil {
		return fmt.Errorf("couldn't write a heartbeat: %w", err)
	}
	return nil
}
