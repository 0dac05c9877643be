package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"petmail/relay/native"
	"petmail/shared/relayproto"
)

// findings are what check tells, line by line.
type findings struct {
	out      io.Writer
	problems int
}

func (f *findings) ok(format string, args ...any)   { f.line("ok", format, args...) }
func (f *findings) note(format string, args ...any) { f.line("note", format, args...) }

func (f *findings) problem(format string, args ...any) {
	f.problems++
	f.line("problem", format, args...)
}

func (f *findings) line(kind, format string, args ...any) {
	fmt.Fprintf(f.out, "%-8s %s\n", kind+":", fmt.Sprintf(format, args...))
}

// minFree is how little disk space is a problem, in bytes.
const minFree = 256 << 20

// expirySoon is how long before its end a certificate should be renewed.
const expirySoon = 14 * day

// check looks at a set-up and says what it found; an error if something is
// wrong. The relay may be running.
func check(ctx context.Context, o options, stdout io.Writer) error {
	f := &findings{out: stdout}
	f.ok("the configuration can be used") // or parseOptions had failed
	if _, err := fs.Stat(webFiles, "web/index.html"); err != nil {
		f.note("this program was built without the web app; run make run or make package")
	}
	report, err := checkData(ctx, f, &o.config)
	if err != nil {
		return err
	}
	checkListening(f, &o.config, report.Running)
	checkFiles(f, &o.config)
	checkCertificate(f, &o.config, time.Now())
	checkACME(f, &o.config)
	if url := cmp.Or(o.url, o.PublicURL); url != "" {
		checkReachable(ctx, f, url, report.ID)
	}
	if f.problems > 0 {
		return fmt.Errorf("%d of these need attention", f.problems)
	}
	fmt.Fprintln(stdout, "everything is in order")
	return nil
}

func checkData(ctx context.Context, f *findings, c *config) (native.Report, error) {
	report, err := native.Check(ctx, c.Data)
	if err != nil {
		return report, err
	}
	for _, p := range report.Problems {
		f.problem("%s", p)
	}
	switch {
	case len(report.Problems) > 0:
	case !report.Exists:
		f.note("there is no data folder %s yet; the relay makes it", c.Data)
	case report.ID == [relayproto.IDSize]byte{}:
		f.note("the data folder %s holds no database yet", c.Data)
	case report.Running:
		f.ok("the data folder %s, in use by a relay", c.Data)
	default:
		f.ok("the data folder %s", c.Data)
	}
	folder, err := existing(c.Data)
	if err != nil {
		return report, err
	}
	switch free, known := freeSpace(folder); {
	case known && free < minFree:
		f.problem("only %d MiB are free on the disk of the data folder; make room", free>>20)
	case known:
		f.ok("%d MiB are free on the disk of the data folder", free>>20)
	}
	return report, nil
}

// existing is the nearest folder above path that exists.
func existing(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("couldn't find the data folder: %w", err)
	}
	for {
		_, err := os.Stat(path)
		if !errors.Is(err, fs.ErrNotExist) || path == filepath.Dir(path) {
			return path, nil
		}
		path = filepath.Dir(path)
	}
}

func checkListening(f *findings, c *config, running bool) {
	for _, address := range []struct{ key, addr string }{
		{"addr", c.Addr}, {"http-addr", c.HTTPAddr}, {"metrics-addr", c.MetricsAddr},
	} {
		if address.addr == "" {
			continue
		}
		l, err := net.Listen("tcp", address.addr)
		switch {
		case err == nil:
			l.Close()
			f.ok("%s %s can be listened on", address.key, address.addr)
		case running && inUse(err):
			f.ok("%s %s is in use, it seems by the running relay", address.key, address.addr)
		case inUse(err):
			f.problem("%s %s is in use by another program; stop it or choose another port", address.key, address.addr)
		default:
			f.problem("%s can't be listened on: %v", address.key, err)
		}
	}
	host, _, _ := net.SplitHostPort(c.Addr) // validate has looked at it
	if ip := net.ParseIP(host); !c.secure() && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		f.note("addr can be reached from other machines without TLS, which browsers refuse to use; set tls-cert or acme-hosts, or let a proxy do it and listen on 127.0.0.1")
	}
}

func checkFiles(f *findings, c *config) {
	files := openFiles()
	if files > 0 && c.MaxConnections > files-spareFiles {
		f.note("the process may open %d files, fewer than max-connections (%d); raise ulimit -n or LimitNOFILE", files, c.MaxConnections)
	}
}

func checkCertificate(f *findings, c *config, now time.Time) {
	if c.TLSCert == "" {
		return
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		f.problem("the certificate can't be used: %v", err)
		return
	}
	if info, err := os.Stat(c.TLSKey); err == nil && info.Mode().Perm()&0o007 != 0 {
		f.problem("everybody on this machine can read the certificate's key; chmod o= %s", c.TLSKey)
	}
	leaf := pair.Leaf
	switch {
	case now.Before(leaf.NotBefore):
		f.problem("the certificate is valid from %s on; is the clock right?", leaf.NotBefore.UTC().Format(time.DateOnly))
	case now.After(leaf.NotAfter):
		f.problem("the certificate ended on %s; renew it", leaf.NotAfter.UTC().Format(time.DateOnly))
	case now.Add(expirySoon).After(leaf.NotAfter):
		f.problem("the certificate ends on %s; renew it", leaf.NotAfter.UTC().Format(time.DateOnly))
	default:
		f.ok("the certificate for %v, until %s", names(leaf), leaf.NotAfter.UTC().Format(time.DateOnly))
	}
	if len(pair.Certificate) == 1 && leaf.Issuer.String() != leaf.Subject.String() {
		f.note("tls-cert holds one certificate and no chain; some clients will not accept it")
	}
}

func names(leaf *x509.Certificate) []string {
	names := leaf.DNSNames
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

func checkACME(f *findings, c *config) {
	if len(c.ACMEHosts) == 0 {
		return
	}
	for _, host := range c.ACMEHosts {
		if _, err := net.LookupHost(host); err != nil {
			f.problem("the name %s of acme-hosts leads nowhere: %v; set its DNS record", host, err)
		}
	}
	_, port, _ := net.SplitHostPort(c.Addr) // validate has looked at it
	_, httpPort, _ := net.SplitHostPort(c.HTTPAddr)
	if port != "443" && httpPort != "80" {
		f.note("an ACME authority calls back on port 443 or 80; see that one of them leads to addr or http-addr")
	}
	info, err := os.Stat(c.acmeCache())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.note("there are no certificates in %s yet; they are fetched when the relay starts", c.acmeCache())
	case err != nil:
		f.problem("the folder of the certificates can't be read: %v", err)
	case info.Mode().Perm()&0o077 != 0:
		f.problem("others on this machine can read the folder of the certificates' keys; chmod 700 %s", c.acmeCache())
	default:
		f.ok("the folder of the certificates %s", c.acmeCache())
	}
}
