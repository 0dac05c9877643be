//go:build js

package webcryptojs

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"syscall/js"

	"petmail/shared/mls"
)

const (
	maxSigningKeys   = 16
	maxVerifyingKeys = 512
)

// Provider is mls.StandardProvider with the browser's help. All methods may be
// called concurrently; they block, so a JavaScript callback must not call
// them but start a goroutine that does.
type Provider struct {
	mls.StandardProvider

	subtle  *subtle
	signs   bool
	checks  bool
	x25519  exchange // nil if WebCrypto has none
	signing *keys
	verify  *keys
}

var _ mls.Provider = (*Provider)(nil)

// New finds out what the browser computes, and computes as Go does. What it
// doesn't is done in Go: there is always a provider. It blocks for some
// milliseconds and must not be called from a JavaScript callback.
func New() *Provider {
	p := &Provider{signing: newKeys(maxSigningKeys), verify: newKeys(maxVerifyingKeys)}
	s, ok := newSubtle()
	if !ok {
		return p
	}
	p.subtle = s
	p.signs, p.checks = p.probeSignatures()
	if p.probeExchange() {
		p.x25519 = subtleExchange{s}
	}
	return p
}

// Format implements fmt.Formatter: p holds keys.
func (*Provider) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// LogValue implements slog.LogValuer.
func (*Provider) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Used names what the browser computes: "sign", "verify", "x25519".
func (p *Provider) Used() []string {
	var used []string
	if p.signs {
		used = append(used, "sign")
	}
	if p.checks {
		used = append(used, "verify")
	}
	if p.x25519 != nil {
		used = append(used, "x25519")
	}
	return used
}

func (p *Provider) probeSignatures() (signs, checks bool) {
	seed := sha256.Sum256([]byte("petmail/webcrypto/probe"))
	key := ed25519.NewKeyFromSeed(seed[:])
	public := []byte(key[ed25519.SeedSize:])
	message := []byte("probe")
	want := ed25519.Sign(key, message)

	got, err := p.trySign(seed[:], public, message)
	signs = err == nil && bytes.Equal(got, want)

	good, err := p.tryVerify(public, message, want)
	if err != nil || !good {
		return signs, false
	}
	bad, err := p.tryVerify(public, []byte("another"), want)
	if err != nil || bad {
		return signs, false
	}
	public, message, signature := cofactored()
	loose, err := p.tryVerify(public, message, signature)
	return signs, err != nil || !loose
}

func (p *Provider) probeExchange() bool {
	a, b := sha256.Sum256([]byte("a")), sha256.Sum256([]byte("b"))
	public := publicX25519(b[:])
	_, want, err := goExchange{}.shared(a[:], public)
	if err != nil {
		return false
	}
	s := p.subtle
	mine, peer, err := s.both(s.importPrivate(s.dh, pkcs8X25519, a[:], "deriveBits"), s.importPublic(s.dh, public, ""))
	if err != nil {
		return false
	}
	got, err := s.derive(mine, peer)
	if err != nil || !bytes.Equal(got, want) {
		return false
	}
	own, secret, err := subtleExchange{s}.tryFresh(public)
	if err != nil {
		return false
	}
	_, want, err = goExchange{}.shared(b[:], own)
	return err == nil && bytes.Equal(secret, want)
}

// Sign implements [mls.Provider].
func (p *Provider) Sign(s mls.Suite, private, public, message []byte) ([]byte, error) {
	if p.signs && has25519(s) && len(private) == ed25519.SeedSize && len(public) == ed25519.PublicKeySize {
		if signature, err := p.trySign(private, public, message); err == nil {
			return signature, nil
		}
	}
	return p.StandardProvider.Sign(s, private, public, message)
}

var errForeign = errors.New("public key of another private key")

func (p *Provider) trySign(private, public, message []byte) ([]byte, error) {
	both := append(append(make([]byte, 0, 64), private...), public...)
	name := sha256.Sum256(both)
	clear(both)
	key, err := p.signing.get(name, func() (js.Value, error) {
		// Go signs with the public key it is given, the browser with its own.
		if !bytes.Equal(ed25519.NewKeyFromSeed(private)[ed25519.SeedSize:], public) {
			return js.Value{}, errForeign
		}
		return p.subtle.signingKey(private)
	})
	if err != nil {
		return nil, err
	}
	return p.subtle.sign(key, message)
}

// Verify implements [mls.Provider].
func (p *Provider) Verify(s mls.Suite, public, message, signature []byte) error {
	if p.checks && has25519(s) && len(public) == ed25519.PublicKeySize && len(signature) == ed25519.SignatureSize && regular(public, signature) {
		if good, err := p.tryVerify(public, message, signature); err == nil && good {
			return nil
		}
	}
	return p.StandardProvider.Verify(s, public, message, signature)
}

func (p *Provider) tryVerify(public, message, signature []byte) (bool, error) {
	key, err := p.verify.get([32]byte(public), func() (js.Value, error) { return p.subtle.verifyingKey(public) })
	if err != nil {
		return false, err
	}
	return p.subtle.verify(key, message, signature)
}

// SealHPKE implements [mls.Provider].
func (p *Provider) SealHPKE(s mls.Suite, public, info, plaintext []byte) (kemOutput, ciphertext []byte, err error) {
	if p.x25519 == nil || !has25519(s) {
		return p.StandardProvider.SealHPKE(s, public, info, plaintext)
	}
	return seal(p, p.x25519, s, public, info, plaintext)
}

// OpenHPKE implements [mls.Provider].
func (p *Provider) OpenHPKE(s mls.Suite, private, kemOutput, info, ciphertext []byte) ([]byte, error) {
	if p.x25519 == nil || !has25519(s) {
		return p.StandardProvider.OpenHPKE(s, private, kemOutput, info, ciphertext)
	}
	return open(p, p.x25519, s, private, kemOutput, info, ciphertext)
}

// ExportSend implements [mls.Provider].
func (p *Provider) ExportSend(s mls.Suite, public []byte, label string, length int) (kemOutput, secret []byte, err error) {
	if p.x25519 == nil || !has25519(s) {
		return p.StandardProvider.ExportSend(s, public, label, length)
	}
	return exportSend(p.x25519, s, public, label, length)
}

// ExportReceive implements [mls.Provider].
func (p *Provider) ExportReceive(s mls.Suite, private, kemOutput []byte, label string, length int) ([]byte, error) {
	if p.x25519 == nil || !has25519(s) {
		return p.StandardProvider.ExportReceive(s, private, kemOutput, label, length)
	}
	return exportReceive(p.x25519, s, private, kemOutput, label, length)
}
