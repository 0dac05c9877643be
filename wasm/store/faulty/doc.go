// Package faulty wraps a store.Store so that tests can have any Commit fail,
// or the process die in it, before or after it takes effect.
package faulty
