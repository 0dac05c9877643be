package vault_test

import (
	"bytes"
	crand "crypto/rand"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
	"petmail/wasm/vault"
)

var errCut = errors.New("power is cut")

// cutter cuts the power before or after the n-th write, counted over backing
// and root file together.
type cutter struct {
	at    int
	after bool // a Commit of the backing stands all the same
	steps int
	dead  bool
}

func (c *cutter) step() (now bool) {
	c.steps++
	now = c.steps == c.at
	c.dead = c.dead || now
	return now
}

// backing is a vault.Backing with faults.
type backing struct {
	*faulty.Store
	vault.Backing
}

func (b backing) Get(key string) ([]byte, error) { return b.Store.Get(key) }
func (b backing) Scan(prefix, from string, reverse bool, limit int) ([]store.Record, error) {
	return b.Store.Scan(prefix, from, reverse, limit)
}
func (b backing) Commit(batch *store.Batch) error { return b.Store.Commit(batch) }
func (b backing) Close() error                    { return b.Store.Close() }

func faultyBacking(d *disk) backing {
	records := d.records.Open()
	return backing{faulty.Wrap(records), records}
}

// openCut opens a vault whose power is cut by c.
func (d *disk) openCut(c *cutter, secret vault.Secret) (*vault.Vault, error) {
	root, err := d.root.Open()
	if err != nil {
		return nil, err
	}
	records := faultyBacking(d)
	records.Plan(func(int, *store.Batch) faulty.Fault {
		switch {
		case c.step() && c.after:
			return faulty.CrashAfter
		case c.dead:
			return faulty.CrashBefore
		}
		return faulty.None
	})
	root.OnStep(func() error {
		if c.step(); c.dead {
			return errCut
		}
		return nil
	})
	return vault.Open(vault.Config{Backing: records, Root: root, Rand: crand.Reader}, secret)
}

// rounds is how many times a test cuts the power: few, or as many as the long
// test asks for.
func rounds(few int) int {
	if n, err := strconv.Atoi(os.Getenv("PETMAIL_SOAK_VAULT")); err == nil {
		return n
	}
	return few
}

// TestCut cuts the power after each single write of a random life: what was
// committed stands, what was under way stands whole or not at all, and of
// what was deleted no key is left.
func TestCut(t *testing.T) {
	for round := range rounds(400) {
		rng := rand.New(rand.NewPCG(uint64(round), 7))
		d := newDisk()
		w := newWitness(d)
		model := map[string]string{}
		for life := range 4 {
			c := &cutter{at: 1 + rng.IntN(25), after: rng.IntN(2) == 0}
			v, err := d.openCut(c, vault.Secret{})
			before := maps.Clone(model)
			for err == nil {
				var b store.Batch
				before, model = model, maps.Clone(model)
				for range 1 + rng.IntN(40) {
					key := fmt.Sprintf("k%03d", rng.IntN(200))
					if rng.IntN(3) == 0 {
						b.Delete(key)
						delete(model, key)
						continue
					}
					model[key] = fmt.Sprintf("value %d.%d.%x", round, life, rng.Uint64())
					b.Put(key, []byte(model[key]))
				}
				if err = v.Commit(&b); err == nil {
					w.look()
					w.examine(t, v, model)
				}
			}
			require.True(t, c.dead, "%v", err)
			d.root.Crash(rng)

			v = d.mustOpen(t)
			now := contents(t, v)
			if !maps.Equal(now, model) {
				require.Equal(t, before, now, "round %d life %d: neither before nor after", round, life)
				model = before
			}
			w.look()
			w.examine(t, v, model)
			require.NoError(t, v.Close())
		}
	}
}

// TestCutLocks cuts the power while locks are changed: one of the two secrets
// opens, and once the change has been answered only the new one.
func TestCutLocks(t *testing.T) {
	for at := 1; at < 12; at++ {
		for _, after := range []bool{false, true} {
			rng := rand.New(rand.NewPCG(uint64(at), 8))
			d := newDisk()
			v := d.mustOpen(t)
			put(t, v, "a", "1")
			old, renewed := newLock(t), newLock(t)
			require.NoError(t, v.SetLocks([]vault.NewLock{old}))
			require.NoError(t, v.Close())

			v, err := d.openCut(&cutter{at: at, after: after}, secretOf(old))
			if err == nil {
				if err = v.SetLocks([]vault.NewLock{renewed}); err == nil {
					require.NoError(t, v.Close())
				}
			}
			d.root.Crash(rng)
			v, newErr := d.open(secretOf(renewed))
			if newErr != nil {
				require.Error(t, err, "the change was answered, and the new secret does not open")
				v, newErr = d.open(secretOf(old))
			} else {
				require.NoError(t, v.Close())
				_, oldErr := d.open(secretOf(old))
				require.ErrorIs(t, oldErr, vault.ErrWrongSecret)
				v, newErr = d.open(secretOf(renewed))
			}
			require.NoError(t, newErr)
			require.Equal(t, "1", value(t, v, "a"))
			require.NoError(t, v.Close())
		}
	}
}

// TestFailedWrites: a backing that fails and goes on costs only that Commit.
func TestFailedWrites(t *testing.T) {
	for round := range 50 {
		rng := rand.New(rand.NewPCG(uint64(round), 9))
		d := newDisk()
		root, err := d.root.Open()
		require.NoError(t, err)
		records := faultyBacking(d)
		fault := faulty.None
		records.Plan(func(int, *store.Batch) faulty.Fault { return fault })
		v, err := vault.Open(vault.Config{Backing: records, Root: root, Rand: crand.Reader}, vault.Secret{})
		require.NoError(t, err)
		model := map[string]string{}
		for i := range 40 {
			var b store.Batch
			changed := maps.Clone(model)
			for range 1 + rng.IntN(200) {
				key := fmt.Sprintf("k%03d", rng.IntN(300))
				changed[key] = fmt.Sprint(i)
				b.Put(key, []byte(changed[key]))
			}
			fault = []faulty.Fault{faulty.None, faulty.FailBefore, faulty.FailAfter}[rng.IntN(3)]
			if err := v.Commit(&b); fault == faulty.None {
				require.NoError(t, err)
				model = changed
			} else {
				require.ErrorIs(t, err, faulty.ErrFault)
			}
			fault = faulty.None
			require.Equal(t, model, contents(t, v))
		}
		require.NoError(t, v.Close())
		require.Equal(t, model, contents(t, d.mustOpen(t)))
	}
}

// TestRootFileFails: the vault ends, and opens again with what stands.
func TestRootFileFails(t *testing.T) {
	for at := 1; at <= 4; at++ {
		d := newDisk()
		root, err := d.root.Open()
		require.NoError(t, err)
		v, err := vault.Open(vault.Config{Backing: d.records.Open(), Root: root, Rand: crand.Reader}, vault.Secret{})
		require.NoError(t, err)
		put(t, v, "a", "1")
		steps := 0
		root.OnStep(func() error {
			if steps++; steps == at {
				return errCut
			}
			return nil
		})
		require.ErrorIs(t, v.Commit(&store.Batch{Ops: []store.Op{{Key: "a", Value: []byte("2")}}}), errCut)
		_, err = v.Get("a")
		require.ErrorIs(t, err, errCut)
		require.ErrorIs(t, v.Commit(&store.Batch{Ops: []store.Op{{Key: "b", Value: []byte("2")}}}), errCut)
		d.root.Crash(rand.New(rand.NewPCG(1, uint64(at))))
		v = d.mustOpen(t)
		require.Contains(t, []string{"1", "2"}, value(t, v, "a"))
		require.Empty(t, value(t, v, "b"))
	}
}

func contents(t testing.TB, v *vault.Vault) map[string]string {
	t.Helper()
	records, err := v.Scan("", "", false, 1<<20)
	require.NoError(t, err)
	out := map[string]string{}
	for _, r := range records {
		out[r.Key] = string(r.Value)
	}
	return out
}

// witness remembers every sealed record there ever was, as a browser's
// database does.
type witness struct {
	d    *disk
	seen map[string][]byte // by their bytes
}

func newWitness(d *disk) *witness { return &witness{d, map[string][]byte{}} }

func (w *witness) look() {
	for _, value := range w.d.records.Records() {
		w.seen[string(value)] = value
	}
}

// examine opens all that was ever seen with all keys that can be reached from
// what is left, and finds what is in the model and nothing else.
func (w *witness) examine(t testing.TB, v *vault.Vault, model map[string]string) {
	t.Helper()
	var found []string
	for _, plain := range vault.Reach(v, w.seen) {
		if bytes.HasPrefix(plain, []byte("value ")) {
			found = append(found, string(plain))
		}
	}
	var want []string
	for _, value := range model {
		want = append(want, value)
	}
	require.ElementsMatch(t, want, found)
}
