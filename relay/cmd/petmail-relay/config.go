package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"time"

	"petmail/relay/core"
	"petmail/relay/native"
	"petmail/shared/wire"
)

// config is all that an operator can set. The tag `key` names a field in the
// file; with a dash before it the flag, and as PETMAIL_KEY the environment's
// variable. `arg` is the form of its value, `group` begins a part, and `help`
// is the documentation, which `petmail-relay config` prints and
// docs/operating.md repeats (a test compares them).
type config struct {
	Addr        string `group:"Where it listens" key:"addr" arg:"host:port" help:"Address of the relay. Port 0 picks a free one; without a host it listens on all addresses."`
	HTTPAddr    string `key:"http-addr" arg:"host:port" help:"A second address, usually :80, that sends browsers on to HTTPS and answers ACME's http-01 challenges. Only with TLS."`
	MetricsAddr string `key:"metrics-addr" arg:"host:port" help:"A second address on which everybody who reaches it can read /metrics and /healthz. Without it /metrics is answered to the relay's own machine only, on addr."`

	Data   string `group:"What it keeps" key:"data" arg:"folder" help:"Folder of the database and the keys. Made with mode 0700 if it is missing. One relay at a time."`
	MaxMiB int64  `key:"max-mib" arg:"MiB" max:"1099511627776" help:"Largest size of the database. When it is reached, changes are refused with 503 until something expires. 0: no limit."`

	TLSCert string `group:"TLS" key:"tls-cert" arg:"file" help:"PEM file of the certificate and its chain. Read again when it changes, and on SIGHUP."`
	TLSKey  string `key:"tls-key" arg:"file" help:"PEM file of the certificate's key."`

	ACMEHosts     list   `key:"acme-hosts" arg:"names" help:"Host names for which certificates are fetched and renewed by ACME, such as Let's Encrypt, whose terms are accepted by setting this. Not together with tls-cert. Port 443 or 80 (http-addr) has to be reachable from outside."`
	ACMEEmail     string `key:"acme-email" arg:"address" help:"Where the certificate authority can reach the operator."`
	ACMEDirectory string `key:"acme-directory" arg:"URL" help:"Directory of the certificate authority."`
	ACMECache     string `key:"acme-cache" arg:"folder" help:"Folder of the certificates and their keys. Empty: the folder acme inside data."`

	PublicURL     string   `group:"Behind a proxy" key:"public-url" arg:"URL" help:"Address under which people reach the relay through a proxy, such as https://relay.example.org. With https, browsers are told to keep to HTTPS. It has no path: a relay needs a host name of its own. check looks at it, too."`
	ProxyHeader   string   `key:"proxy-header" arg:"name" help:"Header in which a proxy in front gives the client's address, such as X-Forwarded-For. Believed only from proxy-networks."`
	ProxyNetworks prefixes `key:"proxy-networks" arg:"networks" help:"Addresses and networks of the proxies whose header is believed."`

	Log          slog.Level `group:"What it tells" key:"log" arg:"level" help:"debug, info, warn or error."`
	LogAddresses bool       `key:"log-addresses" arg:"true|false" help:"Log the IP addresses of clients whose connections break, for as long as an operator hunts a fault. Never mailboxes, doors, codes or keys."`
	MOTD         string     `key:"motd" arg:"text" help:"Greeting that wormhole programs show when they connect."`

	EnvelopeDays int64 `group:"How long and how much" key:"envelope-days" arg:"days" min:"1" max:"3650" help:"How long an envelope waits for its agent."`
	SlotDays     int64 `key:"slot-days" arg:"days" min:"1" max:"3650" help:"How long a slot keeps its value. Agents count on 90."`
	MailboxMiB   int64 `key:"mailbox-mib" arg:"MiB" min:"1" max:"1048576" help:"Envelopes that wait in one mailbox. One door may hold three quarters of it."`
	MaxMailboxes int64 `key:"max-mailboxes" arg:"count" min:"1" max:"1000000000" help:"Mailboxes that can be registered."`
	MaxMeetings  int64 `key:"max-meetings" arg:"count" min:"1" max:"1000000000" help:"Rendezvous mailboxes (open invitations) at a time, those that ended lately included."`

	LimitWrites      native.Rate `group:"Limits for each IPv4 address or IPv6 /64" key:"limit-writes" arg:"rate" help:"Deposits and slots: one token for each 4 KiB begun."`
	LimitReads       native.Rate `key:"limit-reads" arg:"rate" help:"Slots and the descriptor: one token for each 4 KiB begun."`
	LimitMailboxes   native.Rate `key:"limit-mailboxes" arg:"rate" help:"Mailbox requests."`
	LimitSockets     native.Rate `key:"limit-sockets" arg:"rate" help:"WebSockets opened."`
	LimitNameplates  native.Rate `key:"limit-nameplates" arg:"rate" help:"Nameplates allocated and claimed, rendezvous mailboxes opened."`
	LimitInvitations native.Rate `key:"limit-invitations" arg:"rate" help:"Nameplates and rendezvous mailboxes that come into being."`

	MaxSockets              int64 `group:"Connections" key:"max-sockets" arg:"count" min:"1" max:"10000000" help:"WebSockets open at once."`
	MaxSocketsPerClient     int64 `key:"max-sockets-per-client" arg:"count" min:"1" max:"10000000" help:"Of these, from one IPv4 address or IPv6 /64."`
	MaxConnections          int64 `key:"max-connections" arg:"count" min:"1" max:"10000000" help:"Connections of any kind. Lowered to what the process may open (ulimit -n)."`
	MaxConnectionsPerClient int64 `key:"max-connections-per-client" arg:"count" min:"1" max:"10000000" help:"Of these, from one IPv4 address or IPv6 /64. Not counted for proxy-networks."`
	DrainSeconds            int64 `key:"drain-seconds" arg:"seconds" min:"1" max:"3600" help:"How long running requests may take after SIGTERM."`
}

// letsEncrypt is the directory of the authority that most people use.
const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

func defaultConfig() config {
	limits := native.DefaultLimits()
	return config{
		Addr:          "localhost:8787",
		Data:          "./data",
		ACMEDirectory: letsEncrypt,
		ProxyNetworks: native.Loopback(),

		EnvelopeDays: 30,
		SlotDays:     90,
		MailboxMiB:   64,
		MaxMailboxes: 1_000_000,
		MaxMeetings:  200_000,

		LimitWrites:      limits.Writes,
		LimitReads:       limits.Reads,
		LimitMailboxes:   limits.Mailboxes,
		LimitSockets:     limits.Sockets,
		LimitNameplates:  limits.Nameplates,
		LimitInvitations: limits.Invitations,

		MaxSockets:              int64(limits.MaxSockets),
		MaxSocketsPerClient:     int64(limits.MaxSocketsPerPrefix),
		MaxConnections:          int64(limits.MaxConnections),
		MaxConnectionsPerClient: int64(limits.MaxConnectionsPerPrefix),
		DrainSeconds:            10,
	}
}

// secure tells whether the relay speaks TLS itself.
func (c *config) secure() bool { return c.TLSCert != "" || len(c.ACMEHosts) > 0 }

func (c *config) acmeCache() string {
	if c.ACMECache != "" {
		return c.ACMECache
	}
	return filepath.Join(c.Data, "acme")
}

// validate finds what does not fit together.
func (c *config) validate() error {
	switch {
	case c.Data == "":
		return errors.New("data is empty: name a folder")
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return errors.New("tls-cert and tls-key go together")
	case c.TLSCert != "" && len(c.ACMEHosts) > 0:
		return errors.New("tls-cert and acme-hosts exclude each other: the certificate comes from files or by ACME")
	case c.HTTPAddr != "" && !c.secure():
		return errors.New("http-addr sends browsers on to HTTPS, so it needs tls-cert or acme-hosts")
	case c.ProxyHeader != "" && len(c.ProxyNetworks) == 0:
		return errors.New("proxy-header needs proxy-networks: whose header is to be believed?")
	}
	if _, err := c.publicHost(); err != nil {
		return err
	}
	for key, addr := range map[string]string{"addr": c.Addr, "http-addr": c.HTTPAddr, "metrics-addr": c.MetricsAddr} {
		if addr == "" && key != "addr" {
			continue
		}
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return fmt.Errorf("%s is not host:port: %w", key, err)
		}
	}
	for _, host := range c.ACMEHosts {
		if net.ParseIP(host) != nil || strings.ContainsAny(host, ":/*") || !strings.Contains(host, ".") {
			return fmt.Errorf("acme-hosts holds %q, which is no public host name", host)
		}
	}
	return nil
}

// publicHost is the name that people reach by HTTPS; "" if public-url does not
// say so.
func (c *config) publicHost() (string, error) {
	if c.PublicURL == "" {
		return "", nil
	}
	url, err := wire.NormalizeRelayURL(c.PublicURL)
	if err != nil {
		return "", errors.New("public-url is no address such as https://relay.example.org")
	}
	scheme, host, _ := strings.Cut(url, "://")
	if strings.Contains(host, "/") {
		return "", errors.New("public-url has " + pathProblem)
	}
	if scheme != "https" {
		return "", nil
	}
	return host, nil
}

// pathProblem is what is wrong with a relay behind a path.
const pathProblem = "a path: the pages look for their files at the root of their host, and whatever else is served by that host could read what they store; give the relay a host name of its own (docs/operating.md, TLS)"

const day = 24 * time.Hour

// native is what the relay is told of it.
func (c *config) native(web fs.FS, log *slog.Logger) native.Config {
	publicHost, _ := c.publicHost() // validate has looked at it
	return native.Config{
		DataDir: c.Data,
		Web:     web,
		Logger:  log,
		Core: core.Config{
			EnvelopeRetention: time.Duration(c.EnvelopeDays) * day,
			SlotRetention:     time.Duration(c.SlotDays) * day,
			MaxMailboxBytes:   c.MailboxMiB << 20,
			MaxMailboxes:      c.MaxMailboxes,
			MaxMeetings:       c.MaxMeetings,
			Version:           version,
			Welcome:           c.MOTD,
		},
		Limits: native.Limits{
			Writes: c.LimitWrites, Reads: c.LimitReads, Mailboxes: c.LimitMailboxes,
			Sockets: c.LimitSockets, Nameplates: c.LimitNameplates, Invitations: c.LimitInvitations,
			MaxSockets: int(c.MaxSockets), MaxSocketsPerPrefix: int(c.MaxSocketsPerClient),
			MaxConnections: int(c.MaxConnections), MaxConnectionsPerPrefix: int(c.MaxConnectionsPerClient),
		},
		PublicHost:         publicHost,
		TrustedProxyHeader: c.ProxyHeader,
		TrustedProxies:     c.ProxyNetworks,
		LogAddresses:       c.LogAddresses,
		MaxDatabaseBytes:   c.MaxMiB << 20,
	}
}
