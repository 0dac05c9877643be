// Package sqlitejs is SQLite for tests of Go that runs as wasm under Node:
// sql.js, which is SQLite itself compiled to wasm, called synchronously. It
// stands in for the SQL of hosts like Durable Objects, down to their habit of
// passing integers as floating-point numbers.
//
// It needs the npm package of this folder (scripts/npm-ci.sh .).
package sqlitejs
