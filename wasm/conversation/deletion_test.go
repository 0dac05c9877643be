package conversation

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
)

// write seals a message as the other side gets it.
func write(t testing.TB, c *Conversation, m Message, err error) Body {
	t.Helper()
	require.NoError(t, err)
	out, err := c.Seal(rand.Reader, m)
	require.NoError(t, err)
	return body(t, out[0])
}

func receive(t testing.TB, c *Conversation, b Body) Result {
	t.Helper()
	r, err := c.Receive(begin, b)
	require.NoError(t, err)
	return r
}

func TestADeletionNamesItsMessageWhicheverComesFirst(t *testing.T) {
	for _, name := range []string{"in order", "overtaken"} {
		t.Run(name, func(t *testing.T) {
			ada, bob := pair(t)
			m, err := ada.Write(rand.Reader, begin, "hello")
			text := write(t, ada, m, err)
			d, err := ada.WriteDeletion(rand.Reader, begin, []Target{m.Target()})
			request := write(t, ada, d, err)

			if name == "in order" {
				r := receive(t, bob, text)
				require.NotNil(t, r.Message)
				require.Equal(t, []Removal{{m.ID, r.Message.Cursor}}, receive(t, bob, request).Removals)
			} else {
				require.Len(t, receive(t, bob, request).Removals, 1)
				require.Nil(t, receive(t, bob, text).Message, "what was deleted before it came is not shown")
			}
			require.Equal(t, uint64(2), bob.Members[0].Received.UpTo, "nothing is missed")
			require.Equal(t, []Carried{{Request: d.Number, By: ada.Members[0].Leaf}}, receive(t, ada, say(t, bob, "done")).Carried)
		})
	}
}

// TestNobodyDeletesWhatIsNotTheirs: the way from a target to a message leads
// over the sender's own persona.
func TestNobodyDeletesWhatIsNotTheirs(t *testing.T) {
	ada, bob := pair(t)
	m, err := ada.Write(rand.Reader, begin, "hers")
	write(t, ada, m, err)
	receive(t, ada, say(t, bob, "first"))
	d, err := bob.WriteDeletion(rand.Reader, begin, []Target{m.Target()})
	r := receive(t, ada, write(t, bob, d, err))
	require.Len(t, r.Removals, 1)
	require.NotEqual(t, m.Cursor, r.Removals[0].Cursor)
}

// TestAVoidNumberDeletesNothing only says that none comes under it.
func TestAVoidNumberDeletesNothing(t *testing.T) {
	ada, bob := pair(t)
	m, err := ada.Write(rand.Reader, begin, "lost")
	write(t, ada, m, err)
	d, err := ada.WriteDeletion(rand.Reader, begin, []Target{{Number: m.Number}})
	require.Empty(t, receive(t, bob, write(t, ada, d, err)).Removals)
	require.Equal(t, d.Number, bob.Members[0].Received.UpTo)
}

// TestConfirmationsComeAgain with each acknowledgement, the latest of them.
func TestConfirmationsComeAgain(t *testing.T) {
	ada, bob := pair(t)
	var last uint64
	for range maxDone + 6 {
		d, err := ada.WriteDeletion(rand.Reader, begin, []Target{{ID: wire.ID{9}, Number: 1 << 40}})
		receive(t, bob, write(t, ada, d, err))
		last = d.Number
	}
	say(t, bob, "lost")
	receive(t, bob, say(t, ada, "again")) // an acknowledgement is owed
	r := receive(t, ada, say(t, bob, "arrives"))
	require.Len(t, r.Carried, maxDone)
	require.Equal(t, last, r.Carried[maxDone-1].Request)
}

// TestAnOldPetmailAcknowledgesWithoutDeleting: what it does not know, it
// keeps, and it names no request as carried out.
func TestAnOldPetmailAcknowledgesWithoutDeleting(t *testing.T) {
	ada, bob := pair(t)
	out, err := ada.encrypt(rand.Reader, Content{ID: wire.ID{1}, Number: 1, Kind: 99, Body: wire.Raw{0xa0}}, 0)
	require.NoError(t, err)
	ada.Sent = 1
	r := receive(t, bob, body(t, out[0]))
	require.Equal(t, Kind(99), r.Message.Kind)
	r = receive(t, ada, say(t, bob, "hm"))
	require.True(t, r.Acked)
	require.Empty(t, r.Carried)
}

func TestMalformedDeletionsAndTimersAreRefused(t *testing.T) {
	many := make([]Target, MaxTargets+1)
	for i := range many {
		many[i].Number = uint64(i + 1)
	}
	encode := func(v any) wire.Raw {
		b, err := wire.Marshal(v)
		require.NoError(t, err)
		return b
	}
	for name, c := range map[string]Content{
		"no body":        {Kind: KindDelete},
		"no target":      {Kind: KindDelete, Body: encode(Deletion{})},
		"too many":       {Kind: KindDelete, Body: encode(Deletion{many})},
		"number zero":    {Kind: KindDelete, Body: encode(Deletion{[]Target{{ID: wire.ID{1}}}})},
		"itself":         {Kind: KindDelete, Body: encode(Deletion{[]Target{{ID: wire.ID{1}, Number: 7}}})},
		"a text":         {Kind: KindDelete, Body: encode(Text{Text: "hello"})},
		"timer of text":  {Kind: KindTimer, Body: encode(Text{Text: "1 h"})},
		"timer without":  {Kind: KindTimer},
		"too much asked": {Kind: KindAck, Acks: []Ack{{Deleted: make([]uint64, maxDone+1)}}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.Kind != KindAck {
				c.ID, c.Number = wire.ID{1}, 7
			}
			b, err := c.encode()
			require.NoError(t, err)
			_, err = decodeContent(b)
			require.Error(t, err)
		})
	}
}

func TestTimers(t *testing.T) {
	for asked, want := range map[uint64]uint64{
		0: 0, 1: 3600, 3600: 3600, 3601: 3600, 86400: 86400, 2 * 86400: 86400, 1 << 60: 28 * 86400,
	} {
		require.Equal(t, want, TimerStep(asked), "%d", asked)
	}
	ada, bob := pair(t)
	_, err := ada.WriteTimer(rand.Reader, begin, 61)
	require.Error(t, err)
	before := say(t, ada, "before")
	set, err := ada.WriteTimer(rand.Reader, begin, 3600)
	setting := write(t, ada, set, err)
	after, err := ada.Write(rand.Reader, begin, "after")
	require.Equal(t, uint64(3600), after.Timer)
	sealed := write(t, ada, after, err)

	// Whatever the order, each message has the timer it was written with.
	require.Equal(t, uint64(3600), receive(t, bob, sealed).Message.Timer)
	require.Zero(t, receive(t, bob, before).Message.Timer)
	require.Zero(t, bob.Timer)
	seconds, ok := receive(t, bob, setting).Message.SetTo()
	require.True(t, ok)
	require.Equal(t, uint64(3600), seconds)
	require.Equal(t, uint64(3600), bob.Timer)
	reloaded := reload(t, bob)
	require.Equal(t, uint64(3600), reloaded.Timer)
}
