package agenttest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/conversation"
	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
)

// remains returns the keys on the disk that name a conversation.
func (p *Person) remains(conversation string) []string {
	id, err := wire.ParseID(conversation)
	require.NoError(p.W.TB, err)
	var keys []string
	for _, r := range p.stored("") {
		if strings.Contains(r.Key, conversation) || strings.HasPrefix(r.Key, "who/") && bytes.Contains(r.Value, id[:]) {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

func TestForgetTakesEverything(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.setTimer(c, api.TimerDay)
		bob.awaitTimer(c, api.TimerDay)
		ada.Send(c, "marker")
		bob.wait("it", func() bool { return len(bob.Messages(c)) == 2 })
		bob.read(c)
		bob.do(api.CmdPetname, api.PetnameArgs{Conversation: c, Name: "name-marker"}, nil)
		bob.do(api.CmdDraft, api.DraftArgs{Conversation: c, Text: "draft-marker"}, nil)
		bob.SetOffline(true)
		bob.Send(c, "unsent-marker")
		bob.wait("its timer", func() bool { return len(bob.stored("due/")) > 0 })
		require.NotEmpty(t, bob.stored("out/"))

		bob.do(api.CmdForget, api.ConversationArgs{Conversation: c}, nil)
		_, ok := bob.Conversation(c)
		require.False(t, ok)
		synctest.Wait()
		bob.wait("the rest", func() bool { return len(bob.stored("going/")) == 0 })
		require.Empty(t, bob.remains(c))
		require.False(t, bob.holds("marker"), "found in %v", bob.keysWith("marker"))

		bob.SetOffline(false)
		ada.Send(c, "into the void")
		advance(10 * 24 * time.Hour)
		require.Empty(t, bob.Snapshot().Conversations)
		require.Empty(t, bob.remains(c))
	})
}

// TestWhatIsSaidToBeGoneIsGone: a page that was told so needs no further commit
// for it, unless it takes long.
func TestWhatIsSaidToBeGoneIsGone(t *testing.T) {
	for _, cmd := range []api.CommandKind[api.ConversationArgs, api.None]{api.CmdForget, api.CmdClear} {
		t.Run(string(cmd), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				c := Meet(ada, bob)
				ada.setTimer(c, api.TimerDay)
				bob.awaitTimer(c, api.TimerDay)
				ada.Send(c, "read-marker")
				bob.wait("it", func() bool { return len(bob.Messages(c)) == 2 })
				bob.read(c)
				bob.wait("its timer", func() bool { return len(bob.stored("due/")) > 0 })
				ada.Send(c, "unread-marker")
				bob.wait("it", func() bool { return len(bob.Messages(c)) == 3 })
				bob.do(api.CmdDraft, api.DraftArgs{Conversation: c, Text: "draft-marker"}, nil)
				bob.SetOffline(true)
				bob.Send(c, "unsent-marker")
				synctest.Wait()

				commits := 0
				bob.Store.Plan(func(int, *store.Batch) faulty.Fault {
					if commits++; commits > 1 {
						return faulty.CrashBefore
					}
					return faulty.None
				})
				bob.do(cmd, api.ConversationArgs{Conversation: c}, nil)
				synctest.Wait()
				require.False(t, bob.holds("marker"), "found in %v", bob.keysWith("marker"))
				for _, prefix := range []string{"msg/", "due/", "new/"} {
					require.Empty(t, bob.stored(prefix))
				}
			})
		})
	}
}

// fill puts so many received messages on the disk of a person whose agent is
// stopped, as if they had come long ago.
func (p *Person) fill(id string, count int) {
	p.openDisk()
	var b store.Batch
	for i := range count {
		body, err := wire.Marshal(conversation.Text{Text: fmt.Sprint("old-marker ", i)})
		require.NoError(p.W.TB, err)
		m := conversation.Message{
			ID: wire.ID{1, byte(i), byte(i >> 8)}, Cursor: fmt.Sprintf("%048x", i), Kind: conversation.KindText,
			Body: body, Time: int64(i), State: conversation.Arrived, Number: uint64(i),
		}
		encoded, err := wire.Marshal(m)
		require.NoError(p.W.TB, err)
		b.Put("msg/"+id+"/"+m.Cursor, encoded)
	}
	require.NoError(p.W.TB, p.vault.Commit(&b))
}

// TestALongDeletionGoesOnAfterAnyCrash kills the process at each commit of a
// deletion that takes several; nothing reappears meanwhile.
func TestALongDeletionGoesOnAfterAnyCrash(t *testing.T) {
	for _, cmd := range []api.CommandKind[api.ConversationArgs, api.None]{api.CmdForget, api.CmdClear} {
		for _, fault := range []faulty.Fault{faulty.CrashBefore, faulty.CrashAfter} {
			last := false
			for n := 1; !last; n++ {
				t.Run(fmt.Sprintf("%s fault %v at commit %d", cmd, fault, n), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { last = !longDeletion(t, cmd, fault, n) })
				})
				if t.Failed() {
					return
				}
				require.Less(t, n, 50)
			}
		}
	}
}

func longDeletion(t *testing.T, cmd api.CommandKind[api.ConversationArgs, api.None], fault faulty.Fault, n int) (struck bool) {
	w := New(t)
	ada, bob := w.Person("Ada", 1), w.Person("Bob", 2)
	ada.Begin()
	bob.Begin()
	c := Meet(ada, bob)
	ada.Send(c, "new-marker")
	bob.AwaitTexts(c, "new-marker")
	ada.Stop()
	bob.Stop()
	bob.fill(c, 2500)
	bob.Start()
	require.Len(t, bob.Messages(c), 2501)
	commits := 0
	bob.Store.Plan(func(_ int, b *store.Batch) faulty.Fault {
		changed := 0
		for _, op := range b.Ops {
			if op.Value == nil {
				changed++
			}
		}
		require.LessOrEqual(t, changed, 2100, "a turn is bounded")
		if commits++; commits == n {
			return fault
		}
		return faulty.None
	})
	asked := false
	bob.Survive(func() {
		_, there := bob.Conversation(c)
		if there && (cmd == api.CmdForget || len(bob.Messages(c)) > 0) {
			require.False(t, asked && fault == faulty.CrashAfter && n == 1, "it reappeared")
			asked = true
			bob.do(cmd, api.ConversationArgs{Conversation: c}, nil)
		}
		// Nothing is to be seen from here on, whatever happens.
		_, there = bob.Conversation(c)
		require.Equal(t, cmd == api.CmdClear, there)
		if there {
			require.Empty(t, bob.Messages(c))
		}
		bob.wait("the end of it", func() bool { return len(bob.stored("going/")) == 0 && len(bob.stored("msg/")) == 0 })
	})
	struck = bob.Died()
	bob.Store.Plan(func(int, *store.Batch) faulty.Fault { return faulty.None })
	require.False(t, bob.holds("marker"), "found in %v", bob.keysWith("marker"))
	if cmd == api.CmdForget {
		require.Empty(t, bob.remains(c))
	} else {
		ada.Start()
		ada.Send(c, "goes on")
		bob.AwaitTexts(c, "goes on")
		ada.Stop()
	}
	bob.Stop()
	w.Close()
	return struck
}

// TestClearSparesWhatComesMeanwhile: only what was there when the person asked
// is deleted, and what was unsent then is never sent.
func TestClearSparesWhatComesMeanwhile(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		ada.Send(c, "old")
		bob.AwaitTexts(c, "old")
		bob.SetOffline(true)
		bob.Send(c, "tried")
		bob.Send(c, "unsent")
		advance(time.Minute)
		bob.do(api.CmdClear, api.ConversationArgs{Conversation: c}, nil)
		require.Empty(t, bob.Messages(c))
		bob.Send(c, "new")
		ada.Send(c, "also new")
		bob.SetOffline(false)
		ada.AwaitTexts(c, "new")
		bob.AwaitTexts(c, "also new")
		require.Equal(t, []string{"new"}, bob.Texts(c, true))
		seen, _ := bob.Conversation(c)
		require.Equal(t, 1, seen.Unread)
		ada.quickReceipts()
		last := bob.Send(c, "last")
		bob.AwaitState(c, last.ID, api.StateDelivered)
		require.Equal(t, []string{"old", "also new"}, ada.Texts(c, true), "the other keeps what they wrote")
	})
}

// TestALongDeletionShowsItsProgress has a disk that takes a second a commit.
func TestALongDeletionShowsItsProgress(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		bob.Stop()
		bob.fill(c, 4500)
		bob.Start()
		bob.Store.Plan(func(int, *store.Batch) faulty.Fault {
			time.Sleep(time.Second) // false time
			return faulty.None
		})
		bob.do(api.CmdForget, api.ConversationArgs{Conversation: c}, nil)
		bob.wait("the end of it", func() bool { return len(bob.stored("going/")) == 0 })
		bob.wait("the last of the news", func() bool {
			all := bob.Deletions()
			return len(all) > 0 && all[len(all)-1].Ended
		})
		all := bob.Deletions()
		require.GreaterOrEqual(t, len(all), 4)
		for i, d := range all {
			require.Equal(t, c, d.Conversation)
			require.LessOrEqual(t, d.Done, d.Total)
			require.Equal(t, i == len(all)-1, d.Ended)
			if i > 0 {
				require.GreaterOrEqual(t, d.Done, all[i-1].Done)
			}
		}
		require.Equal(t, 4500, all[len(all)-1].Done)
	})
}
