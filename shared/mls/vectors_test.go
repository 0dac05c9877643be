package mls

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hexBytes is a hex string in a vector file; null stays nil.
type hexBytes []byte

func (h *hexBytes) UnmarshalJSON(data []byte) error {
	var s *string
	if err := json.Unmarshal(data, &s); err != nil || s == nil {
		return err
	}
	b, err := hex.DecodeString(*s)
	*h = b
	if *h == nil {
		*h = []byte{}
	}
	return err
}

// vectorDir finds the official vectors: beside the project, or in the module
// cache as the testdata of mls-go. MLS_VECTORS names another folder.
func vectorDir(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("MLS_VECTORS"); dir != "" {
		return dir
	}
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := filepath.Join(root, "..", "shared", "vectors", "mls")
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	out, err := exec.Command("go", "mod", "download", "-json", "github.com/thomas-vilte/mls-go@v1.0.0").Output()
	require.NoError(t, err, "no vectors: neither ../shared/vectors/mls nor the module that carries them")
	var mod struct{ Dir string }
	require.NoError(t, json.Unmarshal(out, &mod))
	var found string
	require.NoError(t, filepath.WalkDir(mod.Dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == "tree-math.json" {
			found = filepath.Dir(path)
		}
		return err
	}))
	require.NotEmpty(t, found, "no vectors in %s", mod.Dir)
	return found
}

// vectors reads a vector file; the run says how many cases it held.
func vectors[T any](t *testing.T, name string) []T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(vectorDir(t), name))
	require.NoError(t, err)
	var out []T
	require.NoError(t, json.Unmarshal(data, &out))
	require.NotEmpty(t, out)
	t.Logf("%s: %d cases", name, len(out))
	return out
}

func TestVectorFilesAreCovered(t *testing.T) {
	entries, err := filepath.Glob(filepath.Join(vectorDir(t), "*.json"))
	require.NoError(t, err)
	source, err := os.ReadFile("vectors_test.go")
	require.NoError(t, err)
	more, err := os.ReadFile("vectors_group_test.go")
	require.NoError(t, err)
	t.Logf("%d vector files", len(entries))
	require.GreaterOrEqual(t, len(entries), 14, "the smaller of the two sources has 14")
	for _, e := range entries {
		require.True(t, strings.Contains(string(source)+string(more), `"`+filepath.Base(e)+`"`), "%s has no test", filepath.Base(e))
	}
}

// eachSuite runs f for the cases of suites we have, and reports the others.
func eachSuite[T any](t *testing.T, cases []T, suite func(T) Suite, f func(t *testing.T, c *suiteCipher, v T)) {
	t.Helper()
	ran, foreign := 0, 0
	for _, v := range cases {
		c, err := newCipher(suite(v), nil)
		if err != nil {
			require.ErrorIs(t, err, ErrUnsupported)
			require.NotContains(t, Suites(), suite(v))
			foreign++
			continue
		}
		ran++
		f(t, c, v)
	}
	require.NotZero(t, ran)
	t.Logf("%d cases run, %d of suites we lack", ran, foreign)
}

func TestVectorTreeMath(t *testing.T) {
	type vector struct {
		Leaves  uint32    `json:"n_leaves"`
		Nodes   uint32    `json:"n_nodes"`
		Root    uint32    `json:"root"`
		Left    []*uint32 `json:"left"`
		Right   []*uint32 `json:"right"`
		Parent  []*uint32 `json:"parent"`
		Sibling []*uint32 `json:"sibling"`
	}
	for _, v := range vectors[vector](t, "tree-math.json") {
		require.Equal(t, v.Nodes, 2*v.Leaves-1)
		root := rootOf(v.Leaves)
		require.EqualValues(t, v.Root, root)
		for i := range v.Nodes {
			x := nodeIndex(i)
			require.Equal(t, x.isLeaf(), v.Left[i] == nil)
			if !x.isLeaf() {
				require.EqualValues(t, *v.Left[i], x.left())
				require.EqualValues(t, *v.Right[i], x.right())
			}
			require.Equal(t, x == root, v.Parent[i] == nil)
			if x != root {
				require.EqualValues(t, *v.Parent[i], x.parent())
				require.EqualValues(t, *v.Sibling[i], x.sibling())
			}
		}
	}
}

func TestVectorDeserialization(t *testing.T) {
	type vector struct {
		Header hexBytes `json:"vlbytes_header"`
		Length int      `json:"length"`
	}
	for _, v := range vectors[vector](t, "deserialization.json") {
		r := newReader(v.Header)
		require.Equal(t, v.Length, r.varint())
		require.NoError(t, r.done())
		require.Equal(t, []byte(v.Header), encode(func(w *writer) { w.varint(v.Length) }))
	}
}

func TestVectorCryptoBasics(t *testing.T) {
	type vector struct {
		Suite   Suite `json:"cipher_suite"`
		RefHash struct {
			Label      string
			Value, Out hexBytes
		} `json:"ref_hash"`
		Expand struct {
			Label                string
			Secret, Context, Out hexBytes
			Length               int
		} `json:"expand_with_label"`
		Derive struct {
			Label       string
			Secret, Out hexBytes
		} `json:"derive_secret"`
		Tree struct {
			Label       string
			Secret, Out hexBytes
			Generation  uint32
			Length      int
		} `json:"derive_tree_secret"`
		Sign struct {
			Label                         string
			Priv, Pub, Content, Signature hexBytes
		} `json:"sign_with_label"`
		Encrypt struct {
			Label                                     string
			Priv, Pub, Context, Plaintext, Ciphertext hexBytes
			KEMOutput                                 hexBytes `json:"kem_output"`
		} `json:"encrypt_with_label"`
	}
	eachSuite(t, vectors[vector](t, "crypto-basics.json"), func(v vector) Suite { return v.Suite }, func(t *testing.T, c *suiteCipher, v vector) {
		require.EqualValues(t, v.RefHash.Out, c.refHash(v.RefHash.Label, v.RefHash.Value))
		require.EqualValues(t, v.Expand.Out, c.expandWithLabel(v.Expand.Secret, v.Expand.Label, v.Expand.Context, v.Expand.Length))
		require.EqualValues(t, v.Derive.Out, c.deriveSecret(v.Derive.Secret, v.Derive.Label))
		require.EqualValues(t, v.Tree.Out, c.deriveTreeSecret(v.Tree.Secret, v.Tree.Label, v.Tree.Generation, v.Tree.Length))
		key, err := ParseSignatureKey(v.Suite, v.Sign.Priv)
		require.NoError(t, err)
		require.EqualValues(t, v.Sign.Pub, key.Public())
		require.True(t, c.verify(v.Sign.Pub, v.Sign.Label, v.Sign.Content, v.Sign.Signature))
		sig, err := c.sign(key, v.Sign.Label, v.Sign.Content)
		require.NoError(t, err)
		require.True(t, c.verify(v.Sign.Pub, v.Sign.Label, v.Sign.Content, sig))
		require.False(t, c.verify(v.Sign.Pub, v.Sign.Label+"x", v.Sign.Content, sig))
		plain, err := c.openLabelled(v.Encrypt.Priv, v.Encrypt.Label, v.Encrypt.Context, hpkeCiphertext{v.Encrypt.KEMOutput, v.Encrypt.Ciphertext})
		require.NoError(t, err)
		require.EqualValues(t, v.Encrypt.Plaintext, plain)
		ct, err := c.sealLabelled(v.Encrypt.Pub, v.Encrypt.Label, v.Encrypt.Context, v.Encrypt.Plaintext)
		require.NoError(t, err)
		plain, err = c.openLabelled(v.Encrypt.Priv, v.Encrypt.Label, v.Encrypt.Context, ct)
		require.NoError(t, err)
		require.EqualValues(t, v.Encrypt.Plaintext, plain)
	})
}

func TestVectorKeySchedule(t *testing.T) {
	type epoch struct {
		TreeHash      hexBytes `json:"tree_hash"`
		CommitSecret  hexBytes `json:"commit_secret"`
		PSKSecret     hexBytes `json:"psk_secret"`
		Transcript    hexBytes `json:"confirmed_transcript_hash"`
		Context       hexBytes `json:"group_context"`
		Joiner        hexBytes `json:"joiner_secret"`
		Welcome       hexBytes `json:"welcome_secret"`
		Init          hexBytes `json:"init_secret"`
		SenderData    hexBytes `json:"sender_data_secret"`
		Encryption    hexBytes `json:"encryption_secret"`
		ExporterKey   hexBytes `json:"exporter_secret"`
		Authenticator hexBytes `json:"epoch_authenticator"`
		External      hexBytes `json:"external_secret"`
		Confirmation  hexBytes `json:"confirmation_key"`
		Membership    hexBytes `json:"membership_key"`
		Resumption    hexBytes `json:"resumption_psk"`
		ExternalPub   hexBytes `json:"external_pub"`
		Exporter      struct {
			Label           string
			Context, Secret hexBytes
			Length          int
		} `json:"exporter"`
	}
	type vector struct {
		Suite   Suite    `json:"cipher_suite"`
		GroupID hexBytes `json:"group_id"`
		Init    hexBytes `json:"initial_init_secret"`
		Epochs  []epoch  `json:"epochs"`
	}
	eachSuite(t, vectors[vector](t, "key-schedule.json"), func(v vector) Suite { return v.Suite }, func(t *testing.T, c *suiteCipher, v vector) {
		initSecret := []byte(v.Init)
		for i, e := range v.Epochs {
			g := groupContext{suite: v.Suite, groupID: v.GroupID, epoch: uint64(i), treeHash: e.TreeHash, transcript: e.Transcript}
			context := g.encode()
			require.EqualValues(t, e.Context, context)
			joiner := c.joinerSecret(initSecret, e.CommitSecret, context)
			require.EqualValues(t, e.Joiner, joiner)
			got := c.epochFromJoiner(joiner, e.PSKSecret, context)
			require.EqualValues(t, e.Welcome, got.welcome)
			require.EqualValues(t, e.Welcome, c.welcomeSecret(joiner, e.PSKSecret))
			require.EqualValues(t, e.Init, got.init)
			require.EqualValues(t, e.SenderData, got.senderData)
			require.EqualValues(t, e.Encryption, got.encryption)
			require.EqualValues(t, e.ExporterKey, got.exporter)
			require.EqualValues(t, e.Authenticator, got.authenticator)
			require.EqualValues(t, e.External, got.external)
			require.EqualValues(t, e.Confirmation, got.confirmation)
			require.EqualValues(t, e.Membership, got.membership)
			require.EqualValues(t, e.Resumption, got.resumption)
			_, pub, err := c.provider.DeriveKeyPair(c.suite, got.external)
			require.NoError(t, err)
			require.EqualValues(t, e.ExternalPub, pub)
			require.EqualValues(t, e.Exporter.Secret, c.export(got.exporter, e.Exporter.Label, e.Exporter.Context, e.Exporter.Length))
			initSecret = got.init
		}
	})
}

func TestVectorPSKSecret(t *testing.T) {
	type vector struct {
		Suite Suite `json:"cipher_suite"`
		PSKs  []struct {
			ID    hexBytes `json:"psk_id"`
			PSK   hexBytes `json:"psk"`
			Nonce hexBytes `json:"psk_nonce"`
		} `json:"psks"`
		Secret hexBytes `json:"psk_secret"`
	}
	eachSuite(t, vectors[vector](t, "psk_secret.json"), func(v vector) Suite { return v.Suite }, func(t *testing.T, c *suiteCipher, v vector) {
		keys := make(map[string][]byte)
		var ids []PSKID
		for _, p := range v.PSKs {
			keys[string(p.ID)] = p.PSK
			ids = append(ids, PSKID{Type: ExternalPSK, ID: p.ID, nonce: p.Nonce})
		}
		secret, err := c.pskSecret(ids, ExternalPSKs(keys))
		require.NoError(t, err)
		require.EqualValues(t, v.Secret, secret)
	})
}

func TestVectorSecretTree(t *testing.T) {
	type generation struct {
		Generation       uint32
		ApplicationKey   hexBytes `json:"application_key"`
		ApplicationNonce hexBytes `json:"application_nonce"`
		HandshakeKey     hexBytes `json:"handshake_key"`
		HandshakeNonce   hexBytes `json:"handshake_nonce"`
	}
	type vector struct {
		Suite      Suite `json:"cipher_suite"`
		SenderData struct {
			Secret     hexBytes `json:"sender_data_secret"`
			Ciphertext hexBytes
			Key, Nonce hexBytes
		} `json:"sender_data"`
		Encryption hexBytes       `json:"encryption_secret"`
		Leaves     [][]generation `json:"leaves"`
	}
	eachSuite(t, vectors[vector](t, "secret-tree.json"), func(v vector) Suite { return v.Suite }, func(t *testing.T, c *suiteCipher, v vector) {
		k := groupKeys{c: c, senderData: v.SenderData.Secret}
		key, nonce := k.senderDataKey(v.SenderData.Ciphertext)
		require.EqualValues(t, v.SenderData.Key, key)
		require.EqualValues(t, v.SenderData.Nonce, nonce)
		tree := newSecretTree(v.Encryption, uint32(len(v.Leaves)))
		for leaf, generations := range v.Leaves {
			for _, g := range generations {
				var got messageKey
				var err error
				tree, got, err = tree.keyFor(c, LeafIndex(leaf), false, g.Generation)
				require.NoError(t, err)
				require.EqualValues(t, g.ApplicationKey, got.key)
				require.EqualValues(t, g.ApplicationNonce, got.nonce)
				tree, got, err = tree.keyFor(c, LeafIndex(leaf), true, g.Generation)
				require.NoError(t, err)
				require.EqualValues(t, g.HandshakeKey, got.key)
				require.EqualValues(t, g.HandshakeNonce, got.nonce)
			}
		}
		require.Empty(t, tree.frontier, "secrets left after all leaves were expanded")
	})
}

func TestVectorTranscriptHashes(t *testing.T) {
	type vector struct {
		Suite         Suite    `json:"cipher_suite"`
		Confirmation  hexBytes `json:"confirmation_key"`
		Content       hexBytes `json:"authenticated_content"`
		InterimBefore hexBytes `json:"interim_transcript_hash_before"`
		Confirmed     hexBytes `json:"confirmed_transcript_hash_after"`
		InterimAfter  hexBytes `json:"interim_transcript_hash_after"`
	}
	eachSuite(t, vectors[vector](t, "transcript-hashes.json"), func(v vector) Suite { return v.Suite }, func(t *testing.T, c *suiteCipher, v vector) {
		r := newReader(v.Content)
		wire := r.u16()
		start := r.b
		f := r.framedContent()
		raw := start[:len(start)-len(r.b)]
		auth := r.authData(f.typ)
		require.NoError(t, r.done())
		confirmed := c.confirmedHash(v.InterimBefore, wire, raw, auth.signature)
		require.EqualValues(t, v.Confirmed, confirmed)
		require.True(t, c.verifyMAC(v.Confirmation, confirmed, auth.confirmationTag))
		require.EqualValues(t, v.InterimAfter, c.interimHash(confirmed, auth.confirmationTag))
	})
}

func TestVectorMessages(t *testing.T) {
	type vector map[string]hexBytes
	codecs := map[string]func(r *reader) func(w *writer){
		"ratchet_tree":  func(r *reader) func(*writer) { return r.ratchetTree().write },
		"group_secrets": func(r *reader) func(*writer) { return r.groupSecrets().write },
		"add_proposal": func(r *reader) func(*writer) {
			k := r.keyPackage()
			return k.write
		},
		"update_proposal": func(r *reader) func(*writer) {
			l := r.leafNode()
			return func(w *writer) { l.body(w); w.vec(l.signature) }
		},
		"commit": func(r *reader) func(*writer) {
			c := r.commit()
			return func(w *writer) { w.commit(c) }
		},
	}
	for name, typ := range map[string]uint16{
		"remove_proposal": proposalRemove, "pre_shared_key_proposal": proposalPSK, "re_init_proposal": proposalReInit,
		"external_init_proposal": proposalExternalInit, "group_context_extensions_proposal": proposalGroupContextExtensions,
	} {
		codecs[name] = func(r *reader) func(*writer) {
			r.b = append([]byte{byte(typ >> 8), byte(typ)}, r.b...)
			p := r.proposal()
			return func(w *writer) {
				w.raw(encode(func(w *writer) { w.proposal(p) })[2:])
			}
		}
	}
	for name, wire := range map[string]uint16{
		"mls_welcome": wireWelcome, "mls_group_info": wireGroupInfo, "mls_key_package": wireKeyPackage, "private_message": wirePrivateMessage,
		"public_message_application": wirePublicMessage, "public_message_proposal": wirePublicMessage, "public_message_commit": wirePublicMessage,
	} {
		codecs[name] = func(r *reader) func(*writer) {
			r, got, err := openMessage(r.b)
			require.NoError(t, err)
			require.Equal(t, wire, got)
			var body func(*writer)
			switch wire {
			case wireWelcome:
				body = r.welcome().write
			case wireGroupInfo:
				body = r.groupInfo().write
			case wireKeyPackage:
				body = r.keyPackage().write
			case wirePrivateMessage:
				body = r.privateMessage().write
			default:
				m := r.publicMessage()
				// Encode the content anew, not the bytes it came in.
				switch m.content.typ {
				case contentProposal:
					m.content.body = encode(func(w *writer) { w.proposal(m.content.proposal) })
				case contentCommit:
					m.content.body = encode(func(w *writer) { w.commit(m.content.commit) })
				}
				m.raw = m.content.encode()
				body = m.write
			}
			require.NoError(t, r.done())
			return func(w *writer) { w.raw(message(wire, 0, body)) }
		}
	}
	if !hasVector(t, "messages.json") {
		t.Log("messages.json is not among the vectors of the module cache")
		return
	}
	for _, v := range vectors[vector](t, "messages.json") {
		require.Len(t, v, len(codecs))
		for name, data := range v {
			r := newReader(data)
			write := codecs[name](r)
			require.NoError(t, r.err, name)
			require.True(t, bytes.Equal(data, encode(write)), name)
			if _, _, err := openMessage(data); err == nil && strings.HasPrefix(name, "mls_") {
				_, err := PeekMessage(data)
				require.NoError(t, err)
			}
		}
	}
}

func hasVector(t testing.TB, name string) bool {
	t.Helper()
	_, err := os.Stat(filepath.Join(vectorDir(t), name))
	return err == nil
}
