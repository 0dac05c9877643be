// Package storetest is the conformance suite of store.Store: every
// implementation passes it.
package storetest
