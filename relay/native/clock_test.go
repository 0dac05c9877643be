package native_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/native"
	"petmail/shared/relayproto"
)

// TestClockSetBack sets the clock of a running relay back to 1970 and forth
// again. What was stored in between has to live as long as promised.
func TestClockSetBack(t *testing.T) {
	var jump atomic.Int64
	dir := t.TempDir()
	cfg := native.Config{
		DataDir: dir, Limits: native.Unlimited(), SweepInterval: time.Millisecond,
		Now: func() time.Time { return time.Now().Add(time.Duration(jump.Load())) },
	}
	r := start(t, cfg)
	before, after := randomSlot(t), randomSlot(t)
	put := func(path string) {
		t.Helper()
		require.Equal(t, http.StatusCreated, putSlot(t, r.url()+path, "value"))
	}
	put(before)
	jump.Store(int64(-50 * 365 * 24 * time.Hour))
	put(after)
	swept := func() {
		t.Helper()
		// A whole commit through the writer, which sweeps every millisecond.
		for range 20 {
			put(randomSlot(t))
		}
	}
	swept()
	jump.Store(0)
	swept()
	for _, path := range []string{before, after} {
		require.Equal(t, http.StatusOK, getStatus(t, r.url()+path))
	}

	// A jump ahead of some hours is believed; one of 80 years is not.
	jump.Store(int64(80 * 365 * 24 * time.Hour))
	swept()
	for _, path := range []string{before, after} {
		require.Equal(t, http.StatusOK, getStatus(t, r.url()+path), "nothing is deleted on the word of a clock gone mad")
	}
	require.Equal(t, http.StatusOK, getStatus(t, r.url()+relayproto.RouteHealth))
	jump.Store(0)
	swept()

	// At the start there is nothing to count from: the relay says so and ends.
	r.close()
	cfg.Now = func() time.Time { return time.Unix(0, 0) }
	_, err := native.Open(cfg)
	require.ErrorContains(t, err, "the clock is wrong")
	r.open()
}

func putSlot(t *testing.T, url, value string) int {
	t.Helper()
	req, err := http.NewRequest("PUT", url, stringReader(value))
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

func getStatus(t *testing.T, url string) int {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}
