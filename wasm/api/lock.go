package api

// Phases in which no agent runs. Of the snapshot only Phase, Version, Locks
// and Problem are set then, and every command but hello, unlock, erase and
// active is refused with ErrLocked.
const (
	PhaseLocked Phase = "locked" // one of Locks has to be opened: unlock
	PhaseBroken Phase = "broken" // what is stored does not open: Problem
)

// Codes of the lock.
const (
	ErrLocked      ErrorCode = "locked"       // unlock first
	ErrWrongSecret ErrorCode = "wrong_secret" // nothing was opened or changed; try again
)

// Commands of the lock.
const (
	CmdUnlock   CommandKind[UnlockArgs, None]   = "unlock" // a snapshot follows as an event
	CmdLock     CommandKind[None, None]         = "lock"   // lock now; every page is told
	CmdLocksSet CommandKind[LocksSetArgs, None] = "locks.set"
	CmdActive   CommandKind[None, None]         = "active" // the person is at the page: Settings.AutoLock counts from here
)

// Events of the lock.
const (
	EventLocks EventKind[Locks] = "locks" // changed
)

// LockKind says what opens a lock.
type LockKind string

const (
	LockPassphrase LockKind = "passphrase"
	LockPasskey    LockKind = "passkey"
)

// Problem is why nothing can be opened. What was stored cannot be read any
// more, or not by this version.
type Problem string

const (
	ProblemStoreGone Problem = "store_gone" // the key is there, the records are not
	ProblemRootGone  Problem = "root_gone"  // the records are there, their key is not
	ProblemEmptied   Problem = "emptied"    // a Petmail was here, and nothing of it is there any more
	ProblemDamaged   Problem = "damaged"    // both are there and make no sense
	ProblemNewer     Problem = "newer"      // a newer Petmail has written them
)

// MaxLockParams bounds Lock.Params, in bytes.
const MaxLockParams = 512

// Lock is one way to open a locked Petmail. ID is 32 hexadecimal digits drawn
// by the page. Params are the page's own: what it needs to derive the key of
// this lock from a passphrase or passkey. They lie on the disk in the clear.
type Lock struct {
	ID     string   `json:"id"`
	Kind   LockKind `json:"kind"`
	Params string   `json:"params"`
}

// Secret is the key of a lock: 64 hexadecimal digits.
type Secret struct {
	Lock string `json:"lock"`
	Key  string `json:"key"`
}

// NewLock is a lock with its key.
type NewLock struct {
	Lock Lock   `json:"lock"`
	Key  string `json:"key"`
}

type UnlockArgs struct {
	Redacted `json:"-" tstype:"-"`
	Secret   Secret `json:"secret"`
}

// LocksSetArgs replaces all locks; none: Petmail opens without a secret. Proof
// opens one of the locks that stand, unless there is none. A lock that stays
// is given again, unchanged, with its key.
type LocksSetArgs struct {
	Redacted `json:"-" tstype:"-"`
	Proof    *Secret   `json:"proof,omitempty"`
	Locks    []NewLock `json:"locks"`
}

// Locks is what opens this Petmail; empty: nothing is needed.
type Locks struct {
	Locks []Lock `json:"locks"`
}
