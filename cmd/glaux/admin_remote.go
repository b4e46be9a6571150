package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server/pgtype"
)

// remoteDesk is a connection to a server.
type remoteDesk struct {
	conn    *pgconn.PgConn
	notices []*fault.Error // of the statement that runs
}

// dialDesk connects. The server's own errors, such as of a wrong password, keep their
// codes.
func dialDesk(ctx context.Context, conf *pgconn.Config) (desk, error) {
	d := &remoteDesk{}
	conf.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { d.notices = append(d.notices, faultOf((*pgconn.PgError)(n))) }
	var err error
	if d.conn, err = pgconn.ConnectConfig(ctx, conf); err == nil {
		return d, nil
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return nil, faultOf(pe)
	}
	return nil, unreachable(err)
}

// unreachable is the error of a server that does not answer.
func unreachable(err error) error {
	return fault.Wrap(err, fault.CodeConnectionFailure, "cannot reach the server: %s", strings.Join(strings.Fields(err.Error()), " ")).
		WithHint("Start it with glaux serve, or say where it is with --url.")
}

func (d *remoteDesk) text() *kernel.TextOptions {
	o := &kernel.TextOptions{Wire: true, Style: types.PostgresStyle}
	if loc, err := time.LoadLocation(d.conn.ParameterStatus("TimeZone")); err == nil {
		o.Location = loc
	}
	return o
}

func (d *remoteDesk) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	d.conn.Close(ctx)
}

func (d *remoteDesk) ask(ctx context.Context, sql string) (reply, error) {
	d.notices = nil
	r := &remoteReply{desk: d, rows: d.conn.ExecParams(ctx, sql, nil, nil, nil, nil)}
	for _, f := range r.rows.FieldDescriptions() {
		typ, known := pgtype.TypeOf(f.DataTypeOID)
		if !known || typ.Kind == types.Decimal || typ.Kind == types.Unknown {
			typ = types.TVarchar // what is not known here is shown as it came
		}
		r.cols = append(r.cols, exec.Column{Name: f.Name, Type: typ})
	}
	if len(r.cols) > 0 {
		return r, nil
	}
	// An error instead of rows, or no rows to come: it is known now.
	if err := r.Close(); err != nil {
		return nil, err
	}
	return r, nil
}

// remoteReply is a statement that a server runs.
type remoteReply struct {
	desk   *remoteDesk
	rows   *pgconn.ResultReader
	cols   []exec.Column
	vecs   []vector.Vector
	tag    string
	closed bool
}

// Columns implements reply.
func (r *remoteReply) Columns() []exec.Column { return r.cols }

// Notices implements reply.
func (r *remoteReply) Notices() []*fault.Error { return r.desk.notices }

// Tag implements reply.
func (r *remoteReply) Tag() string { return r.tag }

// remoteBatch is how many rows are handed over at a time.
const remoteBatch = 1000

// Next implements reply.
func (r *remoteReply) Next(_ context.Context, b *vector.Batch) error {
	if r.closed {
		return io.EOF
	}
	b.Reset()
	if r.vecs == nil {
		r.vecs = make([]vector.Vector, len(r.cols))
	}
	for c := range r.vecs {
		r.vecs[c].Reset(r.cols[c].Type, 0)
	}
	for b.N < remoteBatch && r.rows.NextRow() {
		for c, cell := range r.rows.Values() {
			v := types.Value{Type: r.cols[c].Type, Null: cell == nil}
			if cell != nil {
				var err error
				if v, err = types.ParseValue(string(cell), r.cols[c].Type, nil); err != nil {
					return err
				}
			}
			r.vecs[c].AppendValue(v)
		}
		b.N++
	}
	if b.N == 0 {
		if err := r.Close(); err != nil {
			return err
		}
		return io.EOF
	}
	for c := range r.vecs {
		b.Cols = append(b.Cols, &r.vecs[c])
	}
	return nil
}

// Close implements reply.
func (r *remoteReply) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	tag, err := r.rows.Close()
	r.tag = tag.String()
	var pe *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &pe):
		return faultOf(pe)
	case errors.Is(err, context.Canceled):
		return err
	}
	return fault.Wrap(err, fault.CodeConnectionFailure, "the server does not answer: %v", err)
}

// faultOf makes a server's error or notice one of ours.
func faultOf(e *pgconn.PgError) *fault.Error {
	f := fault.New(fault.Code(e.Code), "%s", e.Message)
	f.Detail, f.Hint, f.Pos = e.Detail, e.Hint, int(e.Position)
	return f
}
