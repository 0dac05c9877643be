package main

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// acmeCertificates fetches and renews certificates (RFC 8555), by the
// challenges tls-alpn-01 and, on http-addr, http-01.
type acmeCertificates struct {
	manager *autocert.Manager
	hosts   []string
	log     *slog.Logger

	mu     sync.Mutex
	logged time.Time // when a failure was last told
}

func newACME(c *config, log *slog.Logger) *acmeCertificates {
	return &acmeCertificates{
		hosts: c.ACMEHosts,
		log:   log,
		manager: &autocert.Manager{
			Prompt:     autocert.AcceptTOS, // setting acme-hosts says so
			Cache:      autocert.DirCache(c.acmeCache()),
			HostPolicy: autocert.HostWhitelist(c.ACMEHosts...),
			Email:      c.ACMEEmail,
			Client:     &acme.Client{DirectoryURL: c.ACMEDirectory, UserAgent: "petmail-relay"},
		},
	}
}

func (a *acmeCertificates) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	certificate, err := a.manager.GetCertificate(hello)
	if err != nil && slices.Contains(a.hosts, hello.ServerName) {
		a.tell(hello.ServerName, err)
	}
	return certificate, err
}

// tell logs a failure, at most once a minute: clients may come by thousands.
func (a *acmeCertificates) tell(host string, err error) {
	a.mu.Lock()
	now := time.Now()
	due := now.Sub(a.logged) >= time.Minute
	if due {
		a.logged = now
	}
	a.mu.Unlock()
	if due {
		a.log.Error("couldn't get a certificate", "host", host, "error", err)
	}
}

func (a *acmeCertificates) challenges(next http.Handler) http.Handler {
	return a.manager.HTTPHandler(next)
}

// reload has nothing to do: certificates are renewed before they end.
func (a *acmeCertificates) reload() {}

// warm's goroutine lives as long as an order that is under way, at most as
// long as the process.
func (a *acmeCertificates) warm(ctx context.Context) {
	go func() {
		for _, host := range a.hosts {
			if ctx.Err() != nil {
				return
			}
			certificate, err := a.get(&tls.ClientHelloInfo{
				ServerName:   host,
				CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}, // an ECDSA certificate, as browsers get
			})
			if err == nil {
				a.log.Info("there is a certificate", "host", host, "expires", certificate.Leaf.NotAfter.UTC().Format(time.DateOnly))
			}
		}
	}()
}
