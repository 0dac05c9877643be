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

	"github.com/coder/websocket"

	"petmail/relay/protocol"
	"petmail/shared/relayproto"
)

// Report is what Check found.
type Report struct {
	Problems []string                // sentences, with what to do
	ID       [relayproto.IDSize]byte // of the relay; zero if there is none yet
	Exists   bool                    // there is a data folder
	Running  bool                    // a relay is using it
}

func (r *Report) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// Check looks at a data folder, also while a relay is using it. A folder that
// does not exist yet is in order. It changes nothing that stays: it makes a
// file in the folder and removes it.
func Check(ctx context.Context, dataDir string) (Report, error) {
	var r Report
	info, err := os.Stat(dataDir)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("couldn't look at the data folder: %w", err)
	}
	r.Exists = true
	if !info.IsDir() {
		r.problem("%s is not a folder", dataDir)
		return r, nil
	}
	if info.Mode().Perm()&0o022 != 0 {
		r.problem("others on this machine can write into the data folder; chmod 700 %s", dataDir)
	}
	if err := tryWriting(dataDir); err != nil {
		r.problem("the relay can't write into its data folder (%v); give it to the user that the relay runs as", err)
		return r, nil
	}
	path := filepath.Join(dataDir, databaseFile)
	info, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("couldn't look at the database: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		r.problem("others on this machine can read the database, which holds the relay's keys; chmod 600 %s", path)
	}
	if r.Running, err = isRunning(dataDir); err != nil {
		return r, err
	}
	db, err := openForReading(dataDir)
	if err != nil {
		return r, err
	}
	defer db.Close()
	damage, err := integrity(ctx, db)
	if err != nil {
		return r, err
	}
	for _, line := range damage {
		r.problem("%s; restore a backup", line)
	}
	found, err := protocol.Inspect(&lookTx{db: db, now: time.Now()})
	if err != nil {
		if len(damage) == 0 {
			r.problem("the database can't be read: %v; restore a backup", err)
		}
		return r, nil
	}
	r.ID = found.ID
	r.Problems = append(r.Problems, found.Problems...)
	return r, nil
}

func tryWriting(dir string) error {
	f, err := os.CreateTemp(dir, ".check-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// isRunning tells whether a relay holds the folder's lock.
func isRunning(dir string) (bool, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false, fmt.Errorf("couldn't find the data folder: %w", err)
	}
	path := filepath.Join(dir, lockFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	var d database
	err = d.lock(path)
	if closeErr := d.close(); !errors.Is(err, ErrLocked) {
		return false, errors.Join(err, closeErr)
	}
	return true, nil
}

// integrity returns what SQLite finds wrong with a database.
func integrity(ctx context.Context, db *sql.DB) (damage []string, err error) {
	rows, err := db.QueryContext(ctx, `PRAGMA integrity_check(20)`)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return []string{"the database can't be read: " + err.Error()}, nil
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, fmt.Errorf("couldn't read the check's result: %w", err)
		}
		if line != "ok" {
			damage = append(damage, "the database is damaged: "+line)
		}
	}
	if err := rows.Err(); err != nil {
		damage = append(damage, "the database can't be read: "+err.Error())
	}
	return damage, ctx.Err()
}

// TrySocket opens a WebSocket of a relay as a client does, and waits for what
// the relay says first.
func TrySocket(ctx context.Context, url string) error {
	c, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return err
	}
	defer c.CloseNow()
	_, frame, err := c.Read(ctx)
	if err == nil && len(frame) == 0 {
		err = errors.New("an empty frame came")
	}
	return err
}
