package conversation

// Received remembers which numbers of one sender have arrived: all up to UpTo,
// and those in Ranges (ascending, apart, beyond UpTo+1).
type Received struct {
	UpTo   uint64  `cbor:"1,keyasint,omitempty"`
	Ranges []Range `cbor:"2,keyasint,omitempty"`
}

// Range is First to Last, both included.
type Range struct {
	First uint64 `cbor:"1,keyasint"`
	Last  uint64 `cbor:"2,keyasint"`
}

// maxRanges bounds the gaps remembered of one sender. An honest one has few:
// each is a message lost on the way, and it is sent again.
const maxRanges = 256

// has reports whether n has arrived.
func (r Received) has(n uint64) bool {
	if n <= r.UpTo {
		return true
	}
	for _, g := range r.Ranges {
		if g.First <= n && n <= g.Last {
			return true
		}
	}
	return false
}

// add returns r with n in it. ok is false, and r unchanged, if n had arrived
// already or would leave too many gaps.
func (r Received) add(n uint64) (_ Received, ok bool) {
	if n == 0 || r.has(n) {
		return r, false
	}
	out := Received{UpTo: r.UpTo}
	placed := false
	push := func(g Range) {
		if g.First == out.UpTo+1 {
			out.UpTo = g.Last
			return
		}
		if k := len(out.Ranges); k > 0 && out.Ranges[k-1].Last+1 == g.First {
			out.Ranges[k-1].Last = g.Last
			return
		}
		out.Ranges = append(out.Ranges, g)
	}
	for _, g := range r.Ranges {
		if !placed && n < g.First {
			push(Range{n, n})
			placed = true
		}
		push(g)
	}
	if !placed {
		push(Range{n, n})
	}
	if len(out.Ranges) > maxRanges {
		return r, false
	}
	return out, true
}
