package conversation

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkSend is one message written, sealed and made ready to store.
func BenchmarkSend(b *testing.B) {
	ada, _ := pair(b)
	b.ReportAllocs()
	var stored int
	for b.Loop() {
		m, err := ada.Write(rand.Reader, begin, "See you at the station")
		require.NoError(b, err)
		_, err = ada.Seal(rand.Reader, m)
		require.NoError(b, err)
		record, err := ada.Record()
		require.NoError(b, err)
		parts, err := ada.Changes()
		require.NoError(b, err)
		stored = len(record)
		for _, p := range parts {
			stored += len(p.Data)
		}
	}
	b.ReportMetric(float64(stored), "stored-bytes")
}

// BenchmarkReceive is one message opened and made ready to store.
func BenchmarkReceive(b *testing.B) {
	ada, bob := pair(b)
	b.ReportAllocs()
	var stored int
	for b.Loop() {
		b.StopTimer()
		next := say(b, ada, "See you at the station")
		b.StartTimer()
		_, err := bob.Receive(begin, next)
		require.NoError(b, err)
		record, err := bob.Record()
		require.NoError(b, err)
		parts, err := bob.Changes()
		require.NoError(b, err)
		stored = len(record)
		for _, p := range parts {
			stored += len(p.Data)
		}
	}
	b.ReportMetric(float64(stored), "stored-bytes")
}
