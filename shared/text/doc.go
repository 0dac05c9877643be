// Package text judges the words of people: whether they show anything, what
// of them is only there to move what stands beside it, and, for names,
// whether two of them look alike. It also writes bytes as text (bech32m) and
// hides their length (padding; shared/spec/wire.md). It depends on nothing.
//
// All functions may be called concurrently.
package text
