package wire_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
)

// Hosts by how near they are. A contact may name those of the first list to
// everybody.
var (
	publicHosts = []string{
		"relay.example", "relay.test", "example.org:8443", "xn--bcher-kva.example", "localhost.example.org", "local.example", "10.example.org",
		"internal-relay.example.org", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.1.1", "169.253.1.1",
		"[2606:4700::1111]", "[2001:4860:4860::8888]:444", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]", "example.org.",
	}
	machineHosts = []string{
		"localhost", "LocalHost:8787", "a.localhost", "127.0.0.1", "127.0.0.1:22", "127.255.255.254", "[::1]", "[::1]:631",
		"[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
	}
	networkHosts = []string{
		"10.0.0.1", "10.255.255.255:9100", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255", "169.254.169.254",
		"[fe80::1]", "[febf::1]", "[fc00::1]", "[fdff::1]", "[fec0::1]", "[::ffff:10.0.0.1]", "[::ffff:c0a8:101]", "[64:ff9b::a00:1]", "[2002:c0a8:101::]",
		"printer", "router:8080", "nas.local", "a.b.local", "metadata.google.internal", "box.home.arpa", "wiki.corp", "pc.lan", "pc.home", "pc.localdomain", "x.intranet", "x.private",
	}
	nowhereHosts = []string{
		"0.0.0.0", "0.1.2.3", "[::]", "[::]:8787", "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "[ff02::1]", "192.0.2.1", "[2001:db8::1]",
		"2130706433", "017700000001", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1", "127.0.0.01", "127.0.0.1.", "10.1", "1.2.3.4.5", "256.0.0.1", "foo.0x7f", "foo.127",
		"localhost.", "a.localhost.", "nas.local.", "printer.", "a..local", "localhost..",
	}
)

func TestForeignRelay(t *testing.T) {
	allowed := func(own, other string) bool {
		t.Helper()
		err := wire.CheckForeignRelay(own, other)
		if err != nil {
			require.ErrorIs(t, err, wire.ErrPrivateHost, "%s from %s", other, own)
		}
		return err == nil
	}
	all := map[string][]string{"public": publicHosts, "machine": machineHosts, "network": networkHosts, "nowhere": nowhereHosts}
	for _, own := range []struct{ kind, url string }{
		{"public", "https://relay.example"}, {"public", "https://8.8.4.4"},
		{"machine", "http://localhost:8787"}, {"machine", "http://127.0.0.1:1"}, {"machine", "http://[::1]:8787"},
		{"network", "https://relay.lan"}, {"network", "https://192.168.1.20:8787"},
	} {
		for kind, hosts := range all {
			for _, host := range hosts {
				for _, scheme := range []string{"https", "http"} {
					other := scheme + "://" + host
					want := kind == "public" || kind == own.kind && kind != "nowhere"
					require.Equal(t, want, allowed(own.url, other), "%s (%s) from %s", other, kind, own.url)
					require.Equal(t, want, allowed(own.url, other+"/path"), "%s (%s) from %s", other, kind, own.url)
				}
			}
		}
	}
	require.False(t, allowed("https://relay.example", "https://notlocal"), "a name of one label")
	for _, hosts := range all {
		for _, host := range hosts {
			require.True(t, allowed("https://"+host, "http://"+host), "the person named this very host: %s", host)
		}
	}
	require.True(t, allowed("http://0.0.0.0:8787", "https://0.0.0.0:99"), "whatever the port")
	require.False(t, allowed("", "http://localhost"), "there is no own relay")
}

// TestForeignRelayUnusable checks what is no relay's URL at all: tricks with
// user names, percent signs, zones and letters of other scripts.
func TestForeignRelayUnusable(t *testing.T) {
	for _, other := range []string{
		"", "localhost", "//localhost", "ftp://localhost", "file:///etc/passwd", "https://relay.example@localhost", "https://relay.example:x@127.0.0.1",
		"https://127.0.0.1%2f@relay.example", "https://%6c%6fcalhost", "https://loc\u0430lhost", "https://\uff11\uff12\uff17.0.0.1", "https://127\u3002 0.0.1",
		"https://127\u30020\u30020\u30021", "https://[fe80::1%25eth0]", "https://[fe80::1%eth0]", "https://localhost?x", "https://localhost#x", "https://\\localhost",
		"https://localhost\\.example", "https:///localhost", "https://.localhost", "https://-a.localhost", "https://[::1", "https://[]", "https://:80", "https://localhost:99999", "https://localhost:0", "https://localhost:080",
	} {
		err := wire.CheckForeignRelay("http://localhost:8787", other)
		require.Error(t, err, "%q", other)
		require.NotContains(t, err.Error(), "localhost", "errors do not repeat the URL")
	}
}

func FuzzForeignRelay(f *testing.F) {
	for _, host := range append(append(append(append([]string{}, publicHosts...), machineHosts...), networkHosts...), nowhereHosts...) {
		f.Add("https://"+host, "https://relay.example")
	}
	f.Fuzz(func(t *testing.T, other, own string) {
		err := wire.CheckForeignRelay(own, other)
		canonical, bad := wire.NormalizeRelayURL(other)
		if bad != nil {
			if err == nil {
				t.Fatal("not a relay's URL, and yet allowed")
			}
			return
		}
		if again := wire.CheckForeignRelay(own, canonical); fmt.Sprint(again) != fmt.Sprint(err) {
			t.Fatal("the canonical form is judged differently")
		}
		if wire.CheckForeignRelay(canonical, canonical) != nil {
			t.Fatal("the own relay is refused")
		}
	})
}
