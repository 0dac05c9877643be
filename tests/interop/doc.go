// Package interop checks our protocols against other people's
// implementations of them, run live.
package interop
