package claims_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/core/claims"
	"petmail/shared/address"
	"petmail/tests/sqltx"
)

// TestClaims has two mailboxes claim doors, by themselves as on a host where
// each mailbox has a database of its own.
func TestClaims(t *testing.T) {
	tx := sqltx.Open(t, ":memory:")
	_, err := core.Open(tx, rand.Reader, claims.Tables())
	require.NoError(t, err)
	var c claims.Claims
	claim := func(mailbox, door byte) core.Claim {
		return core.Claim{Mailbox: core.MailboxName{mailbox}, Door: address.DoorID{door}}
	}
	leads := func(door, to byte) {
		t.Helper()
		mailbox, found, err := c.Resolve(tx, address.DoorID{door})
		require.NoError(t, err)
		require.Equal(t, to != 0, found)
		require.Equal(t, core.MailboxName{to}, mailbox)
	}
	taken := func(want bool, list ...core.Claim) {
		t.Helper()
		got, err := c.Taken(tx, list...)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	leads(1, 0)
	taken(false, claim(7, 1), claim(7, 2))
	require.NoError(t, c.Claim(tx, claim(7, 1), claim(7, 2)))
	require.NoError(t, c.Claim(tx, claim(7, 2), claim(7, 3)), "its own, again")
	leads(2, 7)
	leads(3, 7)
	taken(false, claim(7, 1))
	taken(true, claim(8, 4), claim(8, 2))
	leads(4, 0)
	require.NoError(t, c.Release(tx, claim(8, 1), claim(7, 2), claim(7, 9)))
	leads(1, 7)
	leads(2, 0)
	taken(false, claim(8, 2))
	n, err := c.Stats(tx)
	require.NoError(t, err)
	require.Equal(t, int64(2), n)

	broken := errors.New("disk on fire")
	for name, run := range map[string]func() error{
		"claim":   func() error { return c.Claim(tx, claim(7, 5)) },
		"release": func() error { return c.Release(tx, claim(7, 1)) },
	} {
		tx.Fail = broken
		require.ErrorIs(t, run(), broken, name)
	}
}

// TestPublishedDoorsAreClaimed fills the first schema with more doors than one
// page of the migration.
func TestPublishedDoorsAreClaimed(t *testing.T) {
	tx := sqltx.Open(t, ":memory:")
	_, err := core.Open(tx, rand.Reader)
	require.NoError(t, err)
	const doors = 2500
	for _, mailbox := range []struct {
		id  int64
		key string
	}{{1, ""}, {2, "ada"}, {3, "bob"}} {
		tx.Do(t, `INSERT INTO mailboxes (id, key, counter, request, answer, next_seq, bytes, purge)
			VALUES (?, ?, 0, x'', x'', 1, 0, 0)`, mailbox.id, []byte(mailbox.key))
	}
	hash := func(n int64) (door address.DoorID) {
		copy(door[:], fmt.Sprintf("%032d", n))
		return door
	}
	for n := range int64(doors) {
		door := hash(n)
		tx.Do(t, `INSERT INTO doors (hash, mailbox, bytes, retire) VALUES (?, ?, 0, 0)`, door[:], 1+n%3)
	}
	_, err = core.Open(tx, rand.Reader, claims.Tables())
	require.NoError(t, err)
	var c claims.Claims
	names := []core.MailboxName{{}, core.NameOf([]byte("ada")), core.NameOf([]byte("bob"))}
	for n := range int64(doors) {
		mailbox, found, err := c.Resolve(tx, hash(n))
		require.NoError(t, err)
		require.Equal(t, names[n%3], mailbox, "%d", n)
		require.Equal(t, n%3 != 0, found, "nobody claims the door of the chaff")
	}
}
