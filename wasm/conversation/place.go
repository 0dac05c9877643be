package conversation

import "sort"

// A message stands where its author's stamp puts it, which is below all that
// its author had seen, if both clocks follow each other. Where a stamp does
// not say so (a slow clock of a Petmail that did not follow, an invented
// past), what the message acknowledges does, and place moves it down. Both
// sides find the same order: what moves a message is what its author's own
// screen shows above it (shared/spec/conversation.md, "Order").

const (
	// maxStamp is the latest time, in unix ms, that a stamp of another's may
	// claim, in the year 6429. Later ones are of no clock; following them
	// would leave no room for what is said next.
	maxStamp = 1 << 47
	// maxMarks bounds Conversation.Marks. Of the newest half all are there, of
	// older ones ever fewer.
	maxMarks = 64
	// longRead is how long ago, in milliseconds, something has to have been
	// read for nothing to slip in above it.
	longRead = 24 * 3600 * 1000
)

// Mark remembers where a message of our own stands.
type Mark struct {
	Number uint64 `cbor:"1,keyasint"`
	Stamp  Stamp  `cbor:"2,keyasint"`
}

// Placed remembers where a member's messages stand.
type Placed struct {
	Number uint64 `cbor:"1,keyasint"` // the highest number that has arrived
	Stamp  Stamp  `cbor:"2,keyasint"` // its place
}

// ReadMark remembers what was read long ago.
type ReadMark struct {
	Long Stamp `cbor:"1,keyasint"`           // all up to here has been read for longRead
	Next Stamp `cbor:"2,keyasint"`           // all up to here has been read
	At   int64 `cbor:"3,keyasint,omitempty"` // since then, unix ms; 0: Next says nothing yet
}

// after returns the next stamp.
func (s Stamp) after() Stamp { return s.next(s.Milli) }

func later(s, t Stamp) Stamp {
	if s.less(t) {
		return t
	}
	return s
}

// mark remembers the place of a message of our own.
func (c *Conversation) mark(number uint64, at Stamp) {
	c.Marks = append(append([]Mark(nil), c.Marks...), Mark{number, at})
	if len(c.Marks) <= maxMarks {
		return
	}
	var kept []Mark
	for i, m := range c.Marks {
		if i >= maxMarks/2 || i%2 == 0 {
			kept = append(kept, m)
		}
	}
	c.Marks = kept
}

// Remember notes where a message of our own stands that was written by a
// Petmail without Marks.
func (c *Conversation) Remember(number uint64, cursor string) {
	at, ok := stampOf(cursor)
	if n := len(c.Marks); ok && (n == 0 || c.Marks[n-1].Number < number) {
		c.mark(number, at)
	}
}

// belowOwn returns claim, or the stamp below our message number if claim
// stands above it: whoever acknowledges it has seen it.
func (c *Conversation) belowOwn(claim Stamp, number uint64) Stamp {
	i := sort.Search(len(c.Marks), func(i int) bool { return c.Marks[i].Number >= number })
	switch {
	case number == 0 || i == len(c.Marks):
		return claim
	case c.Marks[i].Number > number && (i == 0 || c.Marks[i-1].Stamp.less(claim)):
		// Not known exactly, and the claim may well be true.
		return claim
	}
	return later(claim, c.Marks[i].Stamp.after())
}

// place returns where m's message number stands that claims a stamp, and
// whose author had seen our messages up to seen; now is unix ms.
func (c *Conversation) place(m *Member, number uint64, claim Stamp, seen uint64, now int64) Stamp {
	order := claim
	if claim.Milli < 0 || claim.Milli > maxStamp {
		order = c.Clock.next(c.wallNow(now))
	}
	order = c.belowOwn(order, seen)
	if p := m.Placed; p != nil && number > p.Number {
		order = later(order, p.Stamp.after())
	}
	if long := c.longRead(now); !long.less(order) {
		order = long.after()
	}
	if m.Placed == nil || number > m.Placed.Number {
		m.Placed = &Placed{number, order}
	}
	c.Clock = later(c.Clock, order)
	return order
}

// ReadAll notes that the person has read all that stands here at now (unix
// ms).
func (c *Conversation) ReadAll(now int64) {
	c.longRead(now)
	r := ReadMark{}
	if c.Read != nil {
		r = *c.Read
	}
	if r.At == 0 {
		r.Next, r.At = c.Clock, now
		c.Read = &r
	}
}

// KnownRead notes, where nothing is known yet, that all that stands here was
// read at that time (unix ms).
func (c *Conversation) KnownRead(at int64) {
	if c.Read == nil {
		c.ReadAll(at)
	}
}

// longRead returns the stamp up to which all was read long ago at now.
func (c *Conversation) longRead(now int64) Stamp {
	if c.Read == nil {
		return Stamp{Milli: -1}
	}
	r := *c.Read
	switch {
	case r.At == 0:
	case now < r.At: // the clock was set back
		r.At = max(now, 1)
	case now-r.At >= longRead:
		r.Long, r.At = r.Next, 0
	}
	c.Read = &r
	return r.Long
}
