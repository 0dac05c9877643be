// Package roottest is the conformance suite of vault.RootFile: every kind of
// root file passes it, in browsers and natively.
package roottest
