package op

import (
	"context"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// GroupLimit passes rows Offset .. Offset+Count of each group of equal keys, in
// the order in which they arrive (so its input runs in one copy). DISTINCT ON is
// a GroupLimit of one row.
type GroupLimit struct {
	In            Source
	Keys          []int
	KeyTypes      []types.Type
	Count, Offset int64 // Count -1: all
	Mem           *mem.Account
}

// Width is 1: the order of the input counts.
func (g *GroupLimit) Width() int { return 1 }

// Open makes the operator.
func (g *GroupLimit) Open(w *Worker) (Operator, error) {
	in, err := g.In.Open(w)
	if err != nil {
		return nil, err
	}
	lay := keytab.NewLayout(g.KeyTypes, true)
	return &groupLimitOp{g: g, in: in, enc: keytab.NewEncoder(lay), tab: keytab.NewTable(lay, 0), held: g.Mem.Local()}, nil
}

type groupLimitOp struct {
	g    *GroupLimit
	in   Operator
	enc  *keytab.Encoder
	tab  *keytab.Table
	seen []int64 // rows of each group so far
	held mem.Local
	keys []*vector.Vector
	rows []uint32
	sel  vector.Sel
}

func (o *groupLimitOp) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if err := o.in.Next(ctx, b); err != nil {
			return err
		}
		if err := o.choose(b); err != nil {
			return err
		}
		if b.Rows() > 0 {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// choose sets b's selection to the rows that pass.
func (o *groupLimitOp) choose(b *vector.Batch) error {
	o.keys = o.keys[:0]
	for _, p := range o.g.Keys {
		o.keys = append(o.keys, b.Cols[p])
	}
	o.enc.Encode(o.keys, b.Sel, b.N)
	o.rows = grow(o.rows, o.enc.Len())
	if err := o.tab.FindOrInsert(o.enc, o.rows); err != nil {
		return err
	}
	for len(o.seen) < o.tab.Len() {
		o.seen = append(o.seen, 0)
	}
	out := empty(o.sel)
	for k, p := range selOf(b) {
		n := &o.seen[o.rows[k]]
		if *n >= o.g.Offset && (o.g.Count < 0 || *n < limitEnd(o.g.Offset, o.g.Count)) {
			out = append(out, p)
		}
		*n++
	}
	o.sel, b.Sel = out, out
	return o.held.Use(o.tab.MemoryBytes() + 8*int64(cap(o.seen)))
}

func (o *groupLimitOp) Close() error {
	o.held.Close()
	return o.in.Close()
}
