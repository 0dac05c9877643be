package core

import (
	"crypto/ed25519"
	"crypto/sha256"

	"petmail/shared/address"
)

// MailboxID names a mailbox inside one database.
type MailboxID int64

// MailboxName names a mailbox inside one relay, also where each mailbox has a
// database of its own: SHA-256 of its key. The zero name is nobody's.
type MailboxName [sha256.Size]byte

// NameOf returns the name of the mailbox of key.
func NameOf(key ed25519.PublicKey) MailboxName { return sha256.Sum256(key) }

// Claim says that a door belongs to a mailbox.
type Claim struct {
	Mailbox MailboxName
	Door    address.DoorID
}

// ClaimOf makes a claim of columns of tables: a mailbox's key and a door's hash.
func ClaimOf(key, hash []byte) Claim {
	c := Claim{Mailbox: NameOf(key)}
	copy(c.Door[:], hash)
	return c
}

// Delivery is one queued envelope.
type Delivery struct {
	Seq  uint64
	Data []byte
}
