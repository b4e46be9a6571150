// Package optest reruns a case over an operator in every shape that its input may
// have: batch sizes, selections, dictionary and constant forms, one worker and
// many. What comes out must not depend on any of them.
package optest

import (
	"context"
	"crypto/md5"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/formats/vector"
)

// Variant is one shape of the input.
type Variant struct {
	Batch   int  // rows of a batch
	Holes   bool // rows that are not selected between those that are
	Dict    bool // dictionary form where there is no NULL in the dictionary
	Workers int
	Spill   bool // whoever can spill does so after every batch
}

// String names the variant.
func (v Variant) String() string {
	return fmt.Sprintf("batch=%d,holes=%v,dict=%v,workers=%d,spill=%v", v.Batch, v.Holes, v.Dict, v.Workers, v.Spill)
}

// Plain is the usual shape, with one worker.
var Plain = Variant{Batch: 1000, Workers: 1}

var variants = []Variant{
	{Batch: 1, Workers: 1}, {Batch: 3, Holes: true, Workers: 4}, Plain,
	{Batch: 7, Dict: true, Workers: 4}, {Batch: 64, Holes: true, Dict: true, Workers: 1}, {Batch: 4096, Workers: 4},
	{Batch: 64, Holes: true, Dict: true, Workers: 4, Spill: true}, {Batch: 700, Workers: 1, Spill: true},
}

// Variants are the shapes that Each runs; with -short those of many workers.
func Variants() []Variant {
	if !testing.Short() {
		return variants
	}
	return slices.DeleteFunc(slices.Clone(variants), func(v Variant) bool { return v.Workers == 1 })
}

// Each runs f as a subtest for every variant.
func Each(t *testing.T, f func(t *testing.T, v Variant)) {
	t.Helper()
	for _, v := range Variants() {
		t.Run(v.String(), func(t *testing.T) { f(t, v) })
	}
}

// Query makes the environment of a run. Its memory must be all given back, but
// for what finished sinks keep.
func (v Variant) Query() *op.Query {
	q := &op.Query{ID: "test", Workers: v.Workers, Mem: mem.NewRoot(0).Child("query", 0)}
	if v.Spill {
		q.Spill, q.SpillAlways = spillDir().Query(q.Mem, &spill.Stats{}), true
	}
	return q
}

// InMemory is a folder for files that tests make by the thousand: one that is in memory
// where there is one, as making a file on a disk takes longer than all else.
func InMemory() string {
	const shm = "/dev/shm"
	if d, err := os.MkdirTemp(shm, "glaux-optest-"); err == nil {
		os.Remove(d)
		return shm
	}
	return os.TempDir()
}

// spillDir is where the tests of this process spill. What it leaves goes when the next
// one begins.
var spillDir = sync.OnceValue(func() *spill.Dir {
	d, err := spill.Open(filepath.Join(InMemory(), "glaux-optest"), 0, nil)
	if err != nil {
		panic(err)
	}
	return d
})

// Input makes a source of rows in the variant's shape.
func (v Variant) Input(ts []types.Type, rows [][]types.Value) *op.Batches {
	s := &op.Batches{}
	for from := 0; from < len(rows); from += v.Batch {
		s.List = append(s.List, v.batch(ts, rows[from:min(from+v.Batch, len(rows))]))
	}
	return s
}

func (v Variant) batch(ts []types.Type, rows [][]types.Value) *vector.Batch {
	b := &vector.Batch{}
	var sel vector.Sel
	for range rows {
		if v.Holes {
			b.N++ // this row does not count
		}
		sel = append(sel, uint16(b.N))
		b.N++
	}
	if v.Holes {
		b.Sel = sel
	}
	for c, t := range ts {
		b.Cols = append(b.Cols, v.column(t, rows, sel, c, b.N))
	}
	return b
}

// column makes column c; rows that do not count get the next row's value, or
// NULL after an odd number of them.
func (v Variant) column(t types.Type, rows [][]types.Value, sel vector.Sel, c, n int) *vector.Vector {
	vals := make([]types.Value, n)
	for i := range vals {
		vals[i] = types.NullOf(t)
		if v.Holes && i%3 == 0 {
			vals[i] = rows[0][c]
		}
	}
	for i, p := range sel {
		vals[p] = rows[i][c]
	}
	if v.Dict {
		if d := dict(t, vals); d != nil {
			return d
		}
	}
	return vector.FromValues(t, vals)
}

// dict makes the dictionary form; nil if every value is NULL.
func dict(t types.Type, vals []types.Value) *vector.Vector {
	var base []types.Value
	out := &vector.Vector{Type: t, Form: vector.Dict, Len: len(vals), Codes: make([]uint32, len(vals))}
	valid, nulls := vector.NewBitmap(len(vals)), false
	for i, x := range vals {
		if x.Null {
			nulls = true
			continue
		}
		valid.Set(i)
		at := slices.IndexFunc(base, func(y types.Value) bool { return y.Equal(x) })
		if at < 0 {
			at = len(base)
			base = append(base, x)
		}
		out.Codes[i] = uint32(at)
	}
	if len(base) == 0 {
		return nil
	}
	if nulls {
		out.Valid = valid
	}
	out.Base = vector.FromValues(t, base)
	return out
}

// Sink runs a source into a sink as a pipeline does.
func Sink(t *testing.T, q *op.Query, src op.Source, sink op.Sink) {
	t.Helper()
	if err := (&op.Pipeline{Source: src, Sink: sink}).Run(context.Background(), q); err != nil {
		t.Fatal(err)
	}
}

// Rows runs a source to its end and gives its rows as text, in order if it has
// one, otherwise sorted.
func Rows(q *op.Query, src op.Source, before ...*op.Pipeline) ([]string, error) {
	s := op.Start(context.Background(), q, &op.Pipeline{Source: src, Before: before}, q.Workers == 1)
	defer s.Close()
	var out []string
	var b vector.Batch
	for {
		err := s.Next(context.Background(), &b)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, Text(&b)...)
	}
}

// Text gives a batch's selected rows as text.
func Text(b *vector.Batch) []string {
	var out []string
	for k := range b.Rows() {
		p := k
		if b.Sel != nil {
			p = int(b.Sel[k])
		}
		row := make([]types.Value, len(b.Cols))
		for i, c := range b.Cols {
			row[i] = vector.ValueAt(c, p)
		}
		out = append(out, RowText(row))
	}
	return out
}

// RowText writes a row of values.
func RowText(row []types.Value) string {
	s := ""
	for _, v := range row {
		s += ValueText(v) + "|"
	}
	return s
}

// longText is the length above which texts are written as sums of their bytes: those
// take less time than quotes.
const longText = 2000

// ValueText writes a value so that equal texts mean equal values.
func ValueText(v types.Value) string {
	switch {
	case v.Null:
		return "NULL"
	case v.Type.IsNested():
		return "[" + RowText(v.Kids) + "]"
	case v.Type.Phys() == types.PhysBytes && len(v.S) > longText:
		return fmt.Sprintf("%q... %d bytes, %x", v.S[:16], len(v.S), md5.Sum([]byte(v.S)))
	case v.Type.Phys() == types.PhysBytes:
		return fmt.Sprintf("%q", v.S)
	case v.Type.IsFloat():
		return fmt.Sprint(v.F + 0)
	case v.Type.Phys() == types.PhysInt128:
		return string(types.AppendDecimal(nil, v.D, 0))
	}
	return fmt.Sprint(v.I)
}
