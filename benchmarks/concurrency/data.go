package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/vector"
)

var schema = types.Schema{Fields: []types.Field{{Name: "id", Type: types.TBigInt}, {Name: "page", Type: types.TVarchar},
	{Name: "value", Type: types.TDouble}}}

// The queries. The long one has a regular expression for each row.
const (
	longQuery = "SELECT count(*), sum(value) FROM large WHERE regexp_like(page, 'shop/[37]/item-[0-9]*9$')"
	anyQuery  = "SELECT count(*), sum(value), max(id) FROM events WHERE day = '2026-01-%02d'"
)

// makeLake writes the tables events, in partitions by day, and large.
func (c *cli) makeLake(dir string) error {
	for day := range c.Days {
		at := filepath.Join(dir, "events", fmt.Sprintf("day=2026-01-%02d", day+1))
		if err := writeFile(at, day*c.Rows, c.Rows); err != nil {
			return err
		}
	}
	return writeFile(filepath.Join(dir, "large"), 0, c.Large)
}

func writeFile(dir string, first, rows int) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "rows.parquet"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	w, err := parquet.NewWriter(out, &schema, parquet.WriterOptions{})
	if err != nil {
		return err
	}
	for from := 0; from < rows; from += vector.BatchSize {
		if err := w.Write(batch(first+from, min(vector.BatchSize, rows-from))); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), out.Flush())
}

// batch makes n rows from row first on.
func batch(first, n int) *vector.Batch {
	cols := make([]*vector.Vector, len(schema.Fields))
	for i, f := range schema.Fields {
		cols[i] = vector.New(f.Type, n)
	}
	ids, pages, values := vector.Values[int64](cols[0]), cols[1].Ranges(), vector.Values[float64](cols[2])
	for i := range n {
		h := uint64(first+i) * 0x9e3779b97f4a7c15 // golden ratio: spreads counters
		ids[i], values[i] = int64(first+i), float64(h>>11)/(1<<53)
		page := fmt.Appendf(nil, "/shop/%d/item-%d", h>>40%13, first+i)
		pages[i] = vector.Range{Off: uint32(len(cols[1].Data)), Len: uint32(len(page))}
		cols[1].Data = append(cols[1].Data, page...)
	}
	return &vector.Batch{N: n, Cols: cols}
}
