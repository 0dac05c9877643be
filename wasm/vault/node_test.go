package vault

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAFirstKeyAboveTheSecond: former versions left such pages where the
// lowest page below had gone, and called the vault damaged the next time.
func TestAFirstKeyAboveTheSecond(t *testing.T) {
	below := func(key string, n uint64) item { return item{key: key, ref: ref{number: n, parts: 1}} }
	old := &node{items: []item{below("inv/a", 9), below("held/b", 16), below("held/c", 17)}}
	n, err := decodeNode(old.encode())
	require.NoError(t, err)
	require.Equal(t, []item{below("", 9), below("held/b", 16), below("held/c", 17)}, n.items)
	for key, child := range map[string]int{"a": 0, "held/b": 1, "held/bb": 1, "inv/a": 2} {
		require.Equal(t, child, n.child(key), key)
	}
	again, err := decodeNode(n.encode())
	require.NoError(t, err)
	require.Equal(t, n, again)

	for _, items := range [][]item{
		{below("b", 9), below("", 16)},
		{below("a", 9), below("c", 16), below("b", 17)},
		{below("c", 9), below("b", 16), below("a", 17)},
	} {
		_, err := decodeNode((&node{items: items}).encode())
		require.ErrorIs(t, err, errNode)
	}
	_, err = decodeNode((&node{leaf: true, items: []item{below("b", 9), below("a", 16)}}).encode())
	require.ErrorIs(t, err, errNode, "leaves are another matter")
}
