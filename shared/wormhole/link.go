package wormhole

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"petmail/shared/wire"
)

// LinkSecretSize is the size in bytes of the secret in a link.
const LinkSecretSize = 16

const (
	linkPath    = "/i/#"
	linkPrefix  = "peti" // bech32m prefix of the fragment
	linkScheme  = "web+petmail:"
	maxLinkText = 1024 // bytes that ParseLink looks at
	maxFragment = 64

	// Labels of HKDF-SHA256 over the link's secret.
	labelLinkMailbox  = "petmail/invite-link/1 mailbox"
	labelLinkPassword = "petmail/invite-link/1 password"
)

// ErrLink is wrapped by every refusal of ParseLink. Neither it nor what it is
// wrapped in repeats the link.
var ErrLink = errors.New("not an invite link")

// Link is an invitation as a URL: the relay, and a secret behind the "#",
// which browsers do not send.
type Link struct {
	wire.Redacted
	Relay  string // in the form of wire.CheckRelayURL
	Secret [LinkSecretSize]byte
}

// NewLink draws a link for a relay.
func NewLink(rand io.Reader, relay string) (Link, error) {
	if err := wire.CheckRelayURL(relay); err != nil {
		return Link{}, fmt.Errorf("couldn't make a link: %w", err)
	}
	secret, err := wire.RandomBytes(rand, LinkSecretSize)
	if err != nil {
		return Link{}, fmt.Errorf("couldn't make a link: %w", err)
	}
	return Link{Relay: relay, Secret: [LinkSecretSize]byte(secret)}, nil
}

// String returns the URL. It is a secret.
func (l Link) String() string {
	fragment, err := wire.EncodeBech32m(linkPrefix, l.Secret[:])
	if err != nil {
		return "" // linkPrefix is a valid prefix
	}
	return l.Relay + linkPath + fragment
}

// ParseLink reads a link as pasted or handed over by the browser: the URL,
// with spaces, brackets or punctuation around it, or behind "web+petmail:",
// plain or percent-encoded.
func ParseLink(text string) (Link, error) {
	if len(text) > maxLinkText {
		return Link{}, fmt.Errorf("%w: %w", ErrLink, wire.ErrTooLarge)
	}
	text = trimAround(text)
	if len(text) >= len(linkScheme) && strings.EqualFold(text[:len(linkScheme)], linkScheme) {
		text = strings.TrimPrefix(text[len(linkScheme):], "//")
		decoded, err := url.PathUnescape(text)
		if err != nil {
			return Link{}, fmt.Errorf("%w: bad percent-encoding", ErrLink)
		}
		text = trimAround(decoded)
	}
	relay, fragment, found := strings.Cut(text, linkPath)
	if !found {
		return Link{}, fmt.Errorf("%w: another path", ErrLink)
	}
	secret, err := wire.DecodeBech32m(linkPrefix, fragment, maxFragment)
	if err != nil {
		return Link{}, fmt.Errorf("%w: %w", ErrLink, err)
	}
	if len(secret) != LinkSecretSize {
		return Link{}, fmt.Errorf("%w: secret of a wrong size", ErrLink)
	}
	if relay, err = wire.NormalizeRelayURL(relay); err != nil {
		return Link{}, fmt.Errorf("%w: %w", ErrLink, err)
	}
	return Link{Relay: relay, Secret: [LinkSecretSize]byte(secret)}, nil
}

// trimAround removes what mail and chat programs put around a URL.
func trimAround(text string) string {
	return strings.Trim(text, " \t\r\n<>()[]\"'.,;\u00a0\u200b\ufeff")
}

// MailboxID returns the name of the rendezvous mailbox, 32 hexadecimal
// digits. It tells the relay nothing about the secret or the password.
func (l Link) MailboxID() (string, error) {
	id, err := hkdf.Key(sha256.New, l.Secret[:], nil, labelLinkMailbox, 16)
	if err != nil {
		return "", fmt.Errorf("couldn't derive mailbox id: %w", err)
	}
	return hex.EncodeToString(id), nil
}

// Password returns the 32 bytes that Start takes.
func (l Link) Password() (wire.Secret, error) {
	password, err := hkdf.Key(sha256.New, l.Secret[:], nil, labelLinkPassword, 32)
	if err != nil {
		return nil, fmt.Errorf("couldn't derive password: %w", err)
	}
	return password, nil
}
