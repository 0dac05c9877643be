//go:build !js

package file_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/vault"
	"petmail/wasm/vault/file"
	"petmail/wasm/vault/roottest"
)

func TestConformance(t *testing.T) {
	folder := t.TempDir()
	roottest.Run(t, runtime.GOOS != "windows" && runtime.GOOS != "plan9", func(name string) (roottest.File, error) { return file.Open(filepath.Join(folder, name)) })
}

// TestFilledUp: a crash while the file was made leaves it short; what stands
// stays.
func TestFilledUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "root")
	require.NoError(t, os.WriteFile(path, []byte("kept"), 0o600))
	f, err := file.Open(path)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, append([]byte("kept"), make([]byte, vault.RootSize-4)...), b)
}

func TestTooLargeIsNotOurs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "root")
	require.NoError(t, os.WriteFile(path, make([]byte, vault.RootSize+1), 0o600))
	_, err := file.Open(path)
	require.ErrorContains(t, err, "8193 bytes")
}
