// Package idb is a store.Store in IndexedDB, for browsers only: one database
// with one object store of string keys and byte values. Each Commit is one
// transaction of durability "strict", without which Chromium answers before
// the bytes are on the disk.
//
// It speaks to IndexedDB itself, in transaction.go, instead of through
// go-indexeddb. That library reports a transaction that the browser aborted
// without giving an error (as it does when the profile's storage is cleared or
// the disk fails) as completed, so that Commit would promise what was never
// stored; where a context is cancelled it returns what stands for "not found",
// without an error; waiting for a transaction that has ended never returns; and
// it has no getAll.
//
// # Goroutines
//
//	Open           starts, when the database is taken away, the one that calls lost and
//	               ends with it
//	openDatabase   starts, when opening takes too long, the one that waits on and closes
//	               what opens after all; the browser ends it
package idb
