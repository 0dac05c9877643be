package core

// DoorRow names a door inside one database, as MailboxID does a mailbox.
type DoorRow int64

// Queued is an envelope on its way into a mailbox.
type Queued struct {
	Mailbox MailboxID
	Door    DoorRow // of that mailbox
	Expires int64   // unix seconds
	Data    []byte
}

// Queue holds the envelopes that wait in the mailboxes of one database. It
// knows no limits: whoever puts an envelope there has asked Room.
//
// What a method changes is durable when the host commits tx, and undone when
// it rolls back. Methods that only read may be called concurrently with all
// others, each with a Tx of its own, and see what was committed before. A
// mailbox that nothing was put into is empty. Errors are the Tx's or the
// storage's; nobody tries again. The suite that every queue passes is
// core/queuetest.
type Queue interface {
	// Room returns how many bytes wait in a mailbox, and behind one of its
	// doors.
	Room(tx Tx, mailbox MailboxID, door DoorRow) (inMailbox, behindDoor int64, err error)
	// Put appends an envelope. It returns its sequence number, which is higher
	// than all that the mailbox has given, the first being 1, and how many
	// bytes wait in the mailbox with it.
	Put(tx Tx, e Queued) (seq uint64, inMailbox int64, err error)
	// Pending returns the envelopes of a mailbox with Seq > after, in order: at
	// most count, and after the first no more than fit in bytes.
	Pending(tx Tx, mailbox MailboxID, after uint64, count int, bytes int64) ([]Delivery, error)
	// Waiting counts the envelopes of a mailbox.
	Waiting(tx Tx, mailbox MailboxID) (uint64, error)
	// Acknowledge deletes the envelopes with Seq ≤ upTo, and those in seqs.
	// Numbers that are not queued are ignored.
	Acknowledge(tx Tx, mailbox MailboxID, upTo uint64, seqs []uint64) error
	// Empty deletes all envelopes of a mailbox. Its numbers go on.
	Empty(tx Tx, mailbox MailboxID) error
	// Sweep deletes at most limit envelopes that have expired at tx.Now.
	Sweep(tx Tx, limit int) (deleted int64, err error)
	// Stats counts what waits in all mailboxes. It may be slow.
	Stats(tx Tx) (envelopes, bytes int64, err error)
}
