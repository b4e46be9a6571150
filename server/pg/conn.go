package pg

import (
	"container/list"
	"context"
	"errors"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/charset"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/auth"
)

// Sizes of a connection's buffers. What is written collects up to flushAt; an
// idle connection keeps no more than keepBuffer.
const (
	readBuffer = 4 << 10
	flushAt    = 64 << 10
	keepBuffer = 16 << 10
	readAhead  = 16 // messages that the reader may be ahead
)

// conn is one client. Its main goroutine runs serve; the reader goroutine only
// reads frames and cancels ctx when the client is gone.
type conn struct {
	srv *Server
	raw net.Conn // as it was accepted: for deadlines, by any goroutine
	nc  net.Conn // raw, or TLS over it
	tls *auth.TLS
	in  *wire
	out []byte // encoded messages that wait for a flush
	log *slog.Logger
	pid int32
	key [4]byte

	host     string         // the client's address without its port
	stranger *list.Element  // in slots, while the user is not known; the server's mu guards it
	id       *auth.Identity // then who it is; set once, with the server's mu

	ctx    context.Context // ends with the client or the server
	cancel context.CancelCauseFunc

	sess       session
	statements map[string]*prepared
	portals    map[string]*portal
	frames     <-chan frame      // what the client sends
	skip       bool              // after an error: ignore messages until Sync
	reported   map[string]string // settings of which the client was told
	encoding   string            // client_encoding, when charset last looked
	recode     *charset.Charset  // of encoding; nil: as it is

	wake       chan struct{} // holds one token when notifications may be there
	terminated chan struct{} // closed when another session ends this one
	terminate  func()

	mu      sync.Mutex // guards running
	running context.CancelCauseFunc
}

func newConn(s *Server, nc net.Conn, pid int32) *conn {
	c := &conn{srv: s, raw: nc, nc: nc, in: newWire(nc), pid: pid, key: newKey(), host: hostOf(nc),
		log: s.log.With("connection", pid, "remote", nc.RemoteAddr().String()), statements: map[string]*prepared{},
		portals: map[string]*portal{}, wake: make(chan struct{}, 1), terminated: make(chan struct{})}
	c.terminate = sync.OnceFunc(func() { close(c.terminated) })
	c.ctx, c.cancel = context.WithCancelCause(s.killed)
	return c
}

// hostOf is a client's address without its port.
func hostOf(nc net.Conn) string {
	if tcp, ok := nc.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.IP.String()
	}
	return ""
}

// serve runs the connection to its end.
func (c *conn) serve() {
	defer func() { c.nc.Close() }()
	defer c.cancel(errGone)
	defer c.recoverPanic()
	ok, err := c.startup()
	if err != nil {
		c.fatal(err)
	}
	if !ok {
		return
	}
	defer c.sess.close()
	defer c.closePortals()
	frames := make(chan frame, readAhead)
	failed := make(chan error, 1)
	go func() {
		failed <- c.read(frames)
		close(frames)
	}()
	defer func() {
		c.cancel(errGone)
		c.nc.Close() // ends the reader
		for range frames {
		}
	}()
	c.frames = frames
	if err := c.loop(frames, failed); err != nil {
		c.fatal(err)
	}
}

// read passes the client's messages on until the connection fails, which
// cancels what is running.
func (c *conn) read(frames chan<- frame) error {
	defer c.in.release()
	for {
		if err := c.in.wait(); err != nil {
			c.cancel(errGone)
			return err
		}
		f, err := readFrame(c.in.Reader, maxLarge)
		if err != nil {
			var broken *fault.Error
			if !errors.As(err, &broken) {
				c.cancel(errGone)
			}
			return err
		}
		select {
		case frames <- f:
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
	}
}

// loop handles messages until the client leaves or the server stops.
func (c *conn) loop(frames <-chan frame, failed <-chan error) error {
	ready := true // nothing is under way: the client has been told so
	for {
		select { // before anything that the client has sent already
		case <-c.srv.stopping:
			return errShutdown
		default:
		}
		var late <-chan time.Time
		var tooLate error
		wake := func() {}
		if ready && len(frames) == 0 {
			late, wake, tooLate = c.rest()
		}
		select {
		case <-late:
			return tooLate
		case <-c.wake:
			if err := c.tell(ready); err != nil {
				return err
			}
			wake()
		case <-c.terminated:
			return errShutdown
		case f, ok := <-frames:
			if !ok {
				var broken *fault.Error
				if errors.As(<-failed, &broken) {
					return broken
				}
				return nil
			}
			wake()
			if f.kind == 'X' {
				return nil
			}
			if err := c.handle(f); err != nil {
				return err
			}
			ready = (f.kind == 'Q' || f.kind == 'S') && !c.skip
		case <-c.srv.stopping:
			return errShutdown
		}
	}
}

// handle answers one message. Its error ends the connection.
func (c *conn) handle(f frame) error {
	switch {
	case f.kind == 'p': // answers a request for a password, of which there is none
		return fault.New(fault.CodeProtocolViolation, "invalid frontend message type %d", f.kind)
	case f.kind == 'S' && len(f.body) > 0:
		c.sendError(errFormat)
		c.skip = true
		return c.sync()
	case f.kind == 'S':
		return c.sync()
	case c.skip: // nothing else ends it, not even a simple query
		return nil
	case f.kind == 'Q':
		return c.simpleQuery(f.body)
	case f.kind == 'F':
		return c.functionCall()
	case f.kind == 'H' && len(f.body) == 0:
		return c.flush()
	case f.kind == 'c', f.kind == 'd', f.kind == 'f': // of a COPY that has failed
		return nil
	}
	err := c.protect(func() error { return c.extended(f) })
	if err == nil {
		return c.flushIfLarge()
	}
	var io errIO
	if errors.As(err, &io) {
		return err
	}
	c.skip = true
	c.sendError(fault.As(err))
	return c.flush() // the client may wait for it without Sync
}

// begin makes the context of a query, which cancel requests and the session's
// statement_timeout end. The caller calls the function when the query is over.
func (c *conn) begin() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(c.ctx)
	untrack := c.track(cancel)
	return ctx, func() {
		untrack()
		cancel(nil)
	}
}

// track lets cancel requests and statement_timeout call cancel until the
// function that it gives is called.
func (c *conn) track(cancel context.CancelCauseFunc) (untrack func()) {
	var timer *time.Timer
	if d := c.timeSetting("statement_timeout"); d > 0 {
		timer = time.AfterFunc(d, func() { cancel(errTimeout) })
	}
	c.mu.Lock()
	c.running = cancel
	c.mu.Unlock()
	return func() {
		c.mu.Lock()
		c.running = nil
		c.mu.Unlock()
		if timer != nil {
			timer.Stop()
		}
	}
}

// cancelQuery ends the running query; without one it does nothing.
func (c *conn) cancelQuery(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil {
		c.running(cause)
	}
}

// send encodes a message into the buffer.
func (c *conn) send(m pgproto3.BackendMessage) {
	if cs := c.charset(); cs != nil {
		inCharset(m, cs)
	}
	b, err := m.Encode(c.out)
	if err != nil { // only of messages that we made too large
		c.log.Error("message not encoded", "error", err)
		return
	}
	c.out = b
}

// flush writes the buffer to the client.
func (c *conn) flush() error {
	if len(c.out) == 0 {
		return nil
	}
	_, err := c.nc.Write(c.out)
	if cap(c.out) > keepBuffer+flushAt {
		c.out = nil
	}
	c.out = c.out[:0]
	if err != nil {
		return errIO{err}
	}
	return nil
}

func (c *conn) flushIfLarge() error {
	if len(c.out) < flushAt {
		return nil
	}
	return c.flush()
}

// sendError sends an error and tells a transaction of it. A bug is logged.
func (c *conn) sendError(e *fault.Error) {
	if e.Kind == fault.Internal {
		c.log.Error("internal error", "error", e, "cause", e.Unwrap())
	}
	c.send(errorResponse(e, "ERROR"))
	c.sess.failTransaction()
}

// fatal sends the last message of a connection, if it can still be sent.
func (c *conn) fatal(err error) {
	var io errIO
	if errors.As(err, &io) || errors.Is(err, net.ErrClosed) {
		return
	}
	var e *fault.Error
	if !errors.As(err, &e) {
		return // the client is gone
	}
	c.nc.SetWriteDeadline(time.Now().Add(lastWords))
	c.send(errorResponse(e, "FATAL"))
	c.flush()
}

// protect makes a panic in the work of one statement an error of it.
func (c *conn) protect(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			c.log.Error("panic in a statement", "panic", r, "stack", string(debug.Stack()))
			err = fault.New(fault.CodeInternal, "internal error: %v", r)
		}
	}()
	return f()
}

// recoverPanic keeps a bug in one connection from ending the others.
func (c *conn) recoverPanic() {
	if r := recover(); r != nil {
		c.log.Error("panic in a connection", "panic", r, "stack", string(debug.Stack()))
		c.out = c.out[:0]
		c.fatal(fault.New(fault.CodeInternal, "internal error"))
	}
}
