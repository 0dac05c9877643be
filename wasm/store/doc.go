// Package store is where an agent keeps its state: opaque records under
// ordered string keys, changed in atomic, durable batches. Its subpackages
// implement it (mem for tests, idb over IndexedDB) and all pass
// store/storetest.
package store
