package native

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"petmail/relay/core"
)

// errUnavailable is returned for a job that was not committed: the storage
// failed or the relay is closing. Nothing of it is in the database.
var errUnavailable = errors.New("storage is not available")

// maxBatch bounds the jobs in one transaction.
const maxBatch = 512

// job is a change of the database.
type job struct {
	// do makes the change. It may run twice, the first time to no effect, if
	// another job of its batch failed. A *core.Refusal is a result; other
	// errors undo the transaction.
	do func(core.Tx) error
	// after runs on the writer once the change is durable, in the order of
	// the changes. It must not block. May be nil.
	after func()

	err  error
	done chan struct{}
}

// writer is the only goroutine that changes the database. Whatever waits when
// it gets round to it is committed together, with one fsync.
type writer struct {
	tx      *writeTx
	queue   chan *job
	stop    chan struct{}
	stopped chan struct{}
	log     *slog.Logger
	metrics *metrics
}

func startWriter(db *database, log *slog.Logger, m *metrics) *writer {
	w := &writer{
		tx:      db.tx,
		queue:   make(chan *job, maxBatch),
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
		log:     log,
		metrics: m,
	}
	go w.run()
	return w
}

// close ends the writer after the jobs that wait.
func (w *writer) close() {
	close(w.stop)
	<-w.stopped
}

// write hands a job to the writer and waits until it is durable or has
// failed. A refusal is returned as it is.
func (w *writer) write(ctx context.Context, do func(core.Tx) error, after func()) error {
	j := &job{do: do, after: after, done: make(chan struct{})}
	select {
	case w.queue <- j:
	case <-w.stopped:
		return errUnavailable
	case <-ctx.Done():
		return errUnavailable
	}
	select {
	case <-j.done:
		return j.err
	case <-w.stopped:
		// The writer may have answered in its last round.
		select {
		case <-j.done:
			return j.err
		default:
			return errUnavailable
		}
	}
}

func (w *writer) run() {
	defer close(w.stopped)
	batch := make([]*job, 0, maxBatch)
	for {
		select {
		case j := <-w.queue:
			batch = append(batch[:0], j)
		case <-w.stop:
			for {
				select {
				case j := <-w.queue:
					w.commit([]*job{j})
				default:
					return
				}
			}
		}
	fill:
		for len(batch) < maxBatch {
			select {
			case j := <-w.queue:
				batch = append(batch, j)
			default:
				break fill
			}
		}
		w.commit(batch)
		clear(batch)
	}
}

// commit runs a batch and answers it. If it fails, each job gets a
// transaction of its own, so that one that cannot succeed fails alone.
func (w *writer) commit(batch []*job) {
	start := time.Now()
	err := w.transact(batch)
	w.metrics.commit(len(batch), time.Since(start), err)
	if err != nil && len(batch) > 1 {
		for _, j := range batch {
			w.commit([]*job{j})
		}
		return
	}
	if err != nil {
		w.log.Error("couldn't commit", "error", err)
		batch[0].err = errUnavailable
		close(batch[0].done)
		return
	}
	for _, j := range batch {
		close(j.done)
	}
	for _, j := range batch {
		if j.err == nil && j.after != nil {
			j.after()
		}
	}
}

func (w *writer) transact(batch []*job) error {
	w.tx.now = w.tx.clock.now()
	if _, err := w.tx.Exec(`BEGIN IMMEDIATE`); err != nil {
		return fmt.Errorf("couldn't begin: %w", err)
	}
	for _, j := range batch {
		j.err = j.do(w.tx)
		if j.err != nil && !core.IsRefusal(j.err) {
			return w.rollback(j.err)
		}
	}
	if _, err := w.tx.Exec(`COMMIT`); err != nil {
		return w.rollback(fmt.Errorf("couldn't commit: %w", err))
	}
	return nil
}

func (w *writer) rollback(cause error) error {
	if _, err := w.tx.Exec(`ROLLBACK`); err != nil {
		// SQLite has rolled back by itself after some errors.
		w.log.Debug("couldn't roll back", "error", err)
	}
	return cause
}
