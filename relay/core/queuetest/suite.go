// Package queuetest is the suite that every core.Queue passes.
package queuetest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"petmail/relay/core"
)

// T is what a test and a property have in common.
type T interface {
	require.TestingT
	Cleanup(func())
}

// Instance is an empty queue with a transaction to use it in.
type Instance struct {
	Queue core.Queue
	Tx    core.Tx
	// Pass lets time pass in Tx.
	Pass func(time.Duration)
	// Mailbox makes a mailbox with some doors.
	Mailbox func(doors int) (core.MailboxID, []core.DoorRow)
}

// Run runs the suite. open returns a new Instance, which ends with t.
func Run(t *testing.T, open func(t T) Instance) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, q *queue)
	}{
		{"Numbers", testNumbers},
		{"Pages", testPages},
		{"Acknowledge", testAcknowledge},
		{"Room", testRoom},
		{"Expiry", testExpiry},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, &queue{open(t), t}) })
	}
	t.Run("Histories", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { testHistory(t, &queue{open(t), t}) })
	})
}

// queue is an Instance whose methods do not fail.
type queue struct {
	Instance
	t T
}

func (q *queue) put(mailbox core.MailboxID, door core.DoorRow, data string, lives time.Duration) (seq uint64, inMailbox int64) {
	seq, inMailbox, err := q.Queue.Put(q.Tx, core.Queued{
		Mailbox: mailbox, Door: door, Expires: q.Tx.Now().Add(lives).Unix(), Data: []byte(data),
	})
	require.NoError(q.t, err)
	return seq, inMailbox
}

func (q *queue) room(mailbox core.MailboxID, door core.DoorRow) [2]int64 {
	inMailbox, behindDoor, err := q.Queue.Room(q.Tx, mailbox, door)
	require.NoError(q.t, err)
	return [2]int64{inMailbox, behindDoor}
}

func (q *queue) acknowledge(mailbox core.MailboxID, upTo uint64, seqs ...uint64) {
	require.NoError(q.t, q.Queue.Acknowledge(q.Tx, mailbox, upTo, seqs))
}

func (q *queue) empty(mailbox core.MailboxID) {
	require.NoError(q.t, q.Queue.Empty(q.Tx, mailbox))
}

// sweep returns what single sweeps deleted, down to the first that had
// nothing left to do.
func (q *queue) sweep(limit int) (deleted []int64) {
	for {
		n, err := q.Queue.Sweep(q.Tx, limit)
		require.NoError(q.t, err)
		if n == 0 {
			return deleted
		}
		deleted = append(deleted, n)
	}
}

func (q *queue) pending(mailbox core.MailboxID, after uint64, count int, bytes int64) []core.Delivery {
	list, err := q.Queue.Pending(q.Tx, mailbox, after, count, bytes)
	require.NoError(q.t, err)
	return list
}

// seqs lists all that waits, and sees that it is counted.
func (q *queue) seqs(mailbox core.MailboxID) (seqs []uint64) {
	for _, d := range q.pending(mailbox, 0, 1000, 1<<40) {
		seqs = append(seqs, d.Seq)
	}
	waiting, err := q.Queue.Waiting(q.Tx, mailbox)
	require.NoError(q.t, err)
	require.Equal(q.t, uint64(len(seqs)), waiting)
	return seqs
}

func testNumbers(t *testing.T, q *queue) {
	a, doors := q.Mailbox(2)
	b, others := q.Mailbox(1)
	for i := range uint64(4) {
		seq, _ := q.put(a, doors[i%2], "in a", time.Hour)
		require.Equal(t, i+1, seq, "from 1 on, whatever the door")
	}
	seq, _ := q.put(b, others[0], "in b", time.Hour)
	require.Equal(t, uint64(1), seq, "each mailbox has its own")
	q.acknowledge(a, 4)
	seq, _ = q.put(a, doors[0], "in a", time.Hour)
	require.Equal(t, uint64(5), seq, "none is given twice")
	q.empty(a)
	seq, _ = q.put(a, doors[0], "in a", time.Hour)
	require.Equal(t, uint64(6), seq)
	q.Pass(time.Hour)
	q.sweep(10)
	seq, _ = q.put(a, doors[0], "in a", time.Hour)
	require.Equal(t, uint64(7), seq)
	require.Equal(t, "in a", string(q.pending(a, 0, 10, 10)[0].Data))
	require.Empty(t, q.seqs(b))
}

func testPages(t *testing.T, q *queue) {
	a, doors := q.Mailbox(2)
	none, _ := q.Mailbox(1)
	for i := range 5 {
		q.put(a, doors[i%2], string(make([]byte, 100)), time.Hour)
	}
	for _, test := range []struct {
		after uint64
		count int
		bytes int64
		want  []uint64
	}{
		{0, 10, 1000, []uint64{1, 2, 3, 4, 5}},
		{0, 2, 1000, []uint64{1, 2}},
		{2, 10, 250, []uint64{3, 4}},
		{2, 10, 200, []uint64{3, 4}},
		{2, 10, 1, []uint64{3}}, // one always
		{4, 0, 1000, nil},
		{5, 10, 1000, nil},
	} {
		var got []uint64
		for _, d := range q.pending(a, test.after, test.count, test.bytes) {
			got = append(got, d.Seq)
		}
		require.Equal(t, test.want, got)
	}
	require.Empty(t, q.seqs(none))
	q.acknowledge(a, 0, 3)
	require.Equal(t, uint64(4), q.pending(a, 2, 1, 1)[0].Seq, "past a gap")
}

func testAcknowledge(t *testing.T, q *queue) {
	a, doors := q.Mailbox(2)
	b, others := q.Mailbox(1)
	for i := range 8 {
		q.put(a, doors[i%2], "x", time.Hour)
	}
	q.put(b, others[0], "x", time.Hour)
	q.acknowledge(a, 0)
	q.acknowledge(a, 2, 1, 5, 5, 77, 1<<53, 1<<64-1)
	require.Equal(t, []uint64{3, 4, 6, 7, 8}, q.seqs(a))
	q.acknowledge(a, 2, 5)
	require.Equal(t, []uint64{3, 4, 6, 7, 8}, q.seqs(a), "again changes nothing")
	q.acknowledge(a, 1<<64-1)
	require.Empty(t, q.seqs(a))
	require.Equal(t, []uint64{1}, q.seqs(b), "only of that mailbox")
	seq, _ := q.put(a, doors[0], "x", time.Hour)
	require.Equal(t, []uint64{seq}, q.seqs(a), "what comes later is not acknowledged")
}

func testRoom(t *testing.T, q *queue) {
	a, doors := q.Mailbox(2)
	b, others := q.Mailbox(1)
	require.Equal(t, [2]int64{0, 0}, q.room(a, doors[0]))
	_, total := q.put(a, doors[0], "123", time.Hour)
	require.Equal(t, int64(3), total)
	_, total = q.put(a, doors[1], "12345", time.Hour)
	require.Equal(t, int64(8), total)
	q.put(b, others[0], "1", time.Hour)
	require.Equal(t, [2]int64{8, 3}, q.room(a, doors[0]))
	require.Equal(t, [2]int64{8, 5}, q.room(a, doors[1]))
	envelopes, bytes, err := q.Queue.Stats(q.Tx)
	require.NoError(t, err)
	require.Equal(t, [2]int64{3, 9}, [2]int64{envelopes, bytes})
	q.acknowledge(a, 0, 1)
	require.Equal(t, [2]int64{5, 0}, q.room(a, doors[0]))
	q.empty(a)
	require.Equal(t, [2]int64{0, 0}, q.room(a, doors[1]))
	require.Equal(t, [2]int64{1, 1}, q.room(b, others[0]))
}

func testExpiry(t *testing.T, q *queue) {
	a, doors := q.Mailbox(2)
	b, others := q.Mailbox(1)
	for i := range 3 {
		q.put(a, doors[i%2], "x", time.Hour)
		q.put(a, doors[1], "x", 2*time.Hour)
		q.put(b, others[0], "x", time.Hour)
	}
	q.Pass(time.Hour - time.Second)
	require.Empty(t, q.sweep(10))
	q.Pass(time.Second)
	require.Len(t, q.seqs(b), 3, "what has expired waits until a sweep")
	require.Equal(t, []int64{4, 2}, q.sweep(4))
	require.Equal(t, []uint64{2, 4, 6}, q.seqs(a))
	require.Empty(t, q.seqs(b))
	require.Equal(t, [2]int64{3, 0}, q.room(a, doors[0]))
	require.Equal(t, [2]int64{3, 3}, q.room(a, doors[1]))
}

// waits is an envelope of the model that testHistory compares with.
type waits struct {
	seq     uint64
	door    core.DoorRow
	size    int64
	expires time.Time
}

// testHistory runs a random history and compares it with a model.
func testHistory(t *rapid.T, q *queue) {
	type box struct {
		id    core.MailboxID
		doors []core.DoorRow
		given uint64
		queue []waits
	}
	boxes := make([]*box, 2)
	for i := range boxes {
		id, doors := q.Mailbox(2)
		boxes[i] = &box{id: id, doors: doors}
	}
	for range rapid.IntRange(1, 40).Draw(t, "steps") {
		b := rapid.SampledFrom(boxes).Draw(t, "mailbox")
		switch rapid.IntRange(0, 6).Draw(t, "step") {
		case 0, 1, 2:
			data := string(make([]byte, rapid.IntRange(1, 3).Draw(t, "size")))
			door := rapid.SampledFrom(b.doors).Draw(t, "door")
			lives := time.Duration(rapid.IntRange(1, 3).Draw(t, "hours")) * time.Hour
			seq, _ := q.put(b.id, door, data, lives)
			b.given++
			require.Equal(t, b.given, seq)
			b.queue = append(b.queue, waits{seq, door, int64(len(data)), q.Tx.Now().Add(lives)})
		case 3:
			upTo := rapid.Uint64Range(0, 8).Draw(t, "up to")
			seqs := rapid.SliceOfN(rapid.Uint64Range(0, 20), 0, 4).Draw(t, "seqs")
			q.acknowledge(b.id, upTo, seqs...)
			b.queue = slices.DeleteFunc(b.queue, func(w waits) bool { return w.seq <= upTo || slices.Contains(seqs, w.seq) })
		case 4:
			q.Pass(30 * time.Minute)
		case 5:
			q.sweep(3)
			for _, b := range boxes {
				b.queue = slices.DeleteFunc(b.queue, func(w waits) bool { return !w.expires.After(q.Tx.Now()) })
			}
		case 6:
			q.empty(b.id)
			b.queue = nil
		}
		for _, b := range boxes {
			var seqs []uint64
			rooms := make(map[core.DoorRow][2]int64)
			for _, w := range b.queue {
				seqs = append(seqs, w.seq)
				for _, door := range b.doors {
					r := rooms[door]
					r[0] += w.size
					if door == w.door {
						r[1] += w.size
					}
					rooms[door] = r
				}
			}
			require.Equal(t, seqs, q.seqs(b.id))
			for _, door := range b.doors {
				require.Equal(t, rooms[door], q.room(b.id, door))
			}
		}
	}
}
