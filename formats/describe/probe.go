package describe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/builtin"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// prober reads small files in memory.
type prober struct{ repo fs.FS }

// input is a file of a probe with what a table says of it.
type input struct {
	format string // the registry's name
	name   string // of the object
	data   []byte
	opt    formats.Options
}

// opened is a file of a probe and the store that it is in.
type opened struct {
	formats.File
	store *store.Memory
}

func (p *prober) open(in input) (*opened, error) {
	f, err := builtin.Registry().Get(in.format)
	if err != nil {
		return nil, err
	}
	m := store.NewMemory("lake")
	file, err := f.Open(context.Background(), m, m.Set(in.name, in.data), in.opt)
	if err != nil {
		return nil, err
	}
	return &opened{file, m}, nil
}

// read opens a file and reads all its columns; it gives the first row and the
// number of rows.
func (p *prober) read(in input) (first []types.Value, rows int, err error) {
	f, err := p.open(in)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	cols := make([]formats.Projection, len(f.Schema().Fields))
	for i, c := range f.Schema().Fields {
		cols[i] = formats.Projection{Column: i, Type: c.Type}
	}
	return f.rows(formats.ScanRequest{Columns: cols})
}

// rows scans all splits of a file.
func (f *opened) rows(r formats.ScanRequest) (first []types.Value, rows int, err error) {
	for _, s := range f.Splits(1 << 20) {
		r.Split = s
		err = f.batches(r, func(b *vector.Batch) {
			if rows == 0 && b.Rows() > 0 {
				at := 0
				if b.Sel != nil {
					at = int(b.Sel[0])
				}
				for _, v := range b.Cols {
					first = append(first, vector.ValueAt(v, at))
				}
			}
			rows += b.Rows()
		})
		if err != nil {
			return first, rows, err
		}
	}
	return first, rows, nil
}

func (f *opened) batches(r formats.ScanRequest, take func(*vector.Batch)) error {
	ctx := context.Background()
	src, err := f.Scan(ctx, r)
	if err != nil {
		return err
	}
	defer src.Close()
	for b := (vector.Batch{}); ; {
		switch err := src.Next(ctx, &b); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		take(&b)
	}
}

// dataBytes gives the bytes that a scan reads as data.
func (f *opened) dataBytes(r formats.ScanRequest) (n int64, err error) {
	f.store.Reads()
	if _, _, err = f.rows(r); err != nil {
		return 0, err
	}
	for _, x := range f.store.Reads() {
		if x.Kind == store.ReadData {
			n += x.Range.Len
		}
	}
	return n, nil
}

// refusal is a fault as the document shows it. An error that is none is a bug
// that the document must not hide.
func refusal(err error) (*fault.Error, error) {
	var e *fault.Error
	if !errors.As(err, &e) || e.Code == fault.CodeInternal {
		return nil, fmt.Errorf("not a fault: %w", err)
	}
	return e, nil
}

// testdata gives the files of a format's testdata that match a pattern, in the
// order of their names.
func (p *prober) testdata(format, pattern string) ([]input, error) {
	names, err := fs.Glob(p.repo, path.Join("formats", format, "testdata", pattern))
	if err != nil {
		return nil, err
	}
	out := make([]input, len(names))
	for i, n := range names {
		data, err := fs.ReadFile(p.repo, n)
		if err != nil {
			return nil, err
		}
		out[i] = input{format: format, name: path.Base(n), data: data}
	}
	return out, nil
}
