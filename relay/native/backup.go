package native

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes a consistent copy of the database in dataDir to the new file
// target, keys included, while a relay may be running. To restore it, put it
// into an empty data folder as petmail.db.
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

// Check returns, in sentences, what is wrong with a data folder. A folder
// that does not exist yet is in order.
func Check(ctx context.Context, dataDir string) (problems []string, err error) {
	info, err := os.Stat(dataDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't look at the data folder: %w", err)
	}
	if !info.IsDir() {
		return []string{"the data folder is not a folder"}, nil
	}
	path := filepath.Join(dataDir, databaseFile)
	info, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't look at the database: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		problems = append(problems, "others on this machine can read the database, which holds the relay's keys; chmod 600 it")
	}
	db, err := openForReading(dataDir)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `PRAGMA integrity_check(20)`)
	if err != nil {
		return append(problems, "the database can't be read: "+err.Error()+"; restore a backup"), nil
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, fmt.Errorf("couldn't read the check's result: %w", err)
		}
		if line != "ok" {
			problems = append(problems, "the database is damaged: "+line+"; restore a backup")
		}
	}
	if err := rows.Err(); err != nil {
		problems = append(problems, "the database can't be read: "+err.Error()+"; restore a backup")
	}
	return problems, nil
}

func openForReading(dataDir string) (*sql.DB, error) {
	dir, err := filepath.Abs(dataDir)
	if err != nil {
		return nil, fmt.Errorf("couldn't find the data folder: %w", err)
	}
	path := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("couldn't find a relay's data: %w", err)
	}
	db, err := sql.Open("sqlite", dsn(path, patient))
	if err != nil {
		return nil, fmt.Errorf("couldn't open the database: %w", err)
	}
	return db, nil
}
