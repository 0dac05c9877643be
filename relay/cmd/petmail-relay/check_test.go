package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // to break a database

	"petmail/relay/native"
)

// checked runs check and returns what it says.
func checked(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), append(args, "check"), noEnv, &out, io.Discard)
	return out.String(), err
}

func TestCheck(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	base := []string{"-data", dir, "-addr", "127.0.0.1:0"}
	out, err := checked(t, base...)
	require.NoError(t, err, out)
	require.Contains(t, out, "the relay makes it")
	require.NoDirExists(t, dir, "check makes nothing")

	s := serveHere(t, map[string]string{"PETMAIL_DATA": dir, "PETMAIL_ADDR": "127.0.0.1:0"})
	out, err = checked(t, "-data", dir, "-addr", s.addr)
	require.NoError(t, err, out)
	require.Contains(t, out, "in use by a relay")
	require.Contains(t, out, "it seems by the running relay")
	require.Contains(t, out, "MiB are free")

	out, err = checked(t, "-data", dir, "-addr", s.addr, "-url", "http://"+s.addr)
	require.NoError(t, err, out)
	require.Contains(t, out, "leads to the relay")
	require.Contains(t, out, "large bodies get through")
	require.Contains(t, out, "WebSockets to /v1 get through")

	out, err = checked(t, "-data", dir, "-addr", s.addr, "-public-url", "http://"+s.addr)
	require.NoError(t, err, out)
	require.Contains(t, out, "leads to the relay", "public-url is looked at, too")

	// Another relay's folder, at that URL.
	other := t.TempDir()
	server, err := native.Open(native.Config{DataDir: other})
	require.NoError(t, err)
	require.NoError(t, server.Close(t.Context()))
	out, err = checked(t, "-data", other, "-addr", "127.0.0.1:0", "-url", "http://"+s.addr)
	require.Error(t, err)
	require.Contains(t, out, "another relay than that of the data folder")
	out, err = checked(t, "-data", other, "-addr", s.addr)
	require.Error(t, err)
	require.Contains(t, out, "in use by another program")
	s.end()

	database := filepath.Join(dir, "petmail.db")
	good, err := os.ReadFile(database)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		wrong   func()
		message string
	}{
		"readable":   {func() { require.NoError(t, os.Chmod(database, 0o644)) }, "chmod 600"},
		"writable":   {func() { require.NoError(t, os.Chmod(dir, 0o777)) }, "chmod 700"},
		"newer data": {func() { execute(t, database, `UPDATE schema_version SET version = 99`) }, "start a newer one"},
		"wrong key": {func() {
			execute(t, database, `UPDATE meta SET value = ? WHERE name = 'identity'`, make([]byte, 32))
		}, "keys are damaged"},
		"no keys":   {func() { execute(t, database, `DELETE FROM meta WHERE name = 'routing'`) }, "keys are damaged"},
		"no tables": {func() { execute(t, database, `DROP TABLE meta`) }, "tables are missing"},
		"clock set back": {func() {
			execute(t, database, `INSERT OR REPLACE INTO totals (name, n) VALUES ('clock-seen', ?)`, time.Now().Add(100*24*time.Hour).Unix())
		}, "the clock is wrong"},
		"damaged page": {func() {
			bad := bytes.Clone(good)
			copy(bad[4096:], bytes.Repeat([]byte{0xee}, 200))
			require.NoError(t, os.WriteFile(database, bad, 0o600))
		}, "restore a backup"},
		"no database": {func() { require.NoError(t, os.WriteFile(database, []byte("no database, for sure"), 0o600)) }, "restore a backup"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(database, good, 0o600))
			require.NoError(t, os.Chmod(database, 0o600))
			require.NoError(t, os.Chmod(dir, 0o700))
			test.wrong()
			out, err := checked(t, base...)
			require.Error(t, err, out)
			require.Contains(t, out, "problem:")
			require.Contains(t, out, test.message)
		})
	}
}

func execute(t *testing.T, database, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", database)
	require.NoError(t, err)
	_, err = db.Exec(statement, args...)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestCheckCertificate(t *testing.T) {
	certFile, keyFile, _ := writeCertificate(t, t.TempDir(), 1)
	now := time.Now()
	for name, test := range map[string]struct {
		config  config
		now     time.Time
		message string
	}{
		"good":      {config{TLSCert: certFile, TLSKey: keyFile}, now.Add(-20 * 24 * time.Hour), "valid from"},
		"ends soon": {config{TLSCert: certFile, TLSKey: keyFile}, now, "the certificate ends on"},
		"ended":     {config{TLSCert: certFile, TLSKey: keyFile}, now.Add(2 * time.Hour), "the certificate ended on"},
		"missing":   {config{TLSCert: certFile + "x", TLSKey: keyFile}, now, "can't be used"},
		"no pair":   {config{TLSCert: certFile, TLSKey: certFile}, now, "can't be used"},
	} {
		var out bytes.Buffer
		f := &findings{out: &out}
		checkCertificate(f, &test.config, test.now)
		require.Equal(t, 1, f.problems, name)
		require.Contains(t, out.String(), test.message, name)
	}
	require.NoError(t, os.Chmod(keyFile, 0o604))
	var out bytes.Buffer
	checkCertificate(&findings{out: &out}, &config{TLSCert: certFile, TLSKey: keyFile}, now)
	require.Contains(t, out.String(), "chmod o=")
}

// TestCheckThroughAProxy puts proxies with usual faults in front of a relay.
func TestCheckThroughAProxy(t *testing.T) {
	s := serveHere(t, map[string]string{"PETMAIL_DATA": t.TempDir(), "PETMAIL_ADDR": "127.0.0.1:0"})
	for name, test := range map[string]struct {
		proxy   http.HandlerFunc
		message string
	}{
		"another site": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }, "something that is no relay"},
		"nothing":      {http.NotFound, "answers 404"},
		"no sockets, small bodies, no CORS, a clock of its own": {func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > 1<<16 {
				http.Error(w, "too large", http.StatusRequestEntityTooLarge)
				return
			}
			resp, err := http.Get("http://" + s.addr + r.URL.Path)
			if err != nil {
				http.Error(w, "gone", http.StatusBadGateway)
				return
			}
			defer resp.Body.Close()
			w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
			w.WriteHeader(resp.StatusCode)
			_, _ = io.Copy(w, resp.Body)
		}, "WebSockets to /mailbox do not get through"},
	} {
		proxy := httptest.NewServer(test.proxy)
		var out bytes.Buffer
		f := &findings{out: &out}
		checkReachable(t.Context(), f, proxy.URL, [32]byte{})
		require.NotZero(t, f.problems, name)
		require.Contains(t, out.String(), test.message, name)
		if f.problems > 1 {
			for _, more := range []string{"Access-Control-Allow-Origin", "raise the proxy's limit", "apart; set them by NTP"} {
				require.Contains(t, out.String(), more)
			}
		}
		proxy.Close()
	}
}

func TestExitCodes(t *testing.T) {
	binary, err := build()
	require.NoError(t, err)
	for _, test := range []struct {
		args []string
		code int
	}{
		{[]string{"-h"}, 0},
		{[]string{"config"}, 0},
		{[]string{"-x"}, 2},
		{[]string{"nonsense"}, 2},
		{[]string{"-config", "not/there"}, 2},
		{[]string{"-data", filepath.Join(t.TempDir(), "d"), "-addr", "127.0.0.1:0", "check"}, 0},
		{[]string{"-data", filepath.Join(t.TempDir(), "d"), "-addr", "192.0.2.1:1", "check"}, 1},
		{[]string{"-data", t.TempDir(), "backup", filepath.Join(t.TempDir(), "b")}, 1},
	} {
		cmd := exec.Command(binary, test.args...)
		out, _ := cmd.CombinedOutput()
		require.Equal(t, test.code, cmd.ProcessState.ExitCode(), "%v\n%s", test.args, out)
	}
}

// TestUnit checks that the systemd unit says nothing that the binary or
// systemd does not know.
func TestUnit(t *testing.T) {
	data, err := os.ReadFile("petmail-relay.service")
	require.NoError(t, err)
	unit := string(data)
	known := map[string]bool{"PETMAIL_CONFIG": true}
	c := defaultConfig()
	for _, s := range settings(&c) {
		known[s.env()] = true
	}
	variables := regexp.MustCompile(`PETMAIL_[A-Z_]+`).FindAllString(unit, -1)
	require.NotEmpty(t, variables)
	for _, v := range variables {
		require.True(t, known[v], v)
	}
	require.Contains(t, unit, "Type=notify")
	if verify, err := exec.LookPath("systemd-analyze"); err == nil {
		binary, err := build()
		require.NoError(t, err)
		copied := filepath.Join(t.TempDir(), "petmail-relay.service")
		unit = strings.Replace(unit, "/usr/local/bin/petmail-relay", binary, 1)
		require.NoError(t, os.WriteFile(copied, []byte(unit), 0o600))
		out, err := exec.Command(verify, "verify", "--man=no", copied).CombinedOutput()
		require.NoError(t, err, string(out))
		require.NotContains(t, string(out), "petmail-relay.service:", "no warnings")
	}
}

// TestNotify stands in for systemd.
func TestNotify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	require.NoError(t, err)
	defer c.Close()
	s := serveHere(t, map[string]string{"PETMAIL_DATA": t.TempDir(), "PETMAIL_ADDR": "127.0.0.1:0", "NOTIFY_SOCKET": path})
	read := func() string {
		t.Helper()
		buffer := make([]byte, 100)
		n, err := c.Read(buffer)
		require.NoError(t, err)
		return string(buffer[:n])
	}
	require.Equal(t, "READY=1", read())
	s.end()
	require.Equal(t, "STOPPING=1", read())
}

func TestMetricsAddress(t *testing.T) {
	s := serveHere(t, map[string]string{
		"PETMAIL_DATA": t.TempDir(), "PETMAIL_ADDR": "127.0.0.1:0", "PETMAIL_METRICS_ADDR": "127.0.0.1:0",
	})
	get := func(path string) (int, string) {
		t.Helper()
		req, err := http.NewRequest("GET", "http://"+s.companion(t, "metrics-addr")+path, nil)
		require.NoError(t, err)
		req.Header.Set("X-Forwarded-For", "192.0.2.1")
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(body)
	}
	status, page := get("/metrics")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "petmail_commit_seconds")
	status, page = get("/healthz")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "ok\n", page)
	status, _ = get("/deposit")
	require.Equal(t, http.StatusNotFound, status, "nothing else is there")
}

// TestCheckBehindProxy checks what check says of a proxy that is not set up
// as the manual has it.
func TestCheckBehindProxy(t *testing.T) {
	dir := t.TempDir()
	s := serveHere(t, map[string]string{"PETMAIL_DATA": dir, "PETMAIL_ADDR": "127.0.0.1:0"})
	relay := &url.URL{Scheme: "http", Host: s.addr}
	cut := func(r *httputil.ProxyRequest) {
		r.SetURL(relay) // and with it the Host
		r.Out.URL.Path = strings.TrimPrefix(r.Out.URL.Path, "/petmail")
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: cut})
	defer proxy.Close()
	out, err := checked(t, "-data", dir, "-addr", s.addr, "-url", proxy.URL+"/petmail/")
	require.Error(t, err)
	require.Contains(t, out, "leads to the relay")
	require.Contains(t, out, "host name of its own")

	// As from outside: by an address that check does not take for its own.
	_, port, err := net.SplitHostPort(strings.TrimPrefix(proxy.URL, "http://"))
	require.NoError(t, err)
	out, err = checked(t, "-data", dir, "-addr", s.addr, "-url", "http://0.0.0.0:"+port)
	require.Error(t, err)
	require.Contains(t, out, "everybody can read http://0.0.0.0:"+port+"/metrics")
}
