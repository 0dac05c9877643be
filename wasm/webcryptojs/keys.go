//go:build js

package webcryptojs

import (
	"sync"
	"syscall/js"
)

// keys remembers imported public keys, the least recently used of which goes when
// there are more than limit. All methods may be called concurrently.
type keys struct {
	limit int

	mu   sync.Mutex
	held map[[32]byte]*heldKey
	now  uint64 // counts uses
}

type heldKey struct {
	key  js.Value
	used uint64
}

func newKeys(limit int) *keys {
	return &keys{limit: limit, held: make(map[[32]byte]*heldKey)}
}

// get returns the key under name, which load imports if it isn't there.
func (k *keys) get(name [32]byte, load func() (js.Value, error)) (js.Value, error) {
	k.mu.Lock()
	k.now++
	if h, ok := k.held[name]; ok {
		h.used = k.now
		k.mu.Unlock()
		return h.key, nil
	}
	k.mu.Unlock()
	key, err := load()
	if err != nil {
		return js.Value{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held[name] = &heldKey{key, k.now}
	if len(k.held) > k.limit {
		oldest := name
		for n, h := range k.held {
			if h.used < k.held[oldest].used {
				oldest = n
			}
		}
		delete(k.held, oldest)
	}
	return key, nil
}
