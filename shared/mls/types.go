package mls

import "bytes"

// protocolVersion is mls10, the only version.
const protocolVersion uint16 = 1

// LeafIndex names a member by the position of its leaf in the tree. It is
// stable while the member stays; after a removal it can be given to another.
type LeafIndex uint32

// Credential types (RFC 9420 section 17.5).
const (
	// BasicCredential carries an identity the application understands.
	BasicCredential uint16 = 1
	// X509Credential carries a certificate chain, opaque to this package.
	X509Credential uint16 = 2
)

// Credential says who a member is. The package compares and transports it;
// Config.ValidateCredential judges it.
type Credential struct {
	// Type is BasicCredential or X509Credential; others cannot be decoded.
	Type uint16
	// Identity is the identity of a basic credential.
	Identity []byte
	// Certificates is the chain of an X.509 credential, DER, leaf first.
	Certificates [][]byte
}

// Basic makes a basic credential.
func Basic(identity []byte) Credential {
	return Credential{Type: BasicCredential, Identity: bytes.Clone(identity)}
}

// Equal tells whether two credentials are the same bytes.
func (c Credential) Equal(d Credential) bool {
	if c.Type != d.Type || !bytes.Equal(c.Identity, d.Identity) || len(c.Certificates) != len(d.Certificates) {
		return false
	}
	for i := range c.Certificates {
		if !bytes.Equal(c.Certificates[i], d.Certificates[i]) {
			return false
		}
	}
	return true
}

func (r *reader) credential() Credential {
	c := Credential{Type: r.u16()}
	switch c.Type {
	case BasicCredential:
		c.Identity = r.vec()
	case X509Credential:
		r.list(maxExtensions, func(r *reader) { c.Certificates = append(c.Certificates, r.vec()) })
	default:
		r.fail("unsupported credential type")
	}
	return c
}

func (w *writer) credential(c Credential) {
	w.u16(c.Type)
	if c.Type == X509Credential {
		w.nested(func(w *writer) {
			for _, cert := range c.Certificates {
				w.vec(cert)
			}
		})
		return
	}
	w.vec(c.Identity)
}

// Extension types (RFC 9420 section 17.3). Applications use 0xF000 and up.
const (
	ExtensionApplicationID        uint16 = 1
	ExtensionRatchetTree          uint16 = 2
	ExtensionRequiredCapabilities uint16 = 3
	ExtensionExternalPub          uint16 = 4
	ExtensionExternalSenders      uint16 = 5
	// ExtensionLastResort marks a key package that may be used again
	// (draft-ietf-mls-extensions).
	ExtensionLastResort uint16 = 0x000a
)

// Extension is an extension of a leaf, a key package, a group context or a
// GroupInfo (RFC 9420 section 7.2).
type Extension struct {
	Type uint16
	Data []byte
}

// FindExtension returns the data of the first extension of a type.
func FindExtension(list []Extension, typ uint16) ([]byte, bool) {
	for _, e := range list {
		if e.Type == typ {
			return e.Data, true
		}
	}
	return nil, false
}

func (r *reader) extensions() []Extension {
	var out []Extension
	r.list(maxExtensions, func(r *reader) {
		e := Extension{Type: r.u16(), Data: r.vec()}
		if _, twice := FindExtension(out, e.Type); twice {
			r.fail("extension occurs twice")
		}
		out = append(out, e)
	})
	return out
}

func (w *writer) extensions(list []Extension) {
	w.nested(func(w *writer) {
		for _, e := range list {
			w.u16(e.Type)
			w.vec(e.Data)
		}
	})
}

func cloneExtensions(list []Extension) []Extension {
	out := make([]Extension, len(list))
	for i, e := range list {
		out[i] = Extension{Type: e.Type, Data: bytes.Clone(e.Data)}
	}
	return out
}

func equalExtensions(a, b []Extension) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Type != b[i].Type || !bytes.Equal(a[i].Data, b[i].Data) {
			return false
		}
	}
	return true
}

// defaultExtension tells whether every client supports a type without
// listing it (RFC 9420 section 7.2).
func defaultExtension(typ uint16) bool {
	return typ >= ExtensionApplicationID && typ <= ExtensionExternalSenders
}

func defaultProposal(typ uint16) bool {
	return typ >= proposalAdd && typ <= proposalGroupContextExtensions
}

// Lifetime bounds a key package, in Unix seconds, both ends included.
type Lifetime struct{ NotBefore, NotAfter uint64 }

func (l Lifetime) contains(now int64) bool {
	return now >= 0 && uint64(now) >= l.NotBefore && uint64(now) <= l.NotAfter
}

// Capabilities says what a client supports (RFC 9420 section 7.2).
type Capabilities struct {
	Versions    []uint16
	Suites      []Suite
	Extensions  []uint16
	Proposals   []uint16
	Credentials []uint16
}

func (c Capabilities) hasExtension(typ uint16) bool {
	return defaultExtension(typ) || contains16(c.Extensions, typ)
}

func contains16(list []uint16, v uint16) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

func (r *reader) list16() []uint16 {
	s := r.sub()
	if len(s.b)%2 != 0 {
		s.fail("odd list")
	}
	out := make([]uint16, 0, len(s.b)/2)
	for s.err == nil && len(s.b) > 0 {
		out = append(out, s.u16())
	}
	if s.err != nil && r.err == nil {
		r.err, r.b = s.err, nil
	}
	return out
}

func (w *writer) list16(list []uint16) {
	w.varint(2 * len(list))
	for _, v := range list {
		w.u16(v)
	}
}

func (r *reader) capabilities() Capabilities {
	var c Capabilities
	c.Versions = r.list16()
	for _, s := range r.list16() {
		c.Suites = append(c.Suites, Suite(s))
	}
	c.Extensions = r.list16()
	c.Proposals = r.list16()
	c.Credentials = r.list16()
	return c
}

func (w *writer) capabilities(c Capabilities) {
	w.list16(c.Versions)
	w.varint(2 * len(c.Suites))
	for _, s := range c.Suites {
		w.u16(uint16(s))
	}
	w.list16(c.Extensions)
	w.list16(c.Proposals)
	w.list16(c.Credentials)
}

// RequiredCapabilities is what a group demands of its members (RFC 9420
// section 11.1).
type RequiredCapabilities struct {
	Extensions, Proposals, Credentials []uint16
}

// Extension encodes r for a group context.
func (r RequiredCapabilities) Extension() Extension {
	return Extension{Type: ExtensionRequiredCapabilities, Data: encode(func(w *writer) {
		w.list16(r.Extensions)
		w.list16(r.Proposals)
		w.list16(r.Credentials)
	})}
}

func parseRequiredCapabilities(data []byte) (RequiredCapabilities, error) {
	r := newReader(data)
	out := RequiredCapabilities{Extensions: r.list16(), Proposals: r.list16(), Credentials: r.list16()}
	return out, r.done()
}

// satisfiedBy tells whether a client with capabilities c may be a member.
func (r RequiredCapabilities) satisfiedBy(c Capabilities) bool {
	for _, e := range r.Extensions {
		if !c.hasExtension(e) {
			return false
		}
	}
	for _, p := range r.Proposals {
		if !defaultProposal(p) && !contains16(c.Proposals, p) {
			return false
		}
	}
	for _, t := range r.Credentials {
		if !contains16(c.Credentials, t) {
			return false
		}
	}
	return true
}

// ExternalSender may send proposals to a group it is not in (RFC 9420
// section 12.1.8.1).
type ExternalSender struct {
	redacted
	SignatureKey []byte
	Credential   Credential
}

// ExternalSendersExtension encodes senders for a group context.
func ExternalSendersExtension(senders []ExternalSender) Extension {
	return Extension{Type: ExtensionExternalSenders, Data: encode(func(w *writer) {
		w.nested(func(w *writer) {
			for _, s := range senders {
				w.vec(s.SignatureKey)
				w.credential(s.Credential)
			}
		})
	})}
}

func parseExternalSenders(data []byte) ([]ExternalSender, error) {
	var out []ExternalSender
	r := newReader(data)
	r.list(maxExtensions, func(r *reader) {
		out = append(out, ExternalSender{SignatureKey: r.vec(), Credential: r.credential()})
	})
	return out, r.done()
}
