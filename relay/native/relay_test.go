package native_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/native"
	"petmail/relay/relaytest"
)

// running is a relay on a TCP port of this machine.
type running struct {
	t      testing.TB
	cfg    native.Config
	addr   string
	server *native.Server
	served chan error
}

// start starts a relay that ends with t.
func start(t testing.TB, cfg native.Config) *running {
	t.Helper()
	if cfg.DataDir == "" {
		cfg.DataDir = t.TempDir()
	}
	r := &running{t: t, cfg: cfg, addr: "127.0.0.1:0"}
	r.open()
	t.Cleanup(r.close)
	return r
}

func (r *running) open() {
	r.t.Helper()
	var err error
	r.server, err = native.Open(r.cfg)
	require.NoError(r.t, err)
	l, err := net.Listen("tcp", r.addr)
	require.NoError(r.t, err)
	r.addr = l.Addr().String()
	r.served = make(chan error, 1)
	go func() { r.served <- r.server.Serve(l) }()
}

func (r *running) close() {
	r.t.Helper()
	require.NoError(r.t, r.server.Close(context.Background()))
	require.NoError(r.t, <-r.served)
}

func (r *running) restart() {
	r.t.Helper()
	r.close()
	r.open()
}

func (r *running) url() string { return "http://" + r.addr }

func TestRelay(t *testing.T) {
	relaytest.Run(t, func(t *testing.T) *relaytest.Instance {
		r := start(t, native.Config{
			Limits: native.Unlimited(),
			Core:   core.Config{MaxMailboxBytes: relaytest.MailboxBytes},
		})
		return &relaytest.Instance{URL: r.url(), Restart: r.restart}
	})
}

func stringReader(s string) io.Reader { return strings.NewReader(s) }

func zeros(n int) string { return strings.Repeat("0", n) }

func numbered(name string, n int) string { return name + "=" + strconv.Itoa(n) }

// handler is that of a relay that ends with t.
func handler(t *testing.T, cfg native.Config) http.Handler {
	t.Helper()
	cfg.DataDir = t.TempDir()
	s, err := native.Open(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s.Handler()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(body)
}
