package pg

import (
	"context"
	"errors"
	"os"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/server/auth"
)

// Authenticator decides who may come in; auth.Policy is one.
type Authenticator interface {
	Authenticate(ctx context.Context, r auth.Request) (*auth.Identity, error)
}

// nobody is a directory without users.
type nobody struct{}

func (nobody) Roles(context.Context) (*users.Roles, error) { return &users.Roles{}, nil }

// authenticate finds out who the client is and lets it in.
func (c *conn) authenticate(user, database string) error {
	if err := c.srv.full(); err != nil {
		return err
	}
	id, err := c.srv.conf.Auth.Authenticate(c.ctx, auth.Request{User: user, Database: database, Remote: c.raw.RemoteAddr(), TLS: c.tls,
		Channel: channel{c}})
	if err != nil {
		return err
	}
	c.log = c.log.With("user", user, "database", database)
	c.send(&pgproto3.AuthenticationOk{})
	return c.srv.admit(c, id)
}

// channel is the connection during authentication.
type channel struct{ c *conn }

// Tell is auth.Channel's.
func (ch channel) Tell(m pgproto3.BackendMessage) { ch.c.send(m) }

// Ask is auth.Channel's. A client that takes too long hears of it; one that leaves
// does not.
func (ch channel) Ask(m pgproto3.BackendMessage, limit int) (byte, []byte, error) {
	c := ch.c
	c.send(m)
	if err := c.flush(); err != nil {
		return 0, nil, err
	}
	f, err := c.frame(limit)
	if err == nil {
		return f.kind, f.body, nil
	}
	var broken *fault.Error
	switch {
	case errors.As(err, &broken):
		return 0, nil, err
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return 0, nil, errIO{err}
	}
	select {
	case <-c.srv.stopping:
		return 0, nil, errShutdown
	default:
		return 0, nil, fault.New(fault.CodeQueryCanceled, "canceling authentication due to timeout")
	}
}

// frame reads one message of a client that nobody knows yet.
func (c *conn) frame(limit int) (frame, error) {
	if err := c.in.wait(); err != nil {
		return frame{}, err
	}
	return readFrame(c.in.Reader, limit)
}
