package vault

import "errors"

// Report is what Check finds.
type Report struct {
	Records int // readable ones
	Pages   int // readable ones, the directory's own included
	Damage  []*DamageError
}

// Check reads everything and names what does not open. An error is one of the
// Backing. Commits wait for it.
func (v *Vault) Check() (Report, error) {
	v.commit.Lock()
	defer v.commit.Unlock()
	s, err := v.current()
	if err != nil {
		return Report{}, err
	}
	var r Report
	if err := v.check(s.top, &r); err != nil {
		return r, err
	}
	err = v.check(s.recent, &r)
	r.Pages-- // it lies in the directory
	return r, err
}

func (v *Vault) check(n *node, r *Report) error {
	r.Pages++
	for i, it := range n.items {
		if it.value != nil {
			r.Records++
			continue
		}
		if n.leaf {
			_, err := v.fetch([]ref{it.ref})
			if se := (*sealedError)(nil); errors.As(err, &se) {
				r.Damage = append(r.Damage, &DamageError{From: it.key, To: it.key + "\x00"})
				continue
			}
			if err != nil {
				return err
			}
			r.Records++
			continue
		}
		child, err := v.page(it.ref)
		if err != nil {
			e := (*DamageError)(nil)
			if err = damaged(err, n, i); !errors.As(err, &e) {
				return err
			}
			r.Damage = append(r.Damage, e)
			continue
		}
		if err := v.check(child, r); err != nil {
			return err
		}
	}
	return nil
}
