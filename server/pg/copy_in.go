package pg

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/charset"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
)

// copyIn takes the rows of a COPY ... FROM STDIN: exec.CopyIn, or a test's.
type copyIn interface {
	Add(cols []*vector.Vector, n int, line exec.Line) error
	Finish() (int64, error)
	Abort()
}

// copyReader cuts copy data, which comes in pieces of any size, into rows.
type copyReader interface {
	// read takes more data; what is not a whole row is kept.
	read(data []byte) error
	// end takes the end of the data.
	end() error
}

// copyRows collects rows to a batch of texts.
type copyRows struct {
	to     copyIn
	format *exec.CopyFormat
	cols   []*vector.Vector
	n      int
	bytes  int
	lines  []int64  // of each row
	texts  []string // of each row
	line   int64    // the line that is read, from 1
}

// A batch is handed on when it has so many rows or bytes.
const (
	copyBatchRows  = 4096
	copyBatchBytes = 4 << 20
)

func newCopyRows(to copyIn, f *exec.CopyFormat) *copyRows {
	r := &copyRows{to: to, format: f, line: 1}
	for range f.Columns {
		r.cols = append(r.cols, vector.New(types.TVarchar, 0))
	}
	return r
}

// done ends a row; text is what messages show of it.
func (r *copyRows) done(line int64, text []byte) error {
	r.n++
	r.bytes += len(text)
	r.lines = append(r.lines, line)
	r.texts = append(r.texts, string(text[:min(len(text), 104)]))
	if r.n < copyBatchRows && r.bytes < copyBatchBytes {
		return nil
	}
	return r.flush()
}

func (r *copyRows) flush() error {
	if r.n == 0 {
		return nil
	}
	err := r.to.Add(r.cols, r.n, func(row int) (int64, string) { return r.lines[row], r.texts[row] })
	for _, c := range r.cols {
		c.Reset(types.TVarchar, 0)
	}
	r.n, r.bytes, r.lines, r.texts = 0, 0, r.lines[:0], r.texts[:0]
	return err
}

// bad makes an error about the line that is read. column is "" for the line as a
// whole, whose text is shown then.
func (r *copyRows) bad(code fault.Code, line int64, column string, text []byte, format string, args ...any) error {
	e := fault.New(code, format, args...)
	e.Context = fmt.Sprintf("COPY %s, line %d", r.format.Table, line)
	if column != "" {
		e.Context += ", column " + column
	}
	if text != nil {
		e.Context += fmt.Sprintf(": \"%s\"", exec.CopyText(string(text)))
	}
	return e
}

// runCopyIn asks the client for the data of a COPY ... FROM STDIN and reads it to
// its end. After an error the rest of it is passed over by handle.
func (p *portal) runCopyIn(ctx context.Context) (err error) {
	c := p.c
	if p.finished {
		return p.rerun()
	}
	p.finished = true
	to, err := c.sess.copyIn(ctx, p.stmt)
	if err != nil {
		return err
	}
	defer to.Abort()
	f := p.stmt.copyIn
	rows := newCopyRows(to, f)
	reader, err := newCopyReader(rows, c.copyCharset(f.Options))
	if err != nil {
		return err
	}
	resp := &pgproto3.CopyInResponse{ColumnFormatCodes: make([]uint16, len(f.Columns))}
	if f.Options.Format == "binary" {
		resp.OverallFormat = 1
		for i := range resp.ColumnFormatCodes {
			resp.ColumnFormatCodes[i] = 1
		}
	}
	c.send(resp)
	if err := c.flush(); err != nil {
		return err
	}
	if err := c.copyData(ctx, reader, rows); err != nil {
		return err
	}
	n, err := to.Finish()
	if err != nil {
		return err
	}
	c.send(&pgproto3.CommandComplete{CommandTag: fmt.Appendf(nil, "COPY %d", n)})
	return nil
}

func newCopyReader(rows *copyRows, cs *charset.Charset) (copyReader, error) {
	switch o := rows.format.Options; o.Format {
	case "text":
		return decoded(&copyText{rows: rows, o: o}, rows, cs), nil
	case "csv":
		r, err := newCopyCSV(rows)
		return decoded(r, rows, cs), err
	case "binary":
		return &copyBinary{rows: rows, charset: cs}, nil
	default:
		return nil, fault.New(fault.CodeFeatureNotSupported, "COPY FROM with the format %s is not supported", o.Format)
	}
}

// copyData reads the client's messages until CopyDone. Flush and Sync have no
// meaning meanwhile.
func (c *conn) copyData(ctx context.Context, reader copyReader, rows *copyRows) error {
	for {
		var f frame
		var ok bool
		select {
		case f, ok = <-c.frames:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if !ok {
			return errGone
		}
		switch f.kind {
		case 'd':
			if err := reader.read(f.body); err != nil {
				return err
			}
		case 'c':
			if err := reader.end(); err != nil {
				return err
			}
			return rows.flush()
		case 'f':
			var m pgproto3.CopyFail
			if err := m.Decode(f.body); err != nil {
				return fault.New(fault.CodeProtocolViolation, "invalid CopyFail message")
			}
			e := fault.New(fault.CodeQueryCanceled, "COPY from stdin failed: %s", m.Message)
			e.Context = fmt.Sprintf("COPY %s, line %d", rows.format.Table, rows.line)
			return e
		case 'H', 'S':
		default:
			e := fault.New(fault.CodeProtocolViolation, "unexpected message type 0x%02X during COPY from stdin", f.kind)
			e.Context = fmt.Sprintf("COPY %s, line %d", rows.format.Table, rows.line)
			return e
		}
	}
}
