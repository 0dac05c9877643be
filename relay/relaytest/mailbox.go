package relaytest

import (
	"crypto/rand"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/relayproto"
)

func randomID(t *testing.T) []byte {
	t.Helper()
	id := make([]byte, 32)
	_, err := rand.Read(id)
	require.NoError(t, err)
	return id
}

func testMailboxLifecycle(t *testing.T, r *relay) {
	a := r.newAgent()
	id := a.door.ID()
	r.refused(http.StatusNotFound, relayproto.CodeNoMailbox, "POST", relayproto.RouteMailbox,
		a.sign(relayproto.MailboxRequest{AddDoors: [][]byte{id[:]}}))

	status := a.update(relayproto.MailboxRequest{Register: true, AddDoors: [][]byte{id[:]}})
	assert.Equal(t, relayproto.MailboxStatus{Counter: a.counter, Doors: 1}, status)
	a.send("one")
	assert.Equal(t, uint64(1), a.update(relayproto.MailboxRequest{}).Waiting)
	assert.Equal(t, uint64(1), a.update(relayproto.MailboxRequest{Register: true}).Waiting, "registering again changes nothing")

	assert.Zero(t, a.update(relayproto.MailboxRequest{Close: true}).Doors)
	r.refused(http.StatusNotFound, relayproto.CodeNoMailbox, "POST", relayproto.RouteMailbox, a.sign(relayproto.MailboxRequest{}))
	a.send("lost")

	status = a.update(relayproto.MailboxRequest{Register: true, AddDoors: [][]byte{id[:]}})
	assert.Equal(t, relayproto.MailboxStatus{Counter: a.counter, Doors: 1}, status)
	a.send("two")
	m, _ := a.connect(8)
	assert.Equal(t, uint64(2), a.expectBody(m, "two"), "sequence numbers are never used twice")
}

func testMailboxCounter(t *testing.T, r *relay) {
	a := r.registered()
	body := a.sign(relayproto.MailboxRequest{AddDoors: [][]byte{randomID(t)}})
	status, _, first := r.do("POST", relayproto.RouteMailbox, body)
	require.Equal(t, http.StatusOK, status)
	r.Restart()
	status, _, again := r.do("POST", relayproto.RouteMailbox, body)
	require.Equal(t, http.StatusOK, status, "a repeated request is answered")
	assert.Equal(t, first, again)

	a.counter -= 1
	e := r.refused(http.StatusConflict, relayproto.CodeConflict, "POST", relayproto.RouteMailbox,
		a.sign(relayproto.MailboxRequest{AddDoors: [][]byte{randomID(t)}}))
	assert.Equal(t, a.counter, e.Detail, "the last counter")
	a.counter = 0
	r.refused(http.StatusConflict, relayproto.CodeConflict, "POST", relayproto.RouteMailbox, a.sign(relayproto.MailboxRequest{}))

	a.counter = 1 << 60
	r.refused(http.StatusBadRequest, relayproto.CodeMalformed, "POST", relayproto.RouteMailbox, a.sign(relayproto.MailboxRequest{}))
	a.counter = 1 << 40
	assert.Equal(t, uint64(2), a.update(relayproto.MailboxRequest{}).Doors, "counters may jump")
}

func testMailboxDoors(t *testing.T, r *relay) {
	a, b := r.registered(), r.registered()
	taken := a.door.ID()
	for name, agent := range map[string]*agent{"another's": b, "the own": a} {
		r.refused(http.StatusConflict, relayproto.CodeDoorTaken, "POST", relayproto.RouteMailbox,
			agent.sign(relayproto.MailboxRequest{AddDoors: [][]byte{randomID(t), taken[:]}}))
		assert.Equal(t, uint64(1), agent.update(relayproto.MailboxRequest{}).Doors, "%s: all or nothing", name)
	}
	twice := randomID(t)
	r.refused(http.StatusConflict, relayproto.CodeDoorTaken, "POST", relayproto.RouteMailbox,
		a.sign(relayproto.MailboxRequest{AddDoors: [][]byte{twice, twice}}))

	// A retired door still delivers for a while; another's retirement is not.
	b.update(relayproto.MailboxRequest{RetireDoors: [][]byte{taken[:], randomID(t)}})
	a.update(relayproto.MailboxRequest{RetireDoors: [][]byte{taken[:]}})
	a.send("late")
	m, _ := a.connect(8)
	a.expectBody(m, "late")

	second, err := address.NewDoor(rand.Reader)
	require.NoError(t, err)
	id := second.ID()
	a.update(relayproto.MailboxRequest{AddDoors: [][]byte{id[:]}})
	status, _, _ := r.do("POST", relayproto.RouteDeposit, r.seal(a.addressOf(second), "through the second door"))
	require.Equal(t, http.StatusAccepted, status)
	a.expectBody(m, "through the second door")

	for doors := uint64(2); doors < relayproto.MaxDoorsPerMailbox; doors++ {
		require.Equal(t, doors+1, a.update(relayproto.MailboxRequest{AddDoors: [][]byte{randomID(t)}}).Doors)
	}
	r.refused(http.StatusUnprocessableEntity, relayproto.CodeLimit, "POST", relayproto.RouteMailbox,
		a.sign(relayproto.MailboxRequest{AddDoors: [][]byte{randomID(t)}}))
}

// testRetiringDoor checks that a door that is being retired takes little, and
// leaves the rest of the mailbox to the one that replaces it.
func testRetiringDoor(t *testing.T, r *relay) {
	a := r.registered()
	old := a.door.ID()
	a.send("before")
	next, err := address.NewDoor(rand.Reader)
	require.NoError(t, err)
	id := next.ID()
	request := a.sign(relayproto.MailboxRequest{AddDoors: [][]byte{id[:]}, RetireDoors: [][]byte{old[:]}})
	for range 2 { // the answer to the first was lost
		status, _, _ := r.do("POST", relayproto.RouteMailbox, request)
		require.Equal(t, http.StatusOK, status)
	}
	share := r.desc.MaxMailboxBytes / relayproto.RetiringShare
	for range share/address.SmallEnvelope + 8 {
		a.send("flood")
	}
	status, _, _ := r.do("POST", relayproto.RouteDeposit, r.seal(a.addressOf(next), "through the new door"))
	require.Equal(t, http.StatusAccepted, status)
	r.Restart()
	m, ready := a.connect(relayproto.MaxCredit)
	require.Equal(t, share/address.SmallEnvelope+1, ready.Waiting, "an eighth, and one through the new door")
	a.expectBody(m, "before")
	for range share/address.SmallEnvelope - 1 {
		a.expectBody(m, "flood")
	}
	a.expectBody(m, "through the new door")
	assert.Equal(t, uint64(2), a.update(relayproto.MailboxRequest{}).Doors)
	assert.Equal(t, uint64(1), a.update(relayproto.MailboxRequest{RetireDoors: [][]byte{old[:], old[:]}}).Doors, "named twice, it goes at once")
	before := a.update(relayproto.MailboxRequest{}).Waiting
	a.send("late")
	assert.Equal(t, before, a.update(relayproto.MailboxRequest{}).Waiting)
}

func testMailboxForged(t *testing.T, r *relay) {
	a := r.registered()
	forged := a.sign(relayproto.MailboxRequest{Close: true})
	forged[len(forged)-1] ^= 1
	r.refused(http.StatusUnauthorized, relayproto.CodeUnauthorized, "POST", relayproto.RouteMailbox, forged)

	other := *r.desc
	other.ID[0] ^= 1
	elsewhere := *a
	elsewhere.r = &relay{Instance: r.Instance, t: t, desc: &other}
	r.refused(http.StatusUnauthorized, relayproto.CodeUnauthorized, "POST", relayproto.RouteMailbox,
		elsewhere.sign(relayproto.MailboxRequest{Close: true}))
	assert.Equal(t, uint64(1), a.update(relayproto.MailboxRequest{}).Doors)
}

func testMailboxMalformed(t *testing.T, r *relay) {
	a := r.registered()
	good := a.sign(relayproto.MailboxRequest{})
	for name, body := range map[string][]byte{
		"empty":              {},
		"not CBOR":           []byte("hello"),
		"truncated":          good[:len(good)-1],
		"trailing byte":      append(append([]byte(nil), good...), 0),
		"1 GB in five bytes": {0x5a, 0x40, 0, 0, 0},
		"endless array":      {0x9f, 0x9f, 0x9f, 0x9f},
		"deep nesting":       deep(4000),
	} {
		t.Run(name, func(t *testing.T) {
			r.refused(http.StatusBadRequest, relayproto.CodeMalformed, "POST", relayproto.RouteMailbox, body)
		})
	}
	many := make([][]byte, relayproto.MaxDoorsPerRequest+1)
	for i := range many {
		many[i] = randomID(t)
	}
	r.refused(http.StatusBadRequest, relayproto.CodeMalformed, "POST", relayproto.RouteMailbox,
		a.sign(relayproto.MailboxRequest{AddDoors: many}))
	r.refused(http.StatusBadRequest, relayproto.CodeMalformed, "POST", relayproto.RouteMailbox,
		a.sign(relayproto.MailboxRequest{AddDoors: [][]byte{{1, 2, 3}}}))
	r.refused(http.StatusRequestEntityTooLarge, relayproto.CodeTooLarge, "POST", relayproto.RouteMailbox,
		make([]byte, relayproto.MaxMailboxRequest+1))
}

// deep is CBOR of n arrays inside each other.
func deep(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 0x81
	}
	return append(b, 0)
}
