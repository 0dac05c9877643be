package address

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/vectors"
	"petmail/shared/wire"
)

// vectorFile is shared/vectors/address.json.
type vectorFile struct {
	Source        string
	RoutingKey    vectors.Bytes `json:"routing_key"`
	RoutingPublic vectors.Bytes `json:"routing_public"`
	DoorRand      vectors.Bytes `json:"door_rand"`
	Door          vectors.Bytes
	DoorID        vectors.Bytes `json:"door_id"`
	BoxKey        vectors.Bytes `json:"box_key"`
	OtherBoxKey   vectors.Bytes `json:"other_box_key"`
	OtherDoor     vectors.Bytes `json:"other_door"`
	Addresses     []struct {
		Name    string
		Rand    vectors.Bytes
		Relay   string
		RelayID vectors.Bytes `json:"relay_id"`
		Routing vectors.Bytes
		Token   vectors.Bytes
		Box     vectors.Bytes
		Encoded vectors.Bytes
	}
	Envelopes []struct {
		Name     string
		Seed     vectors.Bytes
		BodySize int `json:"body_size"`
		Size     int
		Header   vectors.Bytes
		SHA256   vectors.Bytes
		Envelope vectors.Bytes
	}
	RefusedEnvelopes []struct {
		Name   string
		Offset int
		Patch  vectors.Bytes
		Error  string
	} `json:"refused_envelopes"`
	RefusedSizes []int `json:"refused_sizes"`
	RefusedOpens []struct {
		Name     string
		Header   vectors.Bytes
		Envelope vectors.Bytes
	} `json:"refused_opens"`
	MatchesNeither []struct {
		Name     string
		Envelope vectors.Bytes
	} `json:"opens_but_matches_neither"`
	RefusedAddresses []struct {
		Name    string
		Encoded vectors.Bytes
	} `json:"refused_addresses"`
}

// fixture is the vector file with its keys and addresses parsed.
type fixture struct {
	vectorFile
	routing   RoutingKey
	door      Door
	box       BoxKey
	addresses []Address
}

func readVectors(t testing.TB) fixture {
	t.Helper()
	var f fixture
	vectors.Read(t, "address.json", &f.vectorFile)
	var err error
	f.routing, err = ParseRoutingKey(f.RoutingKey)
	require.NoError(t, err)
	f.door, err = ParseDoor(f.Door)
	require.NoError(t, err)
	f.box, err = ParseBoxKey(f.BoxKey)
	require.NoError(t, err)
	for _, v := range f.Addresses {
		a, err := ParseAddress(v.Encoded)
		require.NoError(t, err, v.Name)
		f.addresses = append(f.addresses, a)
	}
	require.Len(t, f.addresses, 3)
	return f
}

// testBody is the body of n bytes that the vectors use.
func testBody(n int) []byte {
	body := make([]byte, n)
	for i := range body {
		body[i] = byte(i % 251)
	}
	return body
}

func TestKeyVectors(t *testing.T) {
	f := readVectors(t)
	require.Equal(t, RoutingPublic(f.RoutingPublic), f.routing.Public())
	require.Equal(t, DoorID(f.DoorID), f.door.ID())
	door, err := NewDoor(bytes.NewReader(f.DoorRand))
	require.NoError(t, err)
	require.Equal(t, []byte(f.Door), []byte(door.Bytes()))
	require.Equal(t, []byte(f.RoutingKey), []byte(f.routing.Bytes()))
	require.Equal(t, []byte(f.BoxKey), []byte(f.box.Bytes()))
	public, err := ParseRoutingPublic(f.RoutingPublic)
	require.NoError(t, err)
	require.Equal(t, f.routing.Public(), public)
}

func TestAddressVectors(t *testing.T) {
	f := readVectors(t)
	otherDoor, err := ParseDoor(f.OtherDoor)
	require.NoError(t, err)
	otherBox, err := ParseBoxKey(f.OtherBoxKey)
	require.NoError(t, err)
	for i, v := range f.Addresses {
		t.Run(v.Name, func(t *testing.T) {
			door, box := f.door, f.box
			if i == 2 {
				door, box = otherDoor, otherBox
			}
			a, err := New(bytes.NewReader(v.Rand), v.Relay, [32]byte(v.RelayID), RoutingPublic(v.Routing), door, box)
			require.NoError(t, err)
			require.Equal(t, [64]byte(v.Token), a.Token)
			require.Equal(t, [64]byte(v.Box), a.Box)
			encoded, err := a.Bytes()
			require.NoError(t, err)
			require.Equal(t, []byte(v.Encoded), encoded)
			require.True(t, a == f.addresses[i])
		})
	}
}

func TestEnvelopeVectors(t *testing.T) {
	f := readVectors(t)
	for _, v := range f.Envelopes {
		t.Run(v.Name, func(t *testing.T) {
			body := testBody(v.BodySize)
			envelope, err := Seal(bytes.NewReader(v.Seed), f.addresses[0], body)
			require.NoError(t, err)
			require.Len(t, envelope, v.Size)
			require.Equal(t, hex.EncodeToString(v.Header), hex.EncodeToString(envelope[:headerSize]))
			sum := sha256.Sum256(envelope)
			require.Equal(t, []byte(v.SHA256), sum[:])
			if v.Envelope != nil {
				require.Equal(t, []byte(v.Envelope), envelope)
			}
			id, err := f.routing.Route(envelope)
			require.NoError(t, err)
			require.Equal(t, f.door.ID(), id)
			opened, err := f.box.Open(envelope)
			require.NoError(t, err)
			require.True(t, bytes.Equal(body, opened.Body))
			require.True(t, opened.Matches(f.addresses[0]))
			require.False(t, opened.Matches(f.addresses[1]))
			require.False(t, opened.Matches(f.addresses[2]))
		})
	}
}

func (f fixture) smallEnvelope(t testing.TB) []byte {
	t.Helper()
	for _, v := range f.Envelopes {
		if v.Envelope != nil {
			return bytes.Clone(v.Envelope)
		}
	}
	t.Fatal("no whole envelope among the vectors")
	return nil
}

func TestRefusedEnvelopes(t *testing.T) {
	f := readVectors(t)
	good := f.smallEnvelope(t)
	require.NotEmpty(t, f.RefusedEnvelopes)
	for _, v := range f.RefusedEnvelopes {
		t.Run(v.Name, func(t *testing.T) {
			bad := bytes.Clone(good)
			copy(bad[v.Offset:], v.Patch)
			require.NotEqual(t, good, bad)
			_, routeErr := f.routing.Route(bad)
			_, openErr := f.box.Open(bad)
			if v.Error == "malformed" {
				require.ErrorIs(t, routeErr, ErrEnvelope)
				require.ErrorIs(t, openErr, ErrEnvelope)
				return
			}
			require.NoError(t, routeErr)
			require.ErrorIs(t, openErr, ErrOpen)
		})
	}
	for _, size := range f.RefusedSizes {
		t.Run(fmt.Sprintf("%d bytes", size), func(t *testing.T) {
			bad := make([]byte, size)
			copy(bad, good)
			_, err := f.routing.Route(bad)
			require.ErrorIs(t, err, ErrEnvelope)
			_, err = f.box.Open(bad)
			require.ErrorIs(t, err, ErrEnvelope)
		})
	}
}

func TestRefusedOpens(t *testing.T) {
	f := readVectors(t)
	require.NotEmpty(t, f.RefusedOpens)
	for _, v := range f.RefusedOpens {
		t.Run(v.Name, func(t *testing.T) {
			_, err := f.routing.Route(v.Envelope)
			require.NoError(t, err)
			opened, err := f.box.Open(v.Envelope)
			require.ErrorIs(t, err, ErrOpen)
			require.Nil(t, opened)
		})
	}
}

func TestMixedAddressesNeverMatch(t *testing.T) {
	f := readVectors(t)
	require.NotEmpty(t, f.MatchesNeither)
	for _, v := range f.MatchesNeither {
		t.Run(v.Name, func(t *testing.T) {
			id, err := f.routing.Route(v.Envelope)
			require.NoError(t, err)
			opened, err := f.box.Open(v.Envelope)
			require.NoError(t, err)
			require.Equal(t, testBody(1), opened.Body)
			for i, a := range f.addresses {
				require.False(t, opened.Matches(a), "address %d, door %x", i, id)
			}
		})
	}
}

func TestRefusedAddresses(t *testing.T) {
	f := readVectors(t)
	require.NotEmpty(t, f.RefusedAddresses)
	for _, v := range f.RefusedAddresses {
		t.Run(v.Name, func(t *testing.T) {
			a, err := ParseAddress(v.Encoded)
			require.Error(t, err)
			require.Zero(t, a)
		})
	}
	_, err := ParseAddress(make([]byte, MaxAddress+1))
	require.ErrorIs(t, err, wire.ErrTooLarge)
}

func TestUnusableAddress(t *testing.T) {
	f := readVectors(t)
	opened, err := f.box.Open(f.smallEnvelope(t))
	require.NoError(t, err)
	bad := f.addresses[0]
	bad.Token[0] ^= 1
	require.False(t, opened.Matches(bad))
	require.False(t, opened.Matches(Address{}))
	_, err = Seal(rand.Reader, Address{}, nil)
	require.ErrorIs(t, err, ErrPoint)
	require.ErrorIs(t, Address{Relay: "https://a.example"}.Check(), ErrPoint)
	_, err = New(rand.Reader, "https://a.example", [32]byte{}, RoutingPublic{}, f.door, f.box)
	require.ErrorIs(t, err, ErrPoint)
	_, err = New(rand.Reader, "https://a.example/?q", [32]byte{}, f.routing.Public(), f.door, f.box)
	require.Error(t, err)
}

func TestBodySizes(t *testing.T) {
	require.Equal(t, 65387, MaxBody)
	_, err := EnvelopeSize(MaxBody + 1)
	require.ErrorIs(t, err, ErrBodyTooLarge)
	_, err = Seal(rand.Reader, readVectors(t).addresses[0], make([]byte, MaxBody+1))
	require.ErrorIs(t, err, ErrBodyTooLarge)
}

func TestParseKeysRefuse(t *testing.T) {
	over := bytes.Repeat([]byte{0xff}, 32) // over the group order, and no point
	for _, b := range [][]byte{nil, make([]byte, 31), make([]byte, 33), make([]byte, 32), over} {
		_, err := ParseRoutingKey(b)
		require.Error(t, err)
		_, err = ParseBoxKey(b)
		require.Error(t, err)
		_, err = ParseDoor(b)
		require.Error(t, err)
		_, err = ParseRoutingPublic(b)
		require.Error(t, err)
	}
}

func TestBrokenRandomness(t *testing.T) {
	f := readVectors(t)
	for name, source := range map[string][]byte{"none": nil, "zeros": make([]byte, 64)} {
		t.Run(name, func(t *testing.T) {
			_, err := NewRoutingKey(bytes.NewReader(source))
			require.Error(t, err)
			_, err = NewBoxKey(bytes.NewReader(source))
			require.Error(t, err)
			_, err = NewDoor(bytes.NewReader(source[:len(source)/2]))
			require.Error(t, err)
			_, err = New(bytes.NewReader(source), "https://a.example", [32]byte{}, f.routing.Public(), f.door, f.box)
			require.Error(t, err)
		})
	}
	_, err := Seal(bytes.NewReader(make([]byte, seedSize-1)), f.addresses[0], nil)
	require.Error(t, err)
}

func TestSecretsPrintRedacted(t *testing.T) {
	f := readVectors(t)
	opened, err := f.box.Open(f.smallEnvelope(t))
	require.NoError(t, err)
	for _, v := range []any{f.routing, f.door, f.box, f.addresses[0], &f.addresses[0], opened, *opened, f.box.Bytes()} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
			require.Equal(t, "[redacted]", fmt.Sprintf(verb, v))
		}
		var out bytes.Buffer
		slog.New(slog.NewJSONHandler(&out, nil)).Info("made", "it", v)
		require.Contains(t, out.String(), `"it":"[redacted]"`)
	}
}
