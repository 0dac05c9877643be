package wire

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// ErrPrivateHost says that a relay's URL, named by somebody else, leads into
// this machine or its network. It does not repeat the URL.
var ErrPrivateHost = errors.New("the relay is a host inside the own machine or network")

// reach is how far a host is away.
type reach uint8

const (
	public   reach = iota // anywhere
	network               // inside some network: this one, for whoever asks from inside
	machine               // this machine
	nowhere               // no relay can be there, or what it means differs between programs
	unusable              // not a relay's URL
)

// CheckForeignRelay tells whether a relay's URL that somebody else names, a
// contact or a link, may be turned to by an agent whose own relay is at own.
// Other people must not be able to send an agent to the router, the printer or
// a program of its own machine: hosts there are refused, unless one's own
// relay, which the person has named, is the same host or lies as near: both
// on this machine, or both inside a network. A host that is not public and can
// be read in several ways (decimal, octal, a final dot) is refused but for
// equality.
//
// Only the URL is judged. A public name that leads to a private address is
// not seen: browsers do not say where a name leads.
func CheckForeignRelay(own, other string) error {
	there := reachOf(other)
	switch {
	case there == public:
		return nil
	case there == unusable:
		return errRelayURL
	case host(own) == host(other), there != nowhere && there == reachOf(own):
		return nil
	}
	return ErrPrivateHost
}

// host returns the host of a relay's URL in canonical form, without the port;
// "" if it is not one.
func host(relayURL string) string {
	canonical, err := NormalizeRelayURL(relayURL)
	if err != nil {
		return ""
	}
	u, err := url.Parse(canonical)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// privateNames end the names that are given out inside networks (RFC 6761,
// 6762, 8375, 9476 and what home routers and ICANN use).
var privateNames = []string{
	"local", "internal", "home.arpa", "lan", "home", "corp", "private", "intranet", "localdomain",
}

func reachOf(relayURL string) reach {
	name := host(relayURL)
	if name == "" {
		return unusable
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		return reachOfAddr(addr)
	}
	plain := strings.TrimSuffix(name, ".") // the root, which browsers leave out
	labels := strings.Split(plain, ".")
	last := labels[len(labels)-1]
	switch {
	case slices.Contains(labels, ""):
		return nowhere // an empty label
	case last[0] >= '0' && last[0] <= '9':
		// Browsers and resolvers read such a name as an IPv4 address: decimal,
		// octal, hexadecimal, of fewer parts. No public name ends so.
		return nowhere
	case last == "localhost":
		if plain != name {
			return nowhere
		}
		return machine
	case len(labels) == 1, isUnder(plain, privateNames):
		if plain != name {
			return nowhere
		}
		return network
	}
	return public
}

func isUnder(name string, parents []string) bool {
	return slices.ContainsFunc(parents, func(parent string) bool {
		return name == parent || strings.HasSuffix(name, "."+parent)
	})
}

// privateNetworks are the addresses inside networks (RFC 1918, 3927, 4193,
// 4291, 6598).
var privateNetworks = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
	"fc00::/7", "fe80::/10", "fec0::/10")

// noNetworks hold no relay that can be reached: unspecified, reserved,
// documentation, benchmarks, multicast (RFC 6890).
var noNetworks = prefixes("0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4", "::/128", "100::/64", "2001:db8::/32", "ff00::/8")

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

func reachOfAddr(addr netip.Addr) reach {
	addr = embedded(addr.Unmap())
	in := func(all []netip.Prefix) bool {
		return slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(addr) })
	}
	switch {
	case addr.IsLoopback():
		return machine
	case in(privateNetworks):
		return network
	case in(noNetworks):
		return nowhere
	}
	return public
}

// IPv6 addresses that stand for an IPv4 address: in the old "compatible" form,
// for a translator (NAT64, RFC 6052 and 8215), for 6to4 (RFC 3056).
var (
	compatible = netip.MustParsePrefix("::/96")
	nat64      = prefixes("64:ff9b::/96", "64:ff9b:1::/48")
	sixToFour  = netip.MustParsePrefix("2002::/16")
)

// embedded returns the IPv4 address that addr stands for, or else addr.
func embedded(addr netip.Addr) netip.Addr {
	if !addr.Is6() || addr == netip.IPv6Loopback() {
		return addr
	}
	b := addr.As16()
	switch {
	case compatible.Contains(addr), nat64[0].Contains(addr), nat64[1].Contains(addr):
		return netip.AddrFrom4([4]byte(b[12:]))
	case sixToFour.Contains(addr):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return addr
}
