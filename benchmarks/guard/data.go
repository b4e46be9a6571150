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

// The table events has what the sample lake is too small for: partitions, several
// row groups in a file, many groups. A row's values depend on its number alone.
const (
	eventDays  = 4
	dayRows    = 60_000
	groupRows  = 15_000 // of a row group
	eventUsers = 50_000 // distinct values of user_id
)

var eventSchema = types.Schema{Fields: []types.Field{{Name: "id", Type: types.TBigInt}, {Name: "user_id", Type: types.TBigInt},
	{Name: "page", Type: types.TVarchar}, {Name: "amount", Type: types.DecimalOf(12, 2)}, {Name: "value", Type: types.TDouble}}}

// mix is the finalizer of splitmix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// makeEvents writes the table into dir/events.
func makeEvents(dir string) error {
	for day := range eventDays {
		at := filepath.Join(dir, "events", fmt.Sprintf("day=2026-01-%02d", day+1))
		if err := os.MkdirAll(at, 0o755); err != nil {
			return err
		}
		if err := writeDay(filepath.Join(at, "part.parquet"), day*dayRows); err != nil {
			return err
		}
	}
	return nil
}

func writeDay(path string, first int) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriter(f)
	w, err := parquet.NewWriter(out, &eventSchema, parquet.WriterOptions{GroupRows: groupRows})
	if err != nil {
		return err
	}
	for from := 0; from < dayRows; from += vector.BatchSize {
		if err := w.Write(events(first+from, min(vector.BatchSize, dayRows-from))); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), out.Flush())
}

// events makes n rows from row first on.
func events(first, n int) *vector.Batch {
	cols := make([]*vector.Vector, len(eventSchema.Fields))
	for i, f := range eventSchema.Fields {
		cols[i] = vector.New(f.Type, n)
	}
	ids, users, pages := vector.Values[int64](cols[0]), vector.Values[int64](cols[1]), cols[2].Ranges()
	cents, values := vector.Values[int64](cols[3]), vector.Values[float64](cols[4])
	for i := range n {
		h := mix(uint64(first + i))
		ids[i], users[i] = int64(first+i), int64(h%eventUsers)
		cents[i], values[i] = int64(h>>20%100_000), float64(h>>11)/(1<<53)
		page := fmt.Sprintf("/shop/%d/item-%d", h%13, h>>8%3000)
		pages[i] = vector.Range{Off: uint32(len(cols[2].Data)), Len: uint32(len(page))}
		cols[2].Data = append(cols[2].Data, page...)
	}
	return &vector.Batch{N: n, Cols: cols}
}
