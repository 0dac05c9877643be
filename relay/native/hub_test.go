package native

import (
	"testing"

	"pgregory.net/rapid"

	"petmail/relay/core"
)

// TestInboxLosesNothing drives an inbox through every order of commits,
// pushes, credit and reads: what is sent is what was committed, in order,
// without gap or repetition, and never more than the credit.
func TestInboxLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := newInbox(rapid.Uint32Range(0, 3).Draw(t, "credit"), func(*inbox) {})
		granted := in.credit
		var committed, pushed, sent uint64
		size := rapid.SampledFrom([]int{100, maxFreshBytes / 2}).Draw(t, "size")
		// push is what the writer does after a commit, always in order.
		commit := func() { committed++ }
		push := func() {
			if pushed < committed {
				pushed++
				in.offer(core.Delivery{Seq: pushed, Data: make([]byte, size)})
			}
		}
		send := func(seq uint64) {
			if seq != sent+1 {
				t.Fatalf("sent %d after %d", seq, sent)
			}
			if sent = seq; int(sent) > granted {
				t.Fatalf("sent %d with a credit of %d", sent, granted)
			}
		}
		// work is one round of the writing goroutine. Between its steps
		// anything may happen.
		quiet := false
		meanwhile := func() {
			if quiet {
				return
			}
			for range rapid.IntRange(0, 3).Draw(t, "meanwhile") {
				rapid.SampledFrom([]func(){commit, push, push}).Draw(t, "event")()
			}
		}
		work := func() {
			w := in.take(sent)
			meanwhile()
			for _, d := range w.fresh {
				send(d.Seq)
			}
			if !w.behind {
				return
			}
			n := min(uint64(w.credit), committed-sent, rapid.Uint64Range(1, 4).Draw(t, "page"))
			from := sent
			meanwhile()
			in.spent(int(n), n > 0)
			for i := range n {
				send(from + i + 1)
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				commit()
			case 1:
				push()
			case 2:
				n := rapid.IntRange(1, 3).Draw(t, "more credit")
				in.addCredit(n, 1<<20)
				granted += n
			default:
				work()
			}
		}
		quiet = true
		for pushed < committed {
			push()
		}
		in.addCredit(int(committed), 1<<20)
		granted += int(committed)
		for rounds := uint64(0); sent < committed; rounds++ {
			if rounds > 4*committed+4 {
				t.Fatalf("%d of %d sent, and nothing left to do", sent, committed)
			}
			work()
		}
	})
}
