// Package mem is a store.Store in memory for tests and simulations. A Store
// is one process's hold on a Disk; the Disk outlives it.
package mem
