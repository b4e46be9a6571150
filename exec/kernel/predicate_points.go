package kernel

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

var _ formats.Pointed = (*Predicate)(nil)

// Points implements formats.Pointed: the constants that an equality or an IN
// list of the conjunction compares the column with; of several the shortest list.
func (p *Predicate) Points(col int) ([]types.Value, bool) {
	var best []types.Value
	found := false
	for _, c := range p.conds {
		if len(c.cols) != 1 || c.cols[0] != col {
			continue
		}
		if vals, ok := pointsOf(c.expr); ok && (!found || len(vals) < len(best)) {
			best, found = vals, true
		}
	}
	return best, found
}

// pointsOf gives the values for which a condition over a bare column holds.
func pointsOf(e plan.Expr) ([]types.Value, bool) {
	switch e := e.(type) {
	case *plan.Compare:
		l, r := e.L, e.R
		if _, ok := l.(*plan.Const); ok {
			l, r = r, l
		}
		c, isCol := l.(*plan.Col)
		k, isConst := r.(*plan.Const)
		if e.Op == plan.EQ && isCol && isConst {
			return points(c.Typ, []types.Value{k.Value})
		}
	case *plan.In:
		if c, ok := e.X.(*plan.Col); ok && !e.Not {
			return points(c.Typ, e.List)
		}
	}
	return nil, false
}

// points leaves out NULLs, which nothing equals.
func points(t types.Type, list []types.Value) ([]types.Value, bool) {
	var out []types.Value
	for _, v := range list {
		switch {
		case v.Null:
		case !v.Type.Equal(t) && !(v.Type.Kind == types.Varchar && t.Kind == types.Varchar):
			return nil, false
		default:
			out = append(out, v)
		}
	}
	return out, true
}
