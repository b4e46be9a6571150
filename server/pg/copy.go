package pg

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/charset"
	"github.com/glauxdb/glaux/planner/plan"
)

// copyOut writes rows as COPY ... TO STDOUT does (PostgreSQL 15, COPY, "File
// Formats").
type copyOut struct {
	*plan.CopyOptions
	csv, binary bool
	forced      []bool           // by position: always in quotes
	charset     *charset.Charset // of the data; nil: UTF-8
	line        []byte           // reused: a line that is to be converted
}

// runCopy sends the rows of a query as copy data.
func (p *portal) runCopy(ctx context.Context) error {
	c := p.c
	if p.finished {
		return p.rerun()
	}
	p.finished = true
	n := len(p.stmt.columns)
	o := &copyOut{CopyOptions: p.stmt.copy, csv: p.stmt.copy.Format == "csv", binary: p.stmt.copy.Format == "binary"}
	o.charset = c.copyCharset(o.CopyOptions)
	p.copy = o
	formats := make([]bool, n)
	resp := &pgproto3.CopyOutResponse{ColumnFormatCodes: make([]uint16, n)}
	o.forced = make([]bool, n)
	for i, col := range p.stmt.columns {
		o.forced[i] = slices.Contains(o.ForceQuote, "*") || slices.Contains(o.ForceQuote, col.Name)
		if formats[i] = o.binary; o.binary {
			resp.OverallFormat, resp.ColumnFormatCodes[i] = 1, 1
		}
	}
	res, err := c.sess.execute(ctx, p.stmt, p.params)
	if err != nil {
		return err
	}
	p.res = res
	rows := 0
	if o.File() {
		rows, err = p.copyFile(ctx)
	} else {
		rows, err = p.copyText(ctx, resp, formats)
	}
	if err != nil {
		return err
	}
	c.send(&pgproto3.CopyDone{})
	p.res = nil
	if err := res.Close(); err != nil {
		return err
	}
	c.sendNotices(res.Notices())
	c.send(&pgproto3.CommandComplete{CommandTag: fmt.Appendf(nil, "COPY %d", rows)})
	p.close()
	return nil
}

// copyText sends the rows in one of PostgreSQL's formats.
func (p *portal) copyText(ctx context.Context, resp *pgproto3.CopyOutResponse, binary []bool) (int, error) {
	c := p.c
	if err := p.enc.start(ctx, c, p.stmt.columns, binary); err != nil {
		return 0, err
	}
	p.enc.recodeTo(nil) // lines are converted when delimiters and escapes are in them
	if p.copy.binary {
		p.enc.recodeTo(p.copy.charset)
	}
	c.send(resp)
	if err := p.copyStart(); err != nil {
		return 0, err
	}
	rows, err := p.copyRows(ctx)
	if err == nil && p.copy.binary {
		c.out = appendCopyData(c.out, func(b []byte) []byte { return append(append(b, p.copyHead...), 0xff, 0xff) })
	}
	return rows, err
}

// copyStart sends what comes before the rows.
func (p *portal) copyStart() error {
	o := p.copy
	switch {
	case o.binary: // it is part of the first message
		p.copyHead = append([]byte("PGCOPY\n\xff\r\n\x00"), 0, 0, 0, 0, 0, 0, 0, 0)
	case o.Header:
		return p.copyLine(func(b []byte) []byte {
			for i, col := range p.stmt.columns {
				b = o.field(b, []byte(col.Name), i, false, len(p.stmt.columns) == 1)
			}
			return append(b, '\n')
		})
	}
	return nil
}

// copyLine sends what f appends, in the encoding of the data.
func (p *portal) copyLine(f func([]byte) []byte) (err error) {
	c, o := p.c, p.copy
	if o.charset == nil || o.binary {
		c.out = appendCopyData(c.out, f)
		return nil
	}
	o.line = f(o.line[:0])
	from := len(c.out)
	c.out = appendCopyData(c.out, func(b []byte) []byte {
		b, err = o.charset.Append(b, o.line)
		return b
	})
	if err != nil {
		c.out = c.out[:from]
	}
	return err
}

func (p *portal) copyRows(ctx context.Context) (rows int, err error) {
	c := p.c
	for {
		for p.enc.left() > 0 {
			if p.enc.err != nil {
				return rows, p.enc.err
			}
			if err := p.copyLine(p.copyRow); err != nil {
				return rows, err
			}
			p.enc.next()
			rows++
			if err := c.flushIfLarge(); err != nil {
				return rows, err
			}
		}
		if err := c.flush(); err != nil {
			return rows, err
		}
		if err := p.res.Next(ctx, &p.batch); err != nil {
			if errors.Is(err, io.EOF) {
				return rows, nil
			}
			return rows, err
		}
		p.enc.load(&p.batch)
	}
}

// appendCopyData appends a CopyData message whose body f appends.
func appendCopyData(out []byte, f func([]byte) []byte) []byte {
	start := len(out)
	out = f(append(out, 'd', 0, 0, 0, 0))
	binary.BigEndian.PutUint32(out[start+1:], uint32(len(out)-start-1))
	return out
}

// copyRow appends the next row.
func (p *portal) copyRow(b []byte) []byte {
	e, o := &p.enc, p.copy
	if o.binary {
		b = append(b, p.copyHead...)
		p.copyHead = nil
		b = binary.BigEndian.AppendUint16(b, uint16(len(e.cols)))
	}
	r := e.row - e.base
	for i := range e.cols {
		col := &e.cols[i]
		s := col.spans[r]
		var v []byte
		if s.n >= 0 {
			v = col.data[s.off : s.off+uint32(s.n)]
		}
		switch {
		case o.binary:
			b = append(binary.BigEndian.AppendUint32(b, uint32(s.n)), v...)
		case s.n < 0:
			if i > 0 {
				b = append(b, o.Delimiter)
			}
			b = append(b, o.Null...)
		default:
			b = o.field(b, v, i, o.forced[i], len(e.cols) == 1)
		}
	}
	if !o.binary {
		b = append(b, '\n')
	}
	return b
}

// field appends the i-th value that is not NULL; quote: in quotes whatever it
// is; alone: it is the row's only one.
func (o *copyOut) field(b, v []byte, i int, quote, alone bool) []byte {
	if i > 0 {
		b = append(b, o.Delimiter)
	}
	if o.csv {
		return o.csvField(b, v, quote, alone)
	}
	for _, x := range v {
		switch x {
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		case '\v':
			b = append(b, '\\', 'v')
		case '\\', o.Delimiter:
			b = append(b, '\\', x)
		default:
			b = append(b, x)
		}
	}
	return b
}

func (o *copyOut) csvField(b, v []byte, quote, alone bool) []byte {
	// A line of \. alone would end the data for some readers.
	quote = quote || string(v) == o.Null || alone && string(v) == `\.`
	for _, x := range v {
		if x == o.Delimiter || x == o.Quote || x == '\n' || x == '\r' {
			quote = true
			break
		}
	}
	if !quote {
		return append(b, v...)
	}
	b = append(b, o.Quote)
	for _, x := range v {
		if x == o.Quote || x == o.Escape {
			b = append(b, o.Escape)
		}
		b = append(b, x)
	}
	return append(b, o.Quote)
}
