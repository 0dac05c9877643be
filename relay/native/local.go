package native

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// strictTransport is what browsers are told that came over TLS: by HTTPS only,
// for a year. It leaves subdomains out, which are not the relay's to decide
// for.
const strictTransport = "max-age=31536000"

// secured tells browsers that came over TLS, the relay's own or that of a
// proxy in front of it (Config.PublicHost), to come over nothing else (RFC
// 6797). In the clear it says nothing, as it has to, and to the names of this
// machine neither: other programs use them, too.
func (s *Server) secured(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (r.TLS != nil || s.behindTLS(r)) && !ownName(r.Host) {
			w.Header().Set("Strict-Transport-Security", strictTransport)
		}
		h.ServeHTTP(w, r)
	})
}

// behindTLS tells whether a request came to the relay's public name, which
// is said to be behind TLS, and not past the proxy or over its plain port.
func (s *Server) behindTLS(r *http.Request) bool {
	return s.cfg.PublicHost != "" && strings.EqualFold(r.Host, s.cfg.PublicHost) &&
		!strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "http")
}

// localOnly hides a page from everyone but the relay's own machine. A request
// that a proxy forwarded is not local, whatever its address; nor is one that
// names another host: a web page can make a browser on this machine ask for
// it under the page's own name, and read the answer (DNS rebinding).
func (s *Server) localOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !fromLoopback(r) || !ownName(r.Host) || s.forwarded(r.Header) {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// unrebound is localOnly for an address of the operator's choice, which other
// machines may reach: it only keeps browsers of this machine from being made
// to ask.
func unrebound(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fromLoopback(r) && !ownName(r.Host) {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// fromLoopback tells whether the connection comes from this machine.
func fromLoopback(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// ownName tells whether a Host header names this machine itself: localhost or
// an address of its loopback, with or without a port. Everything else, a name
// that somebody's DNS has lead here included, does not.
func ownName(hostport string) bool {
	host := hostport
	if name, port, err := net.SplitHostPort(hostport); err == nil && port != "" {
		host = name
	} else if inner, ok := strings.CutPrefix(hostport, "["); ok {
		host, ok = strings.CutSuffix(inner, "]")
		if !ok {
			return false
		}
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" && addr.Unmap().IsLoopback()
}

// forwardedHeaders are those by which proxies tell for whom they ask.
var forwardedHeaders = []string{
	"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Client-Ip", "Cf-Connecting-Ip", "X-Original-Host",
}

// forwarded tells whether a proxy has passed a request on. A header without a
// value counts as well.
func (s *Server) forwarded(h http.Header) bool {
	for _, name := range append([]string{s.cfg.TrustedProxyHeader}, forwardedHeaders...) {
		if _, there := h[http.CanonicalHeaderKey(name)]; there {
			return true
		}
	}
	for name := range h {
		if strings.HasPrefix(name, "X-Forwarded") {
			return true
		}
	}
	return false
}
