package mls

// Leaf node sources (RFC 9420 section 7.2).
const (
	sourceKeyPackage uint8 = 1
	sourceUpdate     uint8 = 2
	sourceCommit     uint8 = 3
)

// LeafParams describe a member's own leaf.
type LeafParams struct {
	redacted
	Credential   Credential
	SignatureKey SignatureKey
	// Extensions are carried through every update and commit of the member.
	Extensions []Extension
	// Capabilities may be left zero: this package's suites, basic and X.509
	// credentials, and the types of Extensions are then listed.
	Capabilities Capabilities
}

// LeafInfo is what a leaf says about a member. Its slices must not be changed.
type LeafInfo struct {
	redacted
	Index        LeafIndex
	Credential   Credential
	SignatureKey []byte
	// EncryptionKey changes with every update or commit of the member.
	EncryptionKey []byte
	Extensions    []Extension
	Capabilities  Capabilities
	// Lifetime is zero once the member has updated its leaf.
	Lifetime Lifetime
}

// leafNode is LeafNode of RFC 9420 section 7.2, immutable.
type leafNode struct {
	encryptionKey []byte
	signatureKey  []byte
	credential    Credential
	capabilities  Capabilities
	source        uint8
	lifetime      Lifetime // sourceKeyPackage only
	parentHash    []byte   // sourceCommit only
	extensions    []Extension
	signature     []byte
	raw           []byte // the encoding of all of the above
}

func (l *leafNode) info(index LeafIndex) LeafInfo {
	return LeafInfo{
		Index: index, Credential: l.credential, SignatureKey: l.signatureKey, EncryptionKey: l.encryptionKey,
		Extensions: l.extensions, Capabilities: l.capabilities, Lifetime: l.lifetime,
	}
}

func (r *reader) leafNode() *leafNode {
	start := r.b
	l := &leafNode{encryptionKey: r.vec(), signatureKey: r.vec(), credential: r.credential(), capabilities: r.capabilities()}
	l.source = r.u8()
	switch l.source {
	case sourceKeyPackage:
		l.lifetime = Lifetime{NotBefore: r.u64(), NotAfter: r.u64()}
	case sourceUpdate:
	case sourceCommit:
		l.parentHash = r.vec()
	default:
		r.fail("bad leaf node source")
	}
	l.extensions = r.extensions()
	l.signature = r.vec()
	if r.err == nil {
		l.raw = start[: len(start)-len(r.b) : len(start)-len(r.b)]
	}
	return l
}

// body writes the fields before the signature.
func (l *leafNode) body(w *writer) {
	w.vec(l.encryptionKey)
	w.vec(l.signatureKey)
	w.credential(l.credential)
	w.capabilities(l.capabilities)
	w.u8(l.source)
	switch l.source {
	case sourceKeyPackage:
		w.u64(l.lifetime.NotBefore)
		w.u64(l.lifetime.NotAfter)
	case sourceCommit:
		w.vec(l.parentHash)
	}
	w.extensions(l.extensions)
}

// tbs is LeafNodeTBS; group and index enter only outside key packages.
func (l *leafNode) tbs(groupID []byte, index LeafIndex) []byte {
	w := writer{b: make([]byte, 0, len(l.raw)+len(groupID)+256)}
	l.body(&w)
	if l.source != sourceKeyPackage {
		w.vec(groupID)
		w.u32(uint32(index))
	}
	return w.b
}

// sign completes l with key, which must be the key l names.
func (l *leafNode) sign(c *suiteCipher, key SignatureKey, groupID []byte, index LeafIndex) error {
	sig, err := c.sign(key, "LeafNodeTBS", l.tbs(groupID, index))
	if err != nil {
		return err
	}
	l.signature = sig
	w := writer{b: make([]byte, 0, 512)}
	l.body(&w)
	w.vec(sig)
	l.raw = w.b
	return nil
}

func (l *leafNode) verify(c *suiteCipher, groupID []byte, index LeafIndex) bool {
	return c.verify(l.signatureKey, "LeafNodeTBS", l.tbs(groupID, index), l.signature)
}

// newLeaf fills a leaf from p, unsigned.
func newLeaf(p LeafParams, encryptionKey []byte, source uint8) *leafNode {
	caps := p.Capabilities
	if caps.Versions == nil {
		caps.Versions = []uint16{protocolVersion}
	}
	if caps.Suites == nil {
		caps.Suites = Suites()
	}
	if caps.Credentials == nil {
		caps.Credentials = []uint16{BasicCredential, X509Credential}
	}
	if caps.Extensions == nil {
		for _, e := range p.Extensions {
			if !defaultExtension(e.Type) {
				caps.Extensions = append(caps.Extensions, e.Type)
			}
		}
	}
	return &leafNode{
		encryptionKey: encryptionKey, signatureKey: p.SignatureKey.Public(), credential: p.Credential,
		capabilities: caps, source: source, extensions: cloneExtensions(p.Extensions),
	}
}

// successor is a copy of l to be changed and signed again.
func (l *leafNode) successor(encryptionKey []byte, source uint8) *leafNode {
	n := *l
	n.encryptionKey = encryptionKey
	n.source = source
	n.lifetime = Lifetime{}
	n.parentHash = nil
	n.signature, n.raw = nil, nil
	return &n
}

// checkLeaf applies the rules of RFC 9420 section 7.3 that concern the leaf
// alone and the group's demands; the caller checks source, lifetime,
// credentials of others and uniqueness. index enters the signature.
func checkLeaf(c *suiteCipher, l *leafNode, groupID []byte, index LeafIndex, context []Extension) error {
	if err := checkLeafContent(c, l, context); err != nil {
		return err
	}
	if !l.verify(c, groupID, index) {
		return invalid("leaf signature is wrong")
	}
	return nil
}

// checkLeafContent is checkLeaf for a leaf whose signature is known to be good.
func checkLeafContent(c *suiteCipher, l *leafNode, context []Extension) error {
	if !contains16(l.capabilities.Versions, protocolVersion) {
		return invalid("leaf does not support the version")
	}
	if !supportsSuite(l.capabilities, c.suite) {
		return invalid("leaf does not support the suite")
	}
	if !contains16(l.capabilities.Credentials, l.credential.Type) {
		return invalid("leaf does not list its own credential type")
	}
	for _, e := range l.extensions {
		if !l.capabilities.hasExtension(e.Type) {
			return invalid("leaf has an extension it does not list")
		}
	}
	if err := checkContextSupport(l.capabilities, context); err != nil {
		return err
	}
	if err := c.provider.CheckPublicKey(c.suite, l.encryptionKey); err != nil {
		return invalid("leaf encryption key is malformed")
	}
	return nil
}

// checkContextSupport checks that a member with caps can live with the
// group's extensions.
func checkContextSupport(caps Capabilities, context []Extension) error {
	for _, e := range context {
		if !caps.hasExtension(e.Type) {
			return invalid("member does not support a group extension")
		}
		if e.Type == ExtensionRequiredCapabilities {
			req, err := parseRequiredCapabilities(e.Data)
			if err != nil {
				return err
			}
			if !req.satisfiedBy(caps) {
				return invalid("member lacks a required capability")
			}
		}
	}
	return nil
}

func supportsSuite(c Capabilities, s Suite) bool {
	for _, x := range c.Suites {
		if x == s {
			return true
		}
	}
	return false
}
