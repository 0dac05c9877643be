package wire

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// MaxRelayURL is the longest relay URL, in bytes.
const MaxRelayURL = 200

// unreserved are the characters of RFC 3986 §2.3.
const unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

var errRelayURL = errors.New("not a relay URL in canonical form")

// CheckRelayURL accepts the one canonical form of a relay's URL, so that two
// equal relays compare equal as strings: "http" or "https", "://", a
// lower-case ASCII host or bracketed IPv6 address, a port where it is not the
// scheme's own, and a path without a trailing slash, where there is one. It
// refuses everything else a URL can hold, user names, queries and fragments
// in particular. Errors do not repeat the URL.
func CheckRelayURL(text string) error {
	canonical, err := NormalizeRelayURL(text)
	if err != nil {
		return err
	}
	if canonical != text {
		return errRelayURL
	}
	return nil
}

// NormalizeRelayURL returns the canonical form of a relay URL as a person
// types or a browser shows it: spaces around, upper case in the host, the
// default port and trailing slashes are forgiven.
func NormalizeRelayURL(text string) (string, error) {
	text = strings.TrimSpace(text)
	if len(text) > MaxRelayURL {
		return "", fmt.Errorf("couldn't read relay URL: %w", ErrTooLarge)
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", errRelayURL // url's error repeats its input
	}
	if u.Scheme != "https" && u.Scheme != "http" {
		return "", errors.New("relay URL is neither https nor http")
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(text, "#") {
		return "", errors.New("relay URL with a user name, query or fragment")
	}
	host, err := canonicalHost(u)
	if err != nil {
		return "", err
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if !validPath(path) {
		return "", errors.New("relay URL with an unusable path")
	}
	return u.Scheme + "://" + host + path, nil
}

func canonicalHost(u *url.URL) (string, error) {
	host := strings.ToLower(u.Hostname())
	if host == "" || len(host) > 253 {
		return "", errors.New("relay URL without a usable host")
	}
	allowed := "abcdefghijklmnopqrstuvwxyz0123456789.-"
	bracketed := strings.HasPrefix(u.Host, "[")
	if bracketed {
		allowed = "abcdef0123456789:."
	}
	if !onlyOf(host, allowed) || !bracketed && (host[0] == '-' || host[0] == '.') {
		return "", errors.New("relay URL without a usable host")
	}
	if bracketed {
		host = "[" + host + "]"
	}
	port := u.Port()
	switch {
	case port == "" && strings.HasSuffix(u.Host, ":"):
		return "", errors.New("relay URL with an unusable port")
	case port == "", port == "443" && u.Scheme == "https", port == "80" && u.Scheme == "http":
		return host, nil
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || port[0] == '0' {
		return "", errors.New("relay URL with an unusable port")
	}
	return host + ":" + port, nil
}

// validPath accepts "" and "/segment/segment" of unreserved characters
// (RFC 3986 §2.3) without empty or dotted segments.
func validPath(path string) bool {
	if path == "" {
		return true
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		if segment == "" || segment[0] == '.' || !onlyOf(segment, unreserved) {
			return false
		}
	}
	return path[0] == '/'
}

func onlyOf(s, allowed string) bool {
	for i := range len(s) {
		if strings.IndexByte(allowed, s[i]) < 0 {
			return false
		}
	}
	return true
}
