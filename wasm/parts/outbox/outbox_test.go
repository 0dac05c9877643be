//go:build !js

package outbox

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
	"petmail/wasm/agent"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/relayclient"
	"petmail/wasm/store"
	"petmail/wasm/store/mem"
	"petmail/wasm/turn"
)

// relays is a network of which each host does something else.
type relays struct {
	mu  sync.Mutex
	got map[string]int // deposits that were taken, by host
}

func (n *relays) Do(ctx context.Context, r relayclient.Request) (relayclient.Response, error) {
	host := strings.Split(strings.TrimPrefix(r.URL, "https://"), "/")[0]
	switch {
	case strings.HasPrefix(host, "dead"):
		return relayclient.Response{}, errors.New("out of reach")
	case strings.HasPrefix(host, "hangs"):
		<-ctx.Done()
		return relayclient.Response{}, ctx.Err()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.got[host]++
	return relayclient.Response{Status: 202, Body: []byte(relayproto.DepositAnswer)}, nil
}

func (n *relays) Dial(context.Context, string, int64) (relayclient.Conn, error) {
	return nil, errors.New("out of reach")
}

func (n *relays) taken(host string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.got[host]
}

// watched checks after each commit, which is where a crash may come, that no
// body is without who lacks it, and nobody without the body.
type watched struct {
	store.Store
	t *testing.T
}

func (w watched) Commit(b *store.Batch) error {
	err := w.Store.Commit(b)
	bodies, lacking := map[string]bool{}, map[string]bool{}
	rows, scanErr := w.Scan(kindRow.Prefix, "", false, 1000)
	require.NoError(w.t, scanErr)
	for _, r := range rows {
		bodies[strings.TrimPrefix(r.Key, kindRow.Prefix)] = true
	}
	rows, scanErr = w.Scan(kindOwed.Prefix, "", false, 1000)
	require.NoError(w.t, scanErr)
	for _, r := range rows {
		key := strings.TrimPrefix(r.Key, kindOwed.Prefix)
		lacking[key[:strings.LastIndexByte(key, '/')]] = true
	}
	require.Equal(w.t, bodies, lacking)
	return err
}

func addressAt(t *testing.T, host string) []byte {
	t.Helper()
	routing, err := address.NewRoutingKey(rand.Reader)
	require.NoError(t, err)
	door, err := address.NewDoor(rand.Reader)
	require.NoError(t, err)
	box, err := address.NewBoxKey(rand.Reader)
	require.NoError(t, err)
	a, err := address.New(rand.Reader, "https://"+host, [32]byte{1}, routing.Public(), door, box)
	require.NoError(t, err)
	b, err := a.Bytes()
	require.NoError(t, err)
	return b
}

// someone is who we are, for tests.
type someone struct {
	client *relayclient.Client
	net    chan turn.Net
}

func (s *someone) Name() string                { return "someone" }
func (s *someone) Kinds() []*turn.Kind         { return nil }
func (s *someone) Load(turn.Reader) error      { return nil }
func (s *someone) Commands() []turn.Command    { return nil }
func (s *someone) View(*api.Snapshot)          {}
func (s *someone) Next() int64                 { return 0 }
func (s *someone) Due(turn.Turn)               {}
func (s *someone) Work(n turn.Net)             { s.net <- n }
func (s *someone) Started() bool               { return true }
func (s *someone) Now() int64                  { return time.Now().UnixMilli() }
func (s *someone) Shown() int64                { return s.Now() }
func (s *someone) Start(int64)                 {}
func (s *someone) Rewrite(turn.Turn)           {}
func (s *someone) Others() *relayclient.Client { return s.client.Foreign("https://own.example") }

// quiet are conversations in which nothing happens.
type quiet struct{}

func (quiet) Stands(wire.ID) bool                   { return true }
func (quiet) Open(wire.ID) bool                     { return false }
func (quiet) Members(wire.ID) []conversation.Member { return nil }
func (quiet) Epoch(wire.ID) uint64                  { return 0 }
func (quiet) Readable(wire.ID, uint64, int64) bool  { return true }
func (quiet) Stale(wire.ID) bool                    { return false }
func (quiet) Doubt(turn.Turn, wire.ID) int64        { return 0 }
func (quiet) Seal(wire.ID, conversation.Message) ([]conversation.Outgoing, error) {
	return nil, errors.New("nothing")
}
func (quiet) Remember(wire.ID, uint64, string)    {}
func (quiet) Touch(turn.Turn, wire.ID)            {}
func (quiet) Reached(turn.Turn, wire.ID, uint64)  {}
func (quiet) Withhold(turn.Turn, wire.ID, uint64) {}
func (quiet) Request(wire.ID, uint64) (m conversation.Message, ok bool) {
	return m, false
}
func (quiet) Message(turn.Turn, wire.ID, string) (m conversation.Message, ok bool) {
	return m, false
}
func (quiet) Move(turn.Turn, wire.ID, string, conversation.MessageState, ...conversation.MessageState) {
}

// TestADeadRelayHoldsUpNobodyElse writes to three, one of whose relays is dead
// and one hangs for ever: the third has all within the second, as has another
// conversation; the ciphertext stands once.
func TestADeadRelayHoldsUpNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := &relays{got: map[string]int{}}
		disk := watched{mem.NewDisk().Open(), t}
		who := &someone{relayclient.New(net, relayclient.Options{Rand: rand.Reader}), make(chan turn.Net, 100)}
		var a *Part
		running, err := agent.Open(agent.Config{
			Store: disk, Now: time.Now, Fatal: func(error) {}, Erased: func() {},
			Parts: func(d turn.Owners) []turn.Part {
				a = New(Config{Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Owners: d, Account: who})
				a.Serve(quiet{}, quiet{}, quiet{})
				return []turn.Part{who, a}
			},
		})
		require.NoError(t, err)
		hosts := []string{"dead.example", "hangs.example", "good.example"}
		id, other := wire.ID{1}, wire.ID{2}
		do := func(f func(turn.Turn)) {
			(<-who.net).Post(turn.Input{Do: f})
			synctest.Wait()
		}
		do(func(t0 turn.Turn) {
			t0.Begin(id)
			t0.Begin(other)
			for range 3 {
				var out []conversation.Outgoing
				for leaf, host := range hosts {
					out = append(out, conversation.Outgoing{Leaf: uint32(leaf), To: addressAt(t, host), Body: []byte("ciphertext")})
				}
				a.enqueue(t0, a.at(id), rowWelcome, out, nil)
			}
			a.Welcome(t0, other, conversation.Outgoing{Leaf: 1, To: addressAt(t, "also.example"), Body: []byte("another")})
		})
		bodies, err := disk.Scan(kindRow.Prefix+id.String(), "", false, 100)
		require.NoError(t, err)
		require.Len(t, bodies, 3, "each body once")
		lacks, err := disk.Scan(kindOwed.Prefix+id.String(), "", false, 100)
		require.NoError(t, err)
		require.Len(t, lacks, 9)
		<-time.After(time.Second)
		synctest.Wait()
		require.Equal(t, 3, net.taken("good.example"))
		require.Equal(t, 1, net.taken("also.example"))
		do(func(t0 turn.Turn) {
			b := a.at(id)
			for _, r := range b.rows {
				require.Zero(t, r.to(0).Tries)
				require.Zero(t, r.to(1).Tries)
				require.EqualValues(t, 1, r.to(2).Tries)
				require.Greater(t, r.to(2).Next, t0.Now(), "it comes again by its own schedule")
			}
			for len(b.rows) > 0 {
				r := b.rows[0]
				a.has(t0, b, r, r.owed[0])
			}
		})
		running.Close()
	})
}
