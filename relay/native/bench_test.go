package native_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/native"
	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// target is a mailbox to deposit into.
type target struct {
	relay *relayproto.Relay
	key   ed25519.PrivateKey
	to    address.Address
}

// newTarget registers a mailbox with one door, or, unregistered, only draws
// its keys.
func newTarget(tb testing.TB, url string, registered bool) target {
	tb.Helper()
	resp, err := http.Get(url + relayproto.RouteDescriptor)
	require.NoError(tb, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(tb, err)
	require.NoError(tb, resp.Body.Close())
	var t target
	t.relay, err = relayproto.OpenDescriptor(body)
	require.NoError(tb, err)
	_, t.key, err = ed25519.GenerateKey(rand.Reader)
	require.NoError(tb, err)
	door, err := address.NewDoor(rand.Reader)
	require.NoError(tb, err)
	box, err := address.NewBoxKey(rand.Reader)
	require.NoError(tb, err)
	routing, err := address.ParseRoutingPublic(t.relay.Routing)
	require.NoError(tb, err)
	t.to, err = address.New(rand.Reader, "https://relay.example", t.relay.ID, routing, door, box)
	require.NoError(tb, err)
	if !registered {
		return t
	}
	id := door.ID()
	post, err := relayproto.SignMailboxRequest(t.key, relayproto.MailboxRequest{
		RelayID: t.relay.ID, Counter: 1, Register: true, AddDoors: [][]byte{id[:]},
	})
	require.NoError(tb, err)
	resp, err = http.Post(url+relayproto.RouteMailbox, "", bytes.NewReader(post))
	require.NoError(tb, err)
	require.NoError(tb, resp.Body.Close())
	require.Equal(tb, http.StatusOK, resp.StatusCode)
	return t
}

func (t target) envelope(tb testing.TB) []byte {
	tb.Helper()
	envelope, err := address.Seal(rand.Reader, t.to, []byte("hello"))
	require.NoError(tb, err)
	return envelope
}

// deposit posts an envelope and requires 202.
func deposit(tb testing.TB, client *http.Client, url string, envelope []byte) {
	resp, err := client.Post(url+relayproto.RouteDeposit, "", bytes.NewReader(envelope))
	if err != nil {
		tb.Error(err)
		return
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusAccepted {
		tb.Error(err, resp.Status)
	}
}

// connections keeps as many idle connections as there are clients.
func connections(n int) *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: n}}
}

// BenchmarkDeposit measures durable deposits over HTTP, with clients of the
// same process. It reports deposits per second and latencies.
func BenchmarkDeposit(b *testing.B) {
	for _, clients := range []int{1, 64, 512} {
		b.Run(numbered("clients", clients), func(b *testing.B) {
			r := start(b, native.Config{Limits: native.Unlimited(), Core: core.Config{MaxMailboxBytes: 1 << 40}})
			targets := make([]target, 32)
			envelopes := make([][]byte, len(targets))
			for i := range targets {
				targets[i] = newTarget(b, r.url(), true)
				envelopes[i] = targets[i].envelope(b)
			}
			client := connections(clients)
			latencies := make([]time.Duration, b.N)
			var next atomic.Int64
			done := make(chan struct{})
			b.ResetTimer()
			for range clients {
				go func() {
					defer func() { done <- struct{}{} }()
					for {
						i := int(next.Add(1)) - 1
						if i >= b.N {
							return
						}
						begin := time.Now()
						deposit(b, client, r.url(), envelopes[i%len(envelopes)])
						latencies[i] = time.Since(begin)
					}
				}()
			}
			for range clients {
				<-done
			}
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deposits/s")
			slices.Sort(latencies)
			b.ReportMetric(float64(latencies[b.N/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(latencies[b.N*99/100].Microseconds()), "p99-µs")
			client.CloseIdleConnections()
		})
	}
}

// BenchmarkPush measures deposit to delivery on an idle relay.
func BenchmarkPush(b *testing.B) {
	r := start(b, native.Config{Limits: native.Unlimited()})
	to := newTarget(b, r.url(), true)
	client := connections(1)
	ctx := context.Background()
	c, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(r.url(), "http")+relayproto.RouteMailbox, nil)
	require.NoError(b, err)
	defer c.CloseNow()
	c.SetReadLimit(relayproto.MaxFrame)
	read := func() relayproto.Frame {
		_, data, err := c.Read(ctx)
		require.NoError(b, err)
		f, err := relayproto.DecodeFrame(data)
		require.NoError(b, err)
		return f
	}
	write := func(f relayproto.Frame) {
		data, err := relayproto.EncodeFrame(f)
		require.NoError(b, err)
		require.NoError(b, c.Write(ctx, websocket.MessageBinary, data))
	}
	nonce := read().Nonce
	write(relayproto.Frame{
		Type: relayproto.FrameAuth, Key: to.key.Public().(ed25519.PublicKey), Credit: 1,
		Signature: ed25519.Sign(to.key, relayproto.AuthMessage(to.relay.ID, nonce)),
	})
	read()
	var total, acks []time.Duration
	for range b.N {
		envelope := to.envelope(b)
		begin := time.Now()
		go deposit(b, client, r.url(), envelope)
		f := read()
		total = append(total, time.Since(begin))
		ackBegin := time.Now()
		write(relayproto.Frame{Type: relayproto.FrameAck, Seqs: []uint64{f.Seq}})
		write(relayproto.Frame{Type: relayproto.FrameCredit, Credit: 1})
		write(relayproto.Frame{Type: relayproto.FramePing, Token: 1})
		read()
		acks = append(acks, time.Since(ackBegin))
	}
	slices.Sort(acks)
	b.ReportMetric(float64(acks[len(acks)/2].Microseconds()), "p50-ack-µs")
	slices.Sort(total)
	b.ReportMetric(float64(total[len(total)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(total[len(total)*99/100].Microseconds()), "p99-µs")
}
