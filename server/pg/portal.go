package pg

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server/pgtype"
)

// portal is a statement with its parameters. The rows of a query come from a
// cursor of the session, which FETCH can read too; another statement runs once.
type portal struct {
	c        *conn
	name     string
	stmt     *statement // nil: an empty text
	cur      cursor     // nil: delivers no rows, or runs in a simple query
	copy     *copyOut   // set when a COPY runs
	copyHead []byte     // of binary data: what comes before the first row
	params   []types.Value
	formats  []bool // binary? one a column
	// describes: in a simple query the columns go before the rows, once it is known
	// that the statement can run.
	describes bool

	res      rows // of the Execute that runs
	finished bool // without cur: it ran
	batch    vector.Batch
	enc      encoder
}

func (c *conn) newPortal(st *statement, params []types.Value, formats []bool) *portal {
	return &portal{c: c, stmt: st, params: params, formats: formats}
}

// portal finds a portal by name, also a cursor that DECLARE made.
func (c *conn) portal(name string) (*portal, error) {
	p := c.portals[name]
	if p != nil && p.cur != nil && p.cur.Closed() {
		delete(c.portals, name)
		p = nil
	}
	if p != nil {
		return p, nil
	}
	if cur := c.sess.cursor(name); cur != nil && name != "" {
		p := c.newPortal(&statement{columns: cur.Columns()}, nil, allFormats(cur.Columns(), cur.Binary()))
		p.name, p.cur = name, cur
		return p, nil
	}
	return nil, fault.New(fault.CodeInvalidCursorName, "portal %q does not exist", name)
}

// dropPortal closes a portal or cursor if there is one of this name.
func (c *conn) dropPortal(name string) {
	if p := c.portals[name]; p != nil {
		p.close()
		delete(c.portals, name)
	}
	c.sess.closeCursor(name)
}

// closePortals forgets the portals; the session has closed their cursors.
func (c *conn) closePortals() {
	for _, p := range c.portals {
		p.close()
	}
	clear(c.portals)
}

// close ends what the portal runs and waits for it. It may be called again.
func (p *portal) close() {
	p.endExecute()
	p.finished = true
}

// endExecute ends what one Execute ran.
func (p *portal) endExecute() {
	if p.res != nil {
		p.res.Close()
		p.res = nil
	}
	p.batch, p.enc = vector.Batch{}, encoder{}
}

// run starts or continues the statement and sends its rows, at most limit of them
// if that is not 0. more is true if the limit was reached: as PostgreSQL, it
// does not look whether another row would come.
func (p *portal) run(ctx context.Context, limit int) (more bool, err error) {
	if p.finished {
		return false, p.rerun()
	}
	if name := p.stmt.dealloc; name != "" && p.c.statements[name] != nil {
		delete(p.c.statements, name)
		p.finished = true
		p.c.send(&pgproto3.CommandComplete{CommandTag: []byte("DEALLOCATE")})
		return false, nil
	}
	defer p.endExecute()
	if p.cur != nil {
		p.res, err = p.c.sess.fetch(ctx, p.cur, limit)
	} else {
		p.finished = true
		p.res, err = p.c.sess.execute(ctx, p.stmt, p.params)
	}
	if err != nil {
		p.res = nil
		return false, err
	}
	if cols := p.stmt.shown(); p.describes && cols != nil {
		p.c.send(rowDescription(cols, p.formats, p.c.recordRows()))
	}
	if err := p.enc.start(ctx, p.c, p.stmt.columns, p.formats); err != nil {
		return false, err
	}
	sent, end, err := p.sendRows(ctx, limit)
	if err != nil || !end {
		return err == nil, err
	}
	return false, p.complete(sent)
}

// rerun answers an Execute of a finished portal.
func (p *portal) rerun() error {
	return fault.New(fault.CodeObjectNotReady, "portal %q cannot be run", p.name)
}

// sendRows sends rows until the limit or the end.
func (p *portal) sendRows(ctx context.Context, limit int) (sent int, end bool, err error) {
	c := p.c
	for {
		for p.enc.left() > 0 {
			n := -1
			if limit > 0 {
				n = limit - sent
			}
			if c.out, n, err = p.enc.dataRows(c.out, n); err != nil {
				return sent, false, err
			}
			sent += n
			if err := c.flushIfLarge(); err != nil {
				return sent, false, err
			}
			if limit > 0 && sent >= limit {
				return sent, false, nil
			}
		}
		if !p.res.Ready() { // what is ready must not wait for what is not
			if err := c.flush(); err != nil {
				return sent, false, err
			}
		}
		if err := p.res.Next(ctx, &p.batch); err != nil {
			if errors.Is(err, io.EOF) {
				return sent, true, nil
			}
			return sent, false, err
		}
		p.enc.load(&p.batch)
	}
}

// complete ends the statement, or this Execute of it, and sends the notices and
// the tag, which counts the rows of the last Execute only.
func (p *portal) complete(sent int) error {
	res := p.res
	p.res = nil
	if err := res.Close(); err != nil {
		return err
	}
	p.c.sendNotices(res.Notices())
	tag := res.Tag()
	if command, _, ok := strings.Cut(tag, " "); ok && command == "SELECT" && p.stmt.shown() != nil {
		tag = "SELECT " + strconv.Itoa(sent)
	}
	if tag == "DISCARD ALL" || tag == "DEALLOCATE ALL" {
		clear(p.c.statements)
	}
	p.c.send(&pgproto3.CommandComplete{CommandTag: []byte(tag)})
	return nil
}

// shown gives the columns of which the client hears, nil for none: the rows of
// COPY are data of another kind.
func (s *statement) shown() []exec.Column {
	if s == nil || s.copy != nil {
		return nil
	}
	return s.columns
}

// recordRows tells whether rows are shown as PostgreSQL's records rather than
// as json.
func (c *conn) recordRows() bool { return c.sess.setting("row_format") == "record" }

// columnOID gives the type that a column has for the client.
func columnOID(t types.Type, declared, records bool) uint32 {
	if records && t.Kind == types.Row {
		return pgtype.Record
	}
	return pgtype.Result(t, declared)
}

// tableOID gives the pg_class.oid of the table that a column comes from, 0 for
// none.
func tableOID(col *exec.Column) uint32 {
	if col.Table != 0 {
		return pgtype.Table(col.Table)
	}
	return col.System
}

func rowDescription(columns []exec.Column, formats []bool, records bool) *pgproto3.RowDescription {
	m := &pgproto3.RowDescription{Fields: make([]pgproto3.FieldDescription, len(columns))}
	for i, col := range columns {
		f := pgproto3.FieldDescription{Name: []byte(wireText(col.Name)), TableOID: tableOID(&col),
			TableAttributeNumber: uint16(col.Attr), DataTypeOID: columnOID(col.Type, col.Declared, records),
			DataTypeSize: pgtype.Len(col.Type), TypeModifier: -1}
		if col.Declared {
			f.TypeModifier = pgtype.Modifier(col.Type)
		}
		if i < len(formats) && formats[i] {
			f.Format = 1
		}
		m.Fields[i] = f
	}
	return m
}

// dataRows appends the next rows as DataRow messages, at most limit of them
// (-1: no limit) and about flushAt bytes. It gives how many.
func (e *encoder) dataRows(out []byte, limit int) ([]byte, int, error) {
	n := 0
	for e.left() > 0 && n != limit && len(out) < flushAt {
		if e.err != nil {
			return out, n, e.err
		}
		start := len(out)
		out = append(out, 'D', 0, 0, 0, 0, byte(len(e.cols)>>8), byte(len(e.cols)))
		r := e.row - e.base
		for i := range e.cols {
			col := &e.cols[i]
			s := col.spans[r]
			out = binary.BigEndian.AppendUint32(out, uint32(s.n))
			if s.n > 0 {
				out = append(out, col.data[s.off:s.off+uint32(s.n)]...)
			}
		}
		if len(out)-start > maxRow {
			return out[:start], n, fault.New(fault.CodeProgramLimit, "row of %d bytes is too large to send", len(out)-start)
		}
		binary.BigEndian.PutUint32(out[start+1:], uint32(len(out)-start-1))
		e.next()
		n++
	}
	return out, n, nil
}

// next goes to the next row.
func (e *encoder) next() {
	if e.row++; e.row-e.base == e.n {
		e.fill()
	}
}

// maxRow is the largest message that clients take (libpq: 1 GB).
const maxRow = 1<<30 - 1
