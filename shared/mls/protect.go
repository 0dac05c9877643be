package mls

import "io"

// groupKeys are what protects the messages of one epoch.
type groupKeys struct {
	c          *suiteCipher
	context    []byte // encoded GroupContext
	senderData []byte
	membership []byte
	tree       secretTree
	limits     Limits // of what is decoded
}

// maxPadding bounds the padding block of a private message, in bytes.
const maxPadding = 1 << 20

func (k *groupKeys) protectPublic(a *authenticated) []byte {
	m := &publicMessage{authenticated: *a}
	m.membershipTag = k.c.mac(k.membership, m.tbm(k.context))
	return message(wirePublicMessage, len(m.raw)+256, m.write)
}

// checkPublic verifies the membership tag.
func (k *groupKeys) checkPublic(m *publicMessage) bool {
	return k.c.verifyMAC(k.membership, m.tbm(k.context), m.membershipTag)
}

// protectPrivate encrypts a signed message of the member at its sender's
// leaf. The plaintext is padded with zeros to a multiple of padding bytes.
func (k *groupKeys) protectPrivate(rand io.Reader, a *authenticated, padding int) ([]byte, secretTree, error) {
	f := a.content
	leaf := LeafIndex(f.sender.index)
	tree, key, err := k.tree.nextKey(k.c, leaf, f.typ != contentApplication)
	if err != nil {
		return nil, k.tree, err
	}
	defer clear(key.key)
	guard, err := random(rand, 4)
	if err != nil {
		return nil, k.tree, err
	}
	var w writer
	w.b = make([]byte, 0, len(f.body)+len(a.auth.signature)+len(a.auth.confirmationTag)+padding+16)
	w.raw(f.body)
	w.authData(a.auth, f.typ)
	if padding > 1 {
		if over := len(w.b) % min(padding, maxPadding); over > 0 {
			w.raw(make([]byte, min(padding, maxPadding)-over))
		}
	}
	m := privateMessage{groupID: f.groupID, epoch: f.epoch, typ: f.typ, aad: f.aad}
	for i := range guard {
		key.nonce[i] ^= guard[i]
	}
	m.ciphertext, err = k.c.provider.Seal(k.c.suite, key.key, key.nonce, m.contentAAD(), w.b)
	clear(w.b)
	if err != nil {
		return nil, k.tree, err
	}
	sd := encode(func(w *writer) {
		w.u32(uint32(leaf))
		w.u32(key.generation)
		w.raw(guard)
	})
	sdKey, sdNonce := k.senderDataKey(m.ciphertext)
	m.senderData, err = k.c.provider.Seal(k.c.suite, sdKey, sdNonce, m.senderDataAAD(), sd)
	if err != nil {
		return nil, k.tree, err
	}
	return message(wirePrivateMessage, len(m.groupID)+len(m.aad)+len(m.ciphertext)+128, m.write), tree, nil
}

func (k *groupKeys) senderDataKey(ciphertext []byte) (key, nonce []byte) {
	sample := ciphertext[:min(len(ciphertext), k.c.nh)]
	return k.c.expandWithLabel(k.senderData, "key", sample, k.c.nk), k.c.expandWithLabel(k.senderData, "nonce", sample, k.c.nn)
}

// senderData is SenderData of section 6.3.2.
type senderData struct {
	leaf       LeafIndex
	generation uint32
	guard      []byte
}

func (k *groupKeys) openSenderData(m *privateMessage) (senderData, error) {
	if len(m.ciphertext) == 0 {
		return senderData{}, invalid("empty ciphertext")
	}
	key, nonce := k.senderDataKey(m.ciphertext)
	b, err := k.c.provider.Open(k.c.suite, key, nonce, m.senderDataAAD(), m.senderData)
	if err != nil {
		return senderData{}, invalid("sender data does not decrypt")
	}
	r := newReader(b)
	sd := senderData{leaf: LeafIndex(r.u32()), generation: r.u32(), guard: r.take(4)}
	return sd, r.done()
}

// openPrivate decrypts a private message whose sender has been found. The
// signature is not checked here.
func (k *groupKeys) openPrivate(m *privateMessage, sd senderData) (*authenticated, secretTree, error) {
	tree, key, err := k.tree.keyFor(k.c, sd.leaf, m.typ != contentApplication, sd.generation)
	if err != nil {
		return nil, k.tree, err
	}
	nonce := append([]byte(nil), key.nonce...)
	for i := range sd.guard {
		nonce[i] ^= sd.guard[i]
	}
	plain, err := k.c.provider.Open(k.c.suite, key.key, nonce, m.contentAAD(), m.ciphertext)
	if err != nil {
		return nil, k.tree, invalid("message does not decrypt")
	}
	f := &framedContent{groupID: m.groupID, epoch: m.epoch, sender: memberSender(sd.leaf), aad: m.aad, typ: m.typ}
	r := &reader{b: plain, limits: k.limits}
	r.content(f)
	auth := r.authData(f.typ)
	if r.err != nil {
		return nil, k.tree, r.err
	}
	for _, b := range r.b {
		if b != 0 {
			return nil, k.tree, invalid("padding is not zero")
		}
	}
	return &authenticated{wire: wirePrivateMessage, content: f, raw: f.encode(), auth: auth}, tree, nil
}
