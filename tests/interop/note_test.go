package interop

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/native"
	"petmail/wasm/agent"
	"petmail/wasm/agenttest"
	"petmail/wasm/api"
	"petmail/wasm/parts"
	"petmail/wasm/relayclient"
	"petmail/wasm/store/mem"
)

// notePatience bounds every wait for a program or an agent.
const notePatience = 2 * time.Minute

// wormholes are the programs that Petmail exchanges notes with, both as
// Debian has them (scripts/install-test-deps).
func wormholes(t *testing.T, f func(t *testing.T, program string)) {
	for _, program := range []string{"wormhole", "wormhole-william"} {
		t.Run(program, func(t *testing.T) {
			_, err := exec.LookPath(program)
			require.NoError(t, err, "apt-get install magic-wormhole wormhole-william")
			t.Parallel()
			f(t, program)
		})
	}
}

// noteRelay starts a relay and returns its URL.
func noteRelay(t *testing.T) string {
	t.Helper()
	server, err := native.Open(native.Config{DataDir: t.TempDir(), Limits: native.Unlimited()})
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), notePatience)
		defer cancel()
		require.NoError(t, server.Close(ctx))
		require.NoError(t, <-served)
	})
	return "http://" + l.Addr().String()
}

// notePerson is somebody with a Petmail, in this process.
type notePerson struct {
	t       *testing.T
	relay   string
	disk    *mem.Disk
	agent   *agent.Agent
	receive func(api.Request)
	network *relayclient.Network

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each event and reply
	replies map[int]api.Reply
	notes   map[string]api.Note
	last    int
}

func newNotePerson(t *testing.T, relay string) *notePerson {
	p := &notePerson{t: t, relay: relay, disk: mem.NewDisk()}
	p.start()
	t.Cleanup(p.stop)
	p.do(api.CmdStart, api.StartArgs{Name: "Ada", Relay: relay}, nil)
	return p
}

func (p *notePerson) start() {
	p.t.Helper()
	p.network = relayclient.Net(relayclient.NetOptions{})
	a, err := agent.Open(agent.Config{
		Store: p.disk.Open(), Now: time.Now, Version: "test",
		Parts:  parts.All(parts.Config{Transport: p.network, Rand: crand.Reader, Now: time.Now}),
		Fatal:  func(err error) { p.t.Errorf("the agent died: %v", err) },
		Erased: func() { p.t.Error("the agent erased itself") },
	})
	require.NoError(p.t, err)
	p.mu.Lock()
	p.changed, p.replies, p.notes = make(chan struct{}), make(map[int]api.Reply), make(map[string]api.Note)
	p.mu.Unlock()
	p.agent = a
	p.receive, _ = a.Attach(p.deliver)
	var s api.Snapshot
	p.do(api.CmdHello, nil, &s)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range s.Notes {
		if _, newer := p.notes[n.ID]; !newer {
			p.notes[n.ID] = n
		}
	}
}

func (p *notePerson) stop() {
	p.agent.Close()
	p.network.CloseIdle()
}

func (p *notePerson) deliver(message any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m := message.(type) {
	case api.Reply:
		p.replies[m.ID] = m
	case api.Event:
		if n, ok := api.EventNote.In(m); ok {
			p.notes[n.ID] = n
		}
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// await returns when ready, called with p.mu held, does.
func (p *notePerson) await(what string, ready func() bool) {
	p.t.Helper()
	late := time.After(notePatience)
	for {
		p.mu.Lock()
		done, changed := ready(), p.changed
		p.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-late:
			p.t.Fatalf("waited in vain for %s", what)
		}
	}
}

func (p *notePerson) do(cmd agenttest.Command, args, result any) {
	p.t.Helper()
	raw, err := json.Marshal(args)
	require.NoError(p.t, err)
	p.last++
	id := p.last
	p.receive(api.Request{ID: id, Command: cmd.Signature().Name, Args: raw})
	var reply api.Reply
	p.await("an answer", func() bool {
		var ok bool
		reply, ok = p.replies[id]
		return ok
	})
	require.Nil(p.t, reply.Error, "%s was refused", cmd.Signature().Name)
	encoded, err := json.Marshal(reply.Result)
	require.NoError(p.t, err)
	if result != nil {
		require.NoError(p.t, json.Unmarshal(encoded, result))
	}
}

// send asks for a code and returns the note when that can be used.
func (p *notePerson) send(text string) api.Note {
	p.t.Helper()
	var n api.Note
	p.do(api.CmdNoteSend, api.NoteSendArgs{Text: text}, &n)
	return p.awaitNote(n.ID, api.NoteWaiting)
}

func (p *notePerson) receiveNote(code string) api.Note {
	p.t.Helper()
	var n api.Note
	p.do(api.CmdNoteReceive, api.NoteReceiveArgs{Code: code, Exact: true}, &n)
	return n
}

func (p *notePerson) awaitNote(id string, state api.NoteState) api.Note {
	p.t.Helper()
	var n api.Note
	p.await("the note to be "+string(state), func() bool {
		n = p.notes[id]
		return n.State == state
	})
	return n
}

// program is a wormhole that runs.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	cancel context.CancelFunc

	mu      sync.Mutex
	out     bytes.Buffer // both streams
	written chan struct{}
}

// run starts a wormhole as a person at another computer would.
func run(t *testing.T, name, relay string, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), notePatience)
	p := &program{t: t, cancel: cancel, written: make(chan struct{}, 1)}
	socket := "ws" + strings.TrimPrefix(relay, "http") + "/v1"
	p.cmd = exec.CommandContext(ctx, name, append([]string{"--relay-url", socket}, args...)...)
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = append(os.Environ(), "HOME="+p.cmd.Dir, "PYTHONUNBUFFERED=1", "LC_ALL=C.UTF-8")
	p.cmd.Stdout, p.cmd.Stderr = p, p
	require.NoError(t, p.cmd.Start())
	t.Cleanup(cancel)
	return p
}

func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case p.written <- struct{}{}:
	default:
	}
	return p.out.Write(b)
}

func (p *program) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

var codeSaid = regexp.MustCompile(`\b\d+-[a-z]+-[a-z]+\b`)

// code waits until the program has said its code.
func (p *program) code() string {
	p.t.Helper()
	late := time.After(notePatience)
	for {
		if code := codeSaid.FindString(p.output()); code != "" {
			return code
		}
		select {
		case <-p.written:
		case <-late:
			p.t.Fatalf("it says no code: %s", p.output())
		}
	}
}

// end waits for the program's end and returns whether it succeeded and
// everything it said.
func (p *program) end() (ok bool, output string) {
	p.t.Helper()
	err := p.cmd.Wait()
	p.cancel()
	return err == nil, p.output()
}

const noteText = "grüße <b>&amp;</b> 😀 \"from afar\""

func TestANoteToTheProgram(t *testing.T) {
	wormholes(t, func(t *testing.T, name string) {
		relay := noteRelay(t)
		ada := newNotePerson(t, relay)
		sent := ada.send(noteText)
		there := run(t, name, relay, "receive", sent.Code)
		ok, output := there.end()
		require.True(t, ok, output)
		require.Contains(t, output, noteText)
		ada.awaitNote(sent.ID, api.NoteDelivered)
	})
}

func TestANoteFromTheProgram(t *testing.T) {
	wormholes(t, func(t *testing.T, name string) {
		relay := noteRelay(t)
		ada := newNotePerson(t, relay)
		there := run(t, name, relay, "send", "--text", noteText)
		got := ada.receiveNote(there.code())
		require.Equal(t, noteText, ada.awaitNote(got.ID, api.NoteReceived).Text)
		ok, output := there.end()
		require.True(t, ok, output)
	})
}

func TestANoteToTheProgramAfterARestart(t *testing.T) {
	wormholes(t, func(t *testing.T, name string) {
		relay := noteRelay(t)
		ada := newNotePerson(t, relay)
		sent := ada.send(noteText)
		ada.stop()
		ada.start()
		there := run(t, name, relay, "receive", sent.Code)
		ok, output := there.end()
		require.True(t, ok, output)
		require.Contains(t, output, noteText)
		ada.awaitNote(sent.ID, api.NoteDelivered)
	})
}

func TestAWrongCodeAtTheProgram(t *testing.T) {
	wormholes(t, func(t *testing.T, name string) {
		relay := noteRelay(t)
		ada := newNotePerson(t, relay)
		sent := ada.send("secret")
		nameplate, _, _ := strings.Cut(sent.Code, "-")
		wrong := nameplate + "-adroitness-acme"
		if wrong == sent.Code {
			wrong = nameplate + "-adroitness-adrift"
		}
		there := run(t, name, relay, "receive", wrong)
		ok, output := there.end()
		require.False(t, ok, output)
		require.NotContains(t, output, "secret")
		require.Equal(t, "secret", ada.awaitNote(sent.ID, api.NoteWrong).Text)
	})
}

func TestAWrongCodeOfTheProgram(t *testing.T) {
	wormholes(t, func(t *testing.T, name string) {
		relay := noteRelay(t)
		ada := newNotePerson(t, relay)
		there := run(t, name, relay, "send", "--text", "secret")
		nameplate, _, _ := strings.Cut(there.code(), "-")
		got := ada.receiveNote(nameplate + "-purple-sausages")
		require.Empty(t, ada.awaitNote(got.ID, api.NoteWrong).Text)
		ok, output := there.end()
		require.False(t, ok, output)
	})
}

// TestAFileFromTheProgramIsRefused has no wormhole-william: before it offers a
// file, that one looks up the public transit relay, which tests must not need.
func TestAFileFromTheProgramIsRefused(t *testing.T) {
	t.Parallel()
	relay := noteRelay(t)
	ada := newNotePerson(t, relay)
	file := filepath.Join(t.TempDir(), "picture.png")
	require.NoError(t, os.WriteFile(file, []byte("not a picture"), 0o600))
	there := run(t, "wormhole", relay, "send", file)
	got := ada.receiveNote(there.code())
	require.Empty(t, ada.awaitNote(got.ID, api.NoteFile).Text)
	ok, output := there.end()
	require.False(t, ok, output)
	require.Contains(t, output, "texts only", "its person learns why")
}

func TestANoteThatIsCancelledBeforeTheProgramComes(t *testing.T) {
	wormholes(t, func(t *testing.T, name string) {
		relay := noteRelay(t)
		ada := newNotePerson(t, relay)
		sent := ada.send("secret")
		ada.do(api.CmdNoteDismiss, api.NoteArgs{Note: sent.ID}, nil)
		// The same nameplate serves the next note, with other words.
		again := ada.send(noteText)
		there := run(t, name, relay, "receive", again.Code)
		ok, output := there.end()
		require.True(t, ok, output)
		require.Contains(t, output, noteText)
		require.NotContains(t, output, "secret")
	})
}
