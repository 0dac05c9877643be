package native

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"petmail/relay/core"
)

// Files in the data folder.
const (
	databaseFile = "petmail.db"
	lockFile     = "lock.db"
)

// ErrLocked is returned by Open when another relay uses the data folder.
var ErrLocked = errors.New("another relay is using this data folder")

// database is the SQLite file: one connection that writes, a few that read.
type database struct {
	tx     *writeTx // the connection that writes; Open's, then the writer's
	readDB *sql.DB
	lockDB *sql.DB
	clock  *clock

	mu    sync.Mutex
	reads map[string]*sql.Stmt // prepared on readDB
}

const readConnections = 4

// patient waits for locks that another process holds for a moment, as a
// backup does.
const patient = "busy_timeout(5000)"

func dsn(path string, pragmas ...string) string {
	values := url.Values{"_pragma": pragmas}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: values.Encode()}
	return u.String()
}

// openDatabase opens or creates the files in dir. maxBytes 0 means no limit.
func openDatabase(dir string, maxBytes int64) (_ *database, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("couldn't find the data folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("couldn't make the data folder: %w", err)
	}
	d := &database{reads: make(map[string]*sql.Stmt)}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if err := d.lock(filepath.Join(dir, lockFile)); err != nil {
		return nil, err
	}

	path := filepath.Join(dir, databaseFile)
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	conn, err := d.lockDB.Driver().Open(dsn(path, patient, "journal_mode(WAL)", "synchronous(FULL)",
		"wal_autocheckpoint(4000)", "cache_size(-16384)", "temp_store(MEMORY)"))
	if err != nil {
		return nil, fmt.Errorf("couldn't open the database: %w", err)
	}
	d.tx = newWriteTx(conn)
	if maxBytes > 0 {
		const pageSize = 4096
		pragma := "PRAGMA max_page_count = " + strconv.FormatInt(max(maxBytes/pageSize, 1), 10)
		if _, err := d.tx.Exec(pragma); err != nil {
			return nil, fmt.Errorf("couldn't limit the database: %w", err)
		}
	}
	d.readDB, err = sql.Open("sqlite", dsn(path, patient, "query_only(1)", "cache_size(-2048)", "temp_store(MEMORY)"))
	if err != nil {
		return nil, fmt.Errorf("couldn't open the database for reading: %w", err)
	}
	d.readDB.SetMaxOpenConns(readConnections)
	d.readDB.SetMaxIdleConns(readConnections)
	return d, d.warmReads()
}

// warmReads opens the files of all reading connections now, so that they are
// there when no more files can be opened.
func (d *database) warmReads() error {
	ctx := context.Background()
	var conns []*sql.Conn
	var errs []error
	for range readConnections {
		c, err := d.readDB.Conn(ctx)
		if err != nil {
			errs = append(errs, err)
			break
		}
		conns = append(conns, c)
		var tables int
		errs = append(errs, c.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&tables))
	}
	for _, c := range conns {
		errs = append(errs, c.Close()) // back to the pool
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("couldn't open the database for reading: %w", err)
	}
	return nil
}

// createPrivate makes a file that holds keys, so that SQLite, which gives its
// own files the mode of the database, lets nobody else read them.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("couldn't create the database: %w", err)
	}
	return f.Close()
}

// lock keeps a second relay away for as long as the process lives: an open
// exclusive transaction on a file of its own, which works wherever SQLite does
// and vanishes with the process.
func (d *database) lock(path string) error {
	if err := createPrivate(path); err != nil {
		return err
	}
	var err error
	if d.lockDB, err = sql.Open("sqlite", dsn(path, "busy_timeout(0)")); err != nil {
		return fmt.Errorf("couldn't open the lock: %w", err)
	}
	d.lockDB.SetMaxOpenConns(1)
	if _, err := d.lockDB.Exec(`BEGIN EXCLUSIVE`); err != nil {
		if isBusy(err) {
			return ErrLocked
		}
		return fmt.Errorf("couldn't lock the data folder: %w", err)
	}
	return nil
}

// isBusy tells SQLITE_BUSY (5) with any extension.
func isBusy(err error) bool {
	var coded interface{ Code() int }
	return errors.As(err, &coded) && coded.Code()&0xff == 5
}

func (d *database) close() error {
	var errs []error
	// SQLite folds its log into the database when the last connection closes,
	// which waits for the last statement.
	for _, s := range d.reads {
		errs = append(errs, s.Close())
	}
	if d.readDB != nil {
		errs = append(errs, d.readDB.Close())
	}
	if d.tx != nil {
		errs = append(errs, d.tx.close())
	}
	if d.lockDB != nil {
		errs = append(errs, d.lockDB.Close())
	}
	return errors.Join(errs...)
}

func eachRow(s *sql.Stmt, row func(core.Row) error, args []any) error {
	rows, err := s.Query(args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// readTx is a core.Tx that only reads what is committed. Each statement sees
// the newest commit.
type readTx struct{ d *database }

var errReadOnly = errors.New("a reading transaction can't write")

func (t readTx) Exec(string, ...any) (int64, error) { return 0, errReadOnly }

func (t readTx) Query(query string, row func(core.Row) error, args ...any) error {
	t.d.mu.Lock()
	s, ok := t.d.reads[query]
	if !ok {
		var err error
		if s, err = t.d.readDB.Prepare(query); err != nil {
			t.d.mu.Unlock()
			return err
		}
		t.d.reads[query] = s
	}
	t.d.mu.Unlock()
	return eachRow(s, row, args)
}

func (t readTx) Now() time.Time { return t.d.clock.now() }
