package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// disk is a file system of its own, which can be made to fail.
type disk struct {
	folder string
	// fail makes the disk read-only, as its driver does after an error. Who
	// has it open cannot make it writable again.
	fail func(p *process)
	// broken tells whether a relay that starts now finds it read-only.
	broken bool
	// repair is what an operator does when nobody uses the disk.
	repair func()
}

// insertDisk mounts an ext4 image. Where that is not permitted it says so, and
// the disk is a folder in which the relay may write no more: the same for
// SQLite, without what the kernel's file system does to it.
func insertDisk(t *testing.T) *disk {
	t.Helper()
	base := t.TempDir()
	image, folder := filepath.Join(base, "image"), filepath.Join(base, "disk")
	require.NoError(t, os.Mkdir(folder, 0o700))
	run := func(name string, args ...string) error {
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, out)
		}
		return nil
	}
	mount := func() error { return run("mount", "-o", "loop,errors=remount-ro", image, folder) }
	err := run("truncate", "-s", "1G", image)
	if err == nil {
		err = run("mkfs.ext4", "-q", "-F", image)
	}
	if err == nil {
		err = mount()
	}
	if err == nil {
		t.Cleanup(func() { require.NoError(t, run("umount", folder)) })
		if trigger, missing := errorTrigger(folder); missing != nil {
			err = missing
		} else {
			return &disk{
				folder: folder,
				broken: true,
				fail:   func(*process) { require.NoError(t, os.WriteFile(trigger, []byte("test"), 0o200)) },
				repair: func() {
					require.NoError(t, run("umount", folder))
					if err := exec.Command("e2fsck", "-f", "-y", image).Run(); err != nil {
						var exit *exec.ExitError
						require.ErrorAs(t, err, &exit)
						require.Equal(t, 1, exit.ExitCode(), "1 is: errors corrected")
					}
					require.NoError(t, mount())
				},
			}
		}
	}
	t.Logf("NOT EXAMINED HERE: a disk that the kernel turns read-only (%v). "+
		"A limit of the relay's process stands in, under which every write fails.", err)
	return &disk{
		folder: folder,
		fail:   func(p *process) { p.setLimit(syscall.RLIMIT_FSIZE, 0) },
		repair: func() {}, // the limit ends with the process
	}
}

// errorTrigger is the file that makes an ext4 file system find an error.
func errorTrigger(folder string) (string, error) {
	var info syscall.Stat_t
	if err := syscall.Stat(folder, &info); err != nil {
		return "", err
	}
	major, minor := info.Dev>>8&0xfff, info.Dev&0xff|info.Dev>>12&0xfff00
	device, err := os.Readlink(fmt.Sprintf("/sys/dev/block/%d:%d", major, minor))
	if err != nil {
		return "", err
	}
	trigger := filepath.Join("/sys/fs/ext4", filepath.Base(device), "trigger_fs_error")
	file, err := os.OpenFile(trigger, os.O_WRONLY, 0) // only a write is an error
	if err != nil {
		return "", err
	}
	return trigger, file.Close()
}

// TestDiskTurnsReadOnly makes the disk read-only under a running relay, repairs
// it and starts the relay again. No write is under way at that moment: ext4
// answers an fsync then as if it kept what it loses, which no program can tell.
func TestDiskTurnsReadOnly(t *testing.T) {
	d := insertDisk(t)
	dir := filepath.Join(d.folder, "data")
	env := "PETMAIL_DATA=" + dir
	c := newCrasher(t, spawn(t, env))
	require.NoError(t, c.slot("before"))
	answered := make(chan struct{}, 1<<10)
	// all deposits from several clients at once.
	all := func(name string, n int) []error {
		errs := make([]error, workers*n)
		var running sync.WaitGroup
		for w := range workers {
			running.Go(func() {
				for i := range n {
					errs[w*n+i] = c.deposit(fmt.Sprintf("%s/%d", name, w*n+i), answered)
				}
			})
		}
		running.Wait()
		return errs
	}
	for _, err := range all("early", 15) {
		require.NoError(t, err)
	}
	d.fail(c.p)

	const refused = "status 503"
	for _, err := range all("late", 15) {
		require.EqualError(t, err, refused)
	}
	require.EqualError(t, c.slot("late"), refused)
	require.Equal(t, http.StatusServiceUnavailable, c.p.health())
	require.Contains(t, c.p.log(), "couldn't commit")
	c.verifyAnswers()

	require.NoError(t, c.p.cmd.Process.Signal(syscall.SIGTERM))
	<-c.p.rest
	_ = c.p.cmd.Wait() // it may say that it couldn't tidy up
	if d.broken {
		again, err := trySpawn(t, env)
		require.Error(t, err, "it says so at once")
		require.Regexp(t, "(?i)read-?only", again.log())
	}

	d.repair()
	c.p = spawn(t, env)
	require.Equal(t, http.StatusOK, c.p.health())
	c.verify()
	bodies, err := c.receive(context.Background(), func(string) bool { return false })
	require.NoError(t, err)
	require.Len(t, bodies, workers*15, "nothing of what was refused was kept")
	require.NoError(t, c.deposit("after", answered))
	c.verify()
	c.p.terminate()
	out, err := checked(t, "-data", dir, "-addr", "127.0.0.1:0")
	require.NoError(t, err, out)
}

// verifyAnswers reads what the relay has promised while it cannot write.
func (c *crasher) verifyAnswers() {
	bodies, err := c.receive(context.Background(), func(string) bool { return false })
	require.NoError(c.t, err, "reads go on")
	waiting := make(map[string]bool)
	for _, body := range bodies {
		waiting[body] = true
	}
	for body := range c.promise.sent {
		require.True(c.t, waiting[body], "an answered deposit is gone: %s", body)
	}
	for path, value := range c.promise.slots {
		status, got, err := c.p.try("GET", path, nil)
		require.NoError(c.t, err)
		require.Equal(c.t, http.StatusOK, status)
		require.Equal(c.t, value, string(got))
	}
}
