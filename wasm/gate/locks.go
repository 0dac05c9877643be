package gate

import (
	"bytes"
	"encoding/hex"
	"errors"

	"petmail/wasm/api"
	"petmail/wasm/vault"
)

// keySize is the size of a lock's key, in bytes.
const keySize = 32

// current returns the locks without waiting for mu, which whoever starts or
// ends the agent holds.
func (g *Gate) current() []vault.Lock {
	g.locksMu.RLock()
	defer g.locksMu.RUnlock()
	return g.locks
}

func (g *Gate) remember(locks []vault.Lock) {
	g.locksMu.Lock()
	defer g.locksMu.Unlock()
	g.locks = locks
}

// setLocks replaces the locks. Who changes them has to open one of those that
// stand; a lock that stays has to be given with its true key, or it would lock
// its owner out.
func (g *Gate) setLocks(args api.LocksSetArgs) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.phase != opened {
		return refuse(api.ErrLocked, "unlock first")
	}
	if len(args.Locks) > vault.MaxLocks {
		return refuse(api.ErrTooMany, "too many locks")
	}
	old := g.current()
	if len(old) > 0 {
		if err := g.check(args.Proof); err != nil {
			return err
		}
	}
	var locks []vault.NewLock
	defer func() {
		for _, l := range locks {
			clear(l.Key)
		}
	}()
	for _, given := range args.Locks {
		l, err := newLock(given)
		if err != nil {
			return err
		}
		locks = append(locks, l)
		if stays(old, l.ID) {
			if err := g.check(&api.Secret{Lock: given.Lock.ID, Key: given.Key}); err != nil {
				return err
			}
		}
	}
	if !g.room() {
		return refuse(api.ErrStorage, "the disk is full")
	}
	if err := g.vault.SetLocks(locks); err != nil {
		g.config.Logger.Error("couldn't set locks", "err", err)
		return refuse(api.ErrStorage, "couldn't store the locks")
	}
	g.remember(g.vault.Locks())
	g.idle.touch(g.nowMilli())
	for p := range g.pages {
		p.tell(api.EventLocks.Of(api.Locks{Locks: locksOf(g.current())}))
	}
	return nil
}

// check tells whether a secret opens its lock.
func (g *Gate) check(given *api.Secret) error {
	if given == nil {
		return refuse(api.ErrWrongSecret, "the present secret is missing")
	}
	secret, err := secretOf(*given)
	if err != nil {
		return err
	}
	defer clear(secret.Key)
	err = g.vault.CheckSecret(secret)
	if errors.Is(err, vault.ErrWrongSecret) {
		return refuse(api.ErrWrongSecret, "no lock opens with it")
	}
	return err
}

func stays(old []vault.Lock, id []byte) bool {
	for _, l := range old {
		if bytes.Equal(l.ID, id) {
			return true
		}
	}
	return false
}

func secretOf(s api.Secret) (vault.Secret, error) {
	id, err := decodeHex(s.Lock, vault.LockID)
	if err != nil {
		return vault.Secret{}, err
	}
	key, err := decodeHex(s.Key, keySize)
	if err != nil {
		return vault.Secret{}, err
	}
	return vault.Secret{Lock: id, Key: key}, nil
}

func newLock(given api.NewLock) (vault.NewLock, error) {
	secret, err := secretOf(api.Secret{Lock: given.Lock.ID, Key: given.Key})
	if err != nil {
		return vault.NewLock{}, err
	}
	l := vault.Lock{ID: secret.Lock, Params: []byte(given.Lock.Params)}
	switch given.Lock.Kind {
	case api.LockPassphrase:
		l.Kind = vault.Passphrase
	case api.LockPasskey:
		l.Kind = vault.Passkey
	default:
		return vault.NewLock{}, refuse(api.ErrBadRequest, "unknown kind of lock")
	}
	if len(l.Params) > vault.MaxParams {
		return vault.NewLock{}, refuse(api.ErrTooLong, "parameters are too long")
	}
	return vault.NewLock{Lock: l, Key: secret.Key}, nil
}

func decodeHex(text string, size int) ([]byte, error) {
	b := make([]byte, size)
	if len(text) != 2*size {
		return nil, refuse(api.ErrBadRequest, "not a key or an id")
	}
	if _, err := hex.Decode(b, []byte(text)); err != nil {
		return nil, refuse(api.ErrBadRequest, "not a key or an id")
	}
	return b, nil
}

func locksOf(locks []vault.Lock) []api.Lock {
	var out []api.Lock
	for _, l := range locks {
		kind := api.LockPassphrase
		if l.Kind == vault.Passkey {
			kind = api.LockPasskey
		}
		out = append(out, api.Lock{ID: hex.EncodeToString(l.ID), Kind: kind, Params: string(l.Params)})
	}
	return out
}
