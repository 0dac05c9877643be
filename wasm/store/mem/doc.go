// Package mem is a store.Store in memory for tests and simulations. A Store
// is one process's hold on a Disk; the Disk outlives it, so a death and a
// restart are Kill and Disk.Open. Faults can be planted before or after any
// commit takes effect.
package mem
