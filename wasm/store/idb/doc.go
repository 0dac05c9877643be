// Package idb is a store.Store in IndexedDB, for browsers only: one database
// with one object store of string keys and byte values. Each Commit is one
// transaction of durability "strict", without which Chromium answers before
// the bytes are on the disk.
//
// It speaks to IndexedDB itself, in shim.go, instead of through
// go-indexeddb. That library reports a transaction that the browser aborted
// without giving an error (as it does when the profile's storage is cleared or
// the disk fails) as completed, so that Commit would promise what was never
// stored; it panics at program start where there is no IndexedDB; and it has
// no getAll.
package idb
