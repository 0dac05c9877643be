package mailbox_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/relay/core"
	"petmail/relay/core/mailbox"
	"petmail/relay/core/queuetest"
	"petmail/tests/sqltx"
)

// openQueue opens an SQLQueue with tables of its own.
func openQueue(t queuetest.T) (queuetest.Instance, *sqltx.Tx) {
	tx := sqltx.Open(t, ":memory:")
	_, err := core.Open(tx, rand.Reader, mailbox.Tables())
	require.NoError(t, err)
	mailboxes, rows := 0, 0
	return queuetest.Instance{
		Queue: mailbox.SQLQueue{}, Tx: tx, Pass: tx.Pass,
		Mailbox: func(doors int) (core.MailboxID, []core.DoorRow) {
			mailboxes++
			tx.Do(t, `INSERT INTO mailboxes (id, key, counter, request, answer, next_seq, bytes, purge)
				VALUES (?, ?, 0, x'', x'', 1, 0, 0)`, int64(mailboxes), []byte{byte(mailboxes)})
			list := make([]core.DoorRow, doors)
			for i := range list {
				rows++
				list[i] = core.DoorRow(rows)
				tx.Do(t, `INSERT INTO doors (id, hash, mailbox, bytes, retire) VALUES (?, ?, ?, 0, 0)`,
					int64(rows), []byte{byte(rows)}, int64(mailboxes))
			}
			return core.MailboxID(mailboxes), list
		},
	}, tx
}

func TestSQLQueue(t *testing.T) {
	queuetest.Run(t, func(t queuetest.T) queuetest.Instance {
		q, _ := openQueue(t)
		return q
	})
}

// TestSQLQueueFails checks that no statement's failure is passed over.
func TestSQLQueueFails(t *testing.T) {
	q, tx := openQueue(t)
	id, doors := q.Mailbox(1)
	put := func() error {
		_, _, err := q.Queue.Put(tx, core.Queued{Mailbox: id, Door: doors[0], Expires: tx.Time.Unix(), Data: []byte("x")})
		return err
	}
	require.NoError(t, put())
	broken := errors.New("disk on fire")
	for name, run := range map[string]func() error{
		"put":         put,
		"acknowledge": func() error { return q.Queue.Acknowledge(tx, id, 1, nil) },
		"empty":       func() error { return q.Queue.Empty(tx, id) },
		"sweep":       func() error { _, err := q.Queue.Sweep(tx, 10); return err },
	} {
		tx.Fail = broken
		require.ErrorIs(t, run(), broken, name)
	}
	_, _, err := q.Queue.Put(tx, core.Queued{Mailbox: id + 1, Door: doors[0], Data: []byte("x")})
	require.ErrorContains(t, err, "damaged", "there is no such mailbox")
}
