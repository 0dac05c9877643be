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

// TestWhatIsLeftOfAGroupReads: parts that an older state has left read what
// that state could, alone or among the parts of others; the present parts read
// nothing that has been read.
func TestWhatIsLeftOfAGroupReads(t *testing.T) {
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
	bens, welcome, err := conversation.Create(crand.Reader, provider, now, id, psk, persona("Ben"), ben.own, keyPackage)
	require.NoError(t, err)

	var envelopes, bodies [][]byte
	post := func(body []byte) {
		envelope, err := address.Seal(crand.Reader, ana.own, body)
		require.NoError(t, err)
		envelopes, bodies = append(envelopes, envelope), append(bodies, body)
	}
	write := func() {
		m, err := bens.Write(crand.Reader, now, "hello")
		require.NoError(t, err)
		out, err := bens.Seal(crand.Reader, m)
		require.NoError(t, err)
		post(out[0].Body)
	}
	receive := func(body []byte) {
		b, err := conversation.DecodeBody(body)
		require.NoError(t, err)
		_, err = anas.Receive(now, b)
		require.NoError(t, err)
	}
	disk := make(map[string][]byte)
	var left [][]byte // what no longer stands
	store := func() {
		parts, err := anas.Changes()
		require.NoError(t, err)
		for _, p := range parts {
			if old := disk[p.Name]; old != nil {
				left = append(left, old)
			}
			if disk[p.Name] = p.Data; p.Data == nil {
				delete(disk, p.Name)
			}
		}
	}
	self, err := wire.Marshal(ana)
	require.NoError(t, err)
	read := func(more ...[]byte) []int {
		found := forensic.Findings{Plain: append(more, self)}
		for _, part := range disk {
			found.Plain = append(found.Plain, part)
		}
		traffic, err := found.Traffic(envelopes)
		require.NoError(t, err)
		require.Equal(t, len(envelopes), traffic.Ours)
		require.NotZero(t, traffic.Groups)
		return traffic.Read
	}

	receive(welcome.Body)
	store()
	for range 3 {
		write()
	}
	require.Equal(t, []int{0, 1, 2}, read(), "nothing has been read")
	receive(bodies[0])
	store()
	require.Equal(t, []int{1, 2}, read())
	require.Equal(t, []int{0, 1, 2}, read(left...), "the secrets from which the ratchets came are left")
	left = nil
	receive(bodies[2])
	store()
	require.Equal(t, []int{1}, read(), "one is still to come")
	require.Equal(t, []int{1, 2}, read(left...), "the ratchets of before are left")

	// The epoch ends, and the one that is to come is late.
	left = nil
	require.NoError(t, bens.Renew(crand.Reader, now))
	value := bens.Pending.Value
	for _, c := range []*conversation.Conversation{anas, bens} {
		_, _, err := c.Decide(now, value)
		require.NoError(t, err)
	}
	store()
	write()
	require.Equal(t, []int{1, 3}, read())
	receive(bodies[1])
	receive(bodies[3])
	store()
	require.Empty(t, read())
	require.Equal(t, []int{1, 3}, read(left...), "the ended epoch and the secrets of the present one are left")
}
