package native

import (
	"testing"
)

func FuzzPrefixOf(f *testing.F) {
	for _, host := range []string{"192.0.2.1", "2001:db8::1", "fe80::1%eth0", "::ffff:192.0.2.1", "", "pipe", "::"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		p := prefixOf(host)
		if p.IsValid() && (p.Addr().Is4() && p.Bits() != 32 || p.Addr().Is6() && p.Bits() != 64) {
			t.Fatalf("%q became %v", host, p)
		}
	})
}
