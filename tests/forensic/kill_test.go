package forensic_test

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/relay/native"
	"petmail/tests/forensic"
	"petmail/wasm/api"
)

// killRounds is how often TestKill kills: few, or as many as the long test
// asks for.
func killRounds() int {
	if n, err := strconv.Atoi(os.Getenv("PETMAIL_SOAK_NATIVE")); err == nil {
		return n
	}
	return 6
}

// latestCut is when at last an agent is killed within a round.
const latestCut = 250 * time.Millisecond

// TestKill kills a real agent on the vault over files at random moments while
// it sends, receives and deletes. What it has answered stands, nothing is there
// twice, and of what it has deleted nothing can be found.
func TestKill(t *testing.T) {
	relay := startRelay(t)
	ada, bob := newProcess(t, "Ada"), newProcess(t, "Bob")
	for _, p := range []*process{ada, bob} {
		p.do(api.CmdStart, api.StartArgs{Name: p.name, Relay: relay}, nil)
	}
	h := &history{ada: ada, bob: bob, conversation: befriend(ada, bob), known: map[string]*said{}}
	for round := range killRounds() {
		rng := rand.New(rand.NewPCG(uint64(round), 1))
		cut := time.Duration(rng.Int64N(int64(latestCut)))
		var both sync.WaitGroup
		both.Go(func() { h.bobWrites(rng.IntN(12)) })
		both.Go(func() { h.adaLives(rand.New(rand.NewPCG(uint64(round), 2))) })
		<-time.After(cut)
		ada.kill()
		both.Wait()
		h.examine(t)
		ada.start()
		h.check(t, round)
	}
	// Everything that Ada was told is sent, and that she has not deleted since,
	// arrives at Bob; nothing arrives twice.
	wrong := func() (texts []string) {
		shown := bob.messages(h.conversation)
		for text, s := range h.known {
			if n := count(shown, text); s.mine && s.answered && !s.deleting && n == 0 || n > 1 {
				texts = append(texts, text)
			}
		}
		return texts
	}
	for end := time.Now().Add(60 * time.Second); len(wrong()) > 0 && time.Now().Before(end); {
		<-time.After(50 * time.Millisecond)
	}
	for _, text := range wrong() {
		t.Errorf("what Ada sent must reach Bob, once; he has %d of one that she calls %q",
			count(bob.messages(h.conversation), text), h.state(text))
	}
	t.Logf("%d rounds, %d messages, %d examined windows, %d MB examined", killRounds(), len(h.known), h.windows, h.bytes>>20)
}

func startRelay(t *testing.T) string {
	server, err := native.Open(native.Config{DataDir: t.TempDir(), Limits: native.Unlimited()})
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		server.Close(ctx)
		require.NoError(t, <-served)
	})
	return fmt.Sprintf("http://localhost:%d", l.Addr().(*net.TCPAddr).Port)
}

// befriend has two people meet and returns their conversation.
func befriend(ada, bob *process) string {
	var inv, accepted api.Invite
	ada.do(api.CmdInviteNew, api.InviteNewArgs{}, &inv)
	ada.await("a link", func(s api.Snapshot) bool {
		for _, i := range s.Invites {
			if i.ID == inv.ID {
				inv = i
			}
		}
		return inv.Link != ""
	})
	bob.do(api.CmdInviteAccept, api.InviteAcceptArgs{Text: inv.Link}, &accepted)
	conversation := ""
	for _, p := range []*process{bob, ada} {
		p.await("the conversation", func(s api.Snapshot) bool {
			if len(s.Conversations) == 0 {
				return false
			}
			conversation = s.Conversations[0].ID
			return s.Conversations[0].State == api.ConversationOpen
		})
	}
	return conversation
}

// said is one message and what Ada has been told of it.
type said struct {
	mine     bool // Ada's own
	id       string
	answered bool // it was sent
	deleting bool
	deleted  bool // and that was answered
	seen     bool // Ada had it after a round
}

// history is all that was said.
type history struct {
	ada, bob       *process
	conversation   string
	windows, bytes int64

	mu    sync.Mutex
	known map[string]*said // by text
}

func (h *history) say(p *process, mine bool) error {
	s := &said{mine: mine}
	text := "text " + strings.ToLower(crand.Text())
	h.mu.Lock()
	h.known[text] = s
	h.mu.Unlock()
	var m api.Message
	err := p.ask(api.CmdSend, api.SendArgs{Conversation: h.conversation, Text: text}, &m)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		s.id, s.answered = m.ID, true
	}
	return err
}

func (h *history) bobWrites(n int) {
	for range n {
		if h.say(h.bob, false) != nil {
			return
		}
	}
}

// adaLives sends and deletes until she is killed.
func (h *history) adaLives(rng *rand.Rand) {
	for {
		var err error
		if rng.IntN(2) == 0 {
			err = h.say(h.ada, true)
		} else {
			err = h.deleteOne(rng)
		}
		if errors.Is(err, errKilled) {
			return
		}
		if err != nil {
			h.ada.t.Errorf("Ada was refused: %v", err)
			return
		}
	}
}

// deleteOne deletes some message that Ada has.
func (h *history) deleteOne(rng *rand.Rand) error {
	var page api.MessagesPage
	if err := h.ada.ask(api.CmdMessages, api.MessagesArgs{Conversation: h.conversation, Limit: api.MaxPage}, &page); err != nil || len(page.Messages) == 0 {
		return err
	}
	m := page.Messages[rng.IntN(len(page.Messages))]
	h.mu.Lock()
	s := h.known[m.Text]
	s.deleting = true
	h.mu.Unlock()
	err := h.ada.ask(api.CmdDelete, api.DeleteArgs{Conversation: h.conversation, Message: m.ID}, nil)
	h.mu.Lock()
	defer h.mu.Unlock()
	s.deleted = err == nil
	return err
}

// check compares what Ada shows after a round with what she was told.
func (h *history) check(t *testing.T, round int) {
	t.Helper()
	// Bob's arrive once her mailbox is connected again.
	require.Eventually(t, func() bool {
		shown := h.ada.messages(h.conversation)
		for text, s := range h.known {
			if s.answered && !s.deleting && count(shown, text) == 0 {
				return false
			}
		}
		return true
	}, 60*time.Second, 20*time.Millisecond, "round %d: a message is lost", round)
	shown := h.ada.messages(h.conversation)
	for text, s := range h.known {
		n := count(shown, text)
		require.LessOrEqual(t, n, 1, "round %d: a message is there twice", round)
		if s.deleted {
			require.Zero(t, n, "round %d: a deleted message is there", round)
		}
		s.seen = n == 1
	}
}

// state returns what Ada says of a message.
func (h *history) state(text string) string {
	for _, m := range h.ada.messages(h.conversation) {
		if m.Text == text {
			return string(m.State)
		}
	}
	return "gone"
}

// wholeLines takes from a dump what was cut off in the middle of a line, and
// returns the rest. A batch whose line is not whole was never stored.
func wholeLines(t *testing.T, dump string) []byte {
	t.Helper()
	all, err := os.ReadFile(dump)
	require.NoError(t, err)
	whole := all[:bytes.LastIndexByte(all, '\n')+1]
	require.NoError(t, os.Truncate(dump, int64(len(whole))))
	return whole
}

func count(messages []api.Message, text string) (n int) {
	for _, m := range messages {
		if m.Text == text {
			n++
		}
	}
	return n
}

// examine looks at what the killed agent has left on the disk.
func (h *history) examine(t *testing.T) {
	t.Helper()
	evidence := forensic.NewEvidence()
	require.NoError(t, evidence.AddDump(bytes.NewReader(wholeLines(t, dumpOf(h.ada.folder)))))
	files, err := forensic.Files(h.ada.folder)
	require.NoError(t, err)
	found, err := forensic.Examine(evidence, files)
	require.NoError(t, err)
	h.windows, h.bytes = h.windows+found.Windows, h.bytes+found.Bytes
	traffic, err := found.Traffic(nil)
	require.NoError(t, err)
	require.Positive(t, traffic.Boxes, "the examiner must find the box key")
	require.Positive(t, traffic.Groups, "the examiner must find the group")
	all := bytes.Join(found.Plain, nil)
	texts := map[string]string{}
	for text, s := range h.known {
		texts[text] = text
		readable := bytes.Contains(all, []byte(text))
		if s.deleted {
			require.False(t, readable, "a deleted message can be read on the disk")
		}
		if s.seen && !s.deleting {
			require.True(t, readable, "the examiner must find what is kept")
		}
	}
	sightings, err := forensic.Sightings(files, texts)
	require.NoError(t, err)
	require.Empty(t, sightings)
}
