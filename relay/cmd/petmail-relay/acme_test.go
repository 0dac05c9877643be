package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/acme"

	"petmail/shared/relayproto"
)

// authority is a certificate authority that speaks as much of RFC 8555 as an
// order needs. It validates challenges against the relay for real.
type authority struct {
	t         *testing.T
	challenge string // the only type that it offers
	web       *httptest.Server
	key       *ecdsa.PrivateKey
	root      *x509.Certificate
	pool      *x509.CertPool

	mu      sync.Mutex
	relay   string // where the challenge's port of the relay is, host:port
	host    string
	account crypto.PublicKey
	valid   bool
	issued  []byte // PEM
	orders  int
}

const challengeToken = "a-token-of-the-authority"

func newAuthority(t *testing.T, challenge string) *authority {
	t.Helper()
	a := &authority{t: t, challenge: challenge, pool: x509.NewCertPool()}
	var err error
	a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(1000 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	require.NoError(t, err)
	a.root, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	a.pool.AddCert(a.root)
	a.web = httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.web.Close)
	return a
}

// serve answers one request; what goes wrong is answered 400 and told.
func (a *authority) serve(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Replay-Nonce", "nonce")
	var payload []byte
	if r.Method == http.MethodPost {
		var err error
		if payload, err = a.open(r.Body); err != nil {
			a.t.Errorf("a wrong request to %s: %v", r.URL.Path, err)
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	answer := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	url := func(path string) string { return a.web.URL + path }
	switch r.URL.Path {
	case "/directory":
		answer(http.StatusOK, map[string]any{
			"newNonce": url("/nonce"), "newAccount": url("/account"), "newOrder": url("/order"),
			"revokeCert": url("/revoke"), "keyChange": url("/key"),
		})
	case "/nonce":
	case "/account":
		w.Header().Set("Location", url("/account/1"))
		answer(http.StatusCreated, map[string]any{"status": "valid"})
	case "/order":
		var order struct {
			Identifiers []struct{ Type, Value string }
		}
		if json.Unmarshal(payload, &order) != nil || len(order.Identifiers) != 1 {
			http.Error(w, "one name", http.StatusBadRequest)
			return
		}
		a.host, a.valid, a.issued = order.Identifiers[0].Value, false, nil
		a.orders++
		w.Header().Set("Location", url("/order/1"))
		answer(http.StatusCreated, a.order(url))
	case "/order/1":
		answer(http.StatusOK, a.order(url))
	case "/authorization":
		answer(http.StatusOK, map[string]any{
			"status":     a.status(),
			"identifier": map[string]string{"type": "dns", "value": a.host},
			"challenges": []any{a.offer(url)},
		})
	case "/challenge":
		if err := a.validate(); err != nil {
			a.t.Errorf("the challenge failed: %v", err)
		} else {
			a.valid = true
		}
		answer(http.StatusOK, a.offer(url))
	case "/finalize":
		if err := a.issue(payload); err != nil {
			a.t.Errorf("couldn't issue: %v", err)
		}
		w.Header().Set("Location", url("/order/1"))
		answer(http.StatusOK, a.order(url))
	case "/certificate":
		_, _ = w.Write(a.issued)
	default:
		http.NotFound(w, r)
	}
}

// open returns the payload of a JWS and learns the account's key.
func (a *authority) open(body io.Reader) ([]byte, error) {
	var jws struct{ Protected, Payload, Signature string }
	if err := json.NewDecoder(body).Decode(&jws); err != nil {
		return nil, err
	}
	protected, err := base64.RawURLEncoding.DecodeString(jws.Protected)
	if err != nil {
		return nil, err
	}
	var header struct {
		Nonce string
		JWK   *struct{ X, Y string }
	}
	if err := json.Unmarshal(protected, &header); err != nil || header.Nonce != "nonce" {
		return nil, fmt.Errorf("header %s: %w", protected, err)
	}
	if header.JWK != nil {
		x, errX := base64.RawURLEncoding.DecodeString(header.JWK.X)
		y, errY := base64.RawURLEncoding.DecodeString(header.JWK.Y)
		if errX != nil || errY != nil {
			return nil, fmt.Errorf("key %+v", header.JWK)
		}
		point := append([]byte{4}, append(leftPad(x), leftPad(y)...)...)
		if a.account, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point); err != nil {
			return nil, err
		}
	}
	return base64.RawURLEncoding.DecodeString(jws.Payload)
}

func leftPad(b []byte) []byte { return append(make([]byte, 32-len(b)), b...) }

func (a *authority) status() string {
	if a.valid {
		return "valid"
	}
	return "pending"
}

func (a *authority) offer(url func(string) string) map[string]any {
	return map[string]any{"type": a.challenge, "url": url("/challenge"), "token": challengeToken, "status": a.status()}
}

func (a *authority) order(url func(string) string) map[string]any {
	order := map[string]any{
		"status": "pending", "authorizations": []string{url("/authorization")}, "finalize": url("/finalize"),
		"identifiers": []any{map[string]string{"type": "dns", "value": a.host}},
	}
	if a.valid {
		order["status"] = "ready"
	}
	if a.issued != nil {
		order["status"], order["certificate"] = "valid", url("/certificate")
	}
	return order
}

// validate asks the relay as an authority does.
func (a *authority) validate() error {
	if a.challenge == "tls-alpn-01" {
		c, err := tls.Dial("tcp", a.relay, &tls.Config{
			ServerName: a.host, NextProtos: []string{acme.ALPNProto}, InsecureSkipVerify: true, // the challenge's own certificate
		})
		if err != nil {
			return err
		}
		defer c.Close()
		leaf := c.ConnectionState().PeerCertificates[0]
		if len(leaf.DNSNames) != 1 || leaf.DNSNames[0] != a.host || c.ConnectionState().NegotiatedProtocol != acme.ALPNProto {
			return fmt.Errorf("a certificate for %v", leaf.DNSNames)
		}
		isChallenge := func(e pkix.Extension) bool { return e.Critical && e.Id.String() == "1.3.6.1.5.5.7.1.31" }
		if !slices.ContainsFunc(leaf.Extensions, isChallenge) {
			return fmt.Errorf("no acmeIdentifier extension")
		}
		return nil
	}
	req, err := http.NewRequest("GET", "http://"+a.relay+"/.well-known/acme-challenge/"+challengeToken, nil)
	if err != nil {
		return err
	}
	req.Host = a.host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	thumbprint, err := acme.JWKThumbprint(a.account)
	if err != nil {
		return err
	}
	if string(body) != challengeToken+"."+thumbprint {
		return fmt.Errorf("the relay answered %q", body)
	}
	return nil
}

func (a *authority) issue(payload []byte) error {
	var finalize struct{ CSR string }
	if err := json.Unmarshal(payload, &finalize); err != nil {
		return err
	}
	der, err := base64.RawURLEncoding.DecodeString(finalize.CSR)
	if err != nil {
		return err
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return err
	}
	if !a.valid || len(csr.DNSNames) != 1 || csr.DNSNames[0] != a.host {
		return fmt.Errorf("a request for %v", csr.DNSNames)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: csr.DNSNames,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leaf, err := x509.CreateCertificate(rand.Reader, template, a.root, csr.PublicKey, a.key)
	if err != nil {
		return err
	}
	a.issued = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})...)
	return nil
}

// logged is a log that is written and read at once.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// serving is run in this process.
type serving struct {
	addr string // host:port
	log  *logged
	end  func()
}

// serveHere runs a relay in this process until end or the end of t.
func serveHere(t *testing.T, env map[string]string) serving {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := serving{log: new(logged)}
	read, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, nil, envOf(env), write, s.log)
		_ = write.CloseWithError(io.EOF)
		done <- err
	}()
	s.end = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-done)
	})
	t.Cleanup(s.end)
	line, err := bufio.NewReader(read).ReadString('\n')
	require.NoError(t, err, s.log)
	s.addr = regexp.MustCompile(`//([^/]+)/`).FindStringSubmatch(line)[1]
	return s
}

// companion is the address that a setting came to listen on.
func (s serving) companion(t *testing.T, key string) string {
	t.Helper()
	found := regexp.MustCompile(`setting=` + key + ` address=(\S+)`).FindStringSubmatch(s.log.String())
	require.NotNil(t, found, s.log)
	return found[1]
}

func TestACME(t *testing.T) {
	for _, challenge := range []string{"http-01", "tls-alpn-01"} {
		t.Run(challenge, func(t *testing.T) {
			ca := newAuthority(t, challenge)
			dir := t.TempDir()
			env := map[string]string{
				"PETMAIL_ADDR": "127.0.0.1:0", "PETMAIL_HTTP_ADDR": "127.0.0.1:0", "PETMAIL_DATA": dir,
				"PETMAIL_ACME_HOSTS": "relay.test", "PETMAIL_ACME_DIRECTORY": ca.web.URL + "/directory",
			}
			ca.mu.Lock() // no challenge before the authority knows where the relay is
			s := serveHere(t, env)
			if ca.relay = s.addr; challenge == "http-01" {
				ca.relay = s.companion(t, "http-addr")
			}
			ca.mu.Unlock()
			get := func(addr, host string) error {
				client := &http.Client{Transport: &http.Transport{
					DisableKeepAlives: true,
					TLSClientConfig:   &tls.Config{RootCAs: ca.pool},
					DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
						return new(net.Dialer).DialContext(ctx, network, addr)
					},
				}}
				resp, err := client.Get("https://" + host + relayproto.RouteDescriptor)
				if err != nil {
					return err
				}
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				_, err = relayproto.OpenDescriptor(body)
				return err
			}
			require.NoError(t, get(s.addr, "relay.test"))
			require.Error(t, get(s.addr, "other.test"), "a name that is not on the list")

			info, err := os.Stat(filepath.Join(dir, "acme"))
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
			files, err := os.ReadDir(filepath.Join(dir, "acme"))
			require.NoError(t, err)
			require.NotEmpty(t, files)
			for _, f := range files {
				info, err := f.Info()
				require.NoError(t, err)
				require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), f.Name())
			}
			checkRedirect(t, s)

			s.end()
			ca.web.Close()
			s = serveHere(t, env)
			require.NoError(t, get(s.addr, "relay.test"), "the certificate outlives a restart, without the authority")
			require.Equal(t, 1, ca.orders, "one order, whoever asks")
		})
	}
}

// checkRedirect asks the address that leads to HTTPS.
func checkRedirect(t *testing.T, s serving) {
	t.Helper()
	ask := func(method, host, path string) *http.Response {
		t.Helper()
		req, err := http.NewRequest(method, "http://"+s.companion(t, "http-addr")+path, nil)
		require.NoError(t, err)
		req.Host = host
		resp, err := http.DefaultTransport.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp
	}
	_, port, err := net.SplitHostPort(s.addr)
	require.NoError(t, err)
	resp := ask("GET", "relay.test", "/i/?x=1")
	require.Equal(t, http.StatusPermanentRedirect, resp.StatusCode)
	require.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
	require.Equal(t, "no-referrer", resp.Header.Get("Referrer-Policy"))
	require.Equal(t, "https://relay.test:"+port+"/i/?x=1", resp.Header.Get("Location"))
	require.Equal(t, http.StatusNotFound, ask("GET", "evil.test", "/").StatusCode, "nobody is led elsewhere")
	require.Equal(t, http.StatusBadRequest, ask("POST", "relay.test", "/deposit").StatusCode,
		"what was sent in the clear is not asked for again")
}

func TestRedirectAddress(t *testing.T) {
	for _, test := range []struct{ host, port, location string }{
		{"relay.example:80", "443", "https://relay.example/x"},
		{"relay.example", "8443", "https://relay.example:8443/x"},
		{"[2001:db8::1]", "443", "https://[2001:db8::1]/x"},
		{"[2001:db8::1]:80", "8443", "https://[2001:db8::1]:8443/x"},
	} {
		r := httptest.NewRequest("GET", "/x", nil)
		r.Host = test.host
		w := httptest.NewRecorder()
		toHTTPS(nil, test.port).ServeHTTP(w, r)
		require.Equal(t, test.location, w.Header().Get("Location"), test.host)
	}
}

// TestACMEFailure checks that the operator hears why there is no certificate.
func TestACMEFailure(t *testing.T) {
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"type":"urn:ietf:params:acme:error:unauthorized","detail":"no certificates today"}`)
	}))
	defer refuses.Close()
	s := serveHere(t, map[string]string{
		"PETMAIL_ADDR": "127.0.0.1:0", "PETMAIL_DATA": t.TempDir(),
		"PETMAIL_ACME_HOSTS": "relay.test", "PETMAIL_ACME_DIRECTORY": refuses.URL,
	})
	require.Eventually(t, func() bool { return strings.Contains(s.log.String(), "no certificates today") },
		patience, 10*time.Millisecond)
	require.Contains(t, s.log.String(), "relay.test")
}
