package pgdiff

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// Mode is how a statement is sent.
type Mode string

// The modes: a simple query; the extended protocol with results in text or in
// binary; only Parse and Describe.
const (
	Simple   Mode = "simple"
	Text     Mode = "text"
	Binary   Mode = "binary"
	Describe Mode = "describe"
)

// client sends raw messages to one server.
type client struct {
	server Server
	conn   *pgconn.HijackedConn
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Conn.Close()
		c.conn = nil
	}
}

func (c *client) open(ctx context.Context) error {
	cfg, err := pgconn.ParseConfig(c.server.URL())
	if err != nil {
		return err
	}
	cfg.RuntimeParams["timezone"], cfg.RuntimeParams["search_path"] = "UTC", "public"
	conn, err := pgconn.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	c.conn, err = conn.Hijack()
	return err
}

// timeout bounds one statement on both servers.
const timeout = 20 * time.Second

// run sends a case and gives the answers, a line each.
func (c *client) run(ctx context.Context, cs Case, mode Mode) ([]string, error) {
	if c.conn == nil {
		if err := c.open(ctx); err != nil {
			return nil, err
		}
	}
	var out []string
	for _, sql := range cs.Statements {
		c.conn.Conn.SetDeadline(time.Now().Add(timeout))
		c.request(cs, sql, mode)
		if err := c.conn.Frontend.Flush(); err != nil {
			return nil, err
		}
		lines, err := c.answer(cs, mode)
		if err != nil {
			c.close()
			return append(out, "connection lost: "+err.Error()), nil
		}
		out = append(out, lines...)
	}
	if len(cs.Statements) > 1 { // it may have changed the session
		c.close()
	}
	return out, nil
}

func (c *client) request(cs Case, sql string, mode Mode) {
	f := c.conn.Frontend
	if mode == Simple {
		f.Send(&pgproto3.Query{String: sql})
		return
	}
	f.Send(&pgproto3.Parse{Query: sql, ParameterOIDs: cs.Types})
	f.Send(&pgproto3.Describe{ObjectType: 'S'})
	if mode != Describe {
		format := int16(0)
		if mode == Binary {
			format = 1
		}
		f.Send(&pgproto3.Bind{Parameters: cs.Params, ResultFormatCodes: []int16{format}})
		f.Send(&pgproto3.Execute{})
	}
	f.Send(&pgproto3.Sync{})
}

// answer reads up to ReadyForQuery.
func (c *client) answer(cs Case, mode Mode) (out []string, err error) {
	var cols []pgproto3.FieldDescription
	for {
		m, err := c.conn.Frontend.Receive()
		if err != nil {
			return out, err
		}
		switch m := m.(type) {
		case *pgproto3.ParameterDescription:
			if len(m.ParameterOIDs) > 0 {
				out = append(out, "parameters "+strings.Trim(fmt.Sprint(m.ParameterOIDs), "[]"))
			}
		case *pgproto3.RowDescription:
			cols = append(cols[:0], m.Fields...)
			for _, f := range cols {
				out = append(out, columnLine(f))
			}
		case *pgproto3.NoData:
			out = append(out, "no data")
		case *pgproto3.DataRow:
			out = append(out, rowLine(m.Values, cols, cs.NoValues, mode == Binary))
		case *pgproto3.CommandComplete:
			out = append(out, "tag "+string(m.CommandTag))
		case *pgproto3.EmptyQueryResponse:
			out = append(out, "empty")
		case *pgproto3.ErrorResponse:
			out = append(out, fmt.Sprintf("%s %s: %s @%d", m.Severity, m.Code, m.Message, m.Position))
		case *pgproto3.NoticeResponse:
			out = append(out, fmt.Sprintf("%s %s: %s", m.Severity, m.Code, m.Message))
		case *pgproto3.CopyOutResponse, *pgproto3.CopyDone:
			out = append(out, fmt.Sprintf("%T", m))
		case *pgproto3.CopyData:
			out = append(out, "copy "+strconv.Quote(string(m.Data)))
		case *pgproto3.ReadyForQuery:
			if m.TxStatus != 'I' {
				out = append(out, "status "+string(m.TxStatus))
			}
			return out, nil
		}
	}
}

// columnLine describes a column. Glaux has one type for PostgreSQL's text and
// varchar without a length, so both read the same here.
func columnLine(f pgproto3.FieldDescription) string {
	oid := strconv.Itoa(int(f.DataTypeOID))
	switch {
	case f.DataTypeOID == 25 || f.DataTypeOID == 1043 && f.TypeModifier == -1:
		oid = "text"
	case f.DataTypeOID == 1009 || f.DataTypeOID == 1015 && f.TypeModifier == -1:
		oid = "text[]"
	}
	return fmt.Sprintf("column %s type %s modifier %d size %d", f.Name, oid, f.TypeModifier, f.DataTypeSize)
}

func rowLine(values [][]byte, cols []pgproto3.FieldDescription, hide, binary bool) string {
	cells := make([]string, len(values))
	for i, v := range values {
		text := i < len(cols) && isText(cols[i].DataTypeOID)
		switch {
		case v == nil:
			cells[i] = "NULL"
		case hide:
			cells[i] = "?"
		case (text || !binary) && utf8.Valid(v):
			cells[i] = strconv.Quote(string(v))
		case i < len(cols) && (cols[i].DataTypeOID == 1009 || cols[i].DataTypeOID == 1015) && len(v) >= 12:
			cells[i] = fmt.Sprintf("%x text %x", v[:8], v[12:]) // the element's OID is text or varchar
		default:
			cells[i] = fmt.Sprintf("%x", v)
		}
	}
	return "row " + strings.Join(cells, " ")
}

func isText(oid uint32) bool {
	switch oid {
	case 18, 19, 25, 114, 1042, 1043:
		return true
	}
	return false
}

// load sends rows in COPY's text format to a table.
func load(ctx context.Context, s Server, table string, rows io.Reader) error {
	c, err := pgconn.Connect(ctx, s.URL())
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.CopyFrom(ctx, rows, "copy "+table+" from stdin")
	return err
}

// command runs statements for their effect.
func command(ctx context.Context, s Server, sql ...string) error {
	c, err := pgconn.Connect(ctx, s.URL())
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	for _, q := range sql {
		if _, err := c.Exec(ctx, q).ReadAll(); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}
