package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
)

// certificates are where the relay's certificates come from: files, or ACME.
// All methods may be called concurrently.
type certificates interface {
	// get is tls.Config.GetCertificate.
	get(hello *tls.ClientHelloInfo) (*tls.Certificate, error)
	// challenges answers an authority's http-01 challenges, and passes
	// everything else on.
	challenges(next http.Handler) http.Handler
	// reload is called on SIGHUP.
	reload()
	// warm fetches what is missing, in the background, until ctx ends, so
	// that the first visitor need not wait and the log tells what is wrong.
	warm(ctx context.Context)
}

func openCertificates(c *config, log *slog.Logger) (certificates, error) {
	if len(c.ACMEHosts) > 0 {
		return newACME(c, log), nil
	}
	f := &certificateFiles{certFile: c.TLSCert, keyFile: c.TLSKey, log: log, now: time.Now}
	return f, f.load()
}

// tlsConfig does not offer HTTP/2: WebSockets need 1.1.
func tlsConfig(c certificates) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1", acme.ALPNProto},
		GetCertificate: c.get,
	}
}

// toHTTPS sends browsers on to the same page over HTTPS on port. With hosts,
// only to one of them.
func toHTTPS(hosts []string, port string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.Trim(host, "[]")
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			http.Error(w, "this relay speaks HTTPS", http.StatusBadRequest)
			return
		case len(hosts) > 0 && !slices.Contains(hosts, host), host == "":
			http.NotFound(w, r)
			return
		}
		if host = net.JoinHostPort(host, port); port == "443" {
			host = strings.TrimSuffix(host, ":443")
		}
		w.Header().Set("Connection", "close")
		w.Header().Set("Cache-Control", "no-store") // an address may hold the secret of a link
		w.Header().Set("Referrer-Policy", "no-referrer")
		http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusPermanentRedirect)
	})
}

// certificateAge is how long a loaded certificate is used before its files
// are looked at again.
const certificateAge = time.Minute

// certificateFiles reads a certificate and its key again when they were
// renewed.
type certificateFiles struct {
	certFile, keyFile string
	log               *slog.Logger
	now               func() time.Time

	mu      sync.Mutex
	pair    *tls.Certificate
	written time.Time // of certFile, when pair was read
	checked time.Time
}

// get returns the certificate of now. One that cannot be read is logged, and
// the old one used on.
func (c *certificateFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.checked) >= certificateAge {
		c.checked = now
		if info, err := os.Stat(c.certFile); err == nil && !info.ModTime().Equal(c.written) {
			c.renew()
		}
	}
	return c.pair, nil
}

func (c *certificateFiles) reload() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.renew()
}

// renew wants mu.
func (c *certificateFiles) renew() {
	if err := c.load(); err != nil {
		c.log.Error("couldn't renew the certificate; the old one is used on", "error", err)
		return
	}
	c.log.Info("the certificate was read again", "expires", c.pair.Leaf.NotAfter.UTC().Format(time.DateOnly))
}

func (c *certificateFiles) load() error {
	info, err := os.Stat(c.certFile)
	if err != nil {
		return fmt.Errorf("couldn't find the certificate: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("couldn't load the certificate: %w", err)
	}
	c.pair, c.written = &pair, info.ModTime()
	return nil
}

func (c *certificateFiles) challenges(next http.Handler) http.Handler { return next }

func (c *certificateFiles) warm(context.Context) {}
