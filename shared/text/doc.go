// Package text judges the words of people: whether they show anything, what
// of them is only there to move what stands beside it, and, for names,
// whether two of them look alike. It depends on nothing.
//
// All functions may be called concurrently.
package text
