package pg

import (
	"bytes"
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
)

// simpleQuery answers a Query message: every statement in turn, up to the first
// error, then ReadyForQuery.
func (c *conn) simpleQuery(body []byte) error {
	i := bytes.IndexByte(body, 0)
	if i != len(body)-1 || i < 0 {
		e := errFormat
		if i < 0 {
			e = fault.New(fault.CodeProtocolViolation, "invalid string in message")
		}
		c.sendError(e)
		return c.ready(false)
	}
	c.dropPortal("")
	delete(c.statements, "")
	sql := string(body[:i])
	if err := c.decodeTexts(&sql); err != nil {
		c.sendError(fault.As(err))
		return c.ready(false)
	}
	ok, err := c.runText(sql)
	if err != nil {
		return err
	}
	return c.ready(ok)
}

// runText runs the statements of a text, several as one transaction block. Its
// error ends the connection; errors of statements go to the client, and ok is
// false.
func (c *conn) runText(sql string) (ok bool, err error) {
	pieces, err := c.sess.split(sql)
	if err != nil {
		c.sendError(c.ofStatement(context.Background(), err, sql, 0))
		return false, nil
	}
	if len(pieces) == 0 {
		c.send(&pgproto3.EmptyQueryResponse{})
		return true, nil
	}
	ctx, done := c.begin()
	defer done()
	for _, p := range pieces {
		c.sess.beginRound(len(pieces) > 1)
		err := c.protect(func() error { return c.runStatement(ctx, p.sql) })
		if err == nil {
			continue
		}
		var io errIO
		if errors.As(err, &io) {
			return false, err
		}
		c.sendError(c.ofStatement(ctx, err, sql, p.pos-1))
		return false, nil
	}
	return true, nil
}

// runStatement prepares, runs and sends one statement.
func (c *conn) runStatement(ctx context.Context, sql string) error {
	st, err := c.sess.prepare(ctx, sql, nil)
	if err != nil {
		return err
	}
	if len(st.params) > 0 {
		return fault.New(fault.CodeUndefinedParameter, "there is no parameter $1").
			WithHint("A simple query has no parameters: prepare the statement to give it some.")
	}
	p := c.newPortal(st, nil, allFormats(st.columns, st.binary))
	defer p.close()
	if st.copy != nil {
		return p.runCopy(ctx)
	}
	if st.copyIn != nil {
		return p.runCopyIn(ctx)
	}
	p.describes = true
	_, err = p.run(ctx, 0)
	return err
}

// allFormats gives every column the same format.
func allFormats(columns []exec.Column, binary bool) []bool {
	out := make([]bool, len(columns))
	for i := range out {
		out[i] = binary
	}
	return out
}

// ready ends a round: changed settings, then ReadyForQuery.
func (c *conn) ready(ok bool) error {
	c.sess.endRound(ok)
	status := c.sess.txStatus()
	if status == 'I' {
		c.closePortals() // they live as long as their transaction
	}
	c.reportSettings()
	c.sendNotifications()
	c.sess.idle()
	c.send(&pgproto3.ReadyForQuery{TxStatus: status})
	return c.flush()
}
