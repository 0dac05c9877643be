package forensic_test

import (
	"bufio"
	crand "crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/agent"
	"petmail/wasm/agenttest"
	"petmail/wasm/api"
	"petmail/wasm/parts"
	"petmail/wasm/relayclient"
	"petmail/wasm/store"
	"petmail/wasm/store/sqlite"
	"petmail/wasm/vault"
	"petmail/wasm/vault/file"
)

// childVariable makes the test binary a headless agent with that profile.
const childVariable = "PETMAIL_TEST_AGENT"

func TestMain(m *testing.M) {
	if folder := os.Getenv(childVariable); folder != "" {
		if err := serve(folder); err != nil {
			fmt.Fprintln(os.Stderr, "agent:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serve runs an agent on the vault over files: requests as JSON lines on
// standard input, replies and events on standard output. Every sealed record
// goes, before it is stored, into the dump beside the profile.
func serve(folder string) error {
	records, err := sqlite.Open(filepath.Join(folder, "records.db"))
	if err != nil {
		return err
	}
	dump, err := os.OpenFile(dumpOf(folder), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	root, err := file.Open(filepath.Join(folder, "root"))
	if err != nil {
		return err
	}
	v, err := vault.Open(vault.Config{Backing: dumping{records, dump}, Root: root, Rand: crand.Reader}, vault.Secret{})
	if err != nil {
		return err
	}
	a, err := agent.Open(agent.Config{
		Store: v, Now: time.Now, Version: "test",
		Parts: parts.All(parts.Config{
			Transport: relayclient.Net(relayclient.NetOptions{}), Rand: crand.Reader, Now: time.Now,
		}),
		Fatal:  func(err error) { panic(err) },
		Erased: func() {},
	})
	if err != nil {
		return err
	}
	var mu sync.Mutex
	out := json.NewEncoder(os.Stdout)
	receive, detach := a.Attach(func(message any) {
		mu.Lock()
		defer mu.Unlock()
		if reply, ok := message.(api.Reply); ok {
			out.Encode(reply)
		}
	})
	defer detach()
	for in := json.NewDecoder(os.Stdin); ; {
		var r api.Request
		if err := in.Decode(&r); errors.Is(err, io.EOF) {
			a.Close()
			return v.Close()
		} else if err != nil {
			return err
		}
		receive(r)
	}
}

func dumpOf(folder string) string { return folder + ".dump" }

type dumping struct {
	*sqlite.Store
	dump *os.File
}

func (d dumping) Commit(b *store.Batch) error {
	var lines []byte
	for _, op := range b.Ops {
		if op.Value != nil {
			lines = fmt.Appendf(lines, "{\"name\":%q,\"value\":%q}\n", op.Key, base64.StdEncoding.EncodeToString(op.Value))
		}
	}
	if _, err := d.dump.Write(lines); err != nil {
		return err
	}
	return d.Store.Commit(b)
}

// process is an agent in a process of its own.
type process struct {
	t      *testing.T
	name   string
	folder string

	command *exec.Cmd
	in      io.WriteCloser
	next    int

	mu      sync.Mutex
	waiting map[int]chan answer
	ended   bool
}

type answer struct {
	Error  *api.Error      `json:"error"`
	Result json.RawMessage `json:"result"`
}

var errKilled = errors.New("the agent was killed")

func newProcess(t *testing.T, name string) *process {
	p := &process{t: t, name: name, folder: filepath.Join(t.TempDir(), "profile")}
	require.NoError(t, os.Mkdir(p.folder, 0o700))
	p.start()
	t.Cleanup(func() { p.kill() })
	return p
}

func (p *process) start() {
	p.t.Helper()
	p.command = exec.Command(os.Args[0])
	p.command.Env = append(os.Environ(), childVariable+"="+p.folder)
	p.command.Stderr = os.Stderr
	var err error
	p.in, err = p.command.StdinPipe()
	require.NoError(p.t, err)
	out, err := p.command.StdoutPipe()
	require.NoError(p.t, err)
	require.NoError(p.t, p.command.Start())
	p.mu.Lock()
	p.waiting, p.ended = make(map[int]chan answer), false
	p.mu.Unlock()
	go p.listen(out)
}

// listen hands out replies until the process has ended.
func (p *process) listen(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var r struct {
			ID int `json:"id"`
			answer
		}
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			break // cut off
		}
		p.mu.Lock()
		if c := p.waiting[r.ID]; c != nil {
			c <- r.answer
			delete(p.waiting, r.ID)
		}
		p.mu.Unlock()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	for _, c := range p.waiting {
		close(c)
	}
	p.waiting = nil
}

// kill ends the process as a power cut does, and waits until it is gone.
func (p *process) kill() {
	p.command.Process.Kill() // an error: it has ended
	p.command.Wait()
}

// ask returns errKilled if the process ends before it answers.
func (p *process) ask(command agenttest.Command, args, result any) error {
	raw, err := json.Marshal(args)
	if err != nil {
		return err
	}
	p.mu.Lock()
	if p.ended {
		p.mu.Unlock()
		return errKilled
	}
	p.next++
	request := api.Request{ID: p.next, Command: command.Signature().Name, Args: raw}
	c := make(chan answer, 1)
	p.waiting[request.ID] = c
	p.mu.Unlock()
	if json.NewEncoder(p.in).Encode(request) != nil {
		return errKilled
	}
	a, ok := <-c
	if !ok {
		return errKilled
	}
	if a.Error != nil {
		return a.Error
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(a.Result, result)
}

func (p *process) do(command agenttest.Command, args, result any) {
	p.t.Helper()
	require.NoError(p.t, p.ask(command, args, result), "%s: %s", p.name, command.Signature().Name)
}

// await asks until it is so.
func (p *process) await(what string, so func(api.Snapshot) bool) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		var s api.Snapshot
		p.do(api.CmdHello, api.None{}, &s)
		return so(s)
	}, 30*time.Second, 10*time.Millisecond, "%s waits for %s", p.name, what)
}

// messages returns all of a conversation.
func (p *process) messages(conversation string) []api.Message {
	p.t.Helper()
	var all []api.Message
	for before := ""; ; {
		var page api.MessagesPage
		p.do(api.CmdMessages, api.MessagesArgs{Conversation: conversation, Before: before, Limit: api.MaxPage}, &page)
		all = append(page.Messages, all...)
		if !page.More {
			return all
		}
		before = page.Messages[0].Cursor
	}
}
