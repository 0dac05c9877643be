package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"
)

// certificateAge is how long a loaded certificate is used before its files
// are looked at again.
const certificateAge = time.Minute

// certificate reads a certificate and its key again when they were renewed.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	written time.Time // of certFile, when pair was read
	checked time.Time
}

// withTLS makes l speak TLS. HTTP/2 is not offered: WebSockets need 1.1.
func withTLS(l net.Listener, certFile, keyFile string, log *slog.Logger) (net.Listener, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.load(); err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.get(time.Now()), nil },
	}), nil
}

// get returns the certificate of now. One that cannot be read is logged, and
// the old one used on.
func (c *certificate) get(now time.Time) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.checked) >= certificateAge {
		c.checked = now
		if info, err := os.Stat(c.certFile); err == nil && !info.ModTime().Equal(c.written) {
			if err := c.load(); err != nil {
				c.log.Error("couldn't renew the certificate", "error", err)
			}
		}
	}
	return c.pair
}

func (c *certificate) load() error {
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
