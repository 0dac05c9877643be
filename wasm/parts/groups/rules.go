package groups

import (
	"crypto/ed25519"
	"io"

	"petmail/shared/address"
	"petmail/shared/mls"
	"petmail/wasm/conversation"
)

// ruled is a conversation as the agent calls it: every rule stands here, so
// that tests can have each of them fail or panic. It adds nothing else.
type ruled struct {
	*conversation.Conversation
	p *Part
}

func (p *Part) ruled(c *conversation.Conversation) ruled {
	c.SetWall(p.config.Wall)
	return ruled{c, p}
}

func (c ruled) met(rule string) error { return c.p.config.Owners.Met(c.ID, rule) }

// meet is met for rules that return no error: only a panic can stand for
// one's failure there.
func (c ruled) meet(rule string) { _ = c.met(rule) }

func (c ruled) Write(rand io.Reader, now int64, text string) (conversation.Message, error) {
	if err := c.met("Write"); err != nil {
		return conversation.Message{}, err
	}
	return c.Conversation.Write(rand, now, text)
}

func (c ruled) WriteTimer(rand io.Reader, now int64, seconds uint64) (conversation.Message, error) {
	if err := c.met("WriteTimer"); err != nil {
		return conversation.Message{}, err
	}
	return c.Conversation.WriteTimer(rand, now, seconds)
}

func (c ruled) WriteDeletion(rand io.Reader, now int64, targets []conversation.Target) (conversation.Message, error) {
	if err := c.met("WriteDeletion"); err != nil {
		return conversation.Message{}, err
	}
	return c.Conversation.WriteDeletion(rand, now, targets)
}

func (c ruled) Seal(rand io.Reader, m conversation.Message) ([]conversation.Outgoing, error) {
	if err := c.met("Seal"); err != nil {
		return nil, err
	}
	return c.Conversation.Seal(rand, m)
}

func (c ruled) SealAcks(rand io.Reader, now int64) ([]conversation.Outgoing, error) {
	if err := c.met("SealAcks"); err != nil {
		return nil, err
	}
	return c.Conversation.SealAcks(rand, now)
}

func (c ruled) Receive(now int64, b conversation.Body) (conversation.Result, error) {
	if err := c.met("Receive"); err != nil {
		return conversation.Result{}, err
	}
	return c.Conversation.Receive(now, b)
}

func (c ruled) CameThrough(o *address.Opened) bool {
	c.meet("CameThrough")
	return c.Conversation.CameThrough(o)
}

func (c ruled) Renewable(now int64) bool {
	c.meet("Renewable")
	return c.Conversation.Renewable(now)
}

func (c ruled) Renew(rand io.Reader, now int64) error {
	if err := c.met("Renew"); err != nil {
		return err
	}
	return c.Conversation.Renew(rand, now)
}

func (c ruled) Move(rand io.Reader, now int64, door uint64, own address.Address) error {
	if err := c.met("Move"); err != nil {
		return err
	}
	return c.Conversation.Move(rand, now, door, own)
}

func (c ruled) Doors() []uint64 {
	c.meet("Doors")
	return c.Conversation.Doors()
}

func (c ruled) DropFormers(kept func(door uint64) bool) bool {
	c.meet("DropFormers")
	return c.Conversation.DropFormers(kept)
}

func (c ruled) Slot() ([32]byte, error) {
	if err := c.met("Slot"); err != nil {
		return [32]byte{}, err
	}
	return c.Conversation.Slot()
}

func (c ruled) Decide(now int64, value []byte) (conversation.Result, []conversation.Outgoing, error) {
	if err := c.met("Decide"); err != nil {
		return conversation.Result{}, nil, err
	}
	return c.Conversation.Decide(now, value)
}

func (c ruled) Readable(epoch uint64, now int64) bool {
	c.meet("Readable")
	return c.Conversation.Readable(epoch, now)
}

func (c ruled) Saw(at, now int64) {
	c.meet("Saw")
	c.Conversation.Saw(at, now)
}

func (c ruled) Owe() {
	c.meet("Owe")
	c.Conversation.Owe()
}

func (c ruled) Stale(now int64) bool {
	c.meet("Stale")
	return c.Conversation.Stale(now)
}

func (c ruled) Epoch() uint64 {
	c.meet("Epoch")
	return c.Conversation.Epoch()
}

func (c ruled) Peer() *conversation.Member {
	c.meet("Peer")
	return c.Conversation.Peer()
}

func (c ruled) PersonaKey() ed25519.PublicKey {
	c.meet("PersonaKey")
	return c.Conversation.PersonaKey()
}

func (c ruled) Fail() {
	c.meet("Fail")
	c.Conversation.Fail()
}

func (c ruled) Record() ([]byte, error) {
	if err := c.met("Record"); err != nil {
		return nil, err
	}
	return c.Conversation.Record()
}

func (c ruled) Changes() ([]mls.Part, error) {
	if err := c.met("Changes"); err != nil {
		return nil, err
	}
	return c.Conversation.Changes()
}

func (c ruled) ReadAll(now int64) {
	c.meet("ReadAll")
	c.Conversation.ReadAll(now)
}

func (c ruled) Remember(number uint64, cursor string) {
	c.meet("Remember")
	c.Conversation.Remember(number, cursor)
}

func (c ruled) KnownRead(at int64) {
	c.meet("KnownRead")
	c.Conversation.KnownRead(at)
}

func (c ruled) OwnRelay() string {
	c.meet("OwnRelay")
	return c.Conversation.OwnRelay()
}
