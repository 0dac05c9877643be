package main

import (
	"bytes"
	"flag"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/relay/native"
)

func noEnv(string) string { return "" }

func envOf(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func writeConfig(t testing.TB, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "relay.yaml")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func TestPrecedence(t *testing.T) {
	o, err := parseOptions(nil, noEnv, io.Discard)
	require.NoError(t, err)
	require.Equal(t, defaultConfig(), o.config)
	require.Equal(t, "localhost:8787", o.Addr)
	require.Equal(t, "./data", o.Data)
	require.Empty(t, o.source)

	file := writeConfig(t, "# ours\naddr: :1\nmax-mib: 1\nmotd: from the file\nproxy-networks: [10.0.0.0/8, 2001:db8::1]\nlimit-writes: 5/6\nlog: debug\n")
	env := envOf(map[string]string{"PETMAIL_CONFIG": file, "PETMAIL_MAX_MIB": "2", "PETMAIL_ADDR": ":2", "PETMAIL_LOG": ""})
	o, err = parseOptions([]string{"-addr", ":3", "-log-addresses", "check"}, env, io.Discard)
	require.NoError(t, err)
	require.Equal(t, ":3", o.Addr, "flags win")
	require.Equal(t, int64(2), o.MaxMiB, "then the environment")
	require.Equal(t, "from the file", o.MOTD)
	require.Equal(t, slog.LevelDebug, o.Log, "an empty variable is none")
	require.True(t, o.LogAddresses)
	require.Equal(t, prefixes{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::1/128")}, o.ProxyNetworks)
	require.Equal(t, native.Rate{PerSecond: 5, Burst: 6}, o.LimitWrites)
	require.Equal(t, "-addr", o.source["addr"])
	require.Equal(t, "PETMAIL_MAX_MIB", o.source["max-mib"])
	require.Equal(t, file+" line 4", o.source["motd"])
	require.Equal(t, "check", o.command)

	made := o.native(nil, nil)
	require.Equal(t, int64(2<<20), made.MaxDatabaseBytes)
	require.Equal(t, o.LimitWrites, made.Limits.Writes)
}

func TestConfigFileErrors(t *testing.T) {
	for name, test := range map[string]struct{ text, message string }{
		"unknown key":     {"addr: :1\nadress: x", `line 2: there is no setting "adress"`},
		"twice":           {"addr: :1\n\naddr: :2", "line 3: addr was set in line 1 already"},
		"wrong number":    {"max-mib: many", `line 1: max-mib: "many" is not a whole number`},
		"negative":        {"max-mib: -1", "line 1: max-mib"},
		"out of range":    {"slot-days: 0", "line 1: slot-days"},
		"wrong rate":      {"limit-reads: 5", "is no rate such as 1000/20000"},
		"wrong network":   {"\nproxy-networks:\n  - here", "line 3: proxy-networks"},
		"a list for one":  {"addr: [a, b]", "line 1: addr: expected one value"},
		"nested":          {"addr: {a: b}", "line 1: addr: expected one value"},
		"list in list":    {"acme-hosts: [[a]]", "expected a list of single values"},
		"a comma in list": {"acme-hosts: ['a,b']", "expected a list of single values"},
		"no mapping":      {"- addr", "line 1: expected lines such as"},
		"a sentence":      {"hello", "line 1: expected lines such as"},
		"no YAML":         {"addr: [", "line 1"},
		"two documents":   {"addr: :1\n---\naddr: :2", "second document"},
		"wrong level":     {"log: loud", "line 1: log"},
		"too large":       {strings.Repeat("#", maxConfigFile+1), "larger than 1 MiB"},
		"halves":          {"tls-cert: x", "go together"},
		"both":            {"tls-cert: x\ntls-key: y\nacme-hosts: a.example", "exclude each other"},
		"no name":         {"acme-hosts: [localhost]", "no public host name"},
		"lonely redirect": {"http-addr: :80", "needs tls-cert or acme-hosts"},
		"no port":         {"addr: localhost", "addr is not host:port"},
		"no public URL":   {"public-url: relay.example", "no address such as"},
		"a path":          {"public-url: https://example.org/petmail/", "a host name of its own"},
		"nobody's header": {"proxy-header: X-Forwarded-For\nproxy-networks:", "whose header"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseOptions([]string{"-config", writeConfig(t, test.text)}, noEnv, io.Discard)
			require.ErrorIs(t, err, errUsage)
			require.ErrorContains(t, err, test.message)
		})
	}
	_, err := parseOptions([]string{"-config", "not/there"}, noEnv, io.Discard)
	require.ErrorIs(t, err, errUsage)
	for _, text := range []string{"", "# nothing\n", "---\n", "motd:\n"} {
		o, err := parseOptions([]string{"-config", writeConfig(t, text)}, noEnv, io.Discard)
		require.NoError(t, err, text)
		require.Equal(t, defaultConfig(), o.config)
	}
}

func TestCommandLineErrors(t *testing.T) {
	for _, args := range [][]string{
		{"backup"}, {"restore"}, {"serve"}, {"check", "x"}, {"-max-mib", "-1"}, {"-log", "loud"}, {"-x"},
		{"-url", "https://relay.example"}, {"-log-addresses=perhaps"},
	} {
		_, err := parseOptions(args, noEnv, io.Discard)
		require.ErrorIs(t, err, errUsage, args)
	}
	_, err := parseOptions(nil, envOf(map[string]string{"PETMAIL_MAX_MIB": "x"}), io.Discard)
	require.ErrorIs(t, err, errUsage)
	require.ErrorContains(t, err, "PETMAIL_MAX_MIB", "the error says where")
}

// TestConfigPrints checks that what the command config prints is a file that
// means the same, and documents each setting.
func TestConfigPrints(t *testing.T) {
	env := envOf(map[string]string{
		"PETMAIL_MOTD": `a: "b" # c`, "PETMAIL_ACME_HOSTS": "a.example,b.example", "PETMAIL_LIMIT_INVITATIONS": "7m/70",
		"PETMAIL_LIMIT_READS": "off", "PETMAIL_ADDR": ":443", "PETMAIL_LOG": "warn",
	})
	var printed bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"config"}, env, &printed, io.Discard))
	require.Contains(t, printed.String(), "# Set by PETMAIL_ACME_HOSTS; default: none")
	want, err := parseOptions(nil, env, io.Discard)
	require.NoError(t, err)
	got, err := parseOptions([]string{"-config", writeConfig(t, printed.String())}, noEnv, io.Discard)
	require.NoError(t, err)
	require.Equal(t, want.config, got.config)
	for _, s := range settings(&got.config) {
		require.NotEmpty(t, s.help, s.key)
		require.NotEmpty(t, s.arg, s.key)
		require.Contains(t, printed.String(), "\n"+s.key+":")
	}
}

var update = flag.Bool("update", false, "write the table of settings into docs/operating.md")

// TestDocumentation compares the table of docs/operating.md with the struct.
func TestDocumentation(t *testing.T) {
	name := filepath.Join("..", "..", "..", "docs", "operating.md")
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	const begin, end = "<!-- settings: written by go test ./relay/cmd/petmail-relay -run Documentation -update -->\n", "<!-- end of settings -->"
	before, rest, found := strings.Cut(string(data), begin)
	require.True(t, found)
	table, after, found := strings.Cut(rest, end)
	require.True(t, found)
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(before+begin+settingsTable()+end+after), 0o600))
		return
	}
	require.Equal(t, settingsTable(), table, "run the test with -update")
}

// settingsTable is the documentation of all settings as Markdown.
func settingsTable() string {
	var b strings.Builder
	c := defaultConfig()
	for _, s := range settings(&c) {
		if s.group != "" {
			b.WriteString("\n### " + s.group + "\n\n| setting | default | |\n|---|---|---|\n")
		}
		value := s.text()
		if value != "" {
			value = "`" + value + "`"
		}
		b.WriteString("| `" + s.key + "` | " + value + " | " + strings.ReplaceAll(s.help, "|", "\\|") + " |\n")
	}
	return strings.TrimPrefix(b.String(), "\n") + "\n"
}

// FuzzConfigFile checks that whatever a file holds, it is refused or means
// what it means when it is printed.
func FuzzConfigFile(f *testing.F) {
	f.Add([]byte("addr: :1\nacme-hosts: [a.example, b.example]\n"))
	f.Add([]byte("a: &x [*x]\n"))
	f.Add([]byte("motd: |\n  two\n  lines\n"))
	f.Add([]byte("<<: {addr: ':1'}"))
	f.Add([]byte("limit-reads: off\nlog-addresses: yes"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := defaultConfig()
		if _, err := parseConfig(&c, data); err != nil {
			return
		}
		var printed bytes.Buffer
		if err := printConfig(&printed, options{config: c}); err != nil {
			t.Fatal(err)
		}
		again := defaultConfig()
		if _, err := parseConfig(&again, printed.Bytes()); err != nil {
			t.Fatalf("%v in\n%s", err, &printed)
		}
		for i, s := range settings(&c) {
			if got := settings(&again)[i].text(); got != s.text() {
				t.Fatalf("%s: %q became %q", s.key, s.text(), got)
			}
		}
	})
}
