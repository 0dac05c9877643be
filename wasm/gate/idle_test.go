package gate_test

import (
	"crypto/rand"
	"encoding/hex"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
	"petmail/wasm/gate"
	"petmail/wasm/store"
	"petmail/wasm/vault"
)

func TestAutoLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, l := locked(t)
		// Five minutes, set by the person before.
		v := m.vault(secretOf(l))
		var b store.Batch
		b.Put("auto", make([]byte, 5))
		require.NoError(t, v.Commit(&b))
		require.NoError(t, v.Close())

		p := attach(t, m.boot())
		require.Equal(t, api.PhaseLocked, p.snapshot().Phase)
		p.call(api.CmdUnlock, api.UnlockArgs{Secret: secretOf(l)})
		for range 10 {
			time.Sleep(4 * time.Minute)
			require.Empty(t, code(p.call(api.CmdActive, api.None{})))
		}
		require.Equal(t, api.PhaseReady, p.lastSnapshot().Phase)
		start := time.Now()
		require.Equal(t, gate.Locked, <-m.ends)
		require.InDelta(t, 5*time.Minute, time.Since(start), float64(3*time.Second))
		require.Equal(t, api.PhaseLocked, p.lastSnapshot().Phase)
	})
}

// TestAutoLockChanged: the time counts from the change on.
func TestAutoLockChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, l := locked(t)
		p := attach(t, m.boot())
		p.call(api.CmdUnlock, api.UnlockArgs{Secret: secretOf(l)})
		time.Sleep(3 * time.Hour) // it never locks by itself, so nobody says that they are there
		require.Empty(t, code(p.call(api.CmdSettings, api.Settings{AutoLock: 15})))
		start := time.Now()
		require.Equal(t, gate.Locked, <-m.ends)
		require.InDelta(t, 15*time.Minute, time.Since(start), float64(3*time.Second))
	})
}

// TestSleptOverIt: a computer that wakes up with the person at it is locked,
// even if their first movement is quicker than the gate.
func TestSleptOverIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, l := locked(t)
		m.ahead = new(atomic.Int64)
		p := attach(t, m.boot())
		p.call(api.CmdUnlock, api.UnlockArgs{Secret: secretOf(l)})
		p.call(api.CmdSettings, api.Settings{AutoLock: 60})
		m.ahead.Store(int64(8 * time.Hour))
		p.call(api.CmdActive, api.None{})
		require.Equal(t, gate.Locked, <-m.ends)
	})
}

func (m *machine) vault(secret api.Secret) *vault.Vault {
	root, err := m.root.Open()
	require.NoError(m.t, err)
	id, err := hex.DecodeString(secret.Lock)
	require.NoError(m.t, err)
	key, err := hex.DecodeString(secret.Key)
	require.NoError(m.t, err)
	v, err := vault.Open(vault.Config{Backing: m.records.Open(), Root: root, Rand: rand.Reader}, vault.Secret{Lock: id, Key: key})
	require.NoError(m.t, err)
	return v
}
