package vault

import (
	"errors"
	"fmt"

	"petmail/wasm/store"
)

// ErrErased is returned by every method after Erase.
var ErrErased = errors.New("vault is erased")

// eraseBatch is how many backing records one batch deletes.
const eraseBatch = 1000

// Erase takes the keys of everything from the disk, then removes the sealed
// records. It needs no secret. When it returns an error, it has to be called
// again. Backing and root file stay open, and are as new.
func Erase(config Config) error {
	for i := range 2 {
		if err := eraseSlot(config.Root, i); err != nil {
			return fmt.Errorf("couldn't erase: %w", err)
		}
	}
	for {
		records, err := config.Backing.Scan("", "", false, eraseBatch)
		if err != nil {
			return fmt.Errorf("couldn't erase: %w", err)
		}
		if len(records) == 0 {
			return nil
		}
		var b store.Batch
		for _, r := range records {
			b.Delete(r.Key)
		}
		if err := config.Backing.Commit(&b); err != nil {
			return fmt.Errorf("couldn't erase: %w", err)
		}
	}
}

// Erase is Erase for an open vault, which it ends.
func (v *Vault) Erase() error {
	v.commit.Lock()
	defer v.commit.Unlock()
	if !v.end(ErrErased) && !errors.Is(v.dead, ErrErased) {
		return v.dead
	}
	return Erase(v.config)
}
