package conversation

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/shared/text"
	"petmail/shared/wire"
)

// Suite is the cipher suite of every conversation.
const Suite = mls.XWingChaCha

// cardExtension is the MLS leaf-node extension that holds a Card; private use
// (RFC 9420 §17.3).
const cardExtension = 0xf0a1

// Persona is the face a person shows in one conversation.
type Persona struct {
	wire.Redacted
	Name string `cbor:"1,keyasint"`
	Seed []byte `cbor:"2,keyasint"` // Ed25519 seed, 32 bytes
}

// NewPersona draws a fresh persona key.
func NewPersona(rand io.Reader, name string) (Persona, error) {
	seed, err := wire.RandomBytes(rand, ed25519.SeedSize)
	if err != nil {
		return Persona{}, fmt.Errorf("couldn't draw persona key: %w", err)
	}
	return Persona{Name: name, Seed: seed}, nil
}

// Public returns the persona key that contacts see.
func (p Persona) Public() ed25519.PublicKey {
	return ed25519.NewKeyFromSeed(p.Seed).Public().(ed25519.PublicKey)
}

// identity is the content of a leaf's basic credential: the persona, and its
// word that the leaf's signature key is one of its agents.
type identity struct {
	Persona     []byte `cbor:"1,keyasint"` // Ed25519 public key, 32
	Certificate []byte `cbor:"2,keyasint"` // by Persona over certificateMessage
}

func certificateMessage(leafKey []byte) []byte {
	return append([]byte("petmail/leaf-certificate/1\x00"), leafKey...)
}

// Card is what a leaf says of its agent to the other members.
type Card struct {
	wire.Redacted
	Name    string `cbor:"1,keyasint"`
	Address []byte `cbor:"2,keyasint"` // encoding of address.Address, made for this conversation alone
}

// leaf returns the MLS leaf of this persona's agent, under a fresh signature
// key, reachable at own.
func (p Persona) leaf(rand io.Reader, own address.Address) (mls.LeafParams, error) {
	key, err := mls.NewSignatureKey(rand, Suite)
	if err != nil {
		return mls.LeafParams{}, fmt.Errorf("couldn't draw leaf key: %w", err)
	}
	id, err := wire.Marshal(identity{
		Persona:     p.Public(),
		Certificate: ed25519.Sign(ed25519.NewKeyFromSeed(p.Seed), certificateMessage(key.Public())),
	})
	if err != nil {
		return mls.LeafParams{}, err
	}
	where, err := own.Bytes()
	if err != nil {
		return mls.LeafParams{}, err
	}
	card, err := wire.Marshal(Card{Name: p.Name, Address: where})
	if err != nil {
		return mls.LeafParams{}, err
	}
	return mls.LeafParams{
		Credential:   mls.Basic(id),
		SignatureKey: key,
		Extensions:   []mls.Extension{{Type: cardExtension, Data: card}},
	}, nil
}

// leafPersona checks that a leaf is certified by the persona it names, and
// returns that persona's key.
func leafPersona(provider mls.Provider, leaf mls.LeafInfo) (ed25519.PublicKey, error) {
	var id identity
	if err := wire.Unmarshal(leaf.Credential.Identity, &id, 1<<10); err != nil {
		return nil, fmt.Errorf("couldn't decode leaf identity: %w", err)
	}
	if len(id.Persona) != ed25519.PublicKeySize ||
		provider.Verify(Suite, id.Persona, certificateMessage(leaf.SignatureKey), id.Certificate) != nil {
		return nil, errors.New("leaf is not certified by its persona")
	}
	return id.Persona, nil
}

// leafCard returns the card of a leaf.
func leafCard(leaf mls.LeafInfo) (Card, address.Address, error) {
	for _, e := range leaf.Extensions {
		if e.Type != cardExtension {
			continue
		}
		var c Card
		if err := wire.UnmarshalLoose(e.Data, &c, 4<<10); err != nil {
			return Card{}, address.Address{}, fmt.Errorf("couldn't decode card: %w", err)
		}
		if !text.CardName(c.Name) {
			return Card{}, address.Address{}, errors.New("couldn't accept card: bad name")
		}
		where, err := address.ParseAddress(c.Address)
		if err != nil {
			return Card{}, address.Address{}, fmt.Errorf("couldn't accept card: %w", err)
		}
		return c, where, nil
	}
	return Card{}, address.Address{}, errors.New("leaf has no card")
}
