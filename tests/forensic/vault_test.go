package forensic_test

import (
	"bytes"
	crand "crypto/rand"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/tests/forensic"
	"petmail/wasm/store"
	"petmail/wasm/store/sqlite"
	"petmail/wasm/vault"
	"petmail/wasm/vault/file"
)

// profile is a folder with a vault in it, and a witness of all that was ever
// written into its database.
type profile struct {
	folder   string
	evidence *forensic.Evidence
}

func newProfile(t *testing.T) *profile {
	return &profile{folder: t.TempDir(), evidence: forensic.NewEvidence()}
}

func (p *profile) root() string { return filepath.Join(p.folder, "root") }

func (p *profile) open(t *testing.T, secret vault.Secret) *vault.Vault {
	t.Helper()
	records, err := sqlite.Open(filepath.Join(p.folder, "records.db"))
	require.NoError(t, err)
	root, err := file.Open(p.root())
	require.NoError(t, err)
	v, err := vault.Open(vault.Config{Backing: witness{records, p.evidence}, Root: root, Rand: crand.Reader}, secret)
	require.NoError(t, err)
	t.Cleanup(func() { v.Close() })
	return v
}

// witness adds to the evidence whatever is written.
type witness struct {
	*sqlite.Store
	evidence *forensic.Evidence
}

func (w witness) Commit(b *store.Batch) error {
	for _, op := range b.Ops {
		w.evidence.Add(op.Key, op.Value)
	}
	return w.Store.Commit(b)
}

// examine returns which values the examiner reads.
func (p *profile) examine(t *testing.T, secrets ...forensic.Secret) ([]string, *forensic.Findings) {
	t.Helper()
	files, err := forensic.Files(p.folder)
	require.NoError(t, err)
	found, err := forensic.Examine(p.evidence, files, secrets...)
	require.NoError(t, err)
	return values(found), found
}

const marker = "value of "

func values(found *forensic.Findings) []string {
	var out []string
	for _, plain := range found.Plain {
		if bytes.HasPrefix(plain, []byte(marker)) {
			out = append(out, string(bytes.SplitN(plain, []byte("\n"), 2)[0]))
		}
	}
	return out
}

// value is the text of a key, of a size that differs from others'.
func value(key string, size int) []byte {
	return []byte(marker + key + "\n" + strings.Repeat("x", size))
}

// same compares without regard to order, and prints only what differs.
func same(t *testing.T, want, found []string, message ...any) {
	t.Helper()
	extra, missing := difference(found, want), difference(want, found)
	require.Empty(t, extra, message...)
	require.Empty(t, missing, message...)
	require.Len(t, found, len(want), message...)
}

func difference(of, without []string) (rest []string) {
	known := make(map[string]bool)
	for _, s := range without {
		known[s] = true
	}
	for _, s := range of {
		if !known[s] {
			rest = append(rest, s)
		}
	}
	return rest
}

func put(t *testing.T, v *vault.Vault, keys ...string) {
	t.Helper()
	var b store.Batch
	for i, key := range keys {
		b.Put(key, value(key, i*37%3000))
	}
	require.NoError(t, v.Commit(&b))
}

func names(from, to int) (out []string) {
	for i := from; i < to; i++ {
		out = append(out, fmt.Sprintf("key%04d", i))
	}
	return out
}

func want(keys []string) (out []string) {
	for _, key := range keys {
		out = append(out, marker+key)
	}
	return out
}

// TestFindsWhatIsKept: all that a vault of several pages holds, and nothing of
// what it has deleted or replaced, though every sealed record is in evidence.
func TestFindsWhatIsKept(t *testing.T) {
	p := newProfile(t)
	v := p.open(t, vault.Secret{})
	put(t, v, names(0, 300)...)
	var b store.Batch
	for _, key := range names(0, 120) {
		b.Delete(key)
	}
	b.Put("key0200", value("the other 200", 0))
	b.Put("large", value("large", 700<<10)) // of several parts
	require.NoError(t, v.Commit(&b))

	kept := append(names(120, 200), "the other 200", "large")
	kept = append(kept, names(201, 300)...)
	found, findings := p.examine(t)
	same(t, want(kept), found)
	require.Equal(t, 1, findings.Roots)
	require.Greater(t, p.evidence.Records(), findings.Opened+60)

	require.NoError(t, v.Close())
	found, _ = p.examine(t)
	same(t, want(kept), found, "after the vault is closed")
	for _, plain := range findings.Plain {
		if bytes.HasPrefix(plain, []byte(marker+"large")) {
			require.True(t, bytes.Equal(value("large", 700<<10), plain), "parts are put together")
		}
	}
}

// TestErasedHasNothing: after Erase no key is left to anything.
func TestErasedHasNothing(t *testing.T) {
	p := newProfile(t)
	v := p.open(t, vault.Secret{})
	put(t, v, names(0, 100)...)
	require.NoError(t, v.Erase())
	found, findings := p.examine(t)
	require.Empty(t, found)
	require.Zero(t, findings.Opened)
	require.Zero(t, findings.Slots)
}

// TestLocked: the examiner needs the lock's key, and has it given.
func TestLocked(t *testing.T) {
	p := newProfile(t)
	v := p.open(t, vault.Secret{})
	put(t, v, names(0, 60)...)
	key := make([]byte, 32)
	crand.Read(key)
	lock := vault.Lock{ID: bytes.Repeat([]byte{7}, vault.LockID), Kind: vault.Passphrase, Params: []byte("params")}
	require.NoError(t, v.SetLocks([]vault.NewLock{{Lock: lock, Key: key}}))
	put(t, v, "late")
	require.NoError(t, v.Close())

	found, findings := p.examine(t)
	require.Empty(t, found)
	require.Equal(t, 1, findings.Slots)
	found, _ = p.examine(t, func(kind string, params []byte) []byte {
		require.Equal(t, "passphrase", kind)
		require.Equal(t, "params", string(params))
		return key
	})
	same(t, want(append(names(0, 60), "late")), found)

	// The key of the lock itself, should it lie anywhere.
	plant(t, p, key)
	found, _ = p.examine(t)
	require.Len(t, found, 61)
}

// plant writes a key to an odd place in a big file.
func plant(t *testing.T, p *profile, key []byte) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 3<<19)
	for i := range b {
		b[i] = "the quick brown fox jumps over the lazy dog"[rng.IntN(43)]
	}
	copy(b[1<<20-13:], key) // over the border of two chunks
	require.NoError(t, os.WriteFile(filepath.Join(p.folder, "haystack"), b, 0o600))
}

// TestCatchesRootsThatStay: a vault that does not overwrite its old slot, or
// moves the file instead, is caught: the old root opens what was deleted.
func TestCatchesRootsThatStay(t *testing.T) {
	for name, leave := range map[string]func(t *testing.T, p *profile, old []byte){
		"slot not erased": func(t *testing.T, p *profile, old []byte) {
			now, err := os.ReadFile(p.root())
			require.NoError(t, err)
			for i := range 2 {
				if slot := now[i*vault.SlotSize:][:vault.SlotSize]; bytes.Count(slot, []byte{0}) == vault.SlotSize {
					copy(slot, old[i*vault.SlotSize:])
				}
			}
			require.NoError(t, os.WriteFile(p.root(), now, 0o600))
		},
		"file written anew": func(t *testing.T, p *profile, old []byte) {
			image := append(make([]byte, 1<<20+512), old...) // what the filesystem left free
			require.NoError(t, os.WriteFile(filepath.Join(p.folder, "image"), image, 0o600))
		},
		"only the key is left": func(t *testing.T, p *profile, old []byte) {
			files := filepath.Join(t.TempDir(), "old")
			require.NoError(t, os.WriteFile(files, old, 0o600))
			found, err := forensic.Examine(p.evidence, []string{files})
			require.NoError(t, err)
			require.Len(t, values(found), 100, "the old root by itself")
			plant(t, p, recordKey(t, found))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProfile(t)
			v := p.open(t, vault.Secret{})
			put(t, v, names(0, 100)...)
			old, err := os.ReadFile(p.root())
			require.NoError(t, err)
			var b store.Batch
			for _, key := range names(0, 40) {
				b.Delete(key)
			}
			require.NoError(t, v.Commit(&b))
			require.NoError(t, v.Close())
			found, _ := p.examine(t)
			same(t, want(names(40, 100)), found)

			leave(t, p, old)
			found, _ = p.examine(t)
			require.Greater(t, len(found), 60, "deleted values must be found again")
			require.Subset(t, want(names(0, 100)), found)
		})
	}
}

// recordKey returns the key of a deleted record, from a leaf that an old root
// opens.
func recordKey(t *testing.T, found *forensic.Findings) []byte {
	t.Helper()
	for _, plain := range found.Plain {
		for _, item := range forensic.Leaf(plain) {
			if item.Name == "key0030" && item.Key != nil {
				return item.Key
			}
		}
	}
	t.Fatal("no leaf with key0030")
	return nil
}
