//go:build js

package webcryptojs

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"syscall/js"
	"time"

	"petmail/shared/mls"
)

const maxVerifyingKeys = 512

// Provider is mls.StandardProvider with the browser's help. All methods may be
// called concurrently; they block, so a JavaScript callback must not call
// them but start a goroutine that does.
type Provider struct {
	mls.StandardProvider

	subtle *subtle
	checks bool
	verify *keys
}

var _ mls.Provider = (*Provider)(nil)

// New finds out what the browser computes, as Go does and faster. What it
// doesn't is done in Go: there is always a provider. It blocks for some
// milliseconds and must not be called from a JavaScript callback.
func New() *Provider {
	p := &Provider{verify: newKeys(maxVerifyingKeys)}
	s, ok := newSubtle()
	if !ok {
		return p
	}
	p.subtle = s
	p.checks = p.probeSignatures()
	if p.probeExchange() {
		p.X25519 = subtleExchange{s, p.probeGenerate()}
	}
	return p
}

// Used names what the browser computes: "verify", "x25519".
func (p *Provider) Used() []string {
	var used []string
	if p.checks {
		used = append(used, "verify")
	}
	if p.X25519 != nil {
		used = append(used, "x25519")
	}
	return used
}

func (p *Provider) probeSignatures() bool {
	seed := sha256.Sum256([]byte("petmail/webcrypto/probe"))
	key := ed25519.NewKeyFromSeed(seed[:])
	public := []byte(key[ed25519.SeedSize:])
	signature := ed25519.Sign(key, []byte("probe"))
	if good, err := p.tryVerify(public, []byte("probe"), signature); err != nil || !good {
		return false
	}
	if good, err := p.tryVerify(public, []byte("another"), signature); err != nil || good {
		return false
	}
	public, message, signature := cofactored()
	loose, err := p.tryVerify(public, message, signature)
	return err != nil || !loose
}

func (p *Provider) probeExchange() bool {
	a, b := sha256.Sum256([]byte("a")), sha256.Sum256([]byte("b"))
	public := mls.X25519Public(b[:])
	_, want, err := mls.GoX25519{}.Shared(a[:], public)
	if err != nil {
		return false
	}
	got, err := p.subtle.derive(a[:], public, func() {})
	return err == nil && bytes.Equal(got, want)
}

// probeGenerate reports whether the browser makes key pairs right, and faster
// than Go: the least times of a few each are compared.
func (p *Provider) probeGenerate() bool {
	private := sha256.Sum256([]byte("b"))
	public := mls.X25519Public(private[:])
	inGo := subtleExchange{p.subtle, false}
	browser, program := time.Hour, time.Hour
	for range 5 {
		start := time.Now()
		own, secret, err := p.subtle.agree(public)
		browser = min(browser, time.Since(start))
		if err != nil {
			return false
		}
		_, want, err := mls.GoX25519{}.Shared(private[:], own)
		if err != nil || !bytes.Equal(secret, want) {
			return false
		}
		start = time.Now()
		if _, _, err := inGo.Fresh(public); err != nil {
			return false
		}
		program = min(program, time.Since(start))
	}
	return browser < program
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

// has25519 tells whether the signatures of s are Ed25519.
func has25519(s mls.Suite) bool {
	switch s {
	case mls.X25519AES128, mls.X25519ChaCha, mls.XWingAES, mls.XWingChaCha:
		return true
	}
	return false
}
