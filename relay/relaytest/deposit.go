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

func testDescriptor(t *testing.T, r *relay) {
	assert.LessOrEqual(t, r.desc.MaxMailboxBytes, uint64(MailboxBytes))
	assert.Equal(t, "open", r.desc.LeasePolicy)
	assert.Equal(t, relayproto.RelayID(r.desc.Keys), r.desc.ID)
	before := r.desc
	r.Restart()
	assert.Equal(t, before, open(t, r.Instance).desc, "keys and limits outlive a restart")
}

// testCrossOrigin checks what a browser needs to let any page use a relay.
func testCrossOrigin(t *testing.T, r *relay) {
	for _, path := range []string{
		relayproto.RouteDescriptor, relayproto.RouteDeposit, relayproto.RouteMailbox, slotPath(randomID(t)),
	} {
		status, header, body := r.do("OPTIONS", path, nil)
		assert.Equal(t, http.StatusNoContent, status, path)
		assert.Empty(t, body)
		assert.Equal(t, "*", header.Get("Access-Control-Allow-Origin"), path)
		assert.Equal(t, "86400", header.Get("Access-Control-Max-Age"), path)
		_, header, _ = r.do("GET", path, nil)
		assert.Equal(t, "*", header.Get("Access-Control-Allow-Origin"), path)
		assert.Equal(t, "Date", header.Get("Access-Control-Expose-Headers"), path)
		_, err := http.ParseTime(header.Get("Date"))
		assert.NoError(t, err, path)
	}
}

func testMethods(t *testing.T, r *relay) {
	for path, methods := range map[string][]string{
		relayproto.RouteDescriptor: {"POST", "PUT", "DELETE"},
		relayproto.RouteDeposit:    {"GET", "PUT", "PATCH"},
		relayproto.RouteMailbox:    {"PUT", "DELETE"},
		slotPath(randomID(t)):      {"POST", "DELETE"},
	} {
		for _, method := range methods {
			status, _, _ := r.do(method, path, nil)
			assert.Equal(t, http.StatusMethodNotAllowed, status, method+" "+path)
		}
	}
}

// testDepositAnswersAlike checks that status, headers and body tell nothing
// of what became of a deposit.
func testDepositAnswersAlike(t *testing.T, r *relay) {
	full := r.registered()
	for range MailboxBytes/address.LargeEnvelope + 1 {
		full.send(string(make([]byte, address.MaxBody)))
	}
	_, ready := full.connect(1)
	require.Positive(t, ready.Waiting)
	before := ready.Waiting

	var headers []http.Header
	for name, to := range map[string]address.Address{
		"valid":   r.registered().address(),
		"unknown": r.newAgent().address(),
		"full":    full.address(),
	} {
		status, header, body := r.do("POST", relayproto.RouteDeposit, r.seal(to, string(make([]byte, address.MaxBody))))
		assert.Equal(t, http.StatusAccepted, status, name)
		assert.Equal(t, relayproto.DepositAnswer, string(body), name)
		header.Del("Date")
		headers = append(headers, header)
	}
	assert.Equal(t, headers[0], headers[1])
	assert.Equal(t, headers[0], headers[2])

	_, ready = full.connect(1)
	assert.Equal(t, before, ready.Waiting, "a full mailbox takes nothing more")
}

func testDepositMalformed(t *testing.T, r *relay) {
	good := r.seal(r.registered().address(), "hello")
	changed := func(change func(e []byte)) []byte {
		e := append([]byte(nil), good...)
		change(e)
		return e
	}
	identity := make([]byte, 32)
	notCanonical := make([]byte, 32) // the prime of the field, 2^255 - 19, which is another spelling of 0
	for i := range notCanonical {
		notCanonical[i] = 0xff
	}
	notCanonical[0], notCanonical[31] = 0xed, 0x7f
	negative := append([]byte(nil), identity...)
	negative[0] = 1
	for name, body := range map[string][]byte{
		"empty":               {},
		"one byte":            {1},
		"one byte short":      good[:len(good)-1],
		"one byte long":       append(append([]byte(nil), good...), 0),
		"between sizes":       make([]byte, 8192),
		"all zero":            make([]byte, address.SmallEnvelope),
		"other version":       changed(func(e []byte) { e[0] = 2 }),
		"identity C1":         changed(func(e []byte) { copy(e[1:], identity) }),
		"identity C2":         changed(func(e []byte) { copy(e[33:], identity) }),
		"identity R":          changed(func(e []byte) { copy(e[65:], identity) }),
		"not canonical C1":    changed(func(e []byte) { copy(e[1:], notCanonical) }),
		"not canonical C2":    changed(func(e []byte) { copy(e[33:], notCanonical) }),
		"not canonical R":     changed(func(e []byte) { copy(e[65:], notCanonical) }),
		"negative C1":         changed(func(e []byte) { copy(e[1:], negative) }),
		"C2 of another token": changed(func(e []byte) { _, _ = rand.Read(e[33:34]); e[64] = 0xff }),
	} {
		t.Run(name, func(t *testing.T) {
			r.refused(http.StatusBadRequest, relayproto.CodeMalformed, "POST", relayproto.RouteDeposit, body)
		})
	}
	r.refused(http.StatusRequestEntityTooLarge, relayproto.CodeTooLarge, "POST", relayproto.RouteDeposit,
		make([]byte, address.LargeEnvelope+1))
}
