package native_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/relay/native"
	"petmail/shared/relayproto"
)

// TestShutdownUnderLoad stops the relay while clients write, and checks that
// everything that was answered is there afterwards.
func TestShutdownUnderLoad(t *testing.T) {
	r := start(t, native.Config{Limits: native.Unlimited()})
	client := connections(8)
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	won := map[string]string{}
	enough := make(chan struct{})
	var running sync.WaitGroup
	for worker := range 8 {
		running.Go(func() {
			for i := 0; ; i++ {
				path, value := randomSlot(t), numbered(numbered("worker", worker), i)
				req, err := http.NewRequest("PUT", r.url()+path, bytes.NewReader([]byte(value)))
				if err != nil {
					t.Error(err)
					return
				}
				resp, err := client.Do(req)
				if err != nil {
					return // the relay is gone
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusCreated {
					return
				}
				mu.Lock()
				won[path] = value
				if len(won) == 200 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	r.close()
	running.Wait()
	r.open()
	for path, value := range won {
		resp, err := client.Get(r.url() + path)
		require.NoError(t, err)
		require.Equal(t, value, text(t, resp))
		require.NoError(t, resp.Body.Close())
	}
}

func TestOneRelayPerFolder(t *testing.T) {
	dir := t.TempDir()
	first, err := native.Open(native.Config{DataDir: dir})
	require.NoError(t, err)
	_, err = native.Open(native.Config{DataDir: dir})
	require.ErrorIs(t, err, native.ErrLocked)
	require.NoError(t, first.Close(context.Background()))
	require.NoError(t, first.Close(context.Background()), "closing twice is as good as once")
	again, err := native.Open(native.Config{DataDir: dir})
	require.NoError(t, err)
	require.NoError(t, again.Close(context.Background()))

	_, err = native.Open(native.Config{})
	require.Error(t, err)
	_, err = native.Open(native.Config{DataDir: filepath.Join(dir, "petmail.db")})
	require.Error(t, err, "a file in the way")
	info, err := os.Stat(filepath.Join(dir, "petmail.db"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestDamagedDatabase(t *testing.T) {
	dir := t.TempDir()
	found, err := native.Check(t.Context(), filepath.Join(dir, "not", "there"))
	require.NoError(t, err)
	require.Equal(t, native.Report{}, found)

	r := start(t, native.Config{DataDir: dir, Limits: native.Unlimited()})
	for range 20 {
		req, err := http.NewRequest("PUT", r.url()+randomSlot(t), bytes.NewReader(make([]byte, 20_000)))
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	r.close()
	found, err = native.Check(t.Context(), dir)
	require.NoError(t, err)
	require.Empty(t, found.Problems)
	require.NotZero(t, found.ID)
	require.False(t, found.Running)

	path := filepath.Join(dir, "petmail.db")
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	bad := bytes.Clone(good)
	for page := 5; page < len(bad)/4096; page += 3 {
		copy(bad[page*4096:], bytes.Repeat([]byte{0xee}, 200))
	}
	require.NoError(t, os.WriteFile(path, bad, 0o600))
	found, err = native.Check(t.Context(), dir)
	require.NoError(t, err)
	require.NotEmpty(t, found.Problems)
	require.Contains(t, found.Problems[0], "restore a backup")

	require.NoError(t, os.WriteFile(path, []byte("this is no database"), 0o600))
	_, err = native.Open(native.Config{DataDir: dir})
	require.Error(t, err)

	require.NoError(t, os.WriteFile(path, good, 0o600))
	r.open()
	resp, err := http.Get(r.url() + relayproto.RouteHealth)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.NoError(t, resp.Body.Close())
}
