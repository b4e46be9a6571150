package match

import (
	"unsafe"

	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/formats/vector"
)

// argRow is a row that an aggregate counts, its variable and the match's number.
type argRow struct {
	row    uint32
	class  int32
	number int64
}

// aggArgs computes an aggregate's arguments.
type aggArgs struct {
	spec  *Spec
	agg   *Agg
	exprs []Expr
	out   []*vector.Vector
	idx   []uint32
	b     vector.Batch
}

func newAggArgs(spec *Spec, a *Agg) *aggArgs {
	g := &aggArgs{spec: spec, agg: a, exprs: make([]Expr, len(a.Args))}
	for i, x := range a.Args {
		g.out = append(g.out, &vector.Vector{})
		if x.Col < 0 {
			g.exprs[i] = x.New()
		}
	}
	g.b.Cols = make([]*vector.Vector, a.Class+2)
	return g
}

// eval gives the arguments for rows; valid until the next call.
func (g *aggArgs) eval(m *Morsel, rows []argRow) ([]*vector.Vector, error) {
	g.idx = g.idx[:0]
	for _, r := range rows {
		g.idx = append(g.idx, r.row)
	}
	if g.agg.Names {
		g.names(rows)
	}
	for i, x := range g.agg.Args {
		if x.Col >= 0 {
			g.out[i].Reset(m.Cols[x.Col].Type, 0)
			g.out[i].AppendIdx(m.Cols[x.Col], g.idx)
			continue
		}
		g.b.N = len(rows)
		for _, c := range x.Cols {
			if c < g.agg.Class {
				v := vector.New(m.Cols[c].Type, 0)
				v.AppendIdx(m.Cols[c], g.idx)
				g.b.Cols[c] = v
			}
		}
		v, err := g.exprs[i].Eval(&g.b, nil)
		if err != nil {
			return nil, err
		}
		g.out[i] = v
	}
	return g.out, nil
}

// names fills the columns of variables' names and matches' numbers.
func (g *aggArgs) names(rows []argRow) {
	class, number := vector.New(classType, 0), vector.New(numberType, len(rows))
	for i, r := range rows {
		class.AppendBytes([]byte(g.spec.Vars[r.class].Name))
		vector.Values[int64](number)[i] = r.number
	}
	g.b.Cols[g.agg.Class], g.b.Cols[g.agg.Class+1] = class, number
}

// stateBytes makes memory for states, aligned as these need it.
func stateBytes(n int) []byte {
	w := make([]uint64, n/8+1)
	return unsafe.Slice((*byte)(unsafe.Pointer(&w[0])), n)
}

// accumulator is one state of an aggregate.
type accumulator struct {
	new func() (fn.Aggregator, error)
	agg fn.Aggregator
	st  fn.States
}

var firstState = []uint32{0}

// reset makes the state empty.
func (a *accumulator) reset() (err error) {
	if a.agg == nil || a.agg.MemoryBytes() > 0 {
		if a.agg, err = a.new(); err != nil {
			return err
		}
	}
	if a.st.Rows == nil {
		size := (a.agg.StateSize() + 7) &^ 7
		a.st = fn.States{Rows: stateBytes(size), Stride: size}
	}
	clear(a.st.Rows)
	return nil
}

func (a *accumulator) bytes() int64 {
	if a.agg == nil {
		return 0
	}
	return a.agg.MemoryBytes() + int64(len(a.st.Rows))
}
