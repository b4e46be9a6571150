package op

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/vector"
)

// errorList holds what one copy of a scan of errors has found and not put out:
// what one batch of its source has.
type errorList struct {
	list []foundError
	mem  mem.Local
	size int64
	full error // the memory that the list would take is not there
}

type foundError struct {
	formats.Reject
	file *lake.File
}

// errorSize is what a row of the list takes besides its texts, about.
const errorSize = 256

func (l *errorList) add(f *lake.File, x formats.Reject) {
	if l.full != nil {
		return
	}
	l.size += errorSize + int64(len(x.Raw)+len(x.New)+len(x.Why))
	if l.full = l.mem.Use(l.size); l.full == nil {
		l.list = append(l.list, foundError{x, f})
	}
}

// nextErrors puts out what is wrong in the rows that are read next.
func (o *scanOp) nextErrors(ctx context.Context, b *vector.Batch) error {
	for {
		if len(o.errs.list) == 0 {
			if err := o.findErrors(ctx); err != nil && (err != io.EOF || len(o.errs.list) == 0) {
				return err
			}
			continue
		}
		list := o.errs.list[:min(len(o.errs.list), vector.BatchSize)]
		file := list[0].file
		n := slices.IndexFunc(list, func(x foundError) bool { return x.file != file })
		if n < 0 {
			n = len(list)
		}
		list = list[:n]
		if o.file != file {
			o.setFile(file)
		}
		if o.errs.list = o.errs.list[n:]; len(o.errs.list) == 0 {
			o.errs.list, o.errs.size = nil, 0
		}
		ok, err := o.errorBatch(b, list)
		if err != nil {
			return err
		}
		if ok {
			o.s.passed.Add(int64(b.Rows()))
			return nil
		}
	}
}

// findErrors reads on; io.EOF at the end of all files. What ends the reading of a
// split because of its data is an error of the list.
func (o *scanOp) findErrors(ctx context.Context) error {
	if o.src == nil {
		return o.nextSplit(ctx)
	}
	err := o.src.Next(ctx, &o.b)
	switch {
	case o.errs.full != nil:
		return o.errs.full
	case err == nil:
		o.w.Query.Counters.RowsRead.Add(int64(o.b.N))
		return nil
	case err == io.EOF:
		return o.closeSource()
	case !isOfData(err):
		return err
	}
	o.tellOf(o.split.file, err)
	return o.closeSource()
}

// isOfData reports whether an error says that a file's bytes are not what they
// should be.
func isOfData(err error) bool {
	f := fault.As(err)
	switch f.Code {
	case fault.CodeDataCorrupted, fault.CodeDatatypeMismatch:
		return true
	case fault.CodeInvalidParameter: // a property of the table
		return false
	case fault.CodeFeatureNotSupported:
		return f.Object != ""
	}
	return f.Code[:2] == "22"
}

// tellOf lists what ended the reading of a split of a file.
func (o *scanOp) tellOf(f *lake.File, err error) {
	e := fault.As(err)
	o.errs.add(f, formats.Reject{Object: f.URL(), Offset: -1, Line: e.Line, Group: e.RowGroup, Column: e.Column,
		Trigger: cleanse.Malformed, Action: cleanse.Fail, Why: e.Message})
}

// scanErrors opens a source over those of a file's columns that are stored as what
// can be read; the others are listed, with its first split. nil: nothing is left.
func (o *scanOp) scanErrors(ctx context.Context, sp scanSplit, req formats.ScanRequest) (formats.Source, error) {
	for {
		src, err := sp.open.Scan(ctx, req)
		if err == nil || !isOfData(err) {
			return src, err
		}
		if sp.first {
			o.tellOf(sp.file, err)
		}
		column := fault.As(err).Column
		left := slices.DeleteFunc(slices.Clone(req.Columns), func(p formats.Projection) bool {
			name := sp.open.Schema().Fields[p.Column].Name
			return strings.EqualFold(column, name) || strings.HasPrefix(strings.ToLower(column), strings.ToLower(name)+".")
		})
		if len(left) == len(req.Columns) || len(left) == 0 {
			return nil, nil
		}
		req.Columns = left
	}
}

// errorBatch makes rows of a list; false if none passes the filter.
func (o *scanOp) errorBatch(b *vector.Batch, list []foundError) (bool, error) {
	b.N, b.Sel, b.Cols = len(list), nil, b.Cols[:0]
	for i, c := range o.s.Columns {
		if c.perFile() {
			o.consts[i].Len = len(list)
			b.Cols = append(b.Cols, o.consts[i])
			continue
		}
		v := vector.New(c.Type, 0)
		for k := range list {
			v.AppendValue(c.Error(&list[k].Reject))
		}
		b.Cols = append(b.Cols, v)
	}
	return o.applyRest(b)
}
