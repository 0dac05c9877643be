//go:build !js

package agent_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/wasm/agent"
	"petmail/wasm/agenttest"
	"petmail/wasm/api"
	"petmail/wasm/turn"
)

// part is a feature that only declares.
type part struct {
	name     string
	kinds    []*turn.Kind
	commands []turn.Command
	next     int64
	due      func(turn.Turn)
}

func (p *part) Name() string             { return p.name }
func (p *part) Kinds() []*turn.Kind      { return p.kinds }
func (p *part) Load(turn.Reader) error   { return nil }
func (p *part) Commands() []turn.Command { return p.commands }
func (p *part) View(*api.Snapshot)       {}
func (p *part) Work(turn.Net)            {}
func (p *part) Next() int64              { return p.next }
func (p *part) Due(t turn.Turn) {
	if p.due != nil {
		p.due(t)
	}
}

func nothing(turn.Turn, api.None) (api.None, error) { return api.None{}, nil }

func kind(prefix string) *turn.Kind {
	return &turn.Kind{Prefix: prefix, Owner: turn.Nobody, Shared: turn.Own, Backup: turn.Never, Version: 1}
}

// TestPartsThatCannotBeToldApart: an agent does not open with two owners of
// one kind of records, or of one command.
func TestPartsThatCannotBeToldApart(t *testing.T) {
	w := agenttest.New(t)
	for name, parts := range map[string][]turn.Part{
		"one prefix":               {&part{name: "a", kinds: []*turn.Kind{kind("a/")}}, &part{name: "b", kinds: []*turn.Kind{kind("a/")}}},
		"one that the agent has":   {&part{name: "a", kinds: []*turn.Kind{kind("aside/")}}},
		"one command":              {&part{name: "a", commands: []turn.Command{turn.Handle("x", nothing)}}, &part{name: "b", commands: []turn.Command{turn.Handle("x", nothing)}}},
		"a command that stands":    {&part{name: "a", commands: []turn.Command{turn.Handle(api.CmdNudge, nothing)}}},
		"a kind declared in part":  {&part{name: "a", kinds: []*turn.Kind{{Prefix: "a/"}}}},
		"a kind within another's":  {&part{name: "a", kinds: []*turn.Kind{kind("a/"), kind("a/b/")}}},
		"a kind with all in it":    {&part{name: "a", kinds: []*turn.Kind{kind("")}}},
		"an owned one without end": {&part{name: "a", kinds: []*turn.Kind{{Prefix: "a", Owner: turn.Conversation, Shared: turn.Own, Backup: turn.Never, Version: 1}}}},
	} {
		require.Error(t, openWith(w, parts), name)
	}
	require.NoError(t, openWith(w, []turn.Part{&part{name: "a", kinds: []*turn.Kind{kind("a/")}}}))
	err := w.Person("Ada", 1).TryOpen(func(c *agent.Config) {
		c.Parts = func(turn.Owners) []turn.Part { return nil }
	})
	require.Error(t, err, "nobody says who we are")
	w.Close()
}

// openWith opens an agent with more parts than it has.
func openWith(w *agenttest.World, more []turn.Part) error {
	return w.Person("Ada", 1).TryOpen(func(c *agent.Config) {
		made := c.Parts
		c.Parts = func(d turn.Owners) []turn.Part { return append(made(d), more...) }
	})
}

// TestAPartKeepsToItsRecords: what is not declared is neither written nor
// deleted, and the part that tries harms nobody else.
func TestAPartKeepsToItsRecords(t *testing.T) {
	tenConversations(t, func(t *testing.T, _ *agenttest.World, ada, bob *agenttest.Person, _ *faults, all []string) {
		foreign, tries := kind("msg/"), 0
		before := ada.Configure
		ada.Configure = func(c *agent.Config) {
			before(c)
			made := c.Parts
			c.Parts = func(d turn.Owners) []turn.Part {
				return append(made(d), &part{name: "greedy", next: 1, due: func(t turn.Turn) {
					tries++
					t.Delete(foreign, [16]byte{}, "")
				}})
			}
		}
		ada.Restart()
		othersTalk(t, ada, bob, all, "beside a greedy part")
		require.Positive(t, tries)
		advance(10 * time.Minute)
		require.Less(t, tries, 20, "it waits ever longer")
	})
}
