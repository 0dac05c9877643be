package agent

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"petmail/shared/relayproto"
)

// ErrErasing is returned by Open when the person had this Petmail deleted and
// that was cut short: the host erases the store and begins anew.
var ErrErasing = errors.New("this Petmail is being erased")

// goodbye is how long the relay is given to delete our mailbox.
const goodbye = 5 * time.Second

// erase has this Petmail deleted. From the moment that the mark is stored
// there is no way back; the host empties the store when the agent has ended.
func (t *turn) erase(q *request, _ json.RawMessage) (any, error) {
	t.batch.Put(keyErasing, nil)
	t.then(func() {
		q.reply(none{}, nil)
		t.a.erasing = true
	})
	return nil, errLater
}

// closeMailbox asks our relay to delete the mailbox with what waits in it. It
// is a courtesy: nobody else can open what is there.
func (c *connections) closeMailbox() {
	s := c.a.state.self
	if s == nil {
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, goodbye)
	defer cancel()
	_, err := c.a.client.UpdateMailbox(ctx, s.Relay, s.mailboxKey(), relayproto.MailboxRequest{
		RelayID: s.RelayID, Counter: s.Counter + 1, Close: true,
	})
	if err != nil {
		c.a.log.Debug("the relay was not told", "error", err)
	}
}
