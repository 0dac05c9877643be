// Package sqlite is a store.Store in one SQLite file, for agents that run
// natively: with package vault/file it carries a vault. Like a browser's
// database, and like every SQLite file, it deletes nothing for certain.
package sqlite
