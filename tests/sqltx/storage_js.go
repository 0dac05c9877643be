package sqltx

import (
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/tests/sqlitejs"
)

// jsStorage is SQLite through JavaScript, in memory whatever its path.
type jsStorage struct{ *sqlitejs.DB }

func openStorage(t require.TestingT, _ string) storage {
	// Tests run in the folder of their package, which lies at any depth.
	folder := "tests/sqlitejs"
	for range 8 {
		if _, err := os.Stat(filepath.FromSlash(folder)); err == nil {
			break
		}
		folder = "../" + folder
	}
	db, err := sqlitejs.Open(folder)
	require.NoError(t, err, "scripts/npm-ci.sh .")
	return jsStorage{db}
}

func (s jsStorage) Query(query string, row func(core.Row) error, args ...any) error {
	return s.DB.Query(query, func(r *sqlitejs.Row) error { return row(r) }, args...)
}
