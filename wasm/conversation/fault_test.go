package conversation

import (
	"crypto/rand"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
)

var errPlanted = errors.New("planted")

// flaky fails at one of its calls: the n-th of left.
type flaky struct {
	mls.Provider
	left int
}

func (f *flaky) fail() bool {
	f.left--
	return f.left == 0
}

func (f *flaky) Read(b []byte) (int, error) {
	if f.fail() {
		return 0, errPlanted
	}
	return rand.Read(b)
}

func (f *flaky) Sign(s mls.Suite, private, public, message []byte) ([]byte, error) {
	if f.fail() {
		return nil, errPlanted
	}
	return f.Provider.Sign(s, private, public, message)
}

func (f *flaky) Verify(s mls.Suite, public, message, signature []byte) error {
	if f.fail() {
		return errPlanted
	}
	return f.Provider.Verify(s, public, message, signature)
}

func (f *flaky) DeriveKeyPair(s mls.Suite, ikm []byte) (private, public []byte, err error) {
	if f.fail() {
		return nil, nil, errPlanted
	}
	return f.Provider.DeriveKeyPair(s, ikm)
}

func (f *flaky) SealHPKE(s mls.Suite, public, info, plaintext []byte) (kemOutput, ciphertext []byte, err error) {
	if f.fail() {
		return nil, nil, errPlanted
	}
	return f.Provider.SealHPKE(s, public, info, plaintext)
}

func (f *flaky) OpenHPKE(s mls.Suite, private, kemOutput, info, ciphertext []byte) ([]byte, error) {
	if f.fail() {
		return nil, errPlanted
	}
	return f.Provider.OpenHPKE(s, private, kemOutput, info, ciphertext)
}

func (f *flaky) Seal(s mls.Suite, key, nonce, aad, plaintext []byte) ([]byte, error) {
	if f.fail() {
		return nil, errPlanted
	}
	return f.Provider.Seal(s, key, nonce, aad, plaintext)
}

func (f *flaky) Open(s mls.Suite, key, nonce, aad, ciphertext []byte) ([]byte, error) {
	if f.fail() {
		return nil, errPlanted
	}
	return f.Provider.Open(s, key, nonce, aad, ciphertext)
}

// TestARuleThatFailsChangesNothing has each rule fail at each thing it needs
// from outside, randomness and cryptography, one after the other.
func TestARuleThatFailsChangesNothing(t *testing.T) {
	const later = begin + renewAge + 1
	elsewhere, _ := own(t)
	for name, prepare := range map[string]func(t *testing.T, ada, bob *Conversation) func(c *Conversation, rand io.Reader) error{
		"Write": func(*testing.T, *Conversation, *Conversation) func(*Conversation, io.Reader) error {
			return func(c *Conversation, rand io.Reader) error { _, err := c.Write(rand, later, "text"); return err }
		},
		"WriteTimer": func(*testing.T, *Conversation, *Conversation) func(*Conversation, io.Reader) error {
			return func(c *Conversation, rand io.Reader) error { _, err := c.WriteTimer(rand, later, 3600); return err }
		},
		"WriteDeletion": func(*testing.T, *Conversation, *Conversation) func(*Conversation, io.Reader) error {
			return func(c *Conversation, rand io.Reader) error {
				_, err := c.WriteDeletion(rand, later, []Target{{Number: 1}})
				return err
			}
		},
		"Seal": func(t *testing.T, ada, _ *Conversation) func(*Conversation, io.Reader) error {
			m, err := ada.Write(rand.Reader, later, "text")
			require.NoError(t, err)
			return func(c *Conversation, rand io.Reader) error { _, err := c.Seal(rand, m); return err }
		},
		"SealAcks": func(t *testing.T, ada, bob *Conversation) func(*Conversation, io.Reader) error {
			hear(t, ada, say(t, bob, "to be acknowledged"))
			return func(c *Conversation, rand io.Reader) error { _, err := c.SealAcks(rand, later); return err }
		},
		"Receive a message": func(t *testing.T, _, bob *Conversation) func(*Conversation, io.Reader) error {
			b := say(t, bob, "text")
			return func(c *Conversation, _ io.Reader) error { _, err := c.Receive(later, b); return err }
		},
		"Receive a commit": func(t *testing.T, _, bob *Conversation) func(*Conversation, io.Reader) error {
			require.NoError(t, bob.Renew(rand.Reader, later))
			b := Body{Conversation: bob.ID, Kind: BodyCommit, Payload: bob.Pending.Commit}
			return func(c *Conversation, _ io.Reader) error { _, err := c.Receive(later, b); return err }
		},
		"Renew": func(*testing.T, *Conversation, *Conversation) func(*Conversation, io.Reader) error {
			return func(c *Conversation, rand io.Reader) error { return c.Renew(rand, later) }
		},
		"Move": func(*testing.T, *Conversation, *Conversation) func(*Conversation, io.Reader) error {
			return func(c *Conversation, rand io.Reader) error { return c.Move(rand, later, 3, elsewhere) }
		},
		"Decide for our own": func(t *testing.T, ada, _ *Conversation) func(*Conversation, io.Reader) error {
			require.NoError(t, ada.Renew(rand.Reader, later))
			return func(c *Conversation, _ io.Reader) error {
				_, _, err := c.Decide(later, c.Pending.Value)
				return err
			}
		},
		"Decide for another's": func(t *testing.T, _, bob *Conversation) func(*Conversation, io.Reader) error {
			require.NoError(t, bob.Renew(rand.Reader, later))
			value := bob.Pending.Value
			return func(c *Conversation, _ io.Reader) error { _, _, err := c.Decide(later, value); return err }
		},
	} {
		t.Run(name, func(t *testing.T) {
			ada, bob := pair(t)
			hear(t, ada, say(t, bob, "heard"))
			f := prepare(t, ada, bob)
			record, parts := inFull(t, ada)
			failed := 0
			for n := 1; ; n++ {
				require.Less(t, n, 1000)
				provider := &flaky{Provider: mls.StandardProvider{}}
				c, err := Load(record, provider, parts)
				require.NoError(t, err)
				before := storedForm(t, c)
				provider.left = n
				err = f(c, provider)
				if provider.left > 0 {
					require.NoError(t, err)
					break
				}
				if err == nil {
					continue // it was not needed
				}
				failed++
				require.True(t, before == storedForm(t, c), "changed when call %d failed", n)
			}
			if name != "Decide for our own" { // that needs nothing from outside
				require.Positive(t, failed)
			}
		})
	}
}
