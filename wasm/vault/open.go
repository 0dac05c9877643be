package vault

import (
	"errors"
	"fmt"
	"io"
	"sort"

	"petmail/wasm/store"
)

// State is what Inspect finds.
type State struct {
	Fresh bool   // nothing is there yet: Open makes an empty vault without locks
	Locks []Lock // none: Open needs no secret
}

// Inspect says what Open would meet, without a secret, and changes nothing.
// It returns ErrRootGone, ErrStoreGone, ErrNewer or ErrDamaged where Open would in any
// case.
func Inspect(config Config) (State, error) {
	slots, err := inspect(config)
	if err != nil || len(slots) == 0 {
		return State{Fresh: err == nil}, err
	}
	return State{Locks: locksOf(slots[0].body.Locks)}, nil
}

// inspect returns the valid slots, newest first; none and no error if the
// vault is fresh.
func inspect(config Config) ([]slot, error) {
	var slots []slot
	erased := 0
	for i := range 2 {
		s, found, err := readSlot(config.Root, i)
		if err != nil {
			return nil, err
		}
		switch found {
		case slotValid:
			slots = append(slots, s)
		case slotErased:
			erased++
		case slotNewer:
			return nil, ErrNewer
		}
	}
	records, err := config.Backing.Scan("", "", false, 1)
	if err != nil {
		return nil, fmt.Errorf("couldn't read storage: %w", err)
	}
	sort.Slice(slots, func(i, j int) bool { return slots[i].seq > slots[j].seq })
	switch {
	case len(slots) == 0 && len(records) > 0 && erased == 2:
		return nil, ErrRootGone
	case len(slots) == 0 && (len(records) > 0 || erased < 1):
		return nil, fmt.Errorf("%w: root file makes no sense", ErrDamaged)
	case len(slots) > 0 && len(records) == 0 && slots[len(slots)-1].seq > 1:
		return nil, ErrStoreGone
	}
	return slots, nil
}

// Open opens a vault, making an empty one where there is nothing at all, and
// finishes what a crash left: the slot that lost is erased, and records of a
// Commit that never was go with the next one. A vault without locks ignores
// secret.
// Beside the errors of Inspect it returns ErrWrongSecret.
func Open(config Config, secret Secret) (*Vault, error) {
	slots, err := inspect(config)
	if err != nil {
		return nil, fmt.Errorf("couldn't open vault: %w", err)
	}
	v := &Vault{config: config, cache: make(map[[keySize]byte]*node)}
	if len(slots) == 0 {
		err = v.create()
	} else {
		err = v.enter(slots, secret)
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't open vault: %w", err)
	}
	if err := v.findOrphans(); err != nil {
		return nil, fmt.Errorf("couldn't open vault: %w", err)
	}
	return v, nil
}

// create writes the first root, which leads to nothing, so that from the
// first record on there is one.
func (v *Vault) create() error {
	if _, err := io.ReadFull(v.config.Rand, v.nameKey[:]); err != nil {
		return fmt.Errorf("couldn't draw a key: %w", err)
	}
	var err error
	if v.access, err = newAccess(v.config.Rand, nil); err != nil {
		return err
	}
	s, err := v.access.slot(v.config.Rand, 0, 1, root{NameKey: v.nameKey})
	if err != nil {
		return err
	}
	if err := writeSlot(v.config.Root, s); err != nil {
		return err
	}
	if err := v.eraseOther(0); err != nil {
		return err
	}
	return v.begin(s, root{NameKey: v.nameKey})
}

// enter opens the newest slot that leads to a directory, and erases the other.
func (v *Vault) enter(slots []slot, secret Secret) error {
	var first error
	for i, s := range slots {
		err := v.try(s, secret)
		if err == nil && i+1 < len(slots) {
			err = v.settle()
		}
		if err == nil {
			return v.eraseOther(s.index)
		}
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrWrongSecret) {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

func (v *Vault) try(s slot, secret Secret) error {
	var err error
	if v.access, err = openSlot(s, secret); err != nil {
		return err
	}
	r, err := v.access.root(s)
	if err != nil {
		return fmt.Errorf("%w: root does not open", ErrDamaged)
	}
	return v.begin(s, r)
}

// begin takes over the state to which a root leads.
func (v *Vault) begin(s slot, r root) error {
	var err error
	v.nameKey, v.slot = r.NameKey, s.index
	if v.names, err = newNames(r.NameKey); err != nil {
		return err
	}
	v.state = state{seq: s.seq, top: &node{leaf: true}, recent: &node{leaf: true}}
	v.next, v.garbage = 1, nil
	if r.Directory == 0 {
		return nil
	}
	if r.Parts < 1 || r.Parts > maxDirectory/partSize {
		return fmt.Errorf("%w: root makes no sense", ErrDamaged)
	}
	v.state.directory = ref{number: r.Directory, parts: r.Parts, key: r.Key}
	values, err := v.fetch([]ref{v.state.directory})
	if se := (*sealedError)(nil); errors.As(err, &se) {
		return fmt.Errorf("%w: directory does not open", ErrDamaged)
	}
	if err != nil {
		return fmt.Errorf("couldn't read storage: %w", err)
	}
	c, err := decodeDirectory(values[0])
	if err != nil {
		return fmt.Errorf("%w: directory makes no sense", ErrDamaged)
	}
	v.state.top, v.state.recent, v.garbage, v.next = c.top, c.recent, c.garbage, c.next
	return nil
}

// settle makes durable what the directory that was read leads to. A process
// that ended before its Commit returned may have left it where others read it
// and a power cut takes it; then the other root is still needed. Whatever
// makes a later batch durable makes the ones before it so.
func (v *Vault) settle() error {
	d := v.state.directory
	var keys []string
	for i := range d.parts {
		keys = append(keys, v.names.name(d.number+uint64(i)))
	}
	parts, err := v.config.Backing.GetMany(keys)
	if err != nil {
		return fmt.Errorf("couldn't read storage: %w", err)
	}
	var b store.Batch
	for i, part := range parts {
		b.Put(keys[i], part)
	}
	if err := v.config.Backing.Commit(&b); err != nil {
		return fmt.Errorf("couldn't write storage: %w", err)
	}
	return nil
}

// eraseOther erases the slot that is not index, unless it is erased.
func (v *Vault) eraseOther(index int) error {
	_, found, err := readSlot(v.config.Root, 1-index)
	if err != nil || found == slotErased {
		return err
	}
	return eraseSlot(v.config.Root, 1-index)
}

// probe is how many numbers findOrphans looks at in one go.
const probe = 16

// findOrphans makes garbage of the records of a Commit whose root never was.
// They were written all together; those that did not replace garbage have the
// numbers from next on.
func (v *Vault) findOrphans() error {
	for {
		keys := make([]string, probe)
		for i := range keys {
			keys[i] = v.names.name(v.next + uint64(i))
		}
		values, err := v.config.Backing.GetMany(keys)
		if err != nil {
			return fmt.Errorf("couldn't read storage: %w", err)
		}
		for _, value := range values {
			if value == nil {
				return nil
			}
			v.garbage = append(v.garbage, v.next)
			v.next++
		}
	}
}
