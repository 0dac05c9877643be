package turn

import (
	"fmt"
	"strings"

	"petmail/shared/wire"
)

// Kind is one kind of records. It is declared once, by the part that owns it;
// forgetting goes by the declarations, and so do migration, backups and what
// siblings share. The key of a record is
//
//	Prefix ‖ owner's id ‖ "/" ‖ rest    of what has an Owner
//	Prefix ‖ rest                       of what has none
//
// where the rest, with its slash, may be missing. Ids are 32 hexadecimal
// digits. A Prefix that does not end in a slash is a whole key: there is one
// such record.
type Kind struct {
	Prefix  string
	Owner   Owner
	Shared  Shared
	Backup  Backup
	Version int // of the encoding, from 1; what is older is migrated by its part
}

// Owner says what the records of a kind go away with.
type Owner uint8

const (
	Nobody       Owner = iota + 1 // the part deletes them itself
	Conversation                  // forgotten with it, and held back while it is set aside
)

// Shared says whether the person's other agents are to have the records.
type Shared uint8

const (
	Own    Shared = iota + 1 // this agent's alone
	Common                   // the same on all agents of the person
)

// Backup says whether the records go into backups.
type Backup uint8

const (
	Kept    Backup = iota + 1
	Never          // keys and queues that must not come back
	Derived        // made again from others
)

// check refuses a declaration that leaves something open.
func (k *Kind) check() error {
	if k.Prefix == "" || k.Owner == 0 || k.Shared == 0 || k.Backup == 0 || k.Version == 0 {
		return fmt.Errorf("kind of records %q is not declared in full", k.Prefix)
	}
	if k.Owner != Nobody && !strings.HasSuffix(k.Prefix, "/") {
		return fmt.Errorf("kind of records %q has an owner and no room for its id", k.Prefix)
	}
	return nil
}

// Key is the key of a record: rest may be empty.
func (k *Kind) Key(owner wire.ID, rest string) string {
	if k.Owner == Nobody {
		return k.Prefix + rest
	}
	key := k.Prefix + owner.String()
	if rest != "" {
		key += "/" + rest
	}
	return key
}

// OwnerOf returns whose record a key of this kind is; false: nobody's, or the
// key is of another kind.
func (k *Kind) OwnerOf(key string) (wire.ID, bool) {
	rest, found := strings.CutPrefix(key, k.Prefix)
	if !found || k.Owner == Nobody {
		return wire.ID{}, false
	}
	id, _, _ := strings.Cut(rest, "/")
	owner, err := wire.ParseID(id)
	return owner, err == nil
}

// RestOf returns how a key of this kind goes on after whose record it is.
func (k *Kind) RestOf(key string) string {
	rest := strings.TrimPrefix(key, k.Prefix)
	if _, owned := k.OwnerOf(key); owned {
		_, rest, _ = strings.Cut(rest, "/")
	}
	return rest
}

// Kinds are all kinds of records that an agent keeps.
type Kinds []*Kind

// Add joins the kinds of one part. It refuses a kind that is not declared in
// full, and one whose records could be taken for another's.
func (all *Kinds) Add(kinds ...*Kind) error {
	for _, k := range kinds {
		if err := k.check(); err != nil {
			return err
		}
		for _, other := range *all {
			if strings.HasPrefix(k.Prefix, other.Prefix) || strings.HasPrefix(other.Prefix, k.Prefix) {
				return fmt.Errorf("two kinds of records under %q and %q", other.Prefix, k.Prefix)
			}
		}
		*all = append(*all, k)
	}
	return nil
}

// OwnerOf returns whose record a key is; false: nobody's.
func (all Kinds) OwnerOf(key string) (wire.ID, bool) {
	for _, k := range all {
		if owner, ok := k.OwnerOf(key); ok {
			return owner, true
		}
	}
	return wire.ID{}, false
}
