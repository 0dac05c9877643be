// Package vault is a store.Store whose deletions are real: what a Commit
// deletes or replaces cannot be read from the disk any more once it has
// returned, whoever takes the disk, with every passphrase (shared/spec/vault.md;
// the idea of keys that hang from one erasable root is
// that of Reardon et al., "Data Node Encrypted File System", 2012).
//
//	root file   two slots of 4 KiB, overwritten in place
//	   │ root key
//	directory   one sealed record: the top page, what was put recently, and
//	   │        names to be cleaned away
//	   │ page keys
//	pages       a copy-on-write B+tree, each page sealed under its own key,
//	   │        small values in its leaves
//	   │ record keys
//	records     each larger value sealed under its own key
//
// All but the root file lies in a Backing that never deletes for certain, as
// browsers' databases do not. Replacing one record gives new keys to its page
// and the pages above, unless it is recent, and to the directory, and a new
// root: overwriting the old root in place takes the last key to everything
// that is gone.
//
// A Commit writes records, pages and directory in one batch of the Backing,
// and beside it the new root into the free slot; when both are durable, zeros
// over the old one. A crash leaves a slot that opens the state before or
// after; Open finds which, and finishes the erasure.
//
// # Goroutines
//
//	Vault.together   starts the one that writes the root file beside the batch; it waits
//	                 for that
package vault
