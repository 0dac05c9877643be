package native

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"petmail/relay/core"
	"petmail/relay/protocol"
	"petmail/shared/relayproto"
)

// Backup writes a consistent copy of the database in dataDir to the new file
// target, keys included, while a relay may be running. Restore takes it back.
func Backup(ctx context.Context, dataDir, target string) error {
	db, err := openForReading(dataDir)
	if err != nil {
		return err
	}
	defer db.Close()
	// Made first, so that nobody else can read the keys; VACUUM INTO takes an
	// empty file.
	f, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("couldn't create the backup: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("couldn't create the backup: %w", err)
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, target); err != nil {
		return errors.Join(fmt.Errorf("couldn't write the backup: %w", err), os.Remove(target))
	}
	return syncFile(target)
}

func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("couldn't open the backup: %w", err)
	}
	if err := f.Sync(); err != nil {
		return errors.Join(fmt.Errorf("couldn't write the backup to disk: %w", err), f.Close())
	}
	return f.Close()
}

// restoring is the database that is not complete yet.
const restoring = databaseFile + ".restoring"

// Restore puts a backup into a data folder that holds no database yet, made
// if it is missing. The backup is checked first; the folder gets a whole
// database or none. It returns ErrLocked when a relay is using the folder.
func Restore(ctx context.Context, backup, dataDir string) (err error) {
	if err := checkBackup(ctx, backup); err != nil {
		return err
	}
	dir, err := filepath.Abs(dataDir)
	if err != nil {
		return fmt.Errorf("couldn't find the data folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("couldn't make the data folder: %w", err)
	}
	var d database
	if err := d.lock(filepath.Join(dir, lockFile)); err != nil {
		return errors.Join(err, d.close())
	}
	defer func() { err = errors.Join(err, d.close()) }()
	target := filepath.Join(dir, databaseFile)
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("couldn't restore: there is a %s in the data folder already; move it away first", databaseFile)
	}
	part := filepath.Join(dir, restoring)
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("couldn't remove what an earlier attempt left: %w", err)
	}
	if err := copyBackup(ctx, backup, part); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	if err := os.Rename(part, target); err != nil {
		return fmt.Errorf("couldn't put the database in its place: %w", err)
	}
	return syncFolder(dir)
}

func checkBackup(ctx context.Context, backup string) error {
	db, err := openFile(backup)
	if err != nil {
		return err
	}
	defer db.Close()
	damage, err := integrity(ctx, db)
	if err != nil {
		return err
	}
	if len(damage) > 0 {
		return fmt.Errorf("couldn't use the backup: %s", damage[0])
	}
	found, err := protocol.Inspect(&lookTx{db: db, now: time.Now()})
	switch {
	case err != nil:
		return fmt.Errorf("couldn't read the backup: %w", err)
	case len(found.Problems) > 0:
		return fmt.Errorf("couldn't use the backup: %s", found.Problems[0])
	case found.ID == [relayproto.IDSize]byte{}:
		return errors.New("couldn't use the backup: it is empty")
	}
	return nil
}

// copyBackup writes a backup to the new file part, ready for use and on disk.
func copyBackup(ctx context.Context, backup, part string) error {
	from, err := openFile(backup)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := createPrivate(part); err != nil {
		return err
	}
	if _, err := from.ExecContext(ctx, `VACUUM INTO ?`, part); err != nil {
		return fmt.Errorf("couldn't copy the backup: %w", err)
	}
	to, err := sql.Open("sqlite", dsn(part, "journal_mode(DELETE)", "synchronous(FULL)"))
	if err != nil {
		return fmt.Errorf("couldn't open the copy: %w", err)
	}
	to.SetMaxOpenConns(1)
	if err := protocol.Restored(&lookTx{db: to, now: time.Now()}); err != nil {
		return errors.Join(err, to.Close())
	}
	if err := to.Close(); err != nil {
		return fmt.Errorf("couldn't close the copy: %w", err)
	}
	return syncFile(part)
}

// syncFolder makes a rename durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("couldn't open the data folder: %w", err)
	}
	if err := f.Sync(); err != nil {
		return errors.Join(fmt.Errorf("couldn't write the data folder to disk: %w", err), f.Close())
	}
	return f.Close()
}

func openForReading(dataDir string) (*sql.DB, error) {
	dir, err := filepath.Abs(dataDir)
	if err != nil {
		return nil, fmt.Errorf("couldn't find the data folder: %w", err)
	}
	return openFile(filepath.Join(dir, databaseFile))
}

func openFile(path string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("couldn't find the database: %w", err)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("couldn't find a relay's data: %w", err)
	}
	db, err := sql.Open("sqlite", dsn(path, patient))
	if err != nil {
		return nil, fmt.Errorf("couldn't open the database: %w", err)
	}
	return db, nil
}

// lookTx is a core.Tx outside of a running relay. It commits each statement.
type lookTx struct {
	db  *sql.DB
	now time.Time
}

func (t *lookTx) Exec(query string, args ...any) (int64, error) {
	result, err := t.db.Exec(query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (t *lookTx) Query(query string, row func(core.Row) error, args ...any) error {
	rows, err := t.db.Query(query, args...)
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

func (t *lookTx) Now() time.Time { return t.now }
