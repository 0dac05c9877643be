package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"petmail/relay/native"
)

// spareFiles are the descriptors that are kept from clients: database,
// certificates, log.
const spareFiles = 128

// serve runs the relay until ctx ends or it breaks.
//
//	addr          native.Server, over TLS if it is set up
//	http-addr     challenges and the way to HTTPS    } companions, which end
//	metrics-addr  /metrics, /healthz                 } with it
func serve(ctx context.Context, o options, getenv func(string) string, stdout, stderr io.Writer) error {
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: o.Log}))
	web, err := fs.Sub(webFiles, "web")
	if err != nil {
		return err
	}
	if files := openFiles(); files > 2*spareFiles && o.MaxConnections > files-spareFiles {
		log.Warn("the process may open fewer files than max-connections; raise ulimit -n or LimitNOFILE",
			"files", files, "max-connections", o.MaxConnections)
		o.MaxConnections = files - spareFiles
	}
	// The port first: a second start by mistake should complain of it, and
	// not of the data folder.
	listener, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return fmt.Errorf("couldn't listen on %s: %w (choose another address with PETMAIL_ADDR)", o.Addr, err)
	}
	at, scheme := listener.Addr(), "http"
	var certs certificates
	if o.secure() {
		if certs, err = openCertificates(&o.config, log); err != nil {
			listener.Close()
			return err
		}
		scheme = "https"
	}
	cfg := o.native(web, log)
	if certs != nil {
		cfg.TLS = tlsConfig(certs)
	}
	server, err := native.Open(cfg)
	if err != nil {
		listener.Close()
		if errors.Is(err, native.ErrLocked) {
			return fmt.Errorf("another relay is using the data folder %s (choose another with PETMAIL_DATA)", o.Data)
		}
		return err
	}

	// Three at most can fail, and nobody waits for the second failure.
	failed := make(chan error, 3)
	go func() { failed <- server.Serve(listener) }()
	companions := &companions{server: server, log: log, failed: failed}
	defer companions.close()
	if o.HTTPAddr != "" {
		_, port, _ := net.SplitHostPort(at.String()) // always host:port
		if err := companions.start("http-addr", o.HTTPAddr, certs.challenges(toHTTPS(o.ACMEHosts, port))); err != nil {
			return errors.Join(err, stopServer(ctx, o, server))
		}
	}
	if o.MetricsAddr != "" {
		if err := companions.start("metrics-addr", o.MetricsAddr, server.MetricsHandler()); err != nil {
			return errors.Join(err, stopServer(ctx, o, server))
		}
	}
	if certs != nil {
		defer onHangup(certs.reload)()
		certs.warm(ctx)
	}
	fmt.Fprintf(stdout, "Petmail is ready: open %s\n", link(scheme, o.Addr, at))
	log.Info("started", "version", version)
	if err := notify(getenv("NOTIFY_SOCKET"), "READY=1"); err != nil {
		log.Warn("couldn't tell systemd", "error", err)
	}

	select {
	case err = <-failed:
	case <-ctx.Done():
		log.Info("stopping")
	}
	_ = notify(getenv("NOTIFY_SOCKET"), "STOPPING=1") // it ends either way
	err = errors.Join(err, stopServer(ctx, o, server))
	log.Info("stopped")
	return err
}

// stopServer drains. The context that ended has to allow for the clean-up.
func stopServer(ctx context.Context, o options, server *native.Server) error {
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Duration(o.DrainSeconds)*time.Second)
	defer cancel()
	if err := server.Close(drain); err != nil {
		return fmt.Errorf("couldn't stop cleanly: %w", err)
	}
	return nil
}

// companions are the small HTTP servers beside the relay's.
type companions struct {
	server  *native.Server
	log     *slog.Logger
	failed  chan<- error
	running sync.WaitGroup
	servers []*http.Server
}

func (c *companions) start(key, addr string, h http.Handler) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("couldn't listen on %s of %s: %w", addr, key, err)
	}
	s := &http.Server{
		Handler: h, ErrorLog: c.server.ErrorLog(), MaxHeaderBytes: 16 << 10,
		ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 30 * time.Second,
	}
	c.servers = append(c.servers, s)
	c.log.Info("listening, too", "setting", key, "address", l.Addr().String())
	c.running.Go(func() {
		if err := s.Serve(c.server.Crowd(l)); !errors.Is(err, http.ErrServerClosed) {
			c.failed <- fmt.Errorf("couldn't serve %s: %w", key, err)
		}
	})
	return nil
}

func (c *companions) close() {
	for _, s := range c.servers {
		_ = s.Close() // their clients have nothing to lose
	}
	c.running.Wait()
}

// onHangup calls do for every SIGHUP until stop.
func onHangup(do func()) (stop func()) {
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	var running sync.WaitGroup
	running.Go(func() {
		for {
			select {
			case <-signals:
				do()
			case <-done:
				return
			}
		}
	})
	return func() {
		signal.Stop(signals)
		close(done)
		running.Wait()
	}
}

// notify tells systemd how the service is (sd_notify). Without a socket it
// does nothing.
func notify(socket, state string) error {
	if socket == "" {
		return nil
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = io.WriteString(c, state)
	return err
}

// link is what a person on this machine can open: the name as it was given,
// and the port as it came to be.
func link(scheme, addr string, listening net.Addr) string {
	host, _, err := net.SplitHostPort(addr)
	_, port, portErr := net.SplitHostPort(listening.String())
	if err != nil || portErr != nil {
		return scheme + "://" + addr + "/"
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}
