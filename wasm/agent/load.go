package agent

import (
	"fmt"

	"petmail/shared/wire"
)

// load replaces the state in memory by what is stored.
func (a *Agent) load() error {
	b, err := a.config.Store.Get(kindErasing.Prefix)
	if err != nil {
		return fmt.Errorf("couldn't read: %w", err)
	}
	if b != nil {
		return ErrErasing
	}
	a.known, a.owners = 0, make(map[wire.ID]*owner)
	for _, p := range a.parts {
		if err := p.Load(reader{a: a}); err != nil {
			return fmt.Errorf("couldn't load %s: %w", p.Name(), err)
		}
	}
	return a.loadAside()
}

// scan calls f with every record under prefix, in key order.
func (a *Agent) scan(prefix string, f func(key string, value []byte) error) error {
	from := ""
	for {
		records, err := a.config.Store.Scan(prefix, from, false, 256)
		if err != nil {
			return fmt.Errorf("couldn't read: %w", err)
		}
		for _, r := range records {
			if err := f(r.Key, r.Value); err != nil {
				return err
			}
			from = r.Key
		}
		if len(records) < 256 {
			return nil
		}
	}
}
