package core_test

import (
	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/tests/sqlitejs"
)

// jsStorage is SQLite through JavaScript, in memory whatever its path.
type jsStorage struct{ *sqlitejs.DB }

func openStorage(t require.TestingT, _ string) storage {
	db, err := sqlitejs.Open("../../tests/sqlitejs")
	require.NoError(t, err, "scripts/npm-ci.sh tests/sqlitejs")
	return jsStorage{db}
}

func (s jsStorage) Query(query string, row func(core.Row) error, args ...any) error {
	return s.DB.Query(query, func(r *sqlitejs.Row) error { return row(r) }, args...)
}
