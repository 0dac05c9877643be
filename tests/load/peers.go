package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// queues is how many mailboxes, streams or subjects share the messages.
const queues = 32

// server is a peer that is spoken to over TCP.
type server struct {
	p     *process
	hello func(c *conn, n int) error // once, after connecting
	ask   func(n int) []byte         // stores one message
	check func(c *conn) error        // reads the answer
}

func (s *server) cpu() time.Duration { return s.p.cpu() }
func (s *server) stop()              { s.p.stop() }

func (s *server) dial(n int) (client, error) {
	c, err := connect(s.p.addr)
	if err != nil {
		return nil, err
	}
	if s.hello != nil {
		if err := s.hello(c, n); err != nil {
			c.Close()
			return nil, err
		}
	}
	request := s.ask(n)
	return &caller{Conn: c.Conn, do: func() error {
		if _, err := c.Write(request); err != nil {
			return err
		}
		return s.check(c)
	}}, nil
}

// conn is a connection with a buffer for what comes.
type conn struct {
	net.Conn
	r *bufio.Reader
}

func connect(addr string) (*conn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("couldn't connect: %w", err)
	}
	return &conn{Conn: c, r: bufio.NewReaderSize(c, 8<<10)}, nil
}

func (c *conn) line() (string, error) {
	line, err := c.r.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}

// caller is a client that asks over its connection.
type caller struct {
	net.Conn
	do func() error
}

func (c *caller) store() error { return c.do() }

// startRedis runs Redis streams with an fsync before each answer.
func startRedis(ctx context.Context, _ settings, dir string) (running, error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("%w: `apt-get install redis-server`", errMissing)
	}
	addr, port, err := freeAddr()
	if err != nil {
		return nil, err
	}
	p, err := launch(ctx, addr, binary, "--bind", "127.0.0.1", "--port", port, "--dir", dir,
		"--appendonly", "yes", "--appendfsync", "always", "--save", "")
	if err != nil {
		return nil, err
	}
	body := message()
	return &server{p: p,
		ask: func(n int) []byte {
			key := "queue" + strconv.Itoa(n%queues)
			head := fmt.Sprintf("*5\r\n$4\r\nXADD\r\n$%d\r\n%s\r\n$1\r\n*\r\n$1\r\nd\r\n$%d\r\n", len(key), key, len(body))
			return append(append([]byte(head), body...), "\r\n"...)
		},
		check: func(c *conn) error { // $15\r\n1700000000000-0\r\n
			head, err := c.line()
			if err == nil && !strings.HasPrefix(head, "$") {
				err = fmt.Errorf("couldn't add to a stream: %s", head)
			}
			if err == nil {
				_, err = c.line()
			}
			return err
		},
	}, nil
}

// startNATS runs JetStream with an fsync before each acknowledgement.
func startNATS(ctx context.Context, s settings, dir string) (running, error) {
	if s.nats == "" {
		return nil, fmt.Errorf("%w: `go build -C tests/load/natsserver -o FILE .`, then `-nats FILE`", errMissing)
	}
	addr, port, err := freeAddr()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "nats.conf")
	err = os.WriteFile(config, fmt.Appendf(nil,
		"host: 127.0.0.1\nport: %s\njetstream { store_dir: %q, sync_interval: always }\n", port, filepath.Join(dir, "store")), 0o600)
	if err != nil {
		return nil, fmt.Errorf("couldn't write a configuration: %w", err)
	}
	p, err := launch(ctx, addr, s.nats, config)
	if err != nil {
		return nil, err
	}
	body := message()
	n := &server{p: p,
		hello: func(c *conn, n int) error {
			if _, err := c.line(); err != nil { // INFO {…}
				return err
			}
			_, err := fmt.Fprintf(c, "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB answers.%d 1\r\n", n)
			return err
		},
		ask: func(n int) []byte {
			head := fmt.Sprintf("PUB queue.%d answers.%d %d\r\n", n%queues, n, len(body))
			return append(append([]byte(head), body...), "\r\n"...)
		},
		check: func(c *conn) error {
			answer, err := natsMessage(c)
			if err == nil && !strings.Contains(answer, `"seq":`) {
				err = fmt.Errorf("couldn't publish: %s", answer)
			}
			return err
		},
	}
	if err := n.makeStream(); err != nil {
		n.stop()
		return nil, err
	}
	return n, nil
}

// makeStream creates the stream of all queues.
func (s *server) makeStream() error {
	c, err := connect(s.p.addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := s.hello(c, 0); err != nil {
		return err
	}
	config, err := json.Marshal(map[string]any{
		"name": "queues", "subjects": []string{"queue.*"}, "storage": "file", "retention": "workqueue",
		"max_msgs": -1, "max_bytes": -1, "num_replicas": 1,
	})
	if err != nil {
		return fmt.Errorf("couldn't encode a stream: %w", err)
	}
	if _, err := fmt.Fprintf(c, "PUB $JS.API.STREAM.CREATE.queues answers.0 %d\r\n%s\r\n", len(config), config); err != nil {
		return err
	}
	answer, err := natsMessage(c)
	if err == nil && strings.Contains(answer, `"error"`) {
		err = fmt.Errorf("couldn't make a stream: %s", answer)
	}
	return err
}

// natsMessage reads the next message and answers pings before it.
func natsMessage(c *conn) (string, error) {
	for {
		head, err := c.line()
		if err != nil {
			return "", err
		}
		switch {
		case strings.HasPrefix(head, "MSG "):
			return c.line()
		case head == "PING":
			if _, err := c.Write([]byte("PONG\r\n")); err != nil {
				return "", err
			}
		case strings.HasPrefix(head, "-ERR"):
			return "", fmt.Errorf("the server says %s", head)
		}
	}
}
