//go:build !js

package sqltx

import (
	"database/sql"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"petmail/relay/core"
)

// nativeStorage is SQLite through database/sql.
type nativeStorage struct{ db *sql.DB }

func openStorage(t require.TestingT, path string) storage {
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	return nativeStorage{db}
}

func (s nativeStorage) Close() error { return s.db.Close() }

func (s nativeStorage) Exec(query string, args ...any) (int64, error) {
	result, err := s.db.Exec(query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s nativeStorage) Query(query string, row func(core.Row) error, args ...any) error {
	rows, err := s.db.Query(query, args...)
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
