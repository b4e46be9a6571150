package match

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// fixedCond is a condition that is computed for all rows of a morsel before the search.
type fixedCond struct {
	cond        *Cond
	v           int
	expr        Expr
	least, most int           // the distances of the rows that it sees
	all         vector.Bitmap // the rows at which it holds; nil: ask at each row
	cols        []*vector.Vector
	idx         []uint32
	one         movingCond
}

func newFixedCond(spec *Spec, c *Cond, v int) fixedCond {
	f := fixedCond{cond: c, v: v, expr: c.New(), cols: make([]*vector.Vector, len(spec.Slots)), one: newMovingCond(spec, c)}
	for _, i := range c.Slots {
		f.cols[i] = &vector.Vector{}
		f.least, f.most = min(f.least, int(spec.Slots[i].Shift)), max(f.most, int(spec.Slots[i].Shift))
	}
	return f
}

// compute evaluates the condition for all rows. One that fails somewhere is evaluated
// where the search asks for it: it may never come to that row.
func (f *fixedCond) compute(s *search) error {
	if f.all = nil; f.cond == nil {
		return nil
	}
	all := vector.NewBitmap(s.m.N)
	part := 0
	for at := 0; at < s.m.N; at += vector.BatchSize {
		n := min(vector.BatchSize, s.m.N-at)
		for s.m.Starts[part+1] <= uint32(at) {
			part++
		}
		for _, i := range f.cond.Slots {
			f.gather(s, i, at, n, part)
		}
		v, err := f.expr.Eval(&vector.Batch{N: n, Cols: f.cols}, nil)
		if err != nil {
			if fault.As(err).Code[:2] == "22" {
				return nil
			}
			return err
		}
		v = vector.Flatten(v)
		for i, x := range vector.Values[bool](v)[:n] {
			if x && !v.IsNull(i) {
				all.Set(at + i)
			}
		}
		if err := s.m.Use(s.bytes() + int64(s.m.N/8)); err != nil {
			return err
		}
	}
	s.held += int64(len(all)) * 8
	f.all = all
	return nil
}

// gather fills the column of slot i for n rows from at on; part is the partition of
// the first.
func (f *fixedCond) gather(s *search, i, at, n, part int) {
	x, dst := &s.spec.Slots[i], f.cols[i]
	if x.Kind == plan.SlotClassifier {
		if x.Shift > 0 {
			*dst = *vector.Null(x.Type, n)
			return
		}
		one := vector.New(x.Type, 0)
		one.AppendBytes([]byte(s.spec.Vars[f.v].Name))
		vector.Gather(dst, one, make([]uint32, n))
		return
	}
	f.idx = f.idx[:0]
	var nulls []int
	for r := at; r < at+n; r++ {
		for s.m.Starts[part+1] <= uint32(r) {
			part++
		}
		k := int64(r) + x.Shift
		if k < int64(s.m.Starts[part]) || k >= int64(s.m.Starts[part+1]) {
			nulls = append(nulls, r-at)
			k = int64(r)
		}
		f.idx = append(f.idx, uint32(k))
	}
	dst.Reset(x.Type, 0)
	dst.AppendIdx(s.m.Cols[x.Col], f.idx)
	for _, r := range nulls {
		dst.SetNull(r)
	}
}

// at evaluates the condition at one row.
func (f *fixedCond) at(s *search, v, row int) (bool, error) { return f.one.holds(s, v, row) }

// movingCond is a condition that is evaluated at a row of the match at work.
type movingCond struct {
	cond *Cond
	expr Expr
	b    vector.Batch
}

func newMovingCond(spec *Spec, c *Cond) movingCond {
	m := movingCond{cond: c, expr: c.New(), b: vector.Batch{N: 1, Cols: make([]*vector.Vector, len(spec.Slots))}}
	for _, i := range c.Slots {
		m.b.Cols[i] = &vector.Vector{}
	}
	return m
}

func (m *movingCond) holds(s *search, v, row int) (bool, error) {
	for _, i := range m.cond.Slots {
		if err := s.value(i, m.b.Cols[i], v, row); err != nil {
			return false, err
		}
	}
	x, err := m.expr.Eval(&m.b, nil)
	if err != nil {
		return false, err
	}
	if x.IsNull(0) {
		return false, nil
	}
	return vector.ValueAt(x, 0).I != 0, nil
}
