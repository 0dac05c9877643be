package relaytest

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"petmail/shared/relayproto"
)

func slotPath(id []byte) string { return relayproto.RouteSlots + hex.EncodeToString(id) }

func testSlotWriteOnce(t *testing.T, r *relay) {
	path := slotPath(randomID(t))
	r.refused(http.StatusNotFound, relayproto.CodeNotFound, "GET", path, nil)
	first := bytes.Repeat([]byte("first "), relayproto.MaxSlotValue/6)
	status, _, body := r.do("PUT", path, first)
	assert.Equal(t, http.StatusCreated, status)
	assert.Empty(t, body)
	for _, value := range [][]byte{[]byte("second"), first} {
		status, header, body := r.do("PUT", path, value)
		assert.Equal(t, http.StatusPreconditionFailed, status)
		assert.Equal(t, "application/octet-stream", header.Get("Content-Type"))
		assert.Equal(t, first, body)
	}
	r.Restart()
	status, _, body = r.do("GET", path, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, first, body)
}

// testSlotRace checks that of many writers one wins and all see the winner.
func testSlotRace(t *testing.T, r *relay) {
	type result struct {
		status int
		body   []byte
		err    error
	}
	const writers = 16
	for range 5 {
		path := slotPath(randomID(t))
		results := make(chan result, writers)
		for i := range writers {
			go func() {
				status, _, body, err := r.try("PUT", path, []byte(numbered("writer", i)))
				results <- result{status, body, err}
			}()
		}
		won := 0
		var losers [][]byte
		for range writers {
			res := <-results
			require.NoError(t, res.err)
			if res.status == http.StatusCreated {
				won++
				continue
			}
			require.Equal(t, http.StatusPreconditionFailed, res.status)
			losers = append(losers, res.body)
		}
		require.Equal(t, 1, won)
		_, _, standing := r.do("GET", path, nil)
		for _, body := range losers {
			require.Equal(t, string(standing), string(body))
		}
	}
}

func testSlotMalformed(t *testing.T, r *relay) {
	good := hex.EncodeToString(randomID(t))
	for _, id := range []string{
		"", "00", good[:63], good + "0", strings.ToUpper("ab" + good[2:]), "zz" + good[2:], good + "/",
	} {
		status, _, _ := r.do("PUT", relayproto.RouteSlots+id, []byte("value"))
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, status, id)
		status, _, _ = r.do("GET", relayproto.RouteSlots+id, nil)
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, status, id)
	}
	r.refused(http.StatusBadRequest, relayproto.CodeMalformed, "PUT", relayproto.RouteSlots+good, nil)
	r.refused(http.StatusRequestEntityTooLarge, relayproto.CodeTooLarge, "PUT", relayproto.RouteSlots+good,
		make([]byte, relayproto.MaxSlotValue+1))
	r.refused(http.StatusNotFound, relayproto.CodeNotFound, "GET", relayproto.RouteSlots+good, nil)
}
