package vault_test

import (
	"bytes"
	crand "crypto/rand"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
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
	mu    sync.Mutex
	at    int
	after bool // a Commit of the backing stands all the same
	steps int
	dead  bool
}

func (c *cutter) step() (now bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps++
	now = c.steps == c.at
	c.dead = c.dead || now
	return now
}

func (c *cutter) isDead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dead
}

// order decides how many steps of the root file come before the batch that a
// Commit writes beside them.
type order struct {
	mu     sync.Mutex
	moved  sync.Cond
	armed  bool
	before int // steps of the root file that are still to come before the batch
}

func newOrder() *order {
	o := &order{}
	o.moved.L = &o.mu
	return o
}

// arm is for one Commit.
func (o *order) arm(before int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.armed, o.before = true, before
}

// release lets all go on.
func (o *order) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.armed = false
	o.moved.Broadcast()
}

// root is called before a step of the root file, stepped after it was allowed.
func (o *order) root() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.armed && o.before == 0 {
		o.moved.Wait()
	}
}

func (o *order) stepped() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.before--
	o.moved.Broadcast()
}

// batch is called before the batch, release after it.
func (o *order) batch() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.armed && o.before > 0 {
		o.moved.Wait()
	}
}

// backing is a vault.Backing with faults.
type backing struct {
	*faulty.Store
	vault.Backing
	order *order
}

func (b backing) Get(key string) ([]byte, error) { return b.Store.Get(key) }
func (b backing) Scan(prefix, from string, reverse bool, limit int) ([]store.Record, error) {
	return b.Store.Scan(prefix, from, reverse, limit)
}
func (b backing) Close() error { return b.Store.Close() }
func (b backing) Commit(batch *store.Batch) error {
	b.order.batch()
	defer b.order.release()
	return b.Store.Commit(batch)
}

func faultyBacking(d *disk, o *order) backing {
	records := d.records.Open()
	return backing{faulty.Wrap(records), records, o}
}

// openCut opens a vault whose power is cut by c.
func (d *disk) openCut(c *cutter, o *order, secret vault.Secret) (*vault.Vault, error) {
	root, err := d.root.Open()
	if err != nil {
		return nil, err
	}
	records := faultyBacking(d, o)
	records.Plan(func(int, *store.Batch) faulty.Fault {
		switch {
		case c.step() && c.after:
			return faulty.CrashAfter
		case c.isDead():
			return faulty.CrashBefore
		}
		return faulty.None
	})
	root.OnStep(func() error {
		o.root()
		if c.step(); c.isDead() {
			o.release() // the steps that should come first do not
			return errCut
		}
		o.stepped()
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
			c, o := &cutter{at: 1 + rng.IntN(25), after: rng.IntN(2) == 0}, newOrder()
			v, err := d.openCut(c, o, vault.Secret{})
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
					// In its leaf, or in a record of its own.
					model[key] = fmt.Sprintf("value %d.%d.%x", round, life, rng.Uint64()) + strings.Repeat("x", rng.IntN(4)*400)
					b.Put(key, []byte(model[key]))
				}
				o.arm(rng.IntN(3))
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

			v, err := d.openCut(&cutter{at: at, after: after}, newOrder(), secretOf(old))
			if err == nil {
				if err = v.SetLocks([]vault.NewLock{renewed}); err == nil {
					require.NoError(t, v.Close())
				}
			}
			d.root.Crash(rng)
			state, inspectErr := d.inspect()
			require.NoError(t, inspectErr)
			shown := old
			if bytes.Equal(state.Locks[0].ID, renewed.ID) {
				shown = renewed
			}
			v, newErr := d.open(secretOf(shown))
			require.NoError(t, newErr, "the lock that is shown must open the vault")
			require.NoError(t, v.Close())
			v, newErr = d.open(secretOf(renewed))
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

// TestSettled: what a process that died has left, visible and perhaps not
// durable, is made durable before the root before it is erased.
func TestSettled(t *testing.T) {
	d := newDisk()
	o := newOrder()
	c := &cutter{at: 1000, after: true}
	v, err := d.openCut(c, o, vault.Secret{})
	require.NoError(t, err)
	put(t, v, "a", "1")
	c.at = c.steps + 3
	o.arm(2) // the slot is written and flushed before the batch, which stands
	require.ErrorIs(t, v.Commit(&store.Batch{Ops: []store.Op{{Key: "a", Value: []byte("2")}}}), errCut)
	d.root.Crash(rand.New(rand.NewPCG(1, 1)))

	var steps []string
	root, err := d.root.Open()
	require.NoError(t, err)
	root.OnStep(func() error {
		steps = append(steps, "root")
		return nil
	})
	records := faultyBacking(d, newOrder())
	records.Plan(func(int, *store.Batch) faulty.Fault {
		steps = append(steps, "batch")
		return faulty.None
	})
	v, err = vault.Open(vault.Config{Backing: records, Root: root, Rand: crand.Reader}, vault.Secret{})
	require.NoError(t, err)
	require.Equal(t, "2", value(t, v, "a"))
	require.Equal(t, []string{"batch", "root", "root"}, steps)
	require.NoError(t, v.Close())
	require.Equal(t, "2", value(t, d.mustOpen(t), "a"))
}

// TestLocksInTurn: new locks are not seen before what they lead to is stored.
func TestLocksInTurn(t *testing.T) {
	d := newDisk()
	root, err := d.root.Open()
	require.NoError(t, err)
	var mu sync.Mutex
	steps := 0
	root.OnStep(func() error {
		mu.Lock()
		defer mu.Unlock()
		steps++
		return nil
	})
	records := faultyBacking(d, newOrder())
	v, err := vault.Open(vault.Config{Backing: records, Root: root, Rand: crand.Reader}, vault.Secret{})
	require.NoError(t, err)
	before := steps
	records.Plan(func(int, *store.Batch) faulty.Fault {
		for range 1000 {
			runtime.Gosched() // to whoever writes the root file
		}
		mu.Lock()
		defer mu.Unlock()
		require.Equal(t, before, steps)
		return faulty.None
	})
	require.NoError(t, v.SetLocks([]vault.NewLock{newLock(t)}))
	require.Equal(t, before+4, steps)
}

// TestFailedWrites: a backing that fails and goes on costs only that Commit.
func TestFailedWrites(t *testing.T) {
	for round := range 50 {
		rng := rand.New(rand.NewPCG(uint64(round), 9))
		d := newDisk()
		root, err := d.root.Open()
		require.NoError(t, err)
		o := newOrder()
		records := faultyBacking(d, o)
		fault := faulty.None
		records.Plan(func(int, *store.Batch) faulty.Fault { return fault })
		root.OnStep(func() error {
			o.root()
			o.stepped()
			return nil
		})
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
			o.arm(rng.IntN(3))
			if err := v.Commit(&b); fault == faulty.None {
				require.NoError(t, err)
				model = changed
			} else {
				require.ErrorIs(t, err, faulty.ErrFault)
			}
			erased := make([]byte, vault.SlotSize)
			slots := d.root.Bytes()
			require.True(t, bytes.Equal(slots[:vault.SlotSize], erased) || bytes.Equal(slots[vault.SlotSize:], erased), "two roots are left")
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
