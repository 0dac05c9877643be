package wormhole

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"golang.org/x/crypto/nacl/secretbox"

	"petmail/shared/wire"
)

// KeySize is the size in bytes of the shared key and of phase keys.
const KeySize = 32

// PhaseOverhead is what EncryptPhase adds, in bytes: nonce 24, tag 16.
const PhaseOverhead = nonceSize + secretbox.Overhead

// MaxPhase is the largest plaintext of a phase, in bytes.
const MaxPhase = MaxBody - PhaseOverhead

const nonceSize = 24

// Phases that every wormhole begins with; those of an application are "0",
// "1" and so on.
const (
	PhasePAKE    = "pake"
	PhaseVersion = "version"
)

// ErrDecrypt is returned for a phase that does not decrypt: the peer had
// another password, or someone else wrote it. After it the code is burnt.
var ErrDecrypt = errors.New("phase does not decrypt")

// Key is a secret shared with the peer.
type Key [KeySize]byte

// Format implements fmt.Formatter for every verb.
func (Key) Format(f fmt.State, verb rune) { wire.Redacted{}.Format(f, verb) }

// LogValue implements slog.LogValuer.
func (Key) LogValue() slog.Value { return wire.Redacted{}.LogValue() }

// DeriveKey derives length bytes for a purpose of the application's:
// HKDF-SHA256 with empty salt and the purpose as info.
func DeriveKey(key Key, purpose string, length int) (wire.Secret, error) {
	out, err := hkdf.Key(sha256.New, key[:], nil, purpose, length)
	if err != nil {
		return nil, fmt.Errorf("couldn't derive key: %w", err)
	}
	return out, nil
}

// Verifier returns 32 bytes that are equal on both sides if nobody stands
// between them.
func Verifier(key Key) (wire.Secret, error) {
	return DeriveKey(key, "wormhole:verifier", KeySize)
}

// DerivePhaseKey derives the key of one phase, written by one side.
func DerivePhaseKey(key Key, side, phase string) (Key, error) {
	sideHash, phaseHash := sha256.Sum256([]byte(side)), sha256.Sum256([]byte(phase))
	out, err := DeriveKey(key, "wormhole:phase:"+string(sideHash[:])+string(phaseHash[:]), KeySize)
	if err != nil {
		return Key{}, err
	}
	return Key(out), nil
}

// EncryptPhase returns the body of a phase that this side writes: a random
// nonce and a NaCl secretbox.
func EncryptPhase(rand io.Reader, key Key, side, phase string, plain []byte) ([]byte, error) {
	if len(plain) > MaxPhase {
		return nil, fmt.Errorf("couldn't encrypt phase: %w", wire.ErrTooLarge)
	}
	phaseKey, err := DerivePhaseKey(key, side, phase)
	if err != nil {
		return nil, fmt.Errorf("couldn't encrypt phase: %w", err)
	}
	nonce, err := wire.RandomBytes(rand, nonceSize)
	if err != nil {
		return nil, fmt.Errorf("couldn't encrypt phase: %w", err)
	}
	return secretbox.Seal(nonce, plain, (*[nonceSize]byte)(nonce), (*[KeySize]byte)(&phaseKey)), nil
}

// DecryptPhase returns the plaintext of a body that the peer's side wrote, or
// ErrDecrypt.
func DecryptPhase(key Key, side, phase string, body []byte) ([]byte, error) {
	if len(body) < PhaseOverhead || len(body) > MaxBody {
		return nil, ErrDecrypt
	}
	phaseKey, err := DerivePhaseKey(key, side, phase)
	if err != nil {
		return nil, fmt.Errorf("couldn't decrypt phase: %w", err)
	}
	plain, ok := secretbox.Open([]byte{}, body[nonceSize:], (*[nonceSize]byte)(body), (*[KeySize]byte)(&phaseKey))
	if !ok {
		return nil, ErrDecrypt
	}
	return plain, nil
}

// EncodePAKE returns the body of the phase "pake" for a message of Start.
func EncodePAKE(message []byte) []byte {
	return []byte(`{"pake_v1": "` + hex.EncodeToString(message) + `"}`)
}

// DecodePAKE returns the peer's message from the body of its phase "pake",
// for Finish. Other members are ignored.
func DecodePAKE(body []byte) ([]byte, error) {
	o, err := parseObject(body, MaxBody)
	if err != nil {
		return nil, fmt.Errorf("couldn't decode PAKE phase: %w", err)
	}
	message, err := o.hex("pake_v1", PAKEMessageSize)
	if err != nil {
		return nil, fmt.Errorf("couldn't decode PAKE phase: %w", err)
	}
	return message, nil
}

// EncodeVersion returns the plaintext of the phase "version". appVersions is
// a JSON object that tells the peer what the application can do; nil is {}.
func EncodeVersion(appVersions json.RawMessage) ([]byte, error) {
	if appVersions == nil {
		appVersions = json.RawMessage("{}")
	}
	if _, err := parseObject(appVersions, MaxPhase); err != nil {
		return nil, fmt.Errorf("couldn't encode version phase: %w", err)
	}
	return json.Marshal(map[string]json.RawMessage{"app_versions": appVersions})
}

// DecodeVersion returns the peer's app_versions, a JSON object; {} if it sent
// none. Other members are ignored.
func DecodeVersion(plain []byte) (json.RawMessage, error) {
	o, err := parseObject(plain, MaxPhase)
	if err != nil {
		return nil, fmt.Errorf("couldn't decode version phase: %w", err)
	}
	versions, ok := o["app_versions"]
	if !ok {
		return json.RawMessage("{}"), nil
	}
	if _, err := parseObject(versions, MaxPhase); err != nil {
		return nil, fmt.Errorf("couldn't decode version phase: app_versions: %w", err)
	}
	return versions, nil
}
