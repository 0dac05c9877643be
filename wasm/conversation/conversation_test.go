package conversation

import (
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/wire"
)

// begin is a time in unix milliseconds.
const begin = int64(1_800_000_000_000)

// own returns an address with the keys that open what is sent to it.
func own(t testing.TB) (address.Address, address.BoxKey) {
	t.Helper()
	routing, err := address.NewRoutingKey(rand.Reader)
	require.NoError(t, err)
	door, err := address.NewDoor(rand.Reader)
	require.NoError(t, err)
	box, err := address.NewBoxKey(rand.Reader)
	require.NoError(t, err)
	a, err := address.New(rand.Reader, "https://relay.example", [32]byte{7}, routing.Public(), door, box)
	require.NoError(t, err)
	return a, box
}

func persona(t testing.TB, name string) Persona {
	t.Helper()
	p, err := NewPersona(rand.Reader, name)
	require.NoError(t, err)
	return p
}

// pair returns the two sides of an open conversation.
func pair(t testing.TB) (ada, bob *Conversation) {
	t.Helper()
	adas, _ := own(t)
	bobs, _ := own(t)
	id, psk := wire.ID{1, 2, 3}, []byte("0123456789abcdef0123456789abcdef")
	bob, keyPackage, err := Await(rand.Reader, mls.StandardProvider{}, begin, id, psk, persona(t, "Bob"), bobs)
	require.NoError(t, err)
	ada, welcome, err := Create(rand.Reader, mls.StandardProvider{}, begin, id, psk, persona(t, "Ada"), adas, keyPackage)
	require.NoError(t, err)
	r, err := bob.Receive(begin, body(t, welcome))
	require.NoError(t, err)
	require.True(t, r.Joined)
	return ada, bob
}

func body(t testing.TB, o Outgoing) Body {
	t.Helper()
	b, err := DecodeBody(o.Body)
	require.NoError(t, err)
	return b
}

// say writes a text and returns it as the other side gets it.
func say(t testing.TB, c *Conversation, text string) Body {
	t.Helper()
	m, err := c.Write(rand.Reader, begin, text)
	require.NoError(t, err)
	out, err := c.Seal(rand.Reader, m)
	require.NoError(t, err)
	require.Len(t, out, 1)
	return body(t, out[0])
}

func hear(t testing.TB, c *Conversation, b Body) string {
	t.Helper()
	r, err := c.Receive(begin, b)
	require.NoError(t, err)
	require.NotNil(t, r.Message)
	text, ok := r.Message.Text()
	require.True(t, ok)
	return text
}

// disk is where conversations are stored, by what is stored of each.
type disk map[*Conversation]map[string][]byte

// put stores what has changed of c.
func (d disk) put(t testing.TB, c *Conversation) (record []byte, parts map[string][]byte) {
	t.Helper()
	record, err := c.Record()
	require.NoError(t, err)
	changed, err := c.Changes()
	require.NoError(t, err)
	if d[c] == nil {
		d[c] = make(map[string][]byte)
	}
	for _, p := range changed {
		if p.Data == nil {
			require.Contains(t, d[c], p.Name)
			delete(d[c], p.Name)
		} else {
			d[c][p.Name] = p.Data
		}
	}
	return record, d[c]
}

// inFull returns all that the store would hold of c, whatever it holds.
func inFull(t testing.TB, c *Conversation) (record []byte, parts map[string][]byte) {
	t.Helper()
	first := *c
	first.stored = stored{}
	return disk{}.put(t, &first)
}

// storedForm returns all that the store would hold of c.
func storedForm(t testing.TB, c *Conversation) string {
	t.Helper()
	record, parts := inFull(t, c)
	all := string(record)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		all += name + string(parts[name])
	}
	return all
}

// reload returns c as the store would give it back.
func reload(t testing.TB, c *Conversation) *Conversation {
	t.Helper()
	record, parts := inFull(t, c)
	again, err := Load(record, mls.StandardProvider{}, parts)
	require.NoError(t, err)
	return again
}

func TestTalkAcrossReloads(t *testing.T) {
	ada, bob := pair(t)
	require.Equal(t, "Bob", ada.Peer().Name)
	require.Equal(t, "Ada", bob.Peer().Name)
	for range 5 {
		require.Equal(t, "hello", hear(t, bob, say(t, ada, "hello")))
		require.Equal(t, "hi", hear(t, ada, say(t, bob, "hi")))
		ada, bob = reload(t, ada), reload(t, bob)
	}
	require.EqualValues(t, 5, ada.Peer().Received.UpTo)
	require.EqualValues(t, 5, bob.Peer().Acked+1, "Ada's last answer acknowledged all but the newest")
}

func TestAnyOrderOnceEach(t *testing.T) {
	ada, bob := pair(t)
	var bodies []Body
	for i := range 20 {
		bodies = append(bodies, say(t, ada, strings.Repeat("x", i+1)))
	}
	slices.Reverse(bodies)
	var cursors []string
	for _, b := range bodies {
		r, err := bob.Receive(begin, b)
		require.NoError(t, err)
		cursors = append(cursors, r.Message.Cursor)
		bob = reload(t, bob)
		again, err := bob.Receive(begin, b)
		require.NoError(t, err)
		require.Nil(t, again.Message, "a replay shows nothing")
		require.True(t, again.Owes, "but is acknowledged again")
	}
	require.True(t, slices.IsSortedFunc(cursors, func(a, b string) int { return strings.Compare(b, a) }),
		"shown in the order of writing, whatever the order of arrival")
}

func TestWelcomeNeedsTheInvitationsKey(t *testing.T) {
	adas, _ := own(t)
	bobs, _ := own(t)
	id := wire.ID{1}
	bob, keyPackage, err := Await(rand.Reader, mls.StandardProvider{}, begin, id, []byte("the invitation's key"), persona(t, "Bob"), bobs)
	require.NoError(t, err)
	// Somebody who knows the key package, but not the key of the invitation.
	_, welcome, err := Create(rand.Reader, mls.StandardProvider{}, begin, id, []byte("a guess"), persona(t, "Eve"), adas, keyPackage)
	require.NoError(t, err)
	before := storedForm(t, bob)
	_, err = bob.Receive(begin, body(t, welcome))
	require.Error(t, err)
	require.Equal(t, Waiting, bob.State)
	require.Equal(t, before, storedForm(t, bob), "nothing has changed")

	// With the key, but for another conversation.
	_, welcome, err = Create(rand.Reader, mls.StandardProvider{}, begin, wire.ID{2}, []byte("the invitation's key"), persona(t, "Eve"), adas, keyPackage)
	require.NoError(t, err)
	_, err = bob.Receive(begin, body(t, welcome))
	require.Error(t, err)
	require.Equal(t, Waiting, bob.State)
}

func TestBadBodiesChangeNothing(t *testing.T) {
	ada, bob := pair(t)
	good := say(t, ada, "good")
	flip := func(b Body, i int) Body {
		b.Payload = slices.Clone(b.Payload)
		b.Payload[i] ^= 1
		return b
	}
	before := storedForm(t, bob)
	for name, b := range map[string]Body{
		"empty":                {Conversation: bob.ID, Kind: BodyMessage},
		"unknown kind":         {Conversation: bob.ID, Kind: 99, Payload: good.Payload},
		"truncated":            {Conversation: bob.ID, Kind: BodyMessage, Payload: good.Payload[:len(good.Payload)/2]},
		"trailing":             {Conversation: bob.ID, Kind: BodyMessage, Payload: append(slices.Clone(good.Payload), 0)},
		"damaged at the end":   flip(good, len(good.Payload)-1),
		"damaged in the midst": flip(good, len(good.Payload)/2),
		"message as commit":    {Conversation: bob.ID, Kind: BodyCommit, Payload: good.Payload},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := bob.Receive(begin, b)
			require.Error(t, err)
			require.Zero(t, r)
			require.Equal(t, before, storedForm(t, bob))
		})
	}
	require.Equal(t, "good", hear(t, bob, good))
}

func TestUnknownKindsAreKept(t *testing.T) {
	ada, bob := pair(t)
	raw, err := wire.Marshal(map[int]string{1: "from the year 2040"})
	require.NoError(t, err)
	m, err := ada.Write(rand.Reader, begin, "x")
	require.NoError(t, err)
	m.Kind, m.Body = 200, raw
	out, err := ada.Seal(rand.Reader, m)
	require.NoError(t, err)
	r, err := bob.Receive(begin, body(t, out[0]))
	require.NoError(t, err)
	require.Equal(t, Kind(200), r.Message.Kind)
	require.Equal(t, wire.Raw(raw), r.Message.Body)
	_, ok := r.Message.Text()
	require.False(t, ok)
}

func TestTextBounds(t *testing.T) {
	ada, _ := pair(t)
	for _, text := range []string{"", "\xff", strings.Repeat("x", MaxText+1)} {
		_, err := ada.Write(rand.Reader, begin, text)
		require.Error(t, err)
	}
	_, err := ada.Write(rand.Reader, begin, strings.Repeat("x", MaxText))
	require.NoError(t, err)
	require.EqualValues(t, 1, ada.Sent, "refused texts take no number")
}

func TestAcknowledgementsCannotExceedWhatWasSent(t *testing.T) {
	ada, bob := pair(t)
	hear(t, bob, say(t, ada, "one"))
	bob.Members[0].Received.UpTo = 1000 // a lying contact
	_, err := ada.Receive(begin, say(t, bob, "I have read all your future messages"))
	require.NoError(t, err)
	require.Zero(t, ada.Peer().Acked)
}

// renew has c win its slot; it returns the announcement.
func renew(t *testing.T, c *Conversation) Body {
	t.Helper()
	require.NoError(t, c.Renew(rand.Reader, begin))
	r, out, err := c.Decide(begin, c.Pending.Value)
	require.NoError(t, err)
	require.True(t, r.Moved)
	return body(t, out[0])
}

func TestRenewalReachesTheOtherSide(t *testing.T) {
	ada, bob := pair(t)
	late := say(t, ada, "written before, arriving after")
	announced := renew(t, ada)
	require.EqualValues(t, 2, ada.Epoch())
	require.Equal(t, Result{Behind: true}, must(bob.Receive(begin, say(t, ada, "in the new epoch")))(t))
	require.True(t, must(bob.Receive(begin, announced))(t).Moved)
	require.Equal(t, "written before, arriving after", hear(t, bob, late))
	require.Equal(t, "on we go", hear(t, bob, say(t, ada, "on we go")))
	require.Equal(t, "yes", hear(t, ada, say(t, bob, "yes")))
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		require.NoError(t, err)
		return v
	}
}

func TestTheSlotDecidesARace(t *testing.T) {
	ada, bob := pair(t)
	require.NoError(t, ada.Renew(rand.Reader, begin))
	require.NoError(t, bob.Renew(rand.Reader, begin))
	adasSlot, err := ada.Slot()
	require.NoError(t, err)
	bobsSlot, err := bob.Slot()
	require.NoError(t, err)
	require.Equal(t, adasSlot, bobsSlot, "both race for one slot")

	// Messages keep going while it is undecided, and survive the decision.
	under := say(t, bob, "meanwhile")
	require.Equal(t, "meanwhile", hear(t, ada, under))
	standing := ada.Pending.Value
	ada, bob = reload(t, ada), reload(t, bob)

	_, announce, err := ada.Decide(begin, standing)
	require.NoError(t, err)
	again, err := ada.Receive(begin, under)
	require.NoError(t, err)
	require.Nil(t, again.Message, "what was received before the decision stays received")

	// Bob hears of the winner first by message, which proves nothing; then
	// reads the slot.
	_, err = bob.Receive(begin, body(t, announce[0]))
	require.ErrorIs(t, err, ErrIgnored)
	r, out, err := bob.Decide(begin, standing)
	require.NoError(t, err)
	require.True(t, r.Moved)
	require.Empty(t, out)
	require.Nil(t, bob.Pending)
	require.Equal(t, ada.Epoch(), bob.Epoch())
	require.Equal(t, "after", hear(t, ada, say(t, bob, "after")))
	require.Equal(t, "after", hear(t, bob, say(t, ada, "after")))
}

func TestForgedSlotsChangeNothing(t *testing.T) {
	ada, bob := pair(t)
	require.NoError(t, ada.Renew(rand.Reader, begin))
	value := ada.Pending.Value
	before := storedForm(t, bob)
	for name, forged := range map[string][]byte{
		"nothing":   nil,
		"short":     value[:20],
		"truncated": value[:len(value)-1],
		"damaged":   append(slices.Clone(value[:len(value)-1]), value[len(value)-1]^1),
		"huge":      make([]byte, maxSlotValue+1),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := bob.Decide(begin, forged)
			require.Error(t, err)
			require.Equal(t, before, storedForm(t, bob))
		})
	}
	require.NotContains(t, string(value), string(ada.ID[:]), "the relay cannot link the slots of a group")
}

func TestRenewable(t *testing.T) {
	ada, bob := pair(t)
	require.False(t, ada.Renewable(begin+renewAge), "not before the other side is heard")
	hear(t, ada, say(t, bob, "here"))
	require.False(t, ada.Renewable(begin))
	require.True(t, ada.Renewable(begin+renewAge))
	for range renewMessages {
		hear(t, bob, say(t, ada, "x"))
	}
	require.True(t, ada.Renewable(begin))
	require.NoError(t, ada.Renew(rand.Reader, begin))
	require.False(t, ada.Renewable(begin), "one at a time")
}

func TestOnlyWhatCameThroughItsOwnAddress(t *testing.T) {
	ada, bob := pair(t)
	sealed := func(to []byte) []byte {
		where, err := address.ParseAddress(to)
		require.NoError(t, err)
		env, err := address.Seal(rand.Reader, where, []byte("x"))
		require.NoError(t, err)
		return env
	}
	// One agent, two conversations: same door and box, two addresses.
	routing, err := address.NewRoutingKey(rand.Reader)
	require.NoError(t, err)
	door, err := address.NewDoor(rand.Reader)
	require.NoError(t, err)
	box, err := address.NewBoxKey(rand.Reader)
	require.NoError(t, err)
	for _, c := range []*Conversation{ada, bob} {
		c.own, err = address.New(rand.Reader, "https://relay.example", [32]byte{7}, routing.Public(), door, box)
		require.NoError(t, err)
		c.Own, err = c.own.Bytes()
		require.NoError(t, err)
	}
	opened, err := box.Open(sealed(ada.Own))
	require.NoError(t, err)
	require.True(t, ada.CameThrough(opened))
	require.False(t, bob.CameThrough(opened))
}
