package agenttest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/agent"
	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
)

// slowStore takes its time for each batch.
type slowStore struct{ store.Store }

func (s slowStore) Commit(b *store.Batch) error {
	<-time.After(5 * time.Second)
	return s.Store.Commit(b)
}

// TestNothingIsAcknowledgedBeforeItIsDurable counts: never has the relay been
// told of more envelopes than there are durable messages, whatever happens to
// the writes. What a crash loses is there again at the next start, and not only
// when its sender deposits it again, an hour later.
func TestNothingIsAcknowledgedBeforeItIsDurable(t *testing.T) {
	for _, fault := range []faulty.Fault{faulty.None, faulty.FailBefore, faulty.FailAfter, faulty.CrashBefore, faulty.CrashAfter} {
		t.Run(fmt.Sprint("fault ", fault), func(t *testing.T) {
			inWorld(t, func(t *testing.T, _ *World, ada, bob *Person) {
				c := Meet(ada, bob)
				advance(46 * time.Hour)
				bob.Send(c, "keys are renewed")
				advance(time.Hour)
				sent := []string{"keys are renewed"}
				ada.Configure = func(config *agent.Config) { config.Store = slowStore{config.Store} }
				durable := func() int {
					records, err := ada.vault.Scan("msg/"+c+"/", "", false, 1000)
					require.NoError(t, err)
					return len(records)
				}
				ada.Restart()
				advance(time.Minute)
				var early atomic.Int64
				before := durable()
				counted := &acks{delivered: make(map[uint64]bool), acked: make(map[uint64]bool), more: func(acked int) {
					if acked > durable()-before {
						early.Add(1)
					}
				}}
				ada.network.mu.Lock()
				ada.network.acks = counted
				ada.network.mu.Unlock()

				for i := range 12 {
					text := fmt.Sprint("message ", i)
					sent = append(sent, text)
					bob.Send(c, text)
					if i%4 == 3 {
						ada.Store.FaultAt(1, fault)
					}
					if i%3 == 2 {
						advance(20 * time.Second)
					}
					if ada.Dead() {
						ada.Restart()
						advance(time.Minute)
						require.Equal(t, sent, ada.Texts(c, false), "not by a deposit that comes again later")
					}
				}
				advance(2 * time.Minute)
				require.Equal(t, sent, ada.Texts(c, false))
				require.Zero(t, early.Load(), "acknowledged before it was durable")
				counted.mu.Lock()
				require.Len(t, counted.acked, len(sent)-1, "and all of it is, in the end")
				counted.mu.Unlock()
			})
		})
	}
}
