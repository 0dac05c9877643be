package native

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/shared/address"
)

// BenchmarkGroupCommit measures durable deposits without HTTP and without
// the scalar multiplication: the limit that storage sets.
func BenchmarkGroupCommit(b *testing.B) {
	s, err := Open(Config{DataDir: b.TempDir(), Core: core.Config{MaxMailboxBytes: 1 << 40}})
	require.NoError(b, err)
	defer s.Close(context.Background())
	var door address.DoorID
	_, err = rand.Read(door[:])
	require.NoError(b, err)
	envelope := make([]byte, address.SmallEnvelope)
	_, err = rand.Read(envelope)
	require.NoError(b, err)
	err = s.writer.write(context.Background(), func(tx core.Tx) error {
		_, err := tx.Exec(`INSERT INTO mailboxes (id, key, counter, request, answer, next_seq, bytes, purge)
			VALUES (2, x'01', 0, x'', x'', 1, 0, 0)`)
		if err == nil {
			_, err = tx.Exec(`INSERT INTO doors (hash, mailbox, bytes, retire) VALUES (?, 2, 0, 0)`, door[:])
		}
		if err == nil {
			name := core.NameOf([]byte{1})
			_, err = tx.Exec(`INSERT INTO claims (hash, mailbox) VALUES (?, ?)`, door[:], name[:])
		}
		return err
	}, nil)
	require.NoError(b, err)
	const clients = 64
	var running sync.WaitGroup
	b.ResetTimer()
	for c := range clients {
		running.Go(func() {
			for i := c; i < b.N; i += clients {
				err := s.writer.write(context.Background(), func(tx core.Tx) error {
					_, err := s.relay.Deposit(tx, door, envelope)
					return err
				}, nil)
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	running.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deposits/s")
}
