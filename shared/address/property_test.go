package address

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// agent is a relay and an agent there, drawn afresh.
type agent struct {
	routing RoutingKey
	door    Door
	box     BoxKey
}

func newAgent(t require.TestingT) agent {
	var a agent
	var err error
	a.routing, err = NewRoutingKey(rand.Reader)
	require.NoError(t, err)
	a.door, err = NewDoor(rand.Reader)
	require.NoError(t, err)
	a.box, err = NewBoxKey(rand.Reader)
	require.NoError(t, err)
	return a
}

func (a agent) address(t require.TestingT) Address {
	out, err := New(rand.Reader, "https://relay.example.org", [32]byte{1}, a.routing.Public(), a.door, a.box)
	require.NoError(t, err)
	return out
}

func TestSealRouteOpen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		me := newAgent(t)
		a := me.address(t)
		size := rapid.OneOf(
			rapid.IntRange(0, 300),
			rapid.IntRange(SmallEnvelope-overhead-2, SmallEnvelope-overhead+2),
			rapid.IntRange(MediumEnvelope-overhead-2, MediumEnvelope-overhead+2),
			rapid.IntRange(MaxBody-2, MaxBody),
		).Draw(t, "size")
		body := testBody(size)
		envelope, err := Seal(rand.Reader, a, body)
		require.NoError(t, err)
		want, err := EnvelopeSize(size)
		require.NoError(t, err)
		require.Len(t, envelope, want)
		id, err := me.routing.Route(envelope)
		require.NoError(t, err)
		require.Equal(t, me.door.ID(), id)
		opened, err := me.box.Open(envelope)
		require.NoError(t, err)
		require.True(t, bytes.Equal(body, opened.Body))
		require.True(t, opened.Matches(a))

		other := newAgent(t)
		_, err = other.box.Open(envelope)
		require.ErrorIs(t, err, ErrOpen)
		elsewhere, err := other.routing.Route(envelope)
		require.NoError(t, err, "another relay sees a door nobody has")
		require.NotEqual(t, id, elsewhere)
	})
}

// TestMixes takes every part of an address from one of two of the same agent:
// only the unmixed ones may match.
func TestMixes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		me := newAgent(t)
		from := [2]Address{me.address(t), me.address(t)}
		pick := rapid.SliceOfN(rapid.IntRange(0, 1), 4, 4).Draw(t, "parts")
		mixed := from[0]
		for i, half := range [][]byte{mixed.Token[:32], mixed.Token[32:], mixed.Box[:32], mixed.Box[32:]} {
			source := from[pick[i]]
			parts := [][]byte{source.Token[:32], source.Token[32:], source.Box[:32], source.Box[32:]}
			copy(half, parts[i])
		}
		envelope, err := Seal(rand.Reader, mixed, []byte("hello"))
		require.NoError(t, err)
		opened, err := me.box.Open(envelope)
		if pick[2] != pick[3] {
			require.ErrorIs(t, err, ErrOpen)
			return
		}
		require.NoError(t, err)
		for i, a := range from {
			require.Equal(t, mixed == a, opened.Matches(a), "address %d", i)
		}
	})
}

// TestNothingInCommon looks for bytes that two addresses of one door, or two
// envelopes to one address, share in the parts that must look random.
func TestNothingInCommon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		me := newAgent(t)
		a, b := me.address(t), me.address(t)
		distinct(t, chunks(a.Token[:]), chunks(a.Box[:]), chunks(b.Token[:]), chunks(b.Box[:]))

		one, err := Seal(rand.Reader, a, []byte("hello"))
		require.NoError(t, err)
		two, err := Seal(rand.Reader, a, []byte("hello"))
		require.NoError(t, err)
		distinct(t, chunks(a.Token[:]), chunks(a.Box[:]), chunks(one[1:headerSize]), chunks(two[1:headerSize]),
			chunks(one[headerSize:]), chunks(two[headerSize:]))
	})
}

// chunks cuts b into pieces of 16 bytes: long enough never to repeat by
// chance.
func chunks(b []byte) [][16]byte {
	var out [][16]byte
	for ; len(b) >= 16; b = b[16:] {
		out = append(out, [16]byte(b))
	}
	return out
}

func distinct(t require.TestingT, lists ...[][16]byte) {
	seen := map[[16]byte]bool{}
	for _, list := range lists {
		for _, c := range list {
			require.False(t, seen[c], "16 bytes in common")
			seen[c] = true
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	v := readVectors(f)
	for _, a := range v.Addresses {
		f.Add([]byte(a.Encoded))
	}
	for _, a := range v.RefusedAddresses {
		f.Add([]byte(a.Encoded))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ParseAddress(data)
		if err != nil {
			require.Zero(t, a)
			return
		}
		again, err := a.Bytes()
		require.NoError(t, err)
		require.Equal(t, data, again, "one address has one encoding")
		_, err = Seal(bytes.NewReader(make([]byte, seedSize)), a, nil)
		require.NoError(t, err)
	})
}

// FuzzEnvelope patches a good envelope, so that the fuzzer gets past the size.
func FuzzEnvelope(f *testing.F) {
	v := readVectors(f)
	for _, r := range v.RefusedEnvelopes {
		f.Add(uint16(r.Offset), []byte(r.Patch))
	}
	good := v.smallEnvelope(f)
	f.Fuzz(func(t *testing.T, offset uint16, patch []byte) {
		envelope := bytes.Clone(good)
		if int(offset) < len(envelope) {
			copy(envelope[offset:], patch)
		}
		_, routeErr := v.routing.Route(envelope)
		opened, openErr := v.box.Open(envelope)
		if bytes.Equal(envelope, good) {
			require.NoError(t, routeErr)
			require.NoError(t, openErr)
			require.True(t, opened.Matches(v.addresses[0]))
			return
		}
		require.Error(t, openErr, "a changed envelope opened")
		if routeErr != nil {
			require.ErrorIs(t, routeErr, ErrEnvelope)
			require.ErrorIs(t, openErr, ErrEnvelope)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	me := newAgent(b)
	for b.Loop() {
		me.address(b)
	}
}

func BenchmarkSeal(b *testing.B) {
	a := newAgent(b).address(b)
	body := testBody(1000)
	for b.Loop() {
		_, err := Seal(rand.Reader, a, body)
		require.NoError(b, err)
	}
}

func BenchmarkRoute(b *testing.B) {
	me := newAgent(b)
	envelope, err := Seal(rand.Reader, me.address(b), testBody(1000))
	require.NoError(b, err)
	for b.Loop() {
		_, err := me.routing.Route(envelope)
		require.NoError(b, err)
	}
}

func BenchmarkOpenAndMatch(b *testing.B) {
	me := newAgent(b)
	a := me.address(b)
	envelope, err := Seal(rand.Reader, a, testBody(1000))
	require.NoError(b, err)
	for b.Loop() {
		opened, err := me.box.Open(envelope)
		require.NoError(b, err)
		require.True(b, opened.Matches(a))
	}
}
