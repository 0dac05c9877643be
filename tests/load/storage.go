package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// file is the least that durable storage can be: append and fsync, one by one.
type file struct {
	mu sync.Mutex
	f  *os.File
	b  []byte
}

func startFile(_ context.Context, _ settings, dir string) (running, error) {
	f, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, fmt.Errorf("couldn't make a file: %w", err)
	}
	return &file{f: f, b: message()}, nil
}

// message is a random body, which no file system can make smaller.
func message() []byte {
	b := make([]byte, messageSize)
	_, _ = rand.Read(b) // never fails
	return b
}

func (f *file) dial(int) (client, error) { return noClose{f.store}, nil }
func (f *file) cpu() time.Duration       { return 0 }
func (f *file) stop()                    { f.f.Close() }

func (f *file) store() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.f.Write(f.b); err != nil {
		return err
	}
	return f.f.Sync()
}

// noClose is a client without a connection.
type noClose struct{ do func() error }

func (c noClose) store() error { return c.do() }
func (c noClose) Close() error { return nil }

// groupCommit is SQLite with one writer that commits together whatever waits:
// what the relay does, without HTTP, keys, doors and counts.
type groupCommit struct {
	db      *sql.DB
	conn    *sql.Conn
	insert  *sql.Stmt
	queue   chan chan error
	stopped chan struct{}
}

func startGroupCommit(ctx context.Context, _ settings, dir string) (_ running, err error) {
	g := &groupCommit{queue: make(chan chan error, 1024), stopped: make(chan struct{})}
	g.db, err = sql.Open("sqlite", "file:"+filepath.Join(dir, "bare.db")+
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)")
	if err != nil {
		return nil, fmt.Errorf("couldn't open SQLite: %w", err)
	}
	if g.conn, err = g.db.Conn(ctx); err != nil {
		return nil, fmt.Errorf("couldn't open SQLite: %w", err)
	}
	if _, err := g.conn.ExecContext(ctx, `CREATE TABLE messages (id INTEGER PRIMARY KEY, data BLOB NOT NULL)`); err != nil {
		return nil, fmt.Errorf("couldn't make a table: %w", err)
	}
	if g.insert, err = g.conn.PrepareContext(ctx, `INSERT INTO messages (data) VALUES (?)`); err != nil {
		return nil, fmt.Errorf("couldn't prepare: %w", err)
	}
	go g.run()
	return g, nil
}

func (g *groupCommit) run() {
	defer close(g.stopped)
	body := message()
	for first := range g.queue {
		batch := []chan error{first}
		for more := true; more && len(batch) < cap(g.queue); {
			select {
			case j, ok := <-g.queue:
				if more = ok; ok {
					batch = append(batch, j)
				}
			default:
				more = false
			}
		}
		err := g.commit(len(batch), body)
		for _, j := range batch {
			j <- err
		}
	}
}

func (g *groupCommit) commit(n int, body []byte) error {
	ctx := context.Background()
	if _, err := g.conn.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	for range n {
		if _, err := g.insert.Exec(body); err != nil {
			return err
		}
	}
	_, err := g.conn.ExecContext(ctx, `COMMIT`)
	return err
}

func (g *groupCommit) dial(int) (client, error) {
	return noClose{func() error {
		done := make(chan error, 1)
		g.queue <- done
		return <-done
	}}, nil
}

func (g *groupCommit) cpu() time.Duration { return 0 }

func (g *groupCommit) stop() {
	close(g.queue)
	<-g.stopped
	g.conn.Close()
	g.db.Close()
}
