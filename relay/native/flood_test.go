package native

import (
	"bytes"
	"errors"
	"net"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func TestBodyRead(t *testing.T) {
	content := make([]byte, 70_000)
	for i := range content {
		content[i] = byte(i * 7)
	}
	for _, size := range []int{0, 1, 511, 512, 513, 4096, 4097, 16384, 65536, 70_000} {
		for _, announced := range []bool{true, false} {
			expected := int64(-1)
			if announced {
				expected = int64(size)
			}
			var all bodies
			b := &body{all: &all}
			require.NoError(t, b.read(iotest.OneByteReader(bytes.NewReader(content[:size])), expected))
			require.Equal(t, content[:size], append([]byte{}, b.data...))
			require.Equal(t, b.taken, all.total.Load())
			require.LessOrEqual(t, b.taken, int64(max(2*size, 1024)))
			b.free()
			require.Zero(t, all.total.Load())
		}
	}
}

func TestBodyLimits(t *testing.T) {
	var all bodies
	huge := &body{all: &all}
	require.ErrorIs(t, huge.read(bytes.NewReader([]byte("x")), 1<<40), nil, "an announcement costs nothing")
	require.LessOrEqual(t, huge.taken, int64(costUnit))
	huge.free()

	all.total.Store(maxBodiesTotal - 1000)
	b := &body{all: &all}
	require.ErrorIs(t, b.read(bytes.NewReader(make([]byte, 4096)), 4096), errBodies)
	b.free()
	require.Equal(t, int64(maxBodiesTotal-1000), all.total.Load())

	broken := errors.New("gone")
	b = &body{all: &all}
	require.ErrorIs(t, b.read(iotest.ErrReader(broken), -1), broken)
	b.free()
	require.Equal(t, int64(maxBodiesTotal-1000), all.total.Load())
}

func TestCrowd(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := &crowdListener{
		Listener: inner, metrics: newMetrics(), crowd: newSockets(), isProxy: func(string) bool { return false },
		limits: Limits{MaxConnections: 10, MaxConnectionsPerPrefix: 2},
	}
	accepted := make(chan net.Conn)
	go func() {
		defer close(accepted)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	dial := func() net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", inner.Addr().String())
		require.NoError(t, err)
		t.Cleanup(func() { c.Close() })
		return c
	}
	dial()
	first := <-accepted
	dial()
	<-accepted
	third := dial()
	_, err = third.Read(make([]byte, 1))
	require.Error(t, err, "over the limit: closed at once")

	require.NoError(t, first.Close())
	_ = first.Close() // makes room once
	dial()
	<-accepted
	fourth := dial()
	_, err = fourth.Read(make([]byte, 1))
	require.Error(t, err)
	require.NoError(t, inner.Close())
	for range accepted {
		require.Fail(t, "nobody else came in")
	}
}
