//go:build js

package opfsjs

import (
	"fmt"
	"syscall/js"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	browser "petmail/wasm/js"
	"petmail/wasm/vault"
	"petmail/wasm/vault/roottest"
)

// This test binary runs in a Worker, started by extension/tests/wasm.

func fresh() string { return fmt.Sprintf("test-%d", time.Now().UnixNano()) }

func TestConformance(t *testing.T) {
	prefix := fresh()
	roottest.Run(t, true, func(name string) (roottest.File, error) { return Open(prefix + name) })
}

func TestInUse(t *testing.T) {
	name := fresh()
	r, err := Open(name)
	require.NoError(t, err)
	_, err = Open(name)
	require.ErrorIs(t, err, ErrInUse)
	require.NoError(t, r.Close())
}

// TestInUseForAMoment: an agent that has just ended still holds the file.
func TestInUseForAMoment(t *testing.T) {
	name := fresh()
	r, err := Open(name)
	require.NoError(t, err)
	opened := make(chan error, 1)
	go func() {
		again, err := Open(name)
		if err == nil {
			err = again.Close()
		}
		opened <- err
	}()
	require.NoError(t, r.Close())
	require.NoError(t, <-opened)
}

// TestFilledUp: a crash while the file was made leaves it short; what stands
// stays.
func TestFilledUp(t *testing.T) {
	name := fresh()
	directory, err := folder(opOpen)
	require.NoError(t, err)
	file, err := browser.Await(t.Context(), opOpen, directory, "getFileHandle", name, map[string]any{"create": true})
	require.NoError(t, err)
	handle, err := hold(file)
	require.NoError(t, err)
	short := js.Global().Get("Uint8Array").New(4)
	short.Call("fill", 7)
	handle.Call("write", short, map[string]any{"at": 0})
	handle.Call("close")

	r, err := Open(name)
	require.NoError(t, err)
	b := make([]byte, vault.RootSize)
	_, err = r.ReadAt(b, 0)
	require.NoError(t, err)
	require.Equal(t, append([]byte{7, 7, 7, 7}, make([]byte, vault.RootSize-4)...), b)
	require.Equal(t, vault.RootSize, r.handle.Call("getSize").Int())
	require.NoError(t, r.Close())
}

func TestRemove(t *testing.T) {
	name := fresh()
	require.NoError(t, Remove(name))
	r, err := Open(name)
	require.NoError(t, err)
	_, err = r.WriteAt([]byte("gone"), 0)
	require.NoError(t, err)
	var refusal *browser.Error
	require.ErrorAs(t, Remove(name), &refusal)
	require.NoError(t, r.Close())
	require.NoError(t, Remove(name))

	r, err = Open(name)
	require.NoError(t, err)
	b := make([]byte, 4)
	_, err = r.ReadAt(b, 0)
	require.NoError(t, err)
	require.Equal(t, make([]byte, 4), b)
	require.NoError(t, r.Close())
}

func BenchmarkFlip(b *testing.B) {
	r, err := Open(fresh())
	require.NoError(b, err)
	defer r.Close()
	slot := make([]byte, vault.RootSize/2)
	for b.Loop() {
		_, err := r.WriteAt(slot, 0)
		require.NoError(b, err)
		require.NoError(b, r.Flush())
	}
}
