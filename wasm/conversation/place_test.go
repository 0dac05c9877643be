package conversation

import (
	"crypto/rand"
	mrand "math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
)

const dayMilli = 24 * 3600 * 1000

// side is one person's Petmail and screen.
type side struct {
	c     *Conversation
	skew  int64 // ms
	old   bool  // its Petmail does not follow clocks that are a day ahead
	lines []Message
	post  []posted // on its way here
}

type posted struct {
	body   Body
	number uint64
	seen   []string // what its author had on the screen
}

func sides(t testing.TB) (ada, bob *side) {
	a, b := pair(t)
	return &side{c: a}, &side{c: b}
}

func (s *side) show(m Message) {
	s.lines = append(s.lines, m)
	sort.Slice(s.lines, func(i, j int) bool { return s.lines[i].Cursor < s.lines[j].Cursor })
}

// key names a message on both screens.
func key(m Message) string { return m.ID.String() }

func (s *side) screen() (out []string) {
	for _, m := range s.lines {
		out = append(out, key(m))
	}
	return out
}

func (s *side) says(t testing.TB, now int64, to *side) Message {
	m, err := s.c.Write(rand.Reader, now+s.skew, "text")
	seen := s.screen()
	to.post = append(to.post, posted{write(t, s.c, m, err), m.Number, seen})
	s.show(m)
	return m
}

// hears takes the i-th of what is on its way.
func (s *side) hears(t testing.TB, now int64, i int) Message {
	p := s.post[i]
	s.post = slices.Delete(s.post, i, i+1)
	clock := s.c.Clock
	r, err := s.c.Receive(now+s.skew, p.body)
	require.NoError(t, err)
	require.NotNil(t, r.Message)
	m := *r.Message
	if s.old {
		claim := m.Stamp
		if m.Claimed != "" {
			claim, _ = stampOf(m.Claimed)
		}
		order := claim
		if claim.Milli > now+s.skew+dayMilli {
			order = clock.next(now + s.skew)
		}
		s.c.Clock = later(clock, order)
		m.Stamp, m.Cursor = order, order.cursor(s.c.Peer().Persona, m.Number)
	}
	s.show(m)
	return m
}

// TestAnAnswerIsLast of what its author had seen, on both screens, whatever
// the clocks say, and however old the other's Petmail is.
func TestAnAnswerIsLast(t *testing.T) {
	for _, days := range []int64{-400, -31, -2, -1, 0, 1, 2, 31, 400, 27000} {
		for _, old := range []bool{false, true} {
			for _, both := range []bool{false, true} {
				ada, bob := sides(t)
				bob.skew, bob.old = days*dayMilli, old
				if both {
					ada.skew = -2 * days * dayMilli / 3
				}
				now := int64(begin)
				for round := range 3 {
					for range 31 {
						now += 60_000
						ada.says(t, now, bob)
						bob.hears(t, now, 0)
					}
					for range 3 {
						now += 60_000
						answer := bob.says(t, now, ada)
						require.Equal(t, key(answer), key(ada.hears(t, now, 0)))
						require.Equal(t, key(answer), ada.screen()[len(ada.lines)-1], "days %d, old %v, round %d", days, old, round)
						require.Equal(t, bob.screen(), ada.screen())
						ada.c, bob.c = reload(t, ada.c), reload(t, bob.c)
					}
				}
			}
		}
	}
}

// TestAClockThatJumps in the middle of a conversation.
func TestAClockThatJumps(t *testing.T) {
	for _, old := range []bool{false, true} {
		ada, bob := sides(t)
		bob.old = old
		now := int64(begin)
		for _, skew := range []int64{0, 2, -2, 400, 0, -31, 0} {
			bob.skew = skew * dayMilli
			for range 3 {
				now += 1000
				ada.says(t, now, bob)
				bob.hears(t, now, 0)
				bob.says(t, now, ada)
				ada.hears(t, now, 0)
				require.Equal(t, bob.screen(), ada.screen(), "old %v, skew %d", old, skew)
			}
		}
	}
}

// TestBothScreensAgree: messages cross, overtake each other and come twice, clocks
// are off and jump; nothing stands above what its author had seen, and both
// screens show the same.
func TestBothScreensAgree(t *testing.T) {
	for seed := range uint64(30) {
		rng := mrand.New(mrand.NewPCG(seed, 1))
		ada, bob := sides(t)
		now := int64(begin)
		skews := []int64{0, 3600_000, -3600_000, 2 * dayMilli, -2 * dayMilli, 400 * dayMilli}
		expect := map[string][]string{}
		for range 60 {
			now += rng.Int64N(5000)
			from, to := ada, bob
			if rng.IntN(2) == 0 {
				from, to = bob, ada
			}
			switch rng.IntN(10) {
			case 0:
				from.skew = skews[rng.IntN(len(skews))]
			case 1, 2, 3, 4:
				seen := from.screen()
				expect[key(from.says(t, now, to))] = seen
			default:
				if n := len(from.post); n > 0 {
					from.hears(t, now, rng.IntN(min(n, 3)))
				}
			}
		}
		for _, s := range []*side{ada, bob} {
			for len(s.post) > 0 {
				s.hears(t, now, 0)
			}
			at := map[string]int{}
			for i, k := range s.screen() {
				at[k] = i
			}
			for k, seen := range expect {
				for _, before := range seen {
					require.Less(t, at[before], at[k], "seed %d", seed)
				}
			}
		}
		require.Equal(t, bob.screen(), ada.screen(), "seed %d", seed)
	}
}

// TestNothingStandsAboveWhatASlowOldPetmailSaw, also where its messages
// overtake each other.
func TestNothingStandsAboveWhatASlowOldPetmailSaw(t *testing.T) {
	for seed := range uint64(20) {
		rng := mrand.New(mrand.NewPCG(seed, 2))
		ada, bob := sides(t)
		bob.old, bob.skew = true, -2*dayMilli
		now := int64(begin)
		for range 100 {
			now += 1000
			switch rng.IntN(6) {
			case 0, 1, 2:
				ada.says(t, now, bob)
			case 3, 4:
				if len(bob.post) > 0 {
					bob.hears(t, now, 0)
				}
			case 5:
				bob.says(t, now, ada)
			}
			if n := len(ada.post); n > 2 {
				i := rng.IntN(2)
				p := ada.post[i]
				m := ada.hears(t, now, i)
				screen := ada.screen()
				at := slices.Index(screen, key(m))
				for _, before := range p.seen {
					if j := slices.Index(screen, before); j >= 0 && ada.lines[j].Mine {
						require.Less(t, j, at)
					}
				}
			}
		}
	}
}

// TestEncryptedAgainItStandsWhereItWasWritten.
func TestEncryptedAgainItStandsWhereItWasWritten(t *testing.T) {
	ada, bob := sides(t)
	bob.skew = -2 * dayMilli
	lost := bob.says(t, begin, ada)
	ada.post = nil
	for range 5 {
		ada.says(t, begin+1000, bob)
		bob.hears(t, begin+1000, 0)
	}
	out, err := bob.c.Seal(rand.Reader, lost)
	require.NoError(t, err)
	require.True(t, bob.c.Members[0].Owed, "it cannot tell what came since")
	ada.post = []posted{{body: body(t, out[0])}}
	ada.hears(t, begin+9000, 0)
	require.Equal(t, bob.screen(), ada.screen())
}

// TestAnInventedTime neither disturbs what comes after it, nor hides.
func TestAnInventedTime(t *testing.T) {
	for _, claim := range []Stamp{{1<<63 - 1, 65535}, {1 << 48, 0}, {maxStamp, 65535}, {-1, 0}, {-1 << 63, 0}, {0, 0}, {1, 1}} {
		ada, bob := sides(t)
		ada.says(t, begin, bob)
		bob.hears(t, begin, 0)
		bob.c.ReadAll(begin)
		now := int64(begin)
		for range 40 {
			now += dayMilli / 8
			ada.says(t, now, bob)
			bob.hears(t, now, 0)
			bob.c.ReadAll(now)
		}
		m, err := ada.c.Write(rand.Reader, now, "here?")
		require.NoError(t, err)
		m.Stamp = claim
		bob.post = []posted{{body: write(t, ada.c, m, nil)}}
		got := bob.hears(t, now, 0)
		require.Len(t, got.Cursor, CursorSize)
		require.Greater(t, slices.Index(bob.screen(), key(got)), 24, "above what was read more than two days ago")
		require.NotEqual(t, got.Cursor, got.Claimed)

		// Everything goes on, and the claim still names it.
		last := bob.says(t, now, ada)
		require.Equal(t, key(last), bob.screen()[len(bob.lines)-1])
		ada.hears(t, now, 0)
		next := ada.says(t, now, bob)
		bob.hears(t, now, 0)
		require.Equal(t, key(next), bob.screen()[len(bob.lines)-1])
		require.Len(t, bob.lines[len(bob.lines)-1].Cursor, CursorSize)
		d, err := ada.c.WriteDeletion(rand.Reader, now, []Target{m.Target()})
		where := got.Claimed
		if where == "" {
			where = got.Cursor
		}
		require.Equal(t, []Removal{{m.ID, where}}, receive(t, bob.c, write(t, ada.c, d, err)).Removals)
	}
}

// TestWhatSleptForLong at a relay stands below what was read long ago.
func TestWhatSleptForLong(t *testing.T) {
	ada, bob := sides(t)
	slept := bob.says(t, begin, ada)
	now := int64(begin)
	for range 20 {
		now += dayMilli
		ada.says(t, now, bob)
		ada.c.ReadAll(now)
		ada.c = reload(t, ada.c)
	}
	ada.hears(t, now, 0)
	require.GreaterOrEqual(t, slices.Index(ada.screen(), key(slept)), 18)
	// What has slept for some hours stands where it was written.
	ada, bob = sides(t)
	slept = bob.says(t, begin, ada)
	for now = begin; now < begin+dayMilli/2; now += dayMilli / 10 {
		ada.says(t, now+1000, bob)
		ada.c.ReadAll(now)
	}
	ada.hears(t, now, 0)
	require.Zero(t, slices.Index(ada.screen(), key(slept)))
}

func TestMarksAreBounded(t *testing.T) {
	ada, bob := sides(t)
	for i := range 3000 {
		_, err := ada.c.Write(rand.Reader, begin+int64(i)*1000, "text")
		require.NoError(t, err)
	}
	require.LessOrEqual(t, len(ada.c.Marks), maxMarks)
	record, err := ada.c.Record()
	require.NoError(t, err)
	require.Less(t, len(record), 4096)
	for seen := uint64(1); seen <= 3000; seen += 7 {
		stands := Stamp{Milli: begin + int64(seen-1)*1000}
		require.True(t, stands.less(ada.c.belowOwn(Stamp{Milli: begin - 2*dayMilli}, seen)))
		// A true claim is never moved.
		require.Equal(t, Stamp{stands.Milli + 500, 0}, ada.c.belowOwn(Stamp{stands.Milli + 500, 0}, seen))
	}
	require.Equal(t, Stamp{}, bob.c.belowOwn(Stamp{}, 5))
}
