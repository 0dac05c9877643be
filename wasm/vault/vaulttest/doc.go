// Package vaulttest has a root file in memory that crashes like a disk, for
// tests of the vault and of what stands on it.
package vaulttest
