package talk

import (
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
)

// TestWhatAnOldListShowed: all that is the list's is kept, beside whom the
// conversation is with.
func TestWhatAnOldListShowed(t *testing.T) {
	id, with := wire.ID{7}, wire.ID{8}
	old, err := wire.Marshal(oldMeta{
		Unread: 1, Activity: 2, Preview: "hello", PreviewMine: true, PreviewAt: "ff", NextRow: 3, Arrived: 4, Read: 5, ReadAt: 6,
		Asked: wire.Raw{0xa1, 0x01, 0x07},
	})
	require.NoError(t, err)
	p := New(Config{})
	key, value, err := p.Record(id, old, with)
	require.NoError(t, err)
	require.Equal(t, kindView.Key(id, ""), key)
	var m convMeta
	require.NoError(t, wire.Unmarshal(value, &m, maxRecord))
	require.Equal(t, convMeta{
		Unread: 1, Activity: 2, Preview: "hello", PreviewMine: true, PreviewAt: "ff", Arrived: 4, Read: 5, ReadAt: 6, With: with,
	}, m)
	_, _, err = p.Record(id, old[:len(old)-1], with)
	require.Error(t, err)
}
