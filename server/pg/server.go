package pg

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/auth"
	"github.com/glauxdb/glaux/server/auth/certs"
)

// Config configures a Server. Zero values mean the defaults.
type Config struct {
	Engine *exec.Engine
	Logger *slog.Logger // nil: discards
	// Auth decides who may come in; nil: everybody on this machine.
	Auth Authenticator
	// TLS gives the certificate; nil: connections are not encrypted.
	TLS *certs.Source
	// MaxConnections limits the sessions at one time; others are told 53300.
	// Default 1000.
	MaxConnections int
	// Reserved are those of them that only superusers get. Default 3, or none if
	// there are fewer than 10 connections; -1: none.
	Reserved int
	// MaxStrangers limits the connections that have not proved yet who they are;
	// beyond it the oldest of them goes. Default MaxConnections, and 100 or more.
	MaxStrangers int
	// StartupTimeout limits how long a connection may take until it is ready.
	// Default one minute.
	StartupTimeout time.Duration

	open opener // for tests; nil: sessions of Engine
}

// Server serves connections until Shutdown. Its methods are safe for concurrent
// use.
type Server struct {
	conf Config
	log  *slog.Logger
	open opener

	plainOnly sync.Once // logged that a client wanted TLS

	stopping chan struct{}   // closed by Shutdown: idle connections end
	killed   context.Context // ends when Shutdown lost its patience
	kill     context.CancelCauseFunc
	wg       sync.WaitGroup // one per connection

	mu        sync.Mutex // guards what follows
	closed    bool
	listeners map[net.Listener]struct{}
	conns     map[int32]*conn // by process ID
	slots     slots
	lastPID   int32
	accepted  int64 // connections since the start
}

const (
	defaultConnections = 1000
	defaultReserved    = 3
	leastStrangers     = 100
	defaultStartup     = time.Minute
)

// New makes a server; Serve starts it.
func New(c Config) (*Server, error) {
	s := &Server{conf: c, log: c.Logger, open: c.open, stopping: make(chan struct{}), listeners: map[net.Listener]struct{}{},
		conns: map[int32]*conn{}, slots: newSlots()}
	if s.open == nil {
		if c.Engine == nil {
			return nil, errors.New("pg: Config.Engine is missing")
		}
		s.open = engineOpener(c.Engine)
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.conf.complete()
	if s.conf.Auth == nil {
		var err error
		if s.conf.Auth, err = auth.New(auth.Config{Users: nobody{}, Logger: s.log}); err != nil {
			return nil, err
		}
	}
	s.killed, s.kill = context.WithCancelCause(context.Background())
	return s, nil
}

// complete sets the defaults.
func (c *Config) complete() {
	if c.MaxConnections == 0 {
		c.MaxConnections = defaultConnections
	}
	switch {
	case c.Reserved < 0:
		c.Reserved = 0
	case c.Reserved == 0 && c.MaxConnections >= 10:
		c.Reserved = defaultReserved
	}
	if c.MaxStrangers == 0 {
		c.MaxStrangers = max(c.MaxConnections, leastStrangers)
	}
	if c.StartupTimeout == 0 {
		c.StartupTimeout = defaultStartup
	}
}

// Serve accepts connections until Shutdown, then gives nil, or until the
// listener fails. It closes the listener.
func (s *Server) Serve(ln net.Listener) error {
	defer ln.Close()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.listeners[ln] = struct{}{}
	s.mu.Unlock()
	delay := 5 * time.Millisecond
	for {
		nc, err := ln.Accept()
		if err == nil {
			delay = 5 * time.Millisecond
			s.start(nc)
			continue
		}
		select {
		case <-s.stopping:
			return nil
		default:
		}
		var ne net.Error
		if !errors.As(err, &ne) || !ne.Timeout() && !isTemporary(err) {
			return err
		}
		s.log.Warn("accept failed", "error", err)
		select { // out of file descriptors, say: others will end
		case <-time.After(delay):
		case <-s.stopping:
			return nil
		}
		delay = min(2*delay, time.Second)
	}
}

// start serves a connection in its own goroutine.
func (s *Server) start(nc net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		nc.Close()
		return
	}
	keepAlive(nc)
	s.accepted++
	c := s.newConn(nc)
	s.conns[c.pid] = c
	if goes := s.slots.addStranger(c, s.conf.MaxStrangers); goes != nil {
		goes.raw.Close()
	}
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer s.forget(c)
		c.serve()
	}()
}

// newConn makes a connection with a free process ID. The caller holds mu.
func (s *Server) newConn(nc net.Conn) *conn {
	for {
		s.lastPID++
		if s.lastPID <= 0 {
			s.lastPID = 1
		}
		if s.conns[s.lastPID] == nil {
			break
		}
	}
	return newConn(s, nc, s.lastPID)
}

func (s *Server) forget(c *conn) {
	s.mu.Lock()
	delete(s.conns, c.pid)
	s.slots.remove(c)
	s.mu.Unlock()
}

// cancel stops the running query of the connection with this key, if there is
// one. Cancel requests get no answer.
func (s *Server) cancel(pid int32, key []byte) {
	s.mu.Lock()
	c := s.conns[pid]
	s.mu.Unlock()
	if c != nil && subtle.ConstantTimeCompare(c.key[:], key) == 1 {
		c.cancelQuery(errCanceled)
	}
}

// Shutdown stops accepting, ends idle connections with 57P01, and waits for
// the others to finish what they are running. When ctx ends it cancels that,
// waits for the connections to close, and gives ctx's error.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.stopping)
	}
	for ln := range s.listeners {
		ln.Close()
	}
	for e := s.slots.strangers.Front(); e != nil; e = e.Next() { // who says nothing is not waited for
		e.Value.(*conn).raw.SetReadDeadline(time.Now())
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		s.kill(errShutdown)
		return nil
	case <-ctx.Done():
	}
	s.kill(errShutdown)
	s.mu.Lock()
	for _, c := range s.conns {
		// A client that does not read must not hold the server.
		c.raw.SetWriteDeadline(time.Now().Add(lastWords))
	}
	s.mu.Unlock()
	<-done
	return ctx.Err()
}

// lastWords is how long the last message to a client may take.
const lastWords = 500 * time.Millisecond

func newKey() (k [4]byte) {
	rand.Read(k[:])
	if binary.BigEndian.Uint32(k[:]) == 0 {
		k[3] = 1
	}
	return k
}
