// Package opfsjs keeps a vault's root in the browser's origin-private file
// system, for Workers only. The file is made once at its full size, written in
// place through a synchronous access handle, and never truncated: that is the
// only way in which browsers overwrite bytes on the disk (shared/spec/vault.md, Slots).
//
// The handle is exclusive over the whole browser profile, so it is also the
// last guard against two agents on one vault.
package opfsjs
