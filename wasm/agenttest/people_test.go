package agenttest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
	"petmail/wasm/store"
	"petmail/wasm/store/faulty"
)

// written returns how often records of that kind were put while f ran.
func (p *Person) written(prefix string, f func()) (puts int) {
	p.Store.Plan(func(_ int, b *store.Batch) faulty.Fault {
		for _, op := range b.Ops {
			if strings.HasPrefix(op.Key, prefix) && op.Value != nil {
				puts++
			}
		}
		return faulty.None
	})
	f()
	p.Store.Plan(nil)
	return puts
}

// TestWhatHasNotChangedIsNotWritten: messages do not write the contact again,
// and what changes of the contact does not write the list.
func TestWhatHasNotChangedIsNotWritten(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		c := Meet(ada, bob)
		talkBefore(ada, bob, c)
		talk := func() {
			ada.Send(c, "one")
			bob.wait("it", func() bool { return contains(bob.Texts(c, false), "one") })
			bob.Send(c, "two")
			ada.wait("it", func() bool { return contains(ada.Texts(c, false), "two") })
		}
		require.Zero(t, ada.written("who/", talk))
		require.Zero(t, ada.written("view/", func() {
			ada.do(api.CmdPetname, api.PetnameArgs{Conversation: c, Name: "Bobby"}, nil)
		}))
		require.Equal(t, 1, ada.written("who/", func() {
			ada.do(api.CmdPetname, api.PetnameArgs{Conversation: c, Name: "Rob"}, nil)
			ada.do(api.CmdPetname, api.PetnameArgs{Conversation: c, Name: "Rob"}, nil)
		}))
		ada.Restart()
		seen, _ := ada.Conversation(c)
		require.Equal(t, "Rob", seen.Name)
		require.Zero(t, ada.written("who/", talk), "nor after a start")
	})
}
