package agenttest

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
	"petmail/wasm/relayclient"
)

// ownDoors is what a person's disk says of the own mailbox.
type ownDoors struct {
	RelayID [32]byte   `cbor:"3,keyasint"`
	Mailbox []byte     `cbor:"5,keyasint"`
	Counter uint64     `cbor:"8,keyasint"`
	Doors   []seenDoor `cbor:"9,keyasint"`
	Next    uint64     `cbor:"10,keyasint"`
	Asked   *struct{}  `cbor:"11,keyasint"`
}

type seenDoor struct {
	N       uint64 `cbor:"1,keyasint"`
	Use     uint8  `cbor:"3,keyasint"` // 1 conversations, 2 invitations
	Stands  bool   `cbor:"4,keyasint"`
	Retired int64  `cbor:"6,keyasint"`
	Gone    bool   `cbor:"7,keyasint"`
}

func (p *Person) ownDoors() (s ownDoors) {
	encoded, err := p.vault.Get("self")
	require.NoError(p.W.TB, err)
	require.NoError(p.W.TB, wire.UnmarshalLoose(encoded, &s, 1<<20))
	return s
}

// delivering counts the doors of a use, as the person's disk has them.
func (p *Person) delivering(use uint8) (n int) {
	for _, d := range p.ownDoors().Doors {
		if d.Use == use && d.Stands && !d.Gone {
			n++
		}
	}
	return n
}

// door returns the number of the door whose addresses are given out.
func (p *Person) door(use uint8) uint64 {
	for _, d := range p.ownDoors().Doors {
		if d.Use == use && d.Stands && d.Retired == 0 && !d.Gone {
			return d.N
		}
	}
	p.W.TB.Fatalf("%s has no such door", p.Name)
	return 0
}

// addressOf returns the address that a person has of the other in a
// conversation.
func (p *Person) addressOf(id string) string { return string(p.record(id).Members[0].Address) }

// awaitDoors waits until the relay has been told of everything.
func (p *Person) awaitDoors() {
	p.W.TB.Helper()
	p.wait("the relay to know the doors", func() bool { return p.ownDoors().Asked == nil })
}

// awaitAddress waits until a person has another address of the other than
// that, and returns it.
func (p *Person) awaitAddress(id, not string) string {
	p.W.TB.Helper()
	p.wait("another address", func() bool { return p.addressOf(id) != not })
	return p.addressOf(id)
}

// settle waits until conversations have left their invitations' doors.
func settle(pairs ...func() (*Person, string)) {
	for _, pair := range pairs {
		p, id := pair()
		p.wait("the conversation to leave its invitation's door", func() bool {
			c := p.record(id)
			return c.Door == p.door(1) && c.Pending == nil
		})
	}
	advance(time.Minute)
}

func in(p *Person, id string) func() (*Person, string) {
	return func() (*Person, string) { return p, id }
}

// deposit sends envelopes to an address, of anybody's making.
func (w *World) deposit(to string, count int, body []byte) {
	where, err := address.ParseAddress([]byte(to))
	require.NoError(w.TB, err)
	network := w.network()
	defer network.CloseIdle()
	client := relayclient.New(network, relayclient.Options{Rand: randomness})
	for range count {
		envelope, err := address.Seal(randomness, where, body)
		require.NoError(w.TB, err)
		require.NoError(w.TB, client.Deposit(context.Background(), where.Relay, envelope))
	}
}

// closeMailbox has the relay lose a person's mailbox.
func (p *Person) closeMailbox() {
	s := p.ownDoors()
	network := p.W.network()
	defer network.CloseIdle()
	client := relayclient.New(network, relayclient.Options{Rand: randomness})
	_, err := client.UpdateMailbox(context.Background(), RelayURL, ed25519.NewKeyFromSeed(s.Mailbox),
		relayproto.MailboxRequest{RelayID: s.RelayID, Counter: s.Counter + 1, Close: true})
	require.NoError(p.W.TB, err)
}

// atRelay asks the relay's database about a person's mailbox.
func (p *Person) atRelay(query string) (n int64) {
	db, err := sql.Open("sqlite", fmt.Sprintf("file:%s?mode=ro", filepath.Join(p.W.dir, "petmail.db")))
	require.NoError(p.W.TB, err)
	defer db.Close()
	key := ed25519.NewKeyFromSeed(p.ownDoors().Mailbox).Public().(ed25519.PublicKey)
	require.NoError(p.W.TB, db.QueryRow(query+` WHERE mailbox = (SELECT id FROM mailboxes WHERE key = ?)`, []byte(key)).Scan(&n))
	return n
}

// waiting counts what lies in a person's mailbox.
func (p *Person) waiting() int64 { return p.atRelay(`SELECT count(*) FROM envelopes`) }
