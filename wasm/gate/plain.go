package gate

import (
	"fmt"

	"petmail/wasm/store"
)

// Plain is the unencrypted store of a version before the vault.
type Plain interface {
	store.Store
	// Delete closes and deletes it. The browser's files may keep its bytes
	// for months.
	Delete() error
}

const plainPage = 256 // records

// adopt copies the records of an older version into an empty vault, all in
// one commit, and then deletes them there. A crash in between is mended by the
// next start.
func adopt(v store.Store, open func() (Plain, error)) error {
	if open == nil {
		return nil
	}
	plain, err := open()
	if err != nil || plain == nil {
		return err
	}
	there, err := v.Scan("", "", false, 1)
	if err != nil {
		return err
	}
	if len(there) == 0 { // otherwise it is done, all but the deletion
		var b store.Batch
		for from := ""; ; {
			records, err := plain.Scan("", from, false, plainPage)
			if err != nil {
				return err
			}
			for _, r := range records {
				b.Put(r.Key, r.Value)
				from = r.Key
			}
			if len(records) < plainPage {
				break
			}
		}
		if err := v.Commit(&b); err != nil {
			return err
		}
	}
	if err := plain.Delete(); err != nil {
		return fmt.Errorf("couldn't delete them: %w", err)
	}
	return nil
}
