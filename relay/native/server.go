package native

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"petmail/relay/core"
	"petmail/relay/protocol"
)

// Server is one relay. Its methods may be called concurrently.
type Server struct {
	cfg      Config
	log      *slog.Logger
	db       *database
	relay    *protocol.Relay
	writer   *writer
	hub      *hub
	meetings *meetings
	metrics  *metrics
	handler  http.Handler
	http     *http.Server

	rates                                     [3]*limiter // by protocol.Budget
	socketRate, nameplateRate, invitationRate *limiter

	serverLog *serverLog
	crowd     *sockets // connections
	answers   *answers
	bodies    bodies
	sockets   *sockets
	closing   context.Context // ends sockets and the sweeper
	stop      context.CancelFunc
	running   sync.WaitGroup // the sweeper
	closed    sync.Once
	closeErr  error
}

// Open opens or creates the data folder and starts the relay's goroutines;
// Close ends them. It returns ErrLocked when another relay is using the
// folder.
func Open(cfg Config) (*Server, error) {
	if cfg.DataDir == "" {
		return nil, errors.New("couldn't open the relay: no data folder was given")
	}
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.SweepInterval == 0 {
		cfg.SweepInterval = defaultSweepInterval
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.TrustedProxies == nil {
		cfg.TrustedProxies = Loopback()
	}
	db, err := openDatabase(cfg.DataDir, cfg.MaxDatabaseBytes)
	if err != nil {
		return nil, err
	}
	clock := newClock(cfg.Now, cfg.Logger)
	db.clock, db.tx.clock = clock, clock
	relay, err := openCore(db, cfg.Core)
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	s := &Server{
		cfg:      cfg,
		log:      cfg.Logger,
		db:       db,
		relay:    relay,
		hub:      newHub(),
		meetings: newMeetings(),
		metrics:  newMetrics(),
		rates: [...]*limiter{
			protocol.Reads: newLimiter(cfg.Limits.Reads), protocol.Writes: newLimiter(cfg.Limits.Writes),
			protocol.Mailboxes: newLimiter(cfg.Limits.Mailboxes),
		},
		socketRate:     newLimiter(cfg.Limits.Sockets),
		nameplateRate:  newLimiter(cfg.Limits.Nameplates),
		invitationRate: newLimiter(cfg.Limits.Invitations),
		sockets:        newSockets(),
		crowd:          newSockets(),
		serverLog:      newServerLog(cfg.Logger, cfg.LogAddresses),
		answers:        &answers{limited: cfg.Limits.Reads.PerSecond >= 0, per: make(map[prefix]int64)},
	}
	s.closing, s.stop = context.WithCancel(context.Background())
	s.writer = startWriter(db, s.log, s.metrics)
	s.handler = s.routes()
	s.http = &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          s.ErrorLog(),
	}
	s.running.Go(s.sweep)
	return s, nil
}

// openCore opens the rules in a transaction of their own.
func openCore(db *database, cfg core.Config) (*protocol.Relay, error) {
	tx := db.tx
	tx.now = tx.clock.now()
	if _, err := tx.Exec(`BEGIN IMMEDIATE`); err != nil {
		return nil, fmt.Errorf("couldn't use the database: %w", err)
	}
	relay, err := protocol.Open(tx, rand.Reader, cfg)
	if err != nil {
		return nil, err // closing the connection rolls back
	}
	if _, err := tx.Exec(`COMMIT`); err != nil {
		return nil, fmt.Errorf("couldn't commit the first transaction: %w", err)
	}
	return relay, nil
}

// Handler serves all routes. A server around it other than Serve must set
// its own timeouts.
func (s *Server) Handler() http.Handler { return s.handler }

// Serve accepts connections until Close, then returns nil.
func (s *Server) Serve(l net.Listener) error {
	l = s.Crowd(l)
	if s.cfg.TLS != nil {
		// Outside of the crowd: net/http has to see that it is TLS.
		l = tls.NewListener(l, s.cfg.TLS)
	}
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("couldn't serve: %w", err)
	}
	return nil
}

// Crowd returns a listener that keeps the limits of connections, all those of
// this Server counted together. Serve uses it by itself.
func (s *Server) Crowd(l net.Listener) net.Listener {
	return &crowdListener{
		Listener: l, limits: s.cfg.Limits, metrics: s.metrics, crowd: s.crowd,
		isProxy: func(host string) bool { return s.cfg.TrustedProxyHeader != "" && s.isProxy(host) },
	}
}

// Close stops accepting, tells the sockets to go, lets running requests
// finish until ctx ends, when it cuts off the rest, commits what waits and closes the database. Nothing
// that was answered is lost. Later calls return what the first did.
func (s *Server) Close(ctx context.Context) error {
	s.closed.Do(func() {
		s.stop()
		err := s.http.Shutdown(ctx)
		if err != nil {
			if errors.Is(err, ctx.Err()) {
				s.log.Warn("requests were cut off: their time to finish is over")
				err = nil
			}
			err = errors.Join(err, s.http.Close())
		}
		s.sockets.close()
		s.running.Wait()
		s.writer.close()
		s.closeErr = errors.Join(err, s.db.close())
	})
	return s.closeErr
}

// enterSocket admits a WebSocket, or answers why not.
func (s *Server) enterSocket(w http.ResponseWriter, client prefix) (release func(), ok bool) {
	wait, ok := s.socketRate.take(client, 1)
	if !ok {
		s.answerLimited(w, "sockets", wait)
		return nil, false
	}
	switch s.sockets.enter(client, s.cfg.Limits.MaxSockets, s.cfg.Limits.MaxSocketsPerPrefix) {
	case enterClosed:
		s.answer(w, protocol.Failed(errUnavailable))
		return nil, false
	case enterFull:
		s.answerLimited(w, "open_sockets", time.Minute)
		return nil, false
	}
	return func() { s.sockets.leave(client) }, true
}

// sweepLimit bounds the rows of each kind that one transaction deletes or
// touches.
const sweepLimit = 200

// statsEvery is how many sweeps lie between two counts of the tables.
const statsEvery = 15

// sweep deletes what has expired, until the server closes.
func (s *Server) sweep() {
	ticker := time.NewTicker(s.cfg.SweepInterval)
	defer ticker.Stop()
	for n := 0; ; n++ {
		s.sweepOnce()
		if n%statsEvery == 0 {
			if stats, err := s.relay.Stats(readTx{s.db}); err == nil {
				s.metrics.stats(stats)
			}
		}
		select {
		case <-ticker.C:
		case <-s.closing.Done():
			return
		}
	}
}

func (s *Server) sweepOnce() {
	for ids := range slices.Chunk(s.meetings.live(), sweepLimit) {
		err := s.writer.write(s.closing, func(tx core.Tx) error {
			return s.relay.Touch(tx, ids)
		}, nil)
		if err != nil {
			return
		}
	}
	for s.closing.Err() == nil {
		var swept protocol.Swept
		err := s.writer.write(s.closing, func(tx core.Tx) (err error) {
			swept, err = s.relay.Sweep(tx, sweepLimit)
			return err
		}, nil)
		if err != nil {
			return // the writer has logged it; the next sweep tries again
		}
		if swept.Doubt {
			s.log.Warn("the clock has jumped far ahead; nothing is deleted until it has stayed so for a day")
		}
		s.metrics.sweep(swept)
		if !swept.More {
			return
		}
	}
}
