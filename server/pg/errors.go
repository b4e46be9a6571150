package pg

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Why a query's context ended.
var (
	errCanceled = fault.New(fault.CodeQueryCanceled, "canceling statement due to user request")
	errTimeout  = fault.New(fault.CodeQueryCanceled, "canceling statement due to statement timeout")
	errShutdown = fault.New(fault.CodeAdminShutdown, "terminating connection due to administrator command")
	errAborted  = fault.New(fault.CodeFailedTransaction, "current transaction is aborted, commands ignored until end of transaction block")
	errFormat   = fault.New(fault.CodeProtocolViolation, "invalid message format")
	errGone     = fault.New(fault.CodeConnectionFailure, "connection to client lost")
)

// errIO wraps a failure of the connection: nothing more can be sent.
type errIO struct{ err error }

func (e errIO) Error() string { return "connection failed: " + e.err.Error() }
func (e errIO) Unwrap() error { return e.err }

// asFault translates an error of the engine, once. A query that was stopped
// says by whom, whatever the operators made of it.
func asFault(ctx context.Context, err error) *fault.Error {
	if ctx.Err() != nil {
		var cause *fault.Error
		if errors.As(context.Cause(ctx), &cause) {
			return cause
		}
		if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
			return errTimeout
		}
	}
	return fault.As(err)
}

// ofStatement gives what the client is told of a statement's error: by position in the
// client's text, of which offset characters are before the statement, and in the words
// of the session's dialect.
func (c *conn) ofStatement(ctx context.Context, err error, text string, offset int) *fault.Error {
	e := *asFault(ctx, err)
	if e.Pos > 0 {
		e.Pos += offset
	}
	if e.Kind == fault.Internal {
		return &e // the log gets it as it is
	}
	return c.sess.worded(context.WithoutCancel(ctx), &e, text)
}

// errorResponse makes the message for an error.
func errorResponse(e *fault.Error, severity string) *pgproto3.ErrorResponse {
	m := &pgproto3.ErrorResponse{
		Severity: severity, SeverityUnlocalized: severity, Code: string(e.Code), Message: wireText(e.Error()),
		Detail: wireText(e.Detail), Hint: wireText(e.Hint), SchemaName: e.Schema, TableName: e.Table, ColumnName: e.Column,
	}
	if m.Code == "" {
		m.Code = string(fault.CodeInternal)
	}
	if e.Pos > 0 {
		m.Position = int32(e.Pos)
	}
	m.ConstraintName = e.Constraint
	if e.Context != "" {
		m.Where = wireText(e.Context)
	} else if where := place(e); where != "" {
		m.Where = wireText(where)
	}
	return m
}

// place tells where in the data an error is.
func place(e *fault.Error) string {
	var parts []string
	if e.Object != "" {
		parts = append(parts, "file "+e.Object)
	}
	if e.RowGroup > 0 {
		parts = append(parts, fmt.Sprintf("row group %d", e.RowGroup))
	}
	if e.Line > 0 {
		parts = append(parts, fmt.Sprintf("line %d", e.Line))
	}
	return strings.Join(parts, ", ")
}

// wireText makes a text fit for the protocol, whose strings end with a zero
// byte and are UTF-8.
func wireText(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", `\0`)
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// notice makes a warning of it, or where it has no code or says what is passed
// over (class 42) only a notice, as PostgreSQL does.
func notice(e *fault.Error) *pgproto3.NoticeResponse {
	severity := "WARNING"
	if e.Code == fault.CodeSuccess || strings.HasPrefix(string(e.Code), "42") {
		severity = "NOTICE"
	}
	return (*pgproto3.NoticeResponse)(errorResponse(e, severity))
}

// sendNotices sends those that client_min_messages lets through.
func (c *conn) sendNotices(list []*fault.Error) {
	if len(list) == 0 {
		return
	}
	least := c.sess.setting("client_min_messages")
	for _, e := range list {
		m := notice(e)
		if least == "error" || least == "warning" && m.Severity == "NOTICE" {
			continue
		}
		c.send(m)
	}
}

// noticeNow sends a notice while a statement waits, before anything else of its
// answer: clients take notices at any time. A client that is gone is found by
// who writes to it next.
func (c *conn) noticeNow(e *fault.Error) {
	c.sendNotices([]*fault.Error{e})
	_ = c.flush()
}
