package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	patience = 30 * time.Second
	tick     = 10 * time.Millisecond
)

// build compiles the real binary once for all tests of a run.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "petmail-relay")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "petmail-relay")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	if err != nil {
		return "", &buildError{err, out}
	}
	return binary, nil
})

type buildError struct {
	err error
	out []byte
}

func (e *buildError) Error() string { return e.err.Error() + "\n" + string(e.out) }

func TestMain(m *testing.M) {
	code := m.Run()
	if binary, err := build(); err == nil {
		os.RemoveAll(filepath.Dir(binary))
	}
	os.Exit(code)
}

// process is a running relay binary.
type process struct {
	t      testing.TB
	cmd    *exec.Cmd
	url    string
	stderr *logged
	rest   chan string // standard output after the first line, when it ends
}

// spawn starts the binary and waits for its line.
func spawn(t testing.TB, env ...string) *process {
	t.Helper()
	p, err := trySpawn(t, env...)
	require.NoError(t, err)
	return p
}

func trySpawn(t testing.TB, env ...string) (*process, error) {
	t.Helper()
	return tryCommand(t, nil, env...)
}

// tryCommand lets prepare change the command before it starts.
func tryCommand(t testing.TB, prepare func(*exec.Cmd), env ...string) (*process, error) {
	t.Helper()
	binary, err := build()
	require.NoError(t, err)
	p := &process{t: t, cmd: exec.Command(binary), stderr: new(logged), rest: make(chan string, 1)}
	p.cmd.Env = append([]string{"PETMAIL_ADDR=127.0.0.1:0"}, env...)
	p.cmd.Stderr = p.stderr
	if prepare != nil {
		prepare(p.cmd)
	}
	stdout, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			p.kill()
		}
	})
	reader := bufio.NewReader(stdout)
	line, err := reader.ReadString('\n')
	if err != nil {
		return p, p.cmd.Wait()
	}
	go func() {
		rest, _ := io.ReadAll(reader)
		p.rest <- string(rest)
	}()
	url, found := strings.CutPrefix(strings.TrimSpace(line), "Petmail is ready: open ")
	require.True(t, found, line)
	p.url = strings.TrimSuffix(url, "/")
	return p, nil
}

// log is what the process has written to standard error until now.
func (p *process) log() string { return p.stderr.String() }

func itoa(n int) string { return strconv.Itoa(n) }

// randomHex is n random hexadecimal digits.
func randomHex(n int) string {
	b := make([]byte, (n+1)/2)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)[:n]
}

// rootPage is the number of the page at which a table begins, from 1.
func rootPage(t *testing.T, database, table string) (page int) {
	t.Helper()
	db, err := sql.Open("sqlite", database)
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.QueryRow(`SELECT rootpage FROM sqlite_master WHERE name = ?`, table).Scan(&page))
	return page
}

// kill is kill -9.
func (p *process) kill() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Kill())
	<-p.rest
	_ = p.cmd.Wait() // says "killed"
}

// terminate is kill -TERM; the process has to end well.
func (p *process) terminate() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.Empty(p.t, <-p.rest, "one line on standard output, no more")
	require.NoError(p.t, p.cmd.Wait(), p.stderr.String())
}

// try makes one request with whatever is left of the relay.
func (p *process) try(method, path string, body []byte) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, p.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

func TestServe(t *testing.T) {
	data := "PETMAIL_DATA=" + filepath.Join(t.TempDir(), "made", "by itself")
	p := spawn(t, data)
	status, page, err := p.try("GET", "/", nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, string(page), "<html")
	_, descriptor, err := p.try("GET", "/.well-known/petmail-relay", nil)
	require.NoError(t, err)

	// A second relay on the same folder says what to do, and harms nothing.
	second, err := trySpawn(t, data)
	require.Error(t, err)
	require.Contains(t, second.stderr.String(), "another relay is using the data folder")
	require.Contains(t, second.stderr.String(), "PETMAIL_DATA")
	second, err = trySpawn(t, "PETMAIL_DATA="+t.TempDir(), "PETMAIL_ADDR="+strings.TrimPrefix(p.url, "http://"))
	require.Error(t, err)
	require.Contains(t, second.stderr.String(), "PETMAIL_ADDR")

	p.terminate()
	p = spawn(t, data)
	_, again, err := p.try("GET", "/.well-known/petmail-relay", nil)
	require.NoError(t, err)
	require.Equal(t, descriptor, again, "a second start keeps the data")
	require.NotContains(t, p.stderr.String(), "127.0.0.1", "logs name no clients")
	p.terminate()
}
