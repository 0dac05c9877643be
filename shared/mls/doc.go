// Package mls implements the Messaging Layer Security protocol, RFC 9420: a
// group of two to some thousands of members agrees on keys, epoch by epoch,
// and exchanges end-to-end encrypted messages under them.
//
// The package is pure computation. It does no I/O and reads no clock: the
// caller passes messages as bytes, times as Unix seconds and randomness as an
// io.Reader, and stores what it is given back.
//
// # State is a value
//
// A *State is one member's view of one group in one epoch. It never changes.
// Every operation returns the next state and leaves the one it was called on
// as it was, so a caller can compute a step, write it to disk, send what it
// produced, and only then adopt it; or drop it. A commit in particular is a
// [Candidate]: it becomes the group's next epoch only if the delivery service
// accepts it before everyone else's.
//
//	cand, err := state.Commit(rand, mls.CommitParams{...})
//	state = cand.Current // the key of the commit is used up
//	if won(cand.Commit) {
//		state, err = state.Adopt(cand.Next, now)
//	} else {
//		state, _, err = state.Process(theirCommit, params)
//	}
//
// Dropping a state is what erases the keys it held: forward secrecy needs the
// caller to keep only the newest state, in memory and on disk. A state and
// its successors share memory and may be used from several goroutines.
//
// # Verification
//
// Nothing is adopted before it is verified. A message that fails any check
// yields an error and no state; errors say which rule was broken and never
// quote keys or content.
//
// # Goroutines
//
//	each    starts up to maxAtOnce, where an operation needs many calls of a provider; it
//	        waits for all of them
package mls
