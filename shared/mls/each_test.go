package mls

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, 2, maxAtOnce, 5 * maxAtOnce} {
		done := make([]int, n)
		require.NoError(t, each(n, func(i int) error { done[i]++; return nil }))
		for i := range done {
			require.Equal(t, 1, done[i])
		}
	}
	// The error of the first in order, whoever fails first.
	other := make(chan struct{})
	first := errors.New("3")
	err := each(9, func(i int) error {
		switch i {
		case 3:
			<-other
			return first
		case 8:
			close(other)
			return errors.New("8")
		}
		return nil
	})
	require.Equal(t, first, err)
	// No more are started after a failure.
	var calls atomic.Int32
	require.Error(t, each(10_000, func(int) error { calls.Add(1); return first }))
	require.LessOrEqual(t, calls.Load(), int32(maxAtOnce))
	// A panic reaches the caller, who may recover.
	require.PanicsWithValue(t, "defect", func() {
		_ = each(7, func(i int) error {
			if i == 4 {
				panic("defect")
			}
			return nil
		})
	})
}
