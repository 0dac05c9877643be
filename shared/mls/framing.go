package mls

import "bytes"

// Wire formats (RFC 9420 section 17.2).
const (
	wirePublicMessage  uint16 = 1
	wirePrivateMessage uint16 = 2
	wireWelcome        uint16 = 3
	wireGroupInfo      uint16 = 4
	wireKeyPackage     uint16 = 5
)

// Content types (section 6).
const (
	contentApplication uint8 = 1
	contentProposal    uint8 = 2
	contentCommit      uint8 = 3
)

// SenderType says who sent a message (RFC 9420 section 6).
type SenderType uint8

// The sender types.
const (
	SenderMember            SenderType = 1
	SenderExternal          SenderType = 2
	SenderNewMemberProposal SenderType = 3
	SenderNewMemberCommit   SenderType = 4
)

// sender is Sender; index is a leaf for members, an index into
// external_senders for external senders, and 0 otherwise.
type sender struct {
	typ   SenderType
	index uint32
}

func memberSender(leaf LeafIndex) sender { return sender{SenderMember, uint32(leaf)} }

func (r *reader) sender() sender {
	s := sender{typ: SenderType(r.u8())}
	switch s.typ {
	case SenderMember, SenderExternal:
		s.index = r.u32()
	case SenderNewMemberProposal, SenderNewMemberCommit:
	default:
		r.fail("bad sender type")
	}
	return s
}

func (w *writer) sender(s sender) {
	w.u8(uint8(s.typ))
	if s.typ == SenderMember || s.typ == SenderExternal {
		w.u32(s.index)
	}
}

// framedContent is FramedContent; body is the encoding of the content itself.
type framedContent struct {
	groupID []byte
	epoch   uint64
	sender  sender
	aad     []byte
	typ     uint8
	body    []byte

	application []byte
	proposal    Proposal
	commit      *commit
}

func (f *framedContent) write(w *writer) {
	w.vec(f.groupID)
	w.u64(f.epoch)
	w.sender(f.sender)
	w.vec(f.aad)
	w.u8(f.typ)
	w.raw(f.body)
}

func (f *framedContent) encode() []byte {
	w := writer{b: make([]byte, 0, len(f.groupID)+len(f.aad)+len(f.body)+32)}
	f.write(&w)
	return w.b
}

// content reads the part of a message that depends on its type.
func (r *reader) content(f *framedContent) {
	start := r.b
	switch f.typ {
	case contentApplication:
		f.application = r.vec()
	case contentProposal:
		f.proposal = r.proposal()
	case contentCommit:
		f.commit = r.commit()
	default:
		r.fail("bad content type")
	}
	if r.err == nil {
		f.body = start[: len(start)-len(r.b) : len(start)-len(r.b)]
	}
}

func (r *reader) framedContent() *framedContent {
	f := &framedContent{groupID: r.vec(), epoch: r.u64(), sender: r.sender(), aad: r.vec(), typ: r.u8()}
	r.content(f)
	return f
}

// authData is FramedContentAuthData; the tag is present in commits only.
type authData struct {
	signature       []byte
	confirmationTag []byte
}

func (r *reader) authData(typ uint8) authData {
	a := authData{signature: r.vec()}
	if typ == contentCommit {
		a.confirmationTag = r.vec()
	}
	return a
}

func (w *writer) authData(a authData, typ uint8) {
	w.vec(a.signature)
	if typ == contentCommit {
		w.vec(a.confirmationTag)
	}
}

// authenticated is AuthenticatedContent.
type authenticated struct {
	wire    uint16
	content *framedContent
	raw     []byte // FramedContent
	auth    authData
}

// tbs is FramedContentTBS; context is the encoded GroupContext.
func (a *authenticated) tbs(context []byte) []byte {
	w := writer{b: make([]byte, 0, len(a.raw)+len(context)+4)}
	w.u16(protocolVersion)
	w.u16(a.wire)
	w.raw(a.raw)
	if t := a.content.sender.typ; t == SenderMember || t == SenderNewMemberCommit {
		w.raw(context)
	}
	return w.b
}

func (a *authenticated) sign(c *suiteCipher, key SignatureKey, context []byte) (err error) {
	a.auth.signature, err = c.sign(key, "FramedContentTBS", a.tbs(context))
	return err
}

func (a *authenticated) verify(c *suiteCipher, public, context []byte) bool {
	return c.verify(public, "FramedContentTBS", a.tbs(context), a.auth.signature)
}

// ref is the ProposalRef of a proposal.
func (a *authenticated) ref(c *suiteCipher) []byte {
	return c.refHash("MLS 1.0 Proposal Reference", encode(func(w *writer) {
		w.u16(a.wire)
		w.raw(a.raw)
		w.authData(a.auth, a.content.typ)
	}))
}

// publicMessage is PublicMessage of section 6.2.
type publicMessage struct {
	authenticated
	membershipTag []byte
}

func (r *reader) publicMessage() *publicMessage {
	m := &publicMessage{authenticated: authenticated{wire: wirePublicMessage}}
	start := r.b
	m.content = r.framedContent()
	if r.err == nil {
		m.raw = start[: len(start)-len(r.b) : len(start)-len(r.b)]
	}
	m.auth = r.authData(m.content.typ)
	if m.content.sender.typ == SenderMember {
		m.membershipTag = r.vec()
	}
	return m
}

func (m *publicMessage) write(w *writer) {
	w.raw(m.raw)
	w.authData(m.auth, m.content.typ)
	if m.content.sender.typ == SenderMember {
		w.vec(m.membershipTag)
	}
}

// tbm is AuthenticatedContentTBM.
func (m *publicMessage) tbm(context []byte) []byte {
	w := writer{b: m.tbs(context)}
	w.authData(m.auth, m.content.typ)
	return w.b
}

// privateMessage is PrivateMessage of section 6.3.
type privateMessage struct {
	groupID    []byte
	epoch      uint64
	typ        uint8
	aad        []byte
	senderData []byte
	ciphertext []byte
}

func (r *reader) privateMessage() *privateMessage {
	m := &privateMessage{groupID: r.vec(), epoch: r.u64(), typ: r.u8(), aad: r.vec(), senderData: r.vec(), ciphertext: r.vec()}
	if m.typ < contentApplication || m.typ > contentCommit {
		r.fail("bad content type")
	}
	return m
}

func (m *privateMessage) write(w *writer) {
	w.vec(m.groupID)
	w.u64(m.epoch)
	w.u8(m.typ)
	w.vec(m.aad)
	w.vec(m.senderData)
	w.vec(m.ciphertext)
}

func (m *privateMessage) contentAAD() []byte {
	w := writer{b: make([]byte, 0, len(m.groupID)+len(m.aad)+24)}
	w.vec(m.groupID)
	w.u64(m.epoch)
	w.u8(m.typ)
	w.vec(m.aad)
	return w.b
}

func (m *privateMessage) senderDataAAD() []byte {
	w := writer{b: make([]byte, 0, len(m.groupID)+16)}
	w.vec(m.groupID)
	w.u64(m.epoch)
	w.u8(m.typ)
	return w.b
}

// message wraps an object into an MLSMessage.
func message(wire uint16, size int, body func(*writer)) []byte {
	w := writer{b: make([]byte, 0, size+64)}
	w.u16(protocolVersion)
	w.u16(wire)
	body(&w)
	return w.b
}

// openMessage reads the head of an MLSMessage.
func openMessage(b []byte) (*reader, uint16, error) { return openWithin(b, Limits{}) }

// openWithin is openMessage within limits.
func openWithin(b []byte, limits Limits) (*reader, uint16, error) {
	if len(b) > bounded(limits.Message, MaxMessageSize) {
		return nil, 0, invalid("message too large")
	}
	r := &reader{b: b, limits: limits}
	version, wire := r.u16(), r.u16()
	if r.err != nil {
		return nil, 0, r.err
	}
	if version != protocolVersion {
		return nil, 0, invalid("unknown protocol version")
	}
	return r, wire, nil
}

// WireFormat says what an MLSMessage holds (RFC 9420 section 17.2).
type WireFormat uint16

// The wire formats.
const (
	WirePublicMessage  = WireFormat(wirePublicMessage)
	WirePrivateMessage = WireFormat(wirePrivateMessage)
	WireWelcome        = WireFormat(wireWelcome)
	WireGroupInfo      = WireFormat(wireGroupInfo)
	WireKeyPackage     = WireFormat(wireKeyPackage)
)

// Kind is the kind of a group message.
type Kind uint8

// The kinds of group messages.
const (
	KindApplication = Kind(contentApplication)
	KindProposal    = Kind(contentProposal)
	KindCommit      = Kind(contentCommit)
)

// MessageInfo is what anyone can read off a message, unverified.
type MessageInfo struct {
	redacted
	Wire WireFormat
	// GroupID, Epoch and Kind are set for public and private messages and,
	// but for Kind, for GroupInfos. GroupID aliases the message.
	GroupID []byte
	Epoch   uint64
	Kind    Kind
}

// PeekMessage reads the head of an MLSMessage, for routing. It verifies
// nothing and does not read to the end.
func PeekMessage(msg []byte) (MessageInfo, error) {
	r, wire, err := openMessage(msg)
	if err != nil {
		return MessageInfo{}, err
	}
	info := MessageInfo{Wire: WireFormat(wire)}
	switch wire {
	case wirePrivateMessage:
		info.GroupID, info.Epoch, info.Kind = r.vec(), r.u64(), Kind(r.u8())
	case wirePublicMessage:
		info.GroupID, info.Epoch = r.vec(), r.u64()
		r.sender()
		r.vec()
		info.Kind = Kind(r.u8())
	case wireGroupInfo:
		g := r.groupContext()
		info.GroupID, info.Epoch = g.groupID, g.epoch
	case wireWelcome, wireKeyPackage:
	default:
		return MessageInfo{}, invalid("unknown wire format")
	}
	if (wire == wirePrivateMessage || wire == wirePublicMessage) && (info.Kind < KindApplication || info.Kind > KindCommit) {
		r.fail("bad content type")
	}
	if r.err != nil {
		return MessageInfo{}, r.err
	}
	return info, nil
}

// WelcomeRefs returns the references of the key packages a Welcome is for.
func WelcomeRefs(msg []byte) ([][]byte, error) {
	r, wire, err := openMessage(bytes.Clone(msg))
	if err != nil {
		return nil, err
	}
	if wire != wireWelcome {
		return nil, invalid("not a welcome")
	}
	w := r.welcome()
	if err := r.done(); err != nil {
		return nil, err
	}
	var out [][]byte
	for _, s := range w.secrets {
		out = append(out, s.ref)
	}
	return out, nil
}
