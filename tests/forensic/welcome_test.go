package forensic_test

import (
	"bytes"
	crand "crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/wire"
	"petmail/tests/forensic"
	"petmail/wasm/conversation"
)

// owner is an agent's record of itself (wasm/parts/account), of which the
// examiner needs the box key and must mind nothing else.
type owner struct {
	Name    string   `cbor:"1,keyasint"`
	Relay   string   `cbor:"2,keyasint"`
	RelayID [32]byte `cbor:"3,keyasint"`
	Routing [32]byte `cbor:"4,keyasint"`
	Mailbox []byte   `cbor:"5,keyasint"`
	Door    []byte   `cbor:"6,keyasint,omitempty"`
	Box     []byte   `cbor:"7,keyasint"`
	Counter uint64   `cbor:"8,keyasint"`
	Later   []string `cbor:"99,keyasint,omitempty"` // what a later version adds

	own address.Address
}

func newOwner(t *testing.T) owner {
	t.Helper()
	routing, err := address.NewRoutingKey(crand.Reader)
	require.NoError(t, err)
	door, err := address.NewDoor(crand.Reader)
	require.NoError(t, err)
	box, err := address.NewBoxKey(crand.Reader)
	require.NoError(t, err)
	own, err := address.New(crand.Reader, "https://relay.example", [32]byte{1}, routing.Public(), door, box)
	require.NoError(t, err)
	return owner{Box: box.Bytes(), Later: []string{"more"}, own: own}
}

// TestWelcome: who has the record of a conversation that waits for its Welcome
// opens the Welcome; who has it as it is afterwards does not.
func TestWelcome(t *testing.T) {
	now := time.Now().UnixMilli()
	provider := mls.StandardProvider{}
	psk := bytes.Repeat([]byte{7}, 32)
	id, err := wire.NewID(crand.Reader)
	require.NoError(t, err)
	ana, ben := newOwner(t), newOwner(t)
	persona := func(name string) conversation.Persona {
		p, err := conversation.NewPersona(crand.Reader, name)
		require.NoError(t, err)
		return p
	}
	anas, keyPackage, err := conversation.Await(crand.Reader, provider, now, id, psk, persona("Ana"), ana.own)
	require.NoError(t, err)
	_, welcome, err := conversation.Create(crand.Reader, provider, now, id, psk, persona("Ben"), ben.own, keyPackage)
	require.NoError(t, err)
	sealed, err := address.Seal(crand.Reader, ana.own, welcome.Body)
	require.NoError(t, err)

	record := func() []byte {
		b, err := anas.Record()
		require.NoError(t, err)
		return append([]byte("what stands before it"), b...)
	}
	self, err := wire.Marshal(ana)
	require.NoError(t, err)
	traffic := func(plain ...[]byte) forensic.Traffic {
		found := forensic.Findings{Plain: append(plain, self)}
		traffic, err := found.Traffic([][]byte{[]byte("another's"), sealed})
		require.NoError(t, err)
		require.Equal(t, 1, traffic.Ours)
		require.Equal(t, 1, traffic.Welcomes)
		return traffic
	}
	before := record()
	require.Equal(t, []int{1}, traffic(before).Entered, "while the init key is there")

	body, err := conversation.DecodeBody(welcome.Body)
	require.NoError(t, err)
	_, err = anas.Receive(now, body)
	require.NoError(t, err)
	parts, err := anas.Changes()
	require.NoError(t, err)
	after := [][]byte{record()}
	for _, p := range parts {
		after = append(after, p.Data)
	}
	require.Empty(t, traffic(after...).Entered, "in the group")
}
