package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// writeCertificate writes a new certificate for 127.0.0.1 and its key.
func writeCertificate(t *testing.T, dir string, serial int64) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	require.NoError(t, err)
	key, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(certFile, certificate, 0o600))
	require.NoError(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600))
	pool = x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(certificate))
	return certFile, keyFile, pool
}

func TestTLS(t *testing.T) {
	certFile, keyFile, pool := writeCertificate(t, t.TempDir(), 1)
	p := spawn(t, "PETMAIL_DATA="+t.TempDir(), "PETMAIL_TLS_CERT="+certFile, "PETMAIL_TLS_KEY="+keyFile)
	require.Contains(t, p.url, "https://127.0.0.1:")
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true,
	}}
	resp, err := client.Get(p.url + "/healthz")
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1", resp.Proto, "WebSockets need it")
	require.Empty(t, resp.Header.Get("Strict-Transport-Security"), "an address has no such policy")
	require.NoError(t, resp.Body.Close())
	req, err := http.NewRequest("GET", p.url+"/healthz", nil)
	require.NoError(t, err)
	req.Host = "relay.example"
	resp, err = client.Do(req)
	require.NoError(t, err)
	require.Equal(t, "max-age=31536000", resp.Header.Get("Strict-Transport-Security"))
	require.NoError(t, resp.Body.Close())
	client.CloseIdleConnections()
	p.terminate()

	p, err = trySpawn(t, "PETMAIL_DATA="+t.TempDir(), "PETMAIL_TLS_CERT="+certFile+".gone", "PETMAIL_TLS_KEY="+keyFile)
	require.Error(t, err)
	require.Contains(t, p.stderr.String(), "certificate")
	p, err = trySpawn(t, "PETMAIL_DATA="+t.TempDir(), "PETMAIL_TLS_CERT="+certFile)
	require.Error(t, err)
	require.Contains(t, p.stderr.String(), "tls-key")
}

func TestCertificateRenewal(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile, _ := writeCertificate(t, dir, 1)
	now := time.Now()
	clock := now
	c := &certificateFiles{
		certFile: certFile, keyFile: keyFile, log: slog.New(slog.DiscardHandler), now: func() time.Time { return clock },
	}
	require.NoError(t, c.load())
	serial := func(at time.Time) int64 {
		t.Helper()
		clock = at
		pair, err := c.get(nil)
		require.NoError(t, err)
		return pair.Leaf.SerialNumber.Int64()
	}
	require.Equal(t, int64(1), serial(now))
	writeCertificate(t, dir, 2)
	later := now.Add(time.Hour)
	require.NoError(t, os.Chtimes(certFile, later, later))
	require.Equal(t, int64(1), serial(now.Add(certificateAge/2)), "not looked at each time")
	require.Equal(t, int64(2), serial(now.Add(certificateAge)))

	require.NoError(t, os.WriteFile(certFile, []byte("half a certif"), 0o600))
	require.Equal(t, int64(2), serial(now.Add(2*certificateAge)), "a broken one is not taken")
	writeCertificate(t, dir, 3)
	require.Equal(t, int64(3), serial(now.Add(3*certificateAge)))
	writeCertificate(t, dir, 4)
	require.NoError(t, os.Chtimes(certFile, later, later))
	c.reload()
	require.Equal(t, int64(4), serial(now.Add(3*certificateAge)), "a SIGHUP does not wait")
}

// TestBrokenHandshakes checks who sees the addresses of clients that break
// off, as every port scanner does.
func TestBrokenHandshakes(t *testing.T) {
	certFile, keyFile, _ := writeCertificate(t, t.TempDir(), 1)
	for _, addresses := range []string{"true", "false"} {
		s := serveHere(t, map[string]string{
			"PETMAIL_ADDR": "127.0.0.1:0", "PETMAIL_DATA": t.TempDir(), "PETMAIL_LOG": "debug", "PETMAIL_LOG_ADDRESSES": addresses,
			"PETMAIL_TLS_CERT": certFile, "PETMAIL_TLS_KEY": keyFile,
		})
		c, err := net.Dial("tcp", s.addr)
		require.NoError(t, err)
		from := c.LocalAddr().String()
		_, err = io.WriteString(c, "this is no handshake")
		require.NoError(t, err)
		_, _ = io.Copy(io.Discard, c) // until the relay hangs up
		require.NoError(t, c.Close())
		s.end() // waits for what is being written
		if addresses == "true" {
			require.Contains(t, s.log.String(), from)
		} else {
			require.NotContains(t, s.log.String(), from)
			require.NotContains(t, s.log.String(), "handshake")
		}
	}
}
