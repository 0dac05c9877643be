package agenttest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"petmail/wasm/api"
)

const day = 24 * time.Hour

// lastLine returns the last line of a conversation.
func (p *Person) lastLine(conversation string) api.Message {
	all := p.Messages(conversation)
	if len(all) == 0 {
		return api.Message{}
	}
	return all[len(all)-1]
}

// inOrder returns what a conversation says and who says it; first tells
// whether the person is the one who is named first.
func (p *Person) inOrder(conversation string, first bool) (out []string) {
	for _, m := range p.Messages(conversation) {
		out = append(out, fmt.Sprint(m.Mine == first, " ", m.Kind, " ", m.Text))
	}
	return out
}

// TestAnswersDoNotVanishUpward: an answer is the last line on both sides, and
// what the list shows, whatever the clocks say and however they jump.
func TestAnswersDoNotVanishUpward(t *testing.T) {
	for _, skews := range [][2]time.Duration{{0, -2 * day}, {0, 2 * day}, {3 * day, -2 * day}, {-40 * day, 400 * day}} {
		t.Run(fmt.Sprint(skews), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
				c := Meet(ada, bob)
				ada.quickReceipts()
				bob.quickReceipts()
				for round := range 3 {
					if round != 1 { // the second time everybody's clock is right
						ada.SetClock(skews[0])
						bob.SetClock(skews[1])
					}
					for i := range 31 {
						ada.Send(c, fmt.Sprint(round, " ", i))
					}
					bob.wait("them", func() bool { return bob.lastLine(c).Text == fmt.Sprint(round, " ", 30) })
					ada.read(c)
					bob.setTimer(c, api.TimerDay)
					bob.setTimer(c, 0)
					bob.Send(c, fmt.Sprint(round, " answer"))
					bob.deleteForAll(c, bob.Send(c, "never mind").ID)
					ada.wait("the answer", func() bool {
						seen, _ := ada.Conversation(c)
						return seen.Preview == fmt.Sprint(round, " answer") && seen.Unread >= 1
					})
					ada.wait("the same order", func() bool { return slices.Equal(ada.inOrder(c, true), bob.inOrder(c, false)) })
					ada.Restart()
					bob.Restart()
					ada.SetClock(0)
					bob.SetClock(0)
				}
			})
		})
	}
}
