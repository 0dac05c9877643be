package agent

import (
	"errors"

	"petmail/wasm/turn"

	"petmail/wasm/api"
)

// ErrErasing is returned by Open when the person had this Petmail deleted and
// that was cut short: the host erases the store and begins anew.
var ErrErasing = errors.New("this Petmail is being erased")

// erase has this Petmail deleted. From the moment that the mark is stored
// there is no way back; the host empties the store when the agent has ended.
func (t *step) erase(q *request, _ api.None) error {
	t.batch.Put(kindErasing.Prefix, nil)
	t.then(func() {
		q.reply(api.None{}, nil)
		t.a.erasing = true
	})
	return nil
}

// leave has the parts say goodbye outside.
func (a *Agent) leave() {
	for _, p := range a.parts {
		if l, ok := p.(turn.Leaver); ok {
			l.Leave(a.conn.ctx)
		}
	}
}
