package mls

import (
	"bytes"
	"fmt"
	"io"
)

// KeyPackage is what others need to add a client to a group (RFC 9420
// section 10). It is public, and used once unless it is a last resort.
type KeyPackage struct {
	redacted
	kp *keyPackage
}

type keyPackage struct {
	suite      Suite
	initKey    []byte
	leaf       *leafNode
	extensions []Extension
	signature  []byte
	raw        []byte // KeyPackage, without the MLSMessage around it
}

// KeyPackageOptions are the rare choices of NewKeyPackage.
type KeyPackageOptions struct {
	// Extensions of the key package itself, not of the leaf.
	Extensions []Extension
	// LastResort marks a key package to be used again when all others are
	// used up; its private half must then be kept after a join.
	LastResort bool
	// Provider may be nil.
	Provider Provider
}

// KeyPackagePrivate is the private half of a key package: init key, leaf key
// and signature key. Erase it after the join it served.
type KeyPackagePrivate struct {
	redacted
	kp       *keyPackage
	initPriv []byte
	leafPriv []byte
	sig      SignatureKey
}

// NewKeyPackage makes a key package for suite. A nil rand is the system's
// source.
func NewKeyPackage(rand io.Reader, suite Suite, leaf LeafParams, lifetime Lifetime, opts KeyPackageOptions) (KeyPackage, *KeyPackagePrivate, error) {
	c, err := newCipher(suite, opts.Provider)
	if err != nil {
		return KeyPackage{}, nil, err
	}
	initPriv, initPub, err := c.newKeyPair(rand)
	if err != nil {
		return KeyPackage{}, nil, err
	}
	leafPriv, leafPub, err := c.newKeyPair(rand)
	if err != nil {
		return KeyPackage{}, nil, err
	}
	kp := &keyPackage{suite: suite, initKey: initPub, extensions: cloneExtensions(opts.Extensions)}
	if opts.LastResort {
		kp.extensions = append(kp.extensions, Extension{Type: ExtensionLastResort})
	}
	if leaf.Capabilities.Extensions == nil {
		for _, e := range kp.extensions {
			if !defaultExtension(e.Type) {
				leaf.Capabilities.Extensions = append(leaf.Capabilities.Extensions, e.Type)
			}
		}
		for _, e := range leaf.Extensions {
			if !defaultExtension(e.Type) && !contains16(leaf.Capabilities.Extensions, e.Type) {
				leaf.Capabilities.Extensions = append(leaf.Capabilities.Extensions, e.Type)
			}
		}
	}
	kp.leaf = newLeaf(leaf, leafPub, sourceKeyPackage)
	kp.leaf.lifetime = lifetime
	if err := kp.leaf.sign(c, leaf.SignatureKey, nil, 0); err != nil {
		return KeyPackage{}, nil, err
	}
	if kp.signature, err = c.sign(leaf.SignatureKey, "KeyPackageTBS", kp.tbs()); err != nil {
		return KeyPackage{}, nil, err
	}
	kp.raw = encode(kp.write)
	if err := checkKeyPackage(c, kp, nil); err != nil {
		return KeyPackage{}, nil, fmt.Errorf("couldn't make a key package: %w", err)
	}
	return KeyPackage{kp: kp}, &KeyPackagePrivate{kp: kp, initPriv: initPriv, leafPriv: leafPriv, sig: leaf.SignatureKey}, nil
}

// ParseKeyPackage reads an MLSMessage that holds a key package and verifies
// its signatures, not its lifetime.
func ParseKeyPackage(message []byte) (KeyPackage, error) { return ParseKeyPackageWith(nil, message) }

// ParseKeyPackageWith is [ParseKeyPackage] computed by provider, which may be
// nil.
func ParseKeyPackageWith(provider Provider, message []byte) (KeyPackage, error) {
	if len(message) > MaxMessageSize {
		return KeyPackage{}, invalid("message too large")
	}
	r := newReader(bytes.Clone(message))
	if r.u16() != protocolVersion || r.u16() != wireKeyPackage {
		r.fail("not a key package")
	}
	kp := r.keyPackage()
	if err := r.done(); err != nil {
		return KeyPackage{}, err
	}
	c, err := newCipher(kp.suite, provider)
	if err != nil {
		return KeyPackage{}, err
	}
	if err := checkKeyPackage(c, kp, nil); err != nil {
		return KeyPackage{}, err
	}
	return KeyPackage{kp: kp}, nil
}

// Bytes returns the key package as an MLSMessage.
func (k KeyPackage) Bytes() []byte {
	return encode(func(w *writer) {
		w.u16(protocolVersion)
		w.u16(wireKeyPackage)
		w.raw(k.kp.raw)
	})
}

// Ref returns the KeyPackageRef, by which a Welcome names its recipients.
func (k KeyPackage) Ref() []byte {
	c, err := newCipher(k.kp.suite, nil)
	if err != nil {
		return nil
	}
	return k.kp.ref(c)
}

// Suite returns the suite the key package is for.
func (k KeyPackage) Suite() Suite { return k.kp.suite }

// Leaf returns what the new member would be; Index is 0.
func (k KeyPackage) Leaf() LeafInfo { return k.kp.leaf.info(0) }

// LastResort tells whether the key package may be used again.
func (k KeyPackage) LastResort() bool {
	_, ok := FindExtension(k.kp.extensions, ExtensionLastResort)
	return ok
}

// IsZero tells whether k holds no key package.
func (k KeyPackage) IsZero() bool { return k.kp == nil }

// KeyPackage returns the public half.
func (p *KeyPackagePrivate) KeyPackage() KeyPackage { return KeyPackage{kp: p.kp} }

// Marshal encodes p, a secret.
func (p *KeyPackagePrivate) Marshal() []byte {
	return encode(func(w *writer) {
		w.u8(1)
		w.vec(p.kp.raw)
		w.vec(p.initPriv)
		w.vec(p.leafPriv)
		w.vec(p.sig.private)
	})
}

// UnmarshalKeyPackagePrivate reads what Marshal wrote.
func UnmarshalKeyPackagePrivate(data []byte) (*KeyPackagePrivate, error) {
	r := newReader(bytes.Clone(data))
	if r.u8() != 1 {
		r.fail("unknown encoding version")
	}
	inner := r.sub()
	p := &KeyPackagePrivate{kp: inner.keyPackage()}
	if err := inner.done(); err != nil {
		return nil, fmt.Errorf("couldn't decode key package: %w", err)
	}
	p.initPriv, p.leafPriv = r.vec(), r.vec()
	private := r.vec()
	if err := r.done(); err != nil {
		return nil, fmt.Errorf("couldn't decode key package: %w", err)
	}
	p.sig = SignatureKey{suite: p.kp.suite, private: private, public: p.kp.leaf.signatureKey}
	return p, nil
}

func (k *keyPackage) body(w *writer) {
	w.u16(protocolVersion)
	w.u16(uint16(k.suite))
	w.vec(k.initKey)
	w.raw(k.leaf.raw)
	w.extensions(k.extensions)
}

func (k *keyPackage) tbs() []byte { return encode(k.body) }

func (k *keyPackage) write(w *writer) {
	k.body(w)
	w.vec(k.signature)
}

func (k *keyPackage) ref(c *suiteCipher) []byte {
	return c.refHash("MLS 1.0 KeyPackage Reference", k.raw)
}

func (r *reader) keyPackage() *keyPackage {
	start := r.b
	if r.u16() != protocolVersion {
		r.fail("key package has another version")
	}
	k := &keyPackage{suite: Suite(r.u16()), initKey: r.vec(), leaf: r.leafNode(), extensions: r.extensions(), signature: r.vec()}
	if r.err == nil {
		k.raw = start[: len(start)-len(r.b) : len(start)-len(r.b)]
	}
	return k
}

// checkKeyPackage applies RFC 9420 section 10.1, but for lifetime and
// credential.
func checkKeyPackage(c *suiteCipher, k *keyPackage, context []Extension) error {
	if err := checkKeyPackageContent(c, k, context); err != nil {
		return err
	}
	if !k.leaf.verify(c, nil, 0) {
		return invalid("leaf signature is wrong")
	}
	if !c.verify(k.leaf.signatureKey, "KeyPackageTBS", k.tbs(), k.signature) {
		return invalid("key package signature is wrong")
	}
	return nil
}

// checkKeyPackageContent is checkKeyPackage for a key package whose signatures
// are known to be good.
func checkKeyPackageContent(c *suiteCipher, k *keyPackage, context []Extension) error {
	if k.suite != c.suite {
		return invalid("key package is for another suite")
	}
	if k.leaf.source != sourceKeyPackage {
		return invalid("key package leaf has a wrong source")
	}
	if err := checkLeafContent(c, k.leaf, context); err != nil {
		return err
	}
	if bytes.Equal(k.initKey, k.leaf.encryptionKey) {
		return invalid("key package uses one key twice")
	}
	if err := c.provider.CheckPublicKey(c.suite, k.initKey); err != nil {
		return invalid("key package init key is malformed")
	}
	return nil
}
