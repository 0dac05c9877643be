package conversation

// How long epochs last, and how long their messages can be read
// (shared/spec/conversation.md, "Epochs that may be over").
const (
	day = 24 * 3600 * 1000 // milliseconds

	// staleAfter is how long, in milliseconds, an epoch counts as the present
	// one without a sign that it is.
	staleAfter = day
	// readableFor is how long, in milliseconds, after an epoch may have ended
	// its messages are surely still read: receivers keep its keys for
	// pastEpochDays by their own clocks. The two days between cover a contact's
	// clock that is a day off, and the way.
	readableFor = (pastEpochDays - 2) * day
	// readableEpochs is how many epochs on an ended one is surely still read.
	readableEpochs = pastEpochs / 2
	// clockSlack is how far, in milliseconds, a clock may seem to go back
	// before that counts as having been set.
	clockSlack = 60 * 1000
)

// Ended is an epoch that is over here.
type Ended struct {
	Epoch uint64 `cbor:"1,keyasint"`
	Since int64  `cbor:"2,keyasint"` // unix ms: it had not ended anywhere before that
}

// Saw notes that the current epoch was the present one at a time (unix ms): its
// slot was empty.
func (c *Conversation) Saw(at, now int64) {
	if at > c.seen() || c.seen() > now {
		c.Seen = at
	}
}

// sawStamp notes that a member wrote in the current epoch at a time of its own
// clock. What it stamped long ago, or far ahead, proves nothing.
func (c *Conversation) sawStamp(milli, now int64) {
	if milli > now-staleAfter && milli <= now+staleAfter {
		c.Saw(min(milli, now), now)
	}
}

// seen is when the current epoch was the present one for the last time that we
// know of, unix ms. Before that was kept, all we know is when we entered it.
func (c *Conversation) seen() int64 {
	if c.Seen == 0 {
		return c.EpochTime
	}
	return c.Seen
}

// Stale reports whether, for all we know, the current epoch may be over for the
// others: for a day there was no sign that it is not.
func (c *Conversation) Stale(now int64) bool {
	age := now - c.seen()
	return c.State == Open && (age >= staleAfter || age < -clockSlack)
}

// Readable reports whether members surely still read a message that was
// encrypted in epoch, judged by when that epoch ended.
func (c *Conversation) Readable(epoch uint64, now int64) bool {
	current := c.Epoch()
	if epoch >= current {
		return epoch == current
	}
	if current-epoch >= readableEpochs {
		return false
	}
	for _, e := range c.Ended {
		if e.Epoch == epoch {
			age := now - e.Since
			return age < readableFor && age >= -clockSlack
		}
	}
	return false // it ended before that was kept
}

// leave notes, in the state of the next epoch, that the current one is over.
// That the next one is entered here does not say that it is the present one:
// its commit may have waited for us for weeks. All that is known is that it
// began after the last sign that this one stood.
func (c *Conversation) leave(next *Conversation) {
	next.Seen, next.PendingAt = c.seen(), 0
	next.Ended = append([]Ended(nil), c.Ended...)
	next.Ended = append(next.Ended, Ended{c.Epoch(), next.Seen})
	if over := len(next.Ended) - readableEpochs; over > 0 {
		next.Ended = next.Ended[over:]
	}
}

// began notes that a commit of our own, prepared at a time (unix ms), began the
// current epoch, which therefore is no older.
func (c *Conversation) began(at int64) {
	if last := len(c.Ended) - 1; at > c.Seen && last >= 0 {
		c.Seen, c.Ended[last].Since = at, at
	}
}

// Owe has everything that arrived acknowledged once more: what we said of it in
// an epoch that may have been over was perhaps never read. AckDue is the
// caller's to set.
func (c *Conversation) Owe() {
	for i := range c.Members {
		c.Members[i].Owed = c.Members[i].Owed || c.Members[i].Received.UpTo > 0
	}
}
