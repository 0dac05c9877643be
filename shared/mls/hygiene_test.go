package mls

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// recorder is a provider that remembers the secrets that pass through it.
type recorder struct {
	StandardProvider
	mu      sync.Mutex
	secrets map[string]string // value to what it was
}

func (r *recorder) note(what string, secret []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(secret) >= 12 {
		r.secrets[string(secret)] = what
	}
}

func (r *recorder) DeriveKeyPair(s Suite, ikm []byte) (private, public []byte, err error) {
	r.note("node secret", ikm)
	return r.StandardProvider.DeriveKeyPair(s, ikm)
}

func (r *recorder) OpenHPKE(s Suite, private, kemOutput, info, ciphertext []byte) ([]byte, error) {
	out, err := r.StandardProvider.OpenHPKE(s, private, kemOutput, info, ciphertext)
	r.note("opened secret", out)
	if nh := s.HashSize(); len(out) > nh {
		r.note("joiner secret", out[1:1+nh])
	}
	return out, err
}

func (r *recorder) SealHPKE(s Suite, public, info, plaintext []byte) (kemOutput, ciphertext []byte, err error) {
	r.note("sealed secret", plaintext)
	if nh := s.HashSize(); len(plaintext) > nh {
		r.note("joiner secret", plaintext[1:1+nh])
	}
	return r.StandardProvider.SealHPKE(s, public, info, plaintext)
}

func (r *recorder) ExportSend(s Suite, public []byte, label string, length int) (kemOutput, secret []byte, err error) {
	kemOutput, secret, err = r.StandardProvider.ExportSend(s, public, label, length)
	r.note("external init secret", secret)
	return kemOutput, secret, err
}

func (r *recorder) ExportReceive(s Suite, private, kemOutput []byte, label string, length int) ([]byte, error) {
	r.note("external private key", private)
	out, err := r.StandardProvider.ExportReceive(s, private, kemOutput, label, length)
	r.note("external init secret", out)
	return out, err
}

func (r *recorder) Seal(s Suite, key, nonce, aad, plaintext []byte) ([]byte, error) {
	r.note("message key", key)
	return r.StandardProvider.Seal(s, key, nonce, aad, plaintext)
}

func (r *recorder) Open(s Suite, key, nonce, aad, ciphertext []byte) ([]byte, error) {
	r.note("message key", key)
	return r.StandardProvider.Open(s, key, nonce, aad, ciphertext)
}

// liveBytes calls f with every byte slice reachable from v, whole capacity.
func liveBytes(v reflect.Value, path string, seen map[string]bool, f func(path string, b []byte)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() || v.Type() == reflect.TypeFor[*recorder]() {
			return
		}
		if v.Kind() == reflect.Pointer {
			key := fmt.Sprint(v.Type(), v.Pointer())
			if seen[key] {
				return
			}
			seen[key] = true
		}
		liveBytes(v.Elem(), path, seen, f)
	case reflect.Struct:
		for i := range v.NumField() {
			liveBytes(v.Field(i), path+"."+v.Type().Field(i).Name, seen, f)
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			f(path, v.Slice(0, v.Cap()).Bytes())
			return
		}
		for i := range v.Len() {
			liveBytes(v.Index(i), fmt.Sprintf("%s[%d]", path, i), seen, f)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			liveBytes(it.Value(), path+"[]", seen, f)
		}
	}
}

// requireGone checks that none of the secrets is in the live state or in its
// encoding.
func requireGone(t *testing.T, s *State, secrets map[string]string) {
	t.Helper()
	require.NotEmpty(t, secrets)
	data, err := s.Marshal()
	require.NoError(t, err)
	for secret, what := range secrets {
		require.False(t, bytes.Contains(data, []byte(secret)), "%s in the encoding", what)
	}
	count := 0
	liveBytes(reflect.ValueOf(s), "state", make(map[string]bool), func(path string, b []byte) {
		count++
		for secret, what := range secrets {
			require.False(t, bytes.Contains(b, []byte(secret)), "%s in %s", what, path)
		}
	})
	require.Greater(t, count, 20, "the walk saw next to nothing")
}

// epochSecretsOf are the secrets of an epoch that must be gone once it has
// left the window.
func epochSecretsOf(s *State) map[string]string {
	out := make(map[string]string)
	for i, secret := range s.ep.secrets.all() {
		out[string(*secret)] = fmt.Sprint("epoch secret ", i)
	}
	for _, f := range s.keys.frontier {
		out[string(f.secret)] = "tree secret"
	}
	for _, l := range s.keys.leaves {
		out[string(l.application.secret)] = "application ratchet"
		out[string(l.handshake.secret)] = "handshake ratchet"
	}
	return out
}

func merge(maps ...map[string]string) map[string]string {
	out := make(map[string]string)
	for _, m := range maps {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func TestMemoryHygiene(t *testing.T) {
	for _, suite := range []Suite{X25519AES128, P256AES128, XWingChaCha} {
		t.Run(suite.String(), func(t *testing.T) { testHygiene(t, suite) })
	}
}

func testHygiene(t *testing.T, suite Suite) {
	rec := &recorder{secrets: make(map[string]string)}
	cfg := Config{PastEpochs: 1, ExternalCommits: true, Provider: rec}
	psk := []byte("a pre-shared key of 32 bytes....")
	psks := ExternalPSKs(map[string][]byte{"code": psk})
	rec.note("pre-shared key", psk)

	anna, ben, carla := newClient(t, suite, "anna"), newClient(t, suite, "ben"), newClient(t, suite, "carla")
	rec.note("init key", ben.priv.initPriv)
	s, err := NewGroup(rand.Reader, suite, []byte("g"), anna.leaf, nil, cfg)
	require.NoError(t, err)
	first := epochSecretsOf(s)
	cand, err := s.Commit(rand.Reader, CommitParams{
		Proposals: []Proposal{Add(ben.kp), Add(carla.kp), PSK([]byte("code"))}, PSKs: psks, ForcePath: true, Now: testNow,
	})
	require.NoError(t, err)
	group := []*State{cand.Next}
	for _, c := range []client{ben, carla} {
		rec.note("init key", c.priv.initPriv)
		j, _, err := Join(cand.Welcome, JoinParams{KeyPackages: []*KeyPackagePrivate{c.priv}, PSKs: psks, Config: cfg, Now: testNow})
		require.NoError(t, err)
		group = append(group, j)
	}
	requireAgree(t, group)
	for _, s := range group {
		requireGone(t, s, rec.secrets)
	}
	// The init secret of the epoch before, and all of it for those who came
	// later, are gone at once.
	requireGone(t, group[1], first)
	requireGone(t, group[0], map[string]string{string(s.ep.secrets.init): "init secret of the epoch before"})

	// The encryption secret goes when the first key is taken from it, by the
	// sender and by the receivers; each ratchet secret when it moves on.
	for from := range group {
		before := merge(
			map[string]string{string(group[from].keys.frontier[0].secret): "tree secret on the path"},
		)
		for range 3 {
			for _, l := range group[from].keys.leaves {
				if l.leaf == group[from].OwnLeaf() {
					before[string(l.application.secret)] = "ratchet secret"
				}
			}
			say(t, group, from, "a message")
			requireGone(t, group[from], before)
		}
		for _, s := range group {
			requireGone(t, s, rec.secrets)
		}
	}
	// Commits of both forms, with the path secrets and node secrets recorded.
	// An epoch is kept for late messages, and gone after the next one.
	for round := range 6 {
		from := round % len(group)
		old := make([]map[string]string, len(group))
		oldKeys := make([]map[string]string, len(group))
		for i, s := range group {
			old[i] = epochSecretsOf(s)
			oldKeys[i] = make(map[string]string)
			for _, k := range s.ep.nodeKeys {
				oldKeys[i][string(k.private)] = "private key of a node"
			}
		}
		say(t, group, from, "late")
		for range 2 {
			commitBy(t, group, from, CommitParams{Public: round%2 == 0})
		}
		for i, s := range group {
			requireGone(t, s, merge(old[i], rec.secrets))
			if i == from {
				requireGone(t, s, oldKeys[i])
			}
		}
	}
	// External commits, both sides.
	info, err := group[0].GroupInfo(GroupInfoParams{})
	require.NoError(t, err)
	dora := newClient(t, suite, "dora")
	ext, err := ExternalCommit(rand.Reader, info, ExternalParams{Leaf: dora.leaf, Config: cfg, Now: testNow})
	require.NoError(t, err)
	deliver(t, group, -1, ext.Commit)
	group = append(group, ext.Next)
	requireAgree(t, group)
	for _, s := range group {
		requireGone(t, s, rec.secrets)
	}
	// The key of an Update goes when the update is committed.
	next, msg, err := group[1].Propose(rand.Reader, Update(nil), ProposeParams{Now: testNow})
	require.NoError(t, err)
	oldLeaf := group[1].ep.nodeKeys.get(group[1].OwnLeaf().node())
	group[1] = next
	deliver(t, group, 1, msg)
	commitBy(t, group, 0, CommitParams{})
	requireGone(t, group[1], merge(map[string]string{string(oldLeaf): "old leaf key"}, rec.secrets))
}
