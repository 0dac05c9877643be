package agenttest

import (
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
	"petmail/wasm/agent"
	"petmail/wasm/api"
	"petmail/wasm/parts"
	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
	"petmail/wasm/store/mem"
	"petmail/wasm/store/sqlite"
	"petmail/wasm/vault"
	"petmail/wasm/vault/file"
	"petmail/wasm/vault/vaulttest"
)

// Person is somebody with one Petmail: a disk that outlives the agent, and
// what a page open since the agent's start would show.
type Person struct {
	W    *World
	Name string
	// Store is the agent's hold on the disk, to plant faults in.
	Store *faulty.Store
	// Configure, if set, changes how the agent is started the next time.
	Configure func(*agent.Config)

	records *mem.Disk
	root    *vaulttest.RootDisk
	folder  string // not empty: the disk is files there, and faultless
	vault   *vault.Vault
	rng     *rand.Rand // of crashes
	network *faultyNetwork
	agent   *agent.Agent
	receive func(api.Request)

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at each event
	replied  chan struct{} // closed and replaced at each reply
	dead     chan struct{} // closed when the agent has given up
	erased   chan struct{} // closed when the agent has ended to be erased
	replies  map[int]api.Reply
	nextID   int
	Fresh    int // messages announced as just received
	Relay    api.RelayState
	restarts int
	reloads  int            // of the stored state
	asides   int            // conversations set aside
	deleting []api.Deletion // as the page was told
	deaths   int
	skew     time.Duration // of the clock
	full     bool          // the disk, which says so before it is written to
}

// Person adds somebody whose Petmail is running, still without a name.
func (w *World) Person(name string, seed uint64) *Person {
	return w.add(&Person{Name: name, records: mem.NewDisk(), root: &vaulttest.RootDisk{}}, seed)
}

// PersonAt adds somebody whose disk is the root file and the database in
// folder, as a native agent keeps them.
func (w *World) PersonAt(folder, name string, seed uint64) *Person {
	return w.add(&Person{Name: name, folder: folder}, seed)
}

func (w *World) add(p *Person, seed uint64) *Person {
	p.W, p.rng, p.replies = w, rand.New(rand.NewPCG(seed, 3)), make(map[int]api.Reply)
	p.network = newFaultyNetwork(w.network(), seed, &w.captured)
	w.people = append(w.people, p)
	p.Start()
	return p
}

// tend has everybody else whose Petmail has died start it again, while p
// waits.
func (w *World) tend(p *Person) {
	for _, other := range w.people {
		if other != p && other.Dead() {
			other.Restart()
		}
	}
}

// Start starts the agent on the disk as it is.
func (p *Person) Start() {
	p.openDisk()
	p.Store = faulty.Wrap(p.vault)
	p.Store.OnCrash(func() {
		p.network.setOffline(true)
		p.mu.Lock()
		p.deaths++
		p.mu.Unlock()
	})
	dead, erased := make(chan struct{}), make(chan struct{})
	config := p.config(p.Store)
	config.Fatal = func(error) { close(dead) }
	config.Erased = func() { close(erased) }
	if p.Configure != nil {
		p.Configure(&config)
	}
	a, err := agent.Open(config)
	require.NoError(p.W.TB, err)
	p.mu.Lock()
	p.agent, p.changed, p.replied, p.dead, p.erased = a, make(chan struct{}), make(chan struct{}), dead, erased
	p.mu.Unlock()
	receive, _ := a.Attach(p.deliver)
	p.receive = receive
	p.network.setOffline(false)
	p.do(api.CmdHello, nil, nil)
}

// openDisk opens the vault on the disk as it is.
func (p *Person) openDisk() {
	if p.folder != "" {
		p.openFiles()
		return
	}
	p.root.Crash(p.rng) // if it is still held
	root, err := p.root.Open()
	require.NoError(p.W.TB, err)
	p.vault, err = vault.Open(vault.Config{Backing: p.records.Open(), Root: root, Rand: randomness}, vault.Secret{})
	require.NoError(p.W.TB, err)
}

func (p *Person) openFiles() {
	records, err := sqlite.Open(filepath.Join(p.folder, "records.db"))
	require.NoError(p.W.TB, err)
	root, err := file.Open(filepath.Join(p.folder, "root"))
	require.NoError(p.W.TB, err)
	p.vault, err = vault.Open(vault.Config{Backing: records, Root: root, Rand: randomness}, vault.Secret{})
	require.NoError(p.W.TB, err)
}

// config is the agent's on a store; whoever opens it says what ends it.
func (p *Person) config(s store.Store) agent.Config {
	log := slog.New(p.logHandler()).With("who", p.Name)
	return agent.Config{
		Fatal: func(error) {}, Erased: func() {},
		Store: s, Now: p.now, Version: "test", Room: p.room, Logger: log,
		Parts: parts.All(parts.Config{Transport: p.network, Rand: randomness, Log: log, Now: p.now}),
	}
}

// room is whether there is room on the person's disk.
func (p *Person) room() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.full
}

// SetFull fills the person's disk, or makes room on it.
func (p *Person) SetFull(full bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.full = full
}

// now is the person's clock.
func (p *Person) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.skew)
}

// SetClock sets the person's clock ahead of the world's, or behind.
func (p *Person) SetClock(skew time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skew = skew
}

// Stop ends the agent, as closing the browser does.
func (p *Person) Stop() {
	p.agent.Close()
	p.network.next.CloseIdle()
	if p.folder != "" {
		require.NoError(p.W.TB, p.vault.Close())
	}
}

// Restart stops and starts the agent.
func (p *Person) Restart() {
	p.Stop()
	p.Start()
}

// Crash kills the process: nothing more of it reaches disk or network.
func (p *Person) Crash() {
	p.network.setOffline(true)
	p.Store.Kill()
	p.Stop()
}

// Disk is what is stored, to be changed while the person's agent is stopped.
func (p *Person) Disk() store.Store { return p.vault }

// SetFaults changes the person's network.
func (p *Person) SetFaults(f Faults) { p.network.set(f) }

// SetOffline pulls the plug, or puts it back.
func (p *Person) SetOffline(offline bool) { p.network.setOffline(offline) }

func (p *Person) deliver(message any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m := message.(type) {
	case api.Reply:
		p.replies[m.ID] = m
		close(p.replied)
		p.replied = make(chan struct{})
	case api.Event:
		p.holdEvent(m)
		switch data := m.Data.(type) {
		case api.MessageEvent:
			if data.Fresh {
				p.Fresh++
			}
		case api.Deletion:
			p.deleting = append(p.deleting, data)
		case api.RelayState:
			p.Relay = data
		case api.Snapshot:
			if data.Restarted {
				p.restarts++
			}
		}
		close(p.changed)
		p.changed = make(chan struct{})
	}
}

// Restarts counts the times that the agent said it recovered from a defect.
func (p *Person) Restarts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.restarts
}

// Recoveries counts the times that the agent had to read its state again.
func (p *Person) Recoveries() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reloads
}

// Asides counts the times that the agent set a conversation aside.
func (p *Person) Asides() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asides
}

// Deletions returns what the page was told of long deletions.
func (p *Person) Deletions() []api.Deletion {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.deleting)
}

// patience bounds every wait, in false time.
const patience = 20 * 24 * time.Hour

// ErrDead answers whatever is asked of an agent that has crashed.
var ErrDead = &api.Error{Code: api.ErrInternal, Message: "the process has died"}

// Dead reports whether the agent has died and was not started again.
func (p *Person) Dead() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.dead:
		return true
	default:
		return false
	}
}

// Died reports whether a planted crash has struck at any time.
func (p *Person) Died() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.deaths > 0
}

// died is thrown through whatever a person was doing when the agent died.
type died struct{}

// Survive does something that the agent may die of. If it does, the person
// starts it again and goes on: f is called once more and must look first what
// has been done. It returns the number of deaths.
func (p *Person) Survive(f func()) (deaths int) {
	for {
		if p.attempt(f) {
			return deaths
		}
		deaths++
		p.Restart()
	}
}

func (p *Person) attempt(f func()) (done bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(died); !ok {
				panic(r)
			}
		}
	}()
	f()
	return true
}

// wait returns when ready does; it looks again after each change and each
// minute.
func (p *Person) wait(what string, ready func() bool) {
	p.W.TB.Helper()
	deadline := time.Now().Add(patience)
	for {
		p.mu.Lock()
		changed, dead := p.changed, p.dead
		p.mu.Unlock()
		p.W.tend(p)
		if ready() {
			return
		}
		if time.Now().After(deadline) {
			p.W.TB.Fatalf("%s waited in vain: %s", p.Name, what)
		}
		select {
		case <-changed:
		case <-dead:
			panic(died{})
		case <-time.After(time.Minute):
		}
	}
}

// Ask runs a command and returns its refusal, if any.
func (p *Person) Ask(cmd Command, args, result any) *api.Error {
	p.W.TB.Helper()
	signature := cmd.Signature()
	p.holdArgs(signature, args)
	raw, err := json.Marshal(args)
	require.NoError(p.W.TB, err)
	p.mu.Lock()
	p.nextID++
	id := p.nextID
	p.mu.Unlock()
	p.receive(api.Request{ID: id, Command: signature.Name, Args: raw})
	reply := p.answer(id)
	p.holdReply(signature, reply)
	if reply.Error != nil {
		return reply.Error
	}
	// As the page gets it: through JSON.
	encoded, err := json.Marshal(reply.Result)
	require.NoError(p.W.TB, err)
	if result != nil {
		require.NoError(p.W.TB, json.Unmarshal(encoded, result))
	}
	return nil
}

// answer waits for the reply to a request.
func (p *Person) answer(id int) api.Reply {
	p.W.TB.Helper()
	late := time.After(patience)
	for {
		p.mu.Lock()
		reply, ok := p.replies[id]
		replied, dead := p.replied, p.dead
		delete(p.replies, id)
		p.mu.Unlock()
		if ok {
			return reply
		}
		select {
		case <-replied:
		case <-dead:
			return api.Reply{ID: id, Error: ErrDead}
		case <-late:
			p.W.TB.Fatalf("%s waited in vain for an answer", p.Name)
		}
	}
}

func (p *Person) do(cmd Command, args, result any) {
	p.W.TB.Helper()
	err := p.Ask(cmd, args, result)
	if err == ErrDead {
		panic(died{})
	}
	if err != nil {
		p.W.TB.Fatalf("%s: %s was refused: %v", p.Name, cmd.Signature().Name, err)
	}
}

// Begin gives the Petmail its name.
func (p *Person) Begin() { p.BeginAt(RelayURL) }

// BeginAt is Begin with another name for the world's relay.
func (p *Person) BeginAt(relay string) {
	p.do(api.CmdStart, api.StartArgs{Name: p.Name, Relay: relay}, nil)
}

// Snapshot returns what a new page would show.
func (p *Person) Snapshot() api.Snapshot {
	var s api.Snapshot
	p.do(api.CmdHello, nil, &s)
	return s
}

// Invite opens an invitation and waits until it can be used.
func (p *Person) Invite() api.Invite {
	var inv api.Invite
	p.do(api.CmdInviteNew, api.InviteNewArgs{}, &inv)
	p.wait("the code", func() bool {
		inv = p.InviteState(inv.ID)
		return inv.Code != "" && inv.Link != ""
	})
	return inv
}

// InviteState returns an invitation as it stands; a zero one if it is gone.
func (p *Person) InviteState(id string) api.Invite {
	for _, inv := range p.Snapshot().Invites {
		if inv.ID == id {
			return inv
		}
	}
	return api.Invite{}
}

// Accept takes a code or link.
func (p *Person) Accept(text string) api.Invite {
	var inv api.Invite
	p.do(api.CmdInviteAccept, api.InviteAcceptArgs{Text: text}, &inv)
	return inv
}

// AwaitInvite waits until an invitation is in a state.
func (p *Person) AwaitInvite(id string, state api.InviteState) api.Invite {
	p.W.TB.Helper()
	var inv api.Invite
	p.wait("the invitation to be "+string(state), func() bool {
		inv = p.InviteState(id)
		return inv.State == state
	})
	return inv
}

// Conversation returns a conversation as the list shows it; ok is false if it
// is not there.
func (p *Person) Conversation(id string) (c api.Conversation, ok bool) {
	for _, c := range p.Snapshot().Conversations {
		if c.ID == id {
			return c, true
		}
	}
	return api.Conversation{}, false
}

// AwaitOpen waits until a conversation is open.
func (p *Person) AwaitOpen(id string) {
	p.W.TB.Helper()
	p.wait("the conversation to open", func() bool {
		c, ok := p.Conversation(id)
		return ok && c.State == api.ConversationOpen
	})
}

// Send writes a message.
func (p *Person) Send(conversation, text string) api.Message {
	var m api.Message
	p.do(api.CmdSend, api.SendArgs{Conversation: conversation, Text: text}, &m)
	return m
}

// Messages returns all messages of a conversation, in order.
func (p *Person) Messages(conversation string) []api.Message {
	var all []api.Message
	before := ""
	for {
		var page api.MessagesPage
		p.do(api.CmdMessages, api.MessagesArgs{Conversation: conversation, Before: before, Limit: api.MaxPage}, &page)
		all = append(page.Messages, all...)
		if !page.More {
			return all
		}
		before = page.Messages[0].Cursor
	}
}

// Texts returns the texts of a conversation in order, those of the person's
// own or those received.
func (p *Person) Texts(conversation string, mine bool) []string {
	var out []string
	for _, m := range p.Messages(conversation) {
		if m.Mine == mine {
			out = append(out, m.Text)
		}
	}
	return out
}

// AwaitTexts waits until exactly these texts have been received, in order.
func (p *Person) AwaitTexts(conversation string, want ...string) {
	p.W.TB.Helper()
	p.wait("the texts", func() bool { return len(p.Texts(conversation, false)) >= len(want) })
	require.Equal(p.W.TB, want, p.Texts(conversation, false))
}

// AwaitAll is AwaitTexts for a list.
func (p *Person) AwaitAll(conversation string, want []string) {
	p.W.TB.Helper()
	p.AwaitTexts(conversation, want...)
}

// AwaitState waits until a message of the person's own is in a state.
func (p *Person) AwaitState(conversation, message string, state api.MessageState) {
	p.W.TB.Helper()
	p.wait("the message to be "+string(state), func() bool {
		for _, m := range p.Messages(conversation) {
			if m.ID == message {
				return m.State == state
			}
		}
		return false
	})
}

// Meet has two people meet by link and returns the conversation.
func Meet(inviter, invitee *Person) string {
	inv := inviter.Invite()
	accepted := invitee.Accept(inv.Link)
	c := inviter.AwaitInvite(inv.ID, api.InviteDone).Conversation
	invitee.AwaitInvite(accepted.ID, api.InviteDone)
	invitee.AwaitOpen(c)
	return c
}

// Epoch returns the MLS epoch of a conversation, as it stands on the disk.
func (p *Person) Epoch(conversation string) uint64 {
	return p.group(conversation, mls.Config{}).Epoch()
}

// TryOpen opens an agent with a configuration of its own on this person's
// store, and closes it again.
func (p *Person) TryOpen(change func(*agent.Config)) error {
	config := p.config(p.vault)
	change(&config)
	a, err := agent.Open(config)
	if err != nil {
		return err
	}
	a.Close()
	return nil
}
