package vault_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/store"
	"petmail/wasm/vault"
)

func random(t testing.TB, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	_, err := rand.Read(b)
	require.NoError(t, err)
	return b
}

func newLock(t testing.TB) vault.NewLock {
	t.Helper()
	return vault.NewLock{
		Lock: vault.Lock{ID: random(t, vault.LockID), Kind: vault.Passphrase, Params: []byte("salt and cost")},
		Key:  random(t, 32),
	}
}

func secretOf(l vault.NewLock) vault.Secret { return vault.Secret{Lock: l.ID, Key: l.Key} }

func TestLocks(t *testing.T) {
	d := newDisk()
	state, err := d.inspect()
	require.NoError(t, err)
	require.Equal(t, vault.State{Fresh: true}, state)
	v := d.mustOpen(t)
	put(t, v, "a", "1")
	_, err = d.inspect()
	require.Error(t, err, "the file is held")
	require.NoError(t, v.Close())
	state, err = d.inspect()
	require.NoError(t, err)
	require.Equal(t, vault.State{}, state)

	one, two := newLock(t), newLock(t)
	two.Kind = vault.Passkey
	v = d.mustOpen(t)
	require.NoError(t, v.SetLocks([]vault.NewLock{one, two}))
	require.Equal(t, []vault.Lock{one.Lock, two.Lock}, v.Locks())
	put(t, v, "b", "2")
	require.NoError(t, v.Close())
	state, err = d.inspect()
	require.NoError(t, err)
	require.Equal(t, vault.State{Locks: []vault.Lock{one.Lock, two.Lock}}, state)

	before := d.root.Bytes()
	for name, secret := range map[string]vault.Secret{
		"none":      {},
		"other key": {Lock: one.ID, Key: two.Key},
		"short key": {Lock: one.ID, Key: one.Key[:31]},
		"other id":  {Lock: random(t, vault.LockID), Key: one.Key},
	} {
		_, err := d.open(secret)
		require.ErrorIs(t, err, vault.ErrWrongSecret, name)
	}
	require.Equal(t, before, d.root.Bytes(), "a wrong secret costs nothing but time")
	for _, l := range []vault.NewLock{one, two} {
		v, err := d.open(secretOf(l))
		require.NoError(t, err)
		require.Equal(t, "2", value(t, v, "b"))
		require.NoError(t, v.Close())
	}

	// Removing one lock takes its wrapping from the disk.
	v, err = d.open(secretOf(one))
	require.NoError(t, err)
	require.NoError(t, v.SetLocks([]vault.NewLock{two}))
	require.NoError(t, v.Close())
	require.False(t, bytes.Contains(d.root.Bytes(), one.ID))
	_, err = d.open(secretOf(one))
	require.ErrorIs(t, err, vault.ErrWrongSecret)
	v, err = d.open(secretOf(two))
	require.NoError(t, err)
	require.NoError(t, v.SetLocks(nil))
	require.NoError(t, v.Close())
	require.Equal(t, "1", value(t, d.mustOpen(t), "a"))
}

// TestParamsAreBound: what lies beside a lock in the clear cannot be changed,
// for example to a cost at which guessing is cheap.
func TestParamsAreBound(t *testing.T) {
	d := newDisk()
	v := d.mustOpen(t)
	l := newLock(t)
	require.NoError(t, v.SetLocks([]vault.NewLock{l}))
	require.NoError(t, v.Close())
	b := d.root.Bytes()
	copy(b[bytes.Index(b, []byte("salt and cost")):], "salt and gold")
	d.root.SetBytes(b)
	_, err := d.open(secretOf(l))
	require.ErrorIs(t, err, vault.ErrDamaged)

	for _, slot := range [][]byte{b[:vault.SlotSize], b[vault.SlotSize:]} {
		if bytes.Contains(slot, []byte("gold")) {
			sum := sha256.Sum256(slot[:vault.SlotSize-sha256.Size])
			copy(slot[vault.SlotSize-sha256.Size:], sum[:])
		}
	}
	d.root.SetBytes(b)
	_, err = d.open(secretOf(l))
	require.ErrorIs(t, err, vault.ErrWrongSecret)
}

func TestLocksAreChecked(t *testing.T) {
	v := newDisk().mustOpen(t)
	good := newLock(t)
	for name, bad := range map[string][]vault.NewLock{
		"id":        {{Lock: vault.Lock{ID: good.ID[1:], Kind: vault.Passphrase}, Key: good.Key}},
		"kind":      {{Lock: vault.Lock{ID: good.ID, Kind: "pin"}, Key: good.Key}},
		"params":    {{Lock: vault.Lock{ID: good.ID, Kind: vault.Passkey, Params: make([]byte, vault.MaxParams+1)}, Key: good.Key}},
		"key":       {{Lock: good.Lock}},
		"same id":   {good, good},
		"too many":  {newLock(t), newLock(t), newLock(t), newLock(t), newLock(t)},
		"empty one": {{}},
	} {
		require.Error(t, v.SetLocks(bad), name)
	}
	largest := make([]vault.NewLock, vault.MaxLocks)
	for i := range largest {
		largest[i] = newLock(t)
		largest[i].Params = random(t, vault.MaxParams)
	}
	require.NoError(t, v.SetLocks(largest))
	put(t, v, "a", "1")
}

func TestSecretsDoNotPrint(t *testing.T) {
	l := newLock(t)
	require.Equal(t, "[redacted]", fmt.Sprintf("%v", secretOf(l)))
	require.NotContains(t, fmt.Sprintf("%+v %x", l, l), fmt.Sprintf("%x", l.Key))
}

func TestHalfWiped(t *testing.T) {
	full := func(t *testing.T, locks ...vault.NewLock) *disk {
		d := newDisk()
		v := d.mustOpen(t)
		put(t, v, "a", "1")
		require.NoError(t, v.SetLocks(locks))
		require.NoError(t, v.Close())
		return d
	}
	for _, locks := range [][]vault.NewLock{nil, {newLock(t)}} {
		for _, c := range []struct {
			name string
			harm func(*disk)
			err  error
		}{
			{"root gone", func(d *disk) { d.root.SetBytes(make([]byte, vault.RootSize)) }, vault.ErrRootGone},
			{"root overwritten", func(d *disk) { d.root.SetBytes(random(t, vault.RootSize)) }, vault.ErrDamaged},
			{"records gone", func(d *disk) { d.records = newDisk().records }, vault.ErrStoreGone},
		} {
			t.Run(fmt.Sprint(c.name, len(locks)), func(t *testing.T) {
				d := full(t, locks...)
				c.harm(d)
				records, root := d.records.Records(), d.root.Bytes()
				_, err := d.inspect()
				require.ErrorIs(t, err, c.err)
				_, err = d.open(vault.Secret{})
				require.ErrorIs(t, err, c.err)
				require.Equal(t, records, d.records.Records(), "nothing is changed")
				require.Equal(t, root, d.root.Bytes())

				config, err := d.config()
				require.NoError(t, err)
				require.NoError(t, vault.Erase(config))
				require.NoError(t, config.Root.Close())
				require.Empty(t, value(t, d.mustOpen(t), "a"), "erased, it begins anew")
			})
		}
	}
}

func TestErase(t *testing.T) {
	d := newDisk()
	v := d.mustOpen(t)
	var b store.Batch
	for i := range 2500 {
		b.Put(fmt.Sprintf("k%d", i), []byte("x"))
	}
	require.NoError(t, v.Commit(&b))
	require.NoError(t, v.Erase())
	require.NoError(t, v.Erase())
	_, err := v.Get("k1")
	require.ErrorIs(t, err, vault.ErrErased)
	require.ErrorIs(t, v.Commit(&b), vault.ErrErased)
	require.Equal(t, make([]byte, vault.RootSize), d.root.Bytes())
	require.Empty(t, d.records.Records())
}
