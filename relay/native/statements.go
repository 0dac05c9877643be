package native

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	"petmail/relay/core"
)

// writeTx is the core.Tx of the writer goroutine. It speaks to the driver
// itself: the pool, locks and conversions of database/sql cost as much as a
// small statement, and one goroutine with one connection has no use for them.
type writeTx struct {
	conn  driver.Conn
	stmts map[string]statement
	clock *clock
	now   time.Time // of the transaction

	args []driver.NamedValue // of the running statement
}

// statement is a prepared statement of the driver.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func newWriteTx(conn driver.Conn) *writeTx {
	return &writeTx{conn: conn, stmts: make(map[string]statement)}
}

// close closes the statements and the connection.
func (t *writeTx) close() error {
	var errs []error
	for _, s := range t.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, t.conn.Close())...)
}

func (t *writeTx) prepare(query string) (statement, error) {
	if s, ok := t.stmts[query]; ok {
		return s, nil
	}
	prepared, err := t.conn.Prepare(query)
	if err != nil {
		return nil, err
	}
	s, ok := prepared.(statement)
	if !ok {
		return nil, errors.Join(errors.New("the driver's statements lack a method"), prepared.Close())
	}
	t.stmts[query] = s
	return s, nil
}

// bind puts arguments into the driver's form. The slice is used until the next
// statement binds.
func (t *writeTx) bind(args []any) ([]driver.NamedValue, error) {
	t.args = t.args[:0]
	for i, arg := range args {
		switch arg.(type) {
		case int64, string, []byte:
		default:
			return nil, fmt.Errorf("can't bind %T", arg)
		}
		t.args = append(t.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return t.args, nil
}

// Exec is of core.Tx.
func (t *writeTx) Exec(query string, args ...any) (int64, error) {
	s, err := t.prepare(query)
	if err != nil {
		return 0, err
	}
	bound, err := t.bind(args)
	if err != nil {
		return 0, err
	}
	result, err := s.ExecContext(context.Background(), bound)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Query is of core.Tx.
func (t *writeTx) Query(query string, row func(core.Row) error, args ...any) error {
	s, err := t.prepare(query)
	if err != nil {
		return err
	}
	bound, err := t.bind(args)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), bound)
	if err != nil {
		return err
	}
	values := make(scanRow, len(rows.Columns()))
	for {
		err := rows.Next(values)
		if err == nil {
			err = row(values)
		}
		if err != nil {
			closing := rows.Close()
			if errors.Is(err, io.EOF) {
				return closing
			}
			return err
		}
	}
}

// Now is of core.Tx.
func (t *writeTx) Now() time.Time { return t.now }

// scanRow is a row as the driver returns it, in memory of its own.
type scanRow []driver.Value

// Scan is of core.Row.
func (r scanRow) Scan(dest ...any) error {
	if len(dest) != len(r) {
		return fmt.Errorf("can't scan %d columns into %d variables", len(r), len(dest))
	}
	for i, to := range dest {
		ok := false
		switch to := to.(type) {
		case *int64:
			*to, ok = r[i].(int64)
		case *string:
			*to, ok = r[i].(string)
		case *[]byte:
			*to, ok = r[i].([]byte)
		}
		if !ok {
			return fmt.Errorf("can't scan column %d, %T, into %T", i, r[i], to)
		}
	}
	return nil
}
