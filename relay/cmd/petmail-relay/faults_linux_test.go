package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"petmail/shared/relayproto"
)

// setLimit sets a resource limit of another process, which leaves its hard
// limit alone, and returns the one before.
func (p *process) setLimit(resource int, soft uint64) (before uint64) {
	p.t.Helper()
	var old syscall.Rlimit
	call := func(set, get *syscall.Rlimit) {
		p.t.Helper()
		_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(p.cmd.Process.Pid), uintptr(resource),
			uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(get)), 0, 0)
		require.Zero(p.t, errno, errno.Error())
	}
	call(nil, &old)
	limit := syscall.Rlimit{Cur: min(soft, old.Max), Max: old.Max}
	call(&limit, nil)
	return old.Cur
}

func slotPath() string { return relayproto.RouteSlots + randomHex(2*relayproto.SlotIDSize) }

// putSlot writes a slot and returns the status.
func (p *process) putSlot(path string, value []byte) int {
	p.t.Helper()
	status, _, err := p.try("PUT", path, value)
	require.NoError(p.t, err)
	return status
}

func (p *process) health() int {
	p.t.Helper()
	status, _, err := p.try("GET", relayproto.RouteHealth, nil)
	require.NoError(p.t, err)
	return status
}

// TestDiskTakesNoMore makes every growth of a file fail (EFBIG, to SQLite the
// same as a full disk), then every write at all, under a running relay. What
// it answers for in between has to be there afterwards, and nothing else.
func TestDiskTakesNoMore(t *testing.T) {
	const unlimited = ^uint64(0)
	dir := t.TempDir()
	p := spawn(t, "PETMAIL_DATA="+dir)
	for name, limit := range map[string]uint64{"full": 1 << 20, "no write": 0} {
		p.setLimit(syscall.RLIMIT_FSIZE, limit)
		stored, refused := map[string]bool{}, map[string]bool{}
		value := bytes.Repeat([]byte("x"), 100_000)
		for len(refused) < 5 {
			require.Less(t, len(stored), 1000, "it has to be full some time")
			path := slotPath()
			switch status := p.putSlot(path, value); status {
			case http.StatusCreated:
				stored[path] = true
			case http.StatusServiceUnavailable:
				refused[path] = true
			default:
				require.Fail(t, "unexpected status", status)
			}
		}
		if limit == 0 { // a full disk may have room for a few bytes
			require.Equal(t, http.StatusServiceUnavailable, p.health(), name)
		}
		for path := range stored {
			status, got, err := p.try("GET", path, nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, status, "reads go on")
			require.Equal(t, value, got)
		}
		require.Contains(t, p.log(), "couldn't commit")

		p.setLimit(syscall.RLIMIT_FSIZE, unlimited)
		require.Equal(t, http.StatusOK, p.health(), "it works again by itself")
		for path := range refused {
			status, _, err := p.try("GET", path, nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusNotFound, status, "nothing of it was kept")
			require.Equal(t, http.StatusCreated, p.putSlot(path, value))
			stored[path] = true
		}
		p.kill()
		p = spawn(t, "PETMAIL_DATA="+dir)
		for path := range stored {
			status, got, err := p.try("GET", path, nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, status)
			require.Equal(t, value, got)
		}
	}
	p.terminate()
	out, err := checked(t, "-data", dir, "-addr", "127.0.0.1:0")
	require.NoError(t, err, out)
}

// TestTooManyOpenFiles takes all file descriptors away from a running relay.
func TestTooManyOpenFiles(t *testing.T) {
	p := spawn(t, "PETMAIL_DATA="+t.TempDir())
	// A client that was there before.
	path := slotPath()
	require.Equal(t, http.StatusCreated, p.putSlot(path, []byte("value")))
	before := p.setLimit(syscall.RLIMIT_NOFILE, uint64(p.openFiles())+4)

	// More connections than it can accept; the system queues the rest.
	var crowd []net.Conn
	for range 40 {
		c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		require.NoError(t, err)
		defer c.Close()
		crowd = append(crowd, c)
	}
	require.Eventually(t, func() bool { return strings.Contains(p.log(), "too many open files") }, patience, tick,
		"the operator hears of it")
	for range 20 {
		require.Equal(t, http.StatusCreated, p.putSlot(slotPath(), []byte("x")), "who is connected is served")
		status, value, err := p.try("GET", path, nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, "value", string(value))
	}
	require.Equal(t, 1, strings.Count(p.log(), "couldn't accept connections"), "and not a thousand times")

	p.setLimit(syscall.RLIMIT_NOFILE, before)
	for _, c := range crowd {
		require.NoError(t, c.Close())
	}
	http.DefaultClient.CloseIdleConnections()
	require.Equal(t, http.StatusOK, p.health(), "a new connection is accepted again")
	p.terminate()
}

// openFiles counts the descriptors of the process.
func (p *process) openFiles() int {
	p.t.Helper()
	entries, err := os.ReadDir(filepath.Join("/proc", itoa(p.cmd.Process.Pid), "fd"))
	require.NoError(p.t, err)
	return len(entries)
}

// TestReadOnlyFolder starts a relay that may read its data and not write. The
// superuser may write anywhere, so tests run by it start the relay as nobody.
func TestReadOnlyFolder(t *testing.T) {
	base, err := os.MkdirTemp("", "petmail-read-only")
	require.NoError(t, err)
	dir := filepath.Join(base, "data")
	t.Cleanup(func() {
		require.NoError(t, os.Chmod(dir, 0o700))
		require.NoError(t, os.RemoveAll(base))
	})
	p := spawn(t, "PETMAIL_DATA="+dir)
	path := slotPath()
	require.Equal(t, http.StatusCreated, p.putSlot(path, []byte("value")))
	p.terminate()

	require.NoError(t, os.Chmod(base, 0o755))
	chmod := func(folder, file os.FileMode) {
		t.Helper()
		require.NoError(t, os.Chmod(dir, 0o700))
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, f := range files {
			require.NoError(t, os.Chmod(filepath.Join(dir, f.Name()), file))
		}
		require.NoError(t, os.Chmod(dir, folder))
	}
	binary, err := build()
	require.NoError(t, err)
	asNobody := func(cmd *exec.Cmd) {
		if os.Geteuid() == 0 {
			require.NoError(t, os.Chmod(filepath.Dir(binary), 0o755))
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
	}
	chmod(0o555, 0o444)
	broken, err := tryCommand(t, asNobody, "PETMAIL_DATA="+dir)
	require.Error(t, err, "it says so at once, and not at the first deposit")
	require.Regexp(t, "(?i)permission denied|read-?only", broken.log())

	cmd := exec.Command(binary, "-data", dir, "-addr", "127.0.0.1:0", "check")
	asNobody(cmd)
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "can't write into its data folder")

	chmod(0o700, 0o600)
	p = spawn(t, "PETMAIL_DATA="+dir)
	_, value, err := p.try("GET", path, nil)
	require.NoError(t, err)
	require.Equal(t, "value", string(value))
	p.terminate()
}

// TestDamagedPage starts a relay on a database of which a page is garbage. It
// must neither make an answer up nor forget what lies on the other pages.
func TestDamagedPage(t *testing.T) {
	dir := t.TempDir()
	p := spawn(t, "PETMAIL_DATA="+dir)
	value := bytes.Repeat([]byte("slot"), 5000) // fills pages of its own
	paths := make([]string, 30)
	for i := range paths {
		paths[i] = slotPath()
		require.Equal(t, http.StatusCreated, p.putSlot(paths[i], value))
	}
	p.terminate()
	database := filepath.Join(dir, "petmail.db")
	data, err := os.ReadFile(database)
	require.NoError(t, err)
	root := rootPage(t, database, "slots")
	copy(data[(root-1)*4096:], bytes.Repeat([]byte{0xee}, 4096))
	require.NoError(t, os.WriteFile(database, data, 0o600))

	p = spawn(t, "PETMAIL_DATA="+dir)
	for _, path := range paths {
		status, _, err := p.try("GET", path, nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusServiceUnavailable, status, "not: there is no such slot")
	}
	require.Equal(t, http.StatusServiceUnavailable, p.putSlot(slotPath(), value), "not: stored")
	c := newCrasher(t, p) // registers a mailbox, which lies elsewhere
	require.NoError(t, c.deposit("hello", make(chan struct{}, 1)))
	require.Regexp(t, "malformed|corrupt", p.log())
	p.terminate()
	out, err := checked(t, "-data", dir, "-addr", "127.0.0.1:0")
	require.Error(t, err)
	require.Contains(t, out, "restore a backup")
}

// TestDrain stops a relay while a request is under way: it is answered.
func TestDrain(t *testing.T) {
	p := spawn(t, "PETMAIL_DATA="+t.TempDir())
	c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	require.NoError(t, err)
	defer c.Close()
	value := bytes.Repeat([]byte("v"), 1000)
	_, err = io.WriteString(c, "PUT "+slotPath()+" HTTP/1.1\r\nHost: relay\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
	require.NoError(t, err)
	buffer := make([]byte, 1000)
	n, err := c.Read(buffer)
	require.NoError(t, err)
	require.Contains(t, string(buffer[:n]), "100 Continue", "the handler is reading")

	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.Eventually(t, func() bool { return strings.Contains(p.log(), "stopping") }, patience, tick)
	_, err = c.Write(value)
	require.NoError(t, err)
	answer, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Contains(t, string(answer), "201 Created")
	<-p.rest
	require.NoError(t, p.cmd.Wait())
}

// TestHangup checks that SIGHUP renews the certificate and ends nothing.
func TestHangup(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile, _ := writeCertificate(t, dir, 1)
	p := spawn(t, "PETMAIL_DATA="+t.TempDir(), "PETMAIL_TLS_CERT="+certFile, "PETMAIL_TLS_KEY="+keyFile)
	writeCertificate(t, dir, 2)
	var once sync.Once
	require.Eventually(t, func() bool {
		once.Do(func() { require.NoError(t, p.cmd.Process.Signal(syscall.SIGHUP)) })
		return strings.Contains(p.log(), "the certificate was read again")
	}, patience, tick)
	p.terminate()
}
