package forensic_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/tests/forensic"
)

func TestSightings(t *testing.T) {
	folder := t.TempDir()
	wide := []byte("W\x00o\x00r\x00d\x00")
	// An LZ4 block: 4 literals "xxWo", then "rd" as literals of the next run
	// behind a match of 4 at distance 1 ("oooo").
	session := append([]byte("mozLz40\x00\x20\x00\x00\x00"), 0x40, 'x', 'x', 'W', 'o', 4, 0, 0x60, 'W', 'o', 'r', 'd', '!', '!')
	for name, b := range map[string][]byte{
		"plain":   append(bytes.Repeat([]byte{'.'}, 1<<20-2), "Word"...), // over the border of two chunks
		"wide":    append([]byte{1, 2, 3}, wide...),
		"session": session,
		"clean":   bytes.Repeat([]byte("other words"), 1000),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), b, 0o600))
	}
	files, err := forensic.Files(folder)
	require.NoError(t, err)
	found, err := forensic.Sightings(files, map[string]string{"w": "Word", "absent": "nowhere"})
	require.NoError(t, err)
	require.ElementsMatch(t, []forensic.Sighting{
		{Text: "w", File: filepath.Join(folder, "plain"), Offset: 1<<20 - 2, Form: "utf-8"},
		{Text: "w", File: filepath.Join(folder, "wide"), Offset: 3, Form: "utf-16"},
		{Text: "w", File: filepath.Join(folder, "session"), Offset: 20, Form: "utf-8"},
		{Text: "w", File: filepath.Join(folder, "session"), Offset: 8, Form: "utf-8 in lz4"},
	}, found)
}
