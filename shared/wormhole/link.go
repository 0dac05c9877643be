package wormhole

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"petmail/shared/text"
	"petmail/shared/wire"
)

// LinkSecretSize is the size in bytes of the secret in a link.
const LinkSecretSize = 16

const (
	linkPath   = "/i/#"
	linkPrefix = "peti" // bech32m prefix of the fragment

	// Labels of HKDF-SHA256 over the link's secret.
	labelLinkMailbox  = "petmail/invite-link/1 mailbox"
	labelLinkPassword = "petmail/invite-link/1 password"
)

// Refusals of FindLink and FindCode. Neither they nor what they are wrapped in
// repeats the text.
var (
	ErrLink    = errors.New("not an invite link") // wrapped by every refusal of FindLink
	ErrSeveral = errors.New("more than one invitation")
)

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
	fragment, err := text.EncodeBech32m(linkPrefix, l.Secret[:])
	if err != nil {
		return "" // linkPrefix is a valid prefix
	}
	return l.Relay + linkPath + fragment
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
