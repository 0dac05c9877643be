package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/address"
	"petmail/shared/relayproto"
)

// TestBackupAndRestore takes a backup of a relay under way, and checks that
// the restored one is the same relay with the same data, and gives no
// sequence number twice.
func TestBackupAndRestore(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	command := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := run(ctx, args, noEnv, &out, io.Discard)
		return out.String(), err
	}
	p := spawn(t, "PETMAIL_DATA="+dir)
	c := newCrasher(t, p)
	require.NoError(t, c.deposit("before the backup", make(chan struct{}, 1)))
	path := "/slots/" + strings.Repeat("ab", 32)
	status, _, err := p.try("PUT", path, []byte("value"))
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, status)

	backup := filepath.Join(t.TempDir(), "backup.db")
	_, err = command("-data", dir, "backup", backup)
	require.NoError(t, err, "while the relay runs")
	_, err = command("-data", dir, "backup", backup)
	require.Error(t, err, "nothing is overwritten")
	info, err := os.Stat(backup)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds the keys")
	require.NoError(t, c.deposit("after the backup", make(chan struct{}, 1)))
	_, err = command("-data", dir, "restore", backup)
	require.ErrorContains(t, err, "another relay is using", "not under a running one")
	p.terminate()
	_, err = command("-data", dir, "restore", backup)
	require.ErrorContains(t, err, "move it away first", "nothing is overwritten")

	restored := filepath.Join(t.TempDir(), "new", "folder")
	out, err := command("-data", restored, "restore", backup)
	require.NoError(t, err)
	require.Contains(t, out, restored)
	info, err = os.Stat(filepath.Join(restored, "petmail.db"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	p = spawn(t, "PETMAIL_DATA="+restored)
	c.p = p
	_, value, err := p.try("GET", path, nil)
	require.NoError(t, err)
	require.Equal(t, "value", string(value))
	_, descriptor, err := p.try("GET", relayproto.RouteDescriptor, nil)
	require.NoError(t, err)
	relay, err := relayproto.OpenDescriptor(descriptor)
	require.NoError(t, err)
	require.Equal(t, c.relay.ID, relay.ID, "every address stays good")
	require.NoError(t, c.deposit("after the restore", make(chan struct{}, 1)))
	waiting := make(map[string]uint64)
	_, err = c.receiveSeq(ctx, func(body string, seq uint64) bool {
		waiting[body] = seq
		return false
	}, 2)
	require.NoError(t, err)
	require.Equal(t, uint64(1), waiting["before the backup"])
	require.Greater(t, waiting["after the restore"], uint64(1<<20), "no number that an agent may remember as acknowledged")
	require.Len(t, waiting, 2)
	p.terminate()

	// What is no backup is refused before anything is made.
	empty := filepath.Join(t.TempDir(), "none")
	for name, content := range map[string][]byte{"garbage": []byte("this is no backup"), "nothing": {}} {
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, content, 0o600))
		_, err = command("-data", empty, "restore", file)
		require.Error(t, err, name)
	}
	whole, err := os.ReadFile(backup)
	require.NoError(t, err)
	half := filepath.Join(t.TempDir(), "half.db")
	require.NoError(t, os.WriteFile(half, whole[:len(whole)/2], 0o600))
	_, err = command("-data", empty, "restore", half)
	require.Error(t, err)
	require.NoDirExists(t, empty)
}

// newCrasher returns somebody with a mailbox at a running relay.
func newCrasher(t *testing.T, p *process) *crasher {
	t.Helper()
	c := &crasher{t: t, p: p, promise: promise{
		sent: make(map[string]bool), received: make(map[string]bool),
		acked: make(map[string]bool), slots: make(map[string]string),
	}}
	var err error
	c.door, err = address.NewDoor(rand.Reader)
	require.NoError(t, err)
	c.box, err = address.NewBoxKey(rand.Reader)
	require.NoError(t, err)
	_, c.key, err = ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	_, body, err := p.try("GET", relayproto.RouteDescriptor, nil)
	require.NoError(t, err)
	c.relay, err = relayproto.OpenDescriptor(body)
	require.NoError(t, err)
	id := c.door.ID()
	require.NoError(t, c.register(id[:]))
	return c
}

// receiveSeq reads n deliveries and their sequence numbers.
func (c *crasher) receiveSeq(ctx context.Context, note func(body string, seq uint64) bool, n int) (bodies []string, err error) {
	conn, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.close()
	for range n {
		f, err := conn.read()
		if err != nil {
			return bodies, err
		}
		opened, err := c.box.Open(f.Envelope)
		if err != nil {
			return bodies, err
		}
		bodies = append(bodies, string(opened.Body))
		note(string(opened.Body), f.Seq)
	}
	return bodies, nil
}
