//go:build js

package webcryptojs

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
)

// These tests run in real browsers: extension/tests/wasm/run.mjs.

func TestBrowserComputes(t *testing.T) {
	require.Equal(t, []string{"verify", "x25519"}, New().Used())
}

func TestVerifyAsGo(t *testing.T) {
	p, standard := New(), mls.StandardProvider{}
	accepted, refused := 0, 0
	for _, c := range edgeCases(t) {
		want := standard.Verify(mls.XWingChaCha, c.public, c.message, c.signature)
		got := p.Verify(mls.XWingChaCha, c.public, c.message, c.signature)
		require.Equal(t, want, got, "%s: %x %x %x", c.name, c.public, c.message, c.signature)
		if want == nil {
			accepted++
		} else {
			refused++
		}
	}
	require.Greater(t, accepted, 20)
	require.Greater(t, refused, 500)
}

// What the browser itself says: a yes to anything regular that Go refuses
// would be believed.
func TestBrowserAcceptsNoMore(t *testing.T) {
	p := New()
	asked := 0
	for _, c := range edgeCases(t) {
		if len(c.public) != 32 || len(c.signature) != 64 || !regular(c.public, c.signature) {
			continue
		}
		asked++
		good, err := p.tryVerify(c.public, c.message, c.signature)
		if err == nil && good {
			require.True(t, ed25519.Verify(c.public, c.message, c.signature), "%s: %x %x %x", c.name, c.public, c.message, c.signature)
		}
	}
	require.Greater(t, asked, 500)
}

func TestVerifyRandom(t *testing.T) {
	p, standard := New(), mls.StandardProvider{}
	for i := range maxVerifyingKeys + 50 {
		private := randomBytes(32)
		public, err := standard.SignaturePublic(mls.X25519AES128, private)
		require.NoError(t, err)
		message := randomBytes(i * 7)
		signature, err := p.Sign(mls.X25519AES128, private, public, message)
		require.NoError(t, err)
		require.NoError(t, p.Verify(mls.X25519AES128, public, message, signature))
		signature[i%64] ^= 1
		require.Error(t, p.Verify(mls.X25519AES128, public, message, signature))
	}
	require.Len(t, p.verify.held, maxVerifyingKeys)
	require.Error(t, p.Verify(0x7777, make([]byte, 32), nil, make([]byte, 64)))
}

// Other curves are not the browser's.
func TestOtherSuites(t *testing.T) {
	p := New()
	for _, s := range mls.Suites() {
		private, public, err := p.GenerateSignatureKey(strings.NewReader(strings.Repeat("some randomness", 20)), s)
		require.NoError(t, err)
		signature, err := p.Sign(s, private, public, []byte("m"))
		require.NoError(t, err)
		require.NoError(t, p.Verify(s, public, []byte("m"), signature))
		require.Error(t, p.Verify(s, public, []byte("n"), signature))
		private, public, err = p.DeriveKeyPair(s, randomBytes(64))
		require.NoError(t, err)
		enc, ct, err := p.SealHPKE(s, public, nil, []byte("text"))
		require.NoError(t, err)
		text, err := p.OpenHPKE(s, private, enc, nil, ct)
		require.NoError(t, err)
		require.Equal(t, "text", string(text))
	}
}

func TestHPKEInBrowser(t *testing.T) {
	p := New()
	t.Log("the browser makes key pairs:", p.X25519.(subtleExchange).generates)
	for _, generates := range []bool{false, true} {
		p.X25519 = subtleExchange{p.subtle, generates}
		checkHPKE(t, p, 10)
	}
}

// A page outside a secure context has no WebCrypto.
func TestWithoutWebCrypto(t *testing.T) {
	p := &Provider{}
	require.Empty(t, p.Used())
	checkHPKE(t, p, 2)
	private := randomBytes(32)
	public, err := p.SignaturePublic(mls.X25519AES128, private)
	require.NoError(t, err)
	signature, err := p.Sign(mls.X25519AES128, private, public, []byte("m"))
	require.NoError(t, err)
	require.NoError(t, p.Verify(mls.X25519AES128, public, []byte("m"), signature))
}

func TestConcurrently(t *testing.T) {
	p := New()
	private := randomBytes(32)
	public, err := p.SignaturePublic(mls.X25519AES128, private)
	require.NoError(t, err)
	key, encapsulation, err := p.DeriveKeyPair(mls.XWingChaCha, private)
	require.NoError(t, err)
	errs := make([]error, 40)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			message := []byte{byte(i)}
			signature, err := p.Sign(mls.X25519AES128, private, public, message)
			if err == nil {
				err = p.Verify(mls.X25519AES128, public, message, signature)
			}
			if err == nil && p.Verify(mls.X25519AES128, public, []byte{byte(i), 0}, signature) == nil {
				err = errors.New("another answer")
			}
			enc, ct, e := p.SealHPKE(mls.XWingChaCha, encapsulation, nil, message)
			if err == nil {
				err = e
			}
			text, e := p.OpenHPKE(mls.XWingChaCha, key, enc, nil, ct)
			if err == nil && (e != nil || string(text) != string(message)) {
				err = errors.New("another answer")
			}
			errs[i] = err
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}
