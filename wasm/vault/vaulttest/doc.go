// Package vaulttest has what tests of the vault need: a root file in memory
// that crashes like a disk, and the conformance suite of vault.RootFile.
package vaulttest
