package core

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"

	"petmail/shared/address"
	"petmail/shared/relayproto"
	"petmail/shared/wire"
)

// Rows of the table meta.
const (
	metaIdentity = "identity" // seed of the Ed25519 identity, 32
	metaRouting  = "routing"  // routing key, 32
	metaID       = "id"       // relay id that follows from both, 32
)

// Keys are a relay's secrets, and what follows from them.
type Keys struct {
	wire.Redacted
	Identity ed25519.PrivateKey
	Routing  address.RoutingKey
	Public   relayproto.DescriptorKeys
	ID       [relayproto.IDSize]byte // travels in addresses and is signed by agents
}

// keyRows are keys as they are stored; nil where there is no row.
type keyRows struct {
	wire.Redacted
	seed, routing, id []byte
}

// errKeys is wrapped by what is said of keys that can't be used.
var errKeys = errors.New("the stored keys are damaged; restore a backup")

func storedKeys(tx Tx) (keyRows, error) {
	var rows keyRows
	err := tx.Query(`SELECT name, value FROM meta`, func(r Row) error {
		var name string
		var value []byte
		if err := r.Scan(&name, &value); err != nil {
			return err
		}
		switch name {
		case metaIdentity:
			rows.seed = value
		case metaRouting:
			rows.routing = value
		case metaID:
			rows.id = value
		}
		return nil
	})
	if err != nil {
		return keyRows{}, fmt.Errorf("couldn't read the keys: %w", err)
	}
	return rows, nil
}

// parse compares the keys with the id that was stored along with them: a key
// with a flipped bit is a key, too, but nobody's address would lead to it.
func (rows keyRows) parse() (Keys, error) {
	if len(rows.seed) != ed25519.SeedSize {
		return Keys{}, fmt.Errorf("%w: the identity has a wrong size", errKeys)
	}
	k := Keys{Identity: ed25519.NewKeyFromSeed(rows.seed)}
	var err error
	if k.Routing, err = address.ParseRoutingKey(rows.routing); err != nil {
		return Keys{}, fmt.Errorf("%w: the routing key can't be read", errKeys)
	}
	public := k.Routing.Public()
	k.Public = relayproto.DescriptorKeys{Identity: k.Identity.Public().(ed25519.PublicKey), Routing: public[:]}
	encoded, err := wire.Marshal(k.Public)
	if err != nil {
		return Keys{}, fmt.Errorf("couldn't encode the public keys: %w", err)
	}
	k.ID = relayproto.RelayID(encoded)
	if rows.id != nil && string(rows.id) != string(k.ID[:]) {
		return Keys{}, fmt.Errorf("%w: they do not belong to the stored id", errKeys)
	}
	return k, nil
}

// openKeys loads the keys, or draws them from rand the first time.
func openKeys(tx Tx, rand io.Reader) (Keys, error) {
	rows, err := storedKeys(tx)
	if err != nil {
		return Keys{}, err
	}
	store := make(map[string][]byte)
	if rows.seed == nil && rows.routing == nil && rows.id == nil {
		rows.seed = make([]byte, ed25519.SeedSize)
		if _, err := io.ReadFull(rand, rows.seed); err != nil {
			return Keys{}, fmt.Errorf("couldn't draw the identity: %w", err)
		}
		routing, err := address.NewRoutingKey(rand)
		if err != nil {
			return Keys{}, fmt.Errorf("couldn't draw the routing key: %w", err)
		}
		rows.routing = routing.Bytes()
		store[metaIdentity], store[metaRouting] = rows.seed, rows.routing
	}
	k, err := rows.parse()
	if err != nil {
		return Keys{}, err
	}
	if rows.id == nil {
		store[metaID] = k.ID[:]
	}
	for name, value := range store {
		if _, err := tx.Exec(`INSERT INTO meta (name, value) VALUES (?, ?)`, name, value); err != nil {
			return Keys{}, fmt.Errorf("couldn't store the keys: %w", err)
		}
	}
	return k, nil
}
