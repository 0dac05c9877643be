package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strconv"
)

// options are the flags and the environment.
type options struct {
	command     string // "", "backup" or "check"
	target      string // of backup
	addr        string
	data        string
	welcome     string
	proxyHeader string
	tlsCert     string
	tlsKey      string
	maxBytes    int64
	level       slog.Level
}

func parseOptions(args []string, getenv func(string) string, stderr io.Writer) (options, error) {
	env := func(name, fallback string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return fallback
	}
	var o options
	flags := flag.NewFlagSet("petmail-relay", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: petmail-relay [flags] [backup FILE | check]")
		flags.PrintDefaults()
	}
	flags.StringVar(&o.addr, "addr", env("PETMAIL_ADDR", "localhost:8787"), "address to listen on, `host:port`; port 0 picks a free one (PETMAIL_ADDR)")
	flags.StringVar(&o.data, "data", env("PETMAIL_DATA", "./data"), "`folder` of the database and the keys (PETMAIL_DATA)")
	flags.StringVar(&o.welcome, "motd", env("PETMAIL_MOTD", ""), "`message` shown by wormhole programs that connect (PETMAIL_MOTD)")
	flags.StringVar(&o.proxyHeader, "proxy-header", env("PETMAIL_PROXY_HEADER", ""), "`header` in which a proxy in front gives the client's address (PETMAIL_PROXY_HEADER)")
	flags.StringVar(&o.tlsCert, "tls-cert", env("PETMAIL_TLS_CERT", ""), "PEM `file` of the certificate and its chain; read again when it is renewed (PETMAIL_TLS_CERT)")
	flags.StringVar(&o.tlsKey, "tls-key", env("PETMAIL_TLS_KEY", ""), "PEM `file` of the certificate's key (PETMAIL_TLS_KEY)")
	maxMiB := flags.String("max-mib", env("PETMAIL_MAX_MIB", "0"), "largest size of the database in `MiB`; 0: no limit (PETMAIL_MAX_MIB)")
	level := flags.String("log", env("PETMAIL_LOG", "info"), "`level` to log: debug, info, warn or error; debug shows client addresses (PETMAIL_LOG)")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	mib, err := strconv.ParseInt(*maxMiB, 10, 64)
	if err != nil || mib < 0 || mib > 1<<40 {
		return options{}, fmt.Errorf("couldn't use max-mib %q: not a number of MiB", *maxMiB)
	}
	o.maxBytes = mib << 20
	if err := o.level.UnmarshalText([]byte(*level)); err != nil {
		return options{}, fmt.Errorf("couldn't use log level %q: choose debug, info, warn or error", *level)
	}
	if (o.tlsCert == "") != (o.tlsKey == "") {
		return options{}, errors.New("tls-cert and tls-key go together")
	}
	switch rest := flags.Args(); {
	case len(rest) == 0:
	case rest[0] == "backup" && len(rest) == 2:
		o.command, o.target = rest[0], rest[1]
	case rest[0] == "check" && len(rest) == 1:
		o.command = rest[0]
	default:
		flags.Usage()
		return options{}, fmt.Errorf("unknown command or arguments: %q", rest)
	}
	return o, nil
}
