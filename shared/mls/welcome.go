package mls

// groupInfo is GroupInfo of RFC 9420 section 12.4.3.
type groupInfo struct {
	context         groupContext
	extensions      []Extension
	confirmationTag []byte
	signer          LeafIndex
	signature       []byte
}

func (g *groupInfo) body(w *writer) {
	g.context.write(w)
	w.extensions(g.extensions)
	w.vec(g.confirmationTag)
	w.u32(uint32(g.signer))
}

func (g *groupInfo) write(w *writer) {
	g.body(w)
	w.vec(g.signature)
}

func (r *reader) groupInfo() *groupInfo {
	return &groupInfo{
		context: r.groupContext(), extensions: r.extensions(), confirmationTag: r.vec(),
		signer: LeafIndex(r.u32()), signature: r.vec(),
	}
}

func (g *groupInfo) sign(c *suiteCipher, key SignatureKey) (err error) {
	g.signature, err = c.sign(key, "GroupInfoTBS", encode(g.body))
	return err
}

func (g *groupInfo) verify(c *suiteCipher, public []byte) bool {
	return c.verify(public, "GroupInfoTBS", encode(g.body), g.signature)
}

// groupSecrets is GroupSecrets of section 12.4.3.1.
type groupSecrets struct {
	joiner     []byte
	pathSecret []byte // nil if absent
	psks       []PSKID
}

func (g *groupSecrets) write(w *writer) {
	w.vec(g.joiner)
	w.optional(g.pathSecret != nil)
	if g.pathSecret != nil {
		w.vec(g.pathSecret)
	}
	w.nested(func(w *writer) {
		for _, p := range g.psks {
			w.pskID(p)
		}
	})
}

func (r *reader) groupSecrets() *groupSecrets {
	g := &groupSecrets{joiner: r.vec()}
	if r.optional() {
		g.pathSecret = r.vec()
	}
	r.list(maxPSKs, func(r *reader) { g.psks = append(g.psks, r.pskID()) })
	return g
}

// welcome is Welcome.
type welcome struct {
	suite   Suite
	secrets []encryptedSecrets
	info    []byte
}

type encryptedSecrets struct {
	ref []byte
	ct  hpkeCiphertext
}

func (r *reader) welcome() *welcome {
	w := &welcome{suite: Suite(r.u16())}
	r.list(MaxMembers, func(r *reader) {
		w.secrets = append(w.secrets, encryptedSecrets{ref: r.vec(), ct: r.hpkeCiphertext()})
	})
	w.info = r.vec()
	return w
}

func (m *welcome) write(w *writer) {
	w.u16(uint16(m.suite))
	w.nested(func(w *writer) {
		for _, s := range m.secrets {
			w.vec(s.ref)
			w.hpkeCiphertext(s.ct)
		}
	})
	w.vec(m.info)
}
