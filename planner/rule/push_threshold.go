package rule

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// pushThreshold lets a top-N tell the scans below it, while it runs, the first key
// of the last row that it still needs: files, row groups, dictionary values and
// rows behind it are left out. Its first key must be a column of the scan. Or it tells
// an aggregate, which then computes of groups behind it no more than that key.
func pushThreshold() Rule {
	return Rule{Name: "push_threshold", Match: plan.OpSort, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		s := n.(*plan.Sort)
		if s.Limit <= 0 || s.Threshold != 0 || len(s.Keys) == 0 || len(s.PartitionBy) > 0 ||
			s.Limit > maxThreshold || s.Offset > maxThreshold {
			return n, false, nil
		}
		col, ok := s.Keys[0].X.(*plan.Col)
		if !ok || !hasThreshold(col.Type()) || !plan.PutsOut(s.Input, col.ID) {
			return n, false, nil
		}
		use := &thresholdUse{id: c.nextDyn}
		in := use.push(s.Input, col.ID)
		if !use.found {
			return n, false, nil
		}
		c.nextDyn++
		out := *s
		out.Input, out.Threshold = in, use.id+1
		return &out, true, nil
	}}
}

// maxThreshold is the number of rows above which a top-N is not likely to have them
// before the scans have ended.
const maxThreshold = 1 << 20

// minThresholdRows is the size below which a scan has nothing to leave out.
const minThresholdRows = 50_000

// hasThreshold tells the types whose order files record as SQL has it: not NaN's and
// the two zeros', nor that of values with parts.
func hasThreshold(t types.Type) bool {
	return t.IsInteger() || t.IsDatetime() || t.Kind == types.Decimal || t.Kind == types.Varchar
}

// thresholdUse looks for the scans whose rows stream into the top-N.
type thresholdUse struct {
	id    int
	found bool
}

func (u *thresholdUse) push(n plan.Node, col plan.ColID) plan.Node {
	switch n := n.(type) {
	case *plan.Scan:
		return u.scan(n, col)
	case *plan.Filter:
		return u.into(n, 0, col)
	case *plan.Aggregate:
		return u.aggregate(n, col)
	case *plan.Project:
		for _, it := range n.Items {
			if x, ok := it.X.(*plan.Col); ok && it.Col.ID == col {
				return u.into(n, 0, x.ID)
			}
		}
	case *plan.Unnest:
		if plan.PutsOut(n.Input, col) {
			return u.into(n, 0, col)
		}
	case *plan.Join:
		// A right side that is built has been read when the first threshold is known.
		if !n.BuildLeft && n.Kind != plan.Right && n.Kind != plan.Full && plan.PutsOut(n.Left, col) {
			return u.into(n, 0, col)
		}
		if n.BuildLeft && n.Kind == plan.Inner && plan.PutsOut(n.Right, col) {
			return u.into(n, 1, col)
		}
	case *plan.SetOp:
		if n.Kind == plan.UnionAll {
			return u.union(n, col)
		}
	}
	return n
}

func (u *thresholdUse) into(n plan.Node, i int, col plan.ColID) plan.Node {
	in := append([]plan.Node(nil), n.Inputs()...)
	if in[i] = u.push(in[i], col); in[i] == n.Inputs()[i] {
		return n
	}
	return n.WithInputs(in)
}

func (u *thresholdUse) union(n *plan.SetOp, col plan.ColID) plan.Node {
	for at, c := range n.Cols {
		if c.ID != col {
			continue
		}
		in := append([]plan.Node(nil), n.In...)
		for i := range in {
			in[i] = u.push(in[i], n.Maps[i][at])
		}
		return n.WithInputs(in)
	}
	return n
}

func (u *thresholdUse) scan(n *plan.Scan, col plan.ColID) plan.Node {
	i := columnOf(n, &plan.Col{ID: col})
	if n.Mode != plan.ScanRows || n.Limit > 0 || n.Source == nil || len(n.Source.Files) == 0 || i < 0 ||
		n.Source.Rows > 0 && n.Source.Rows < minThresholdRows {
		return n
	}
	s := *n
	s.Dynamic = append(n.Dynamic[:len(n.Dynamic):len(n.Dynamic)], plan.DynamicUse{ID: u.id, Col: col})
	u.found = true
	return &s
}

// aggregate tells an aggregate: all its rows have been read when it puts out groups.
func (u *thresholdUse) aggregate(n *plan.Aggregate, col plan.ColID) plan.Node {
	if n.Partial || len(n.Keys) == 0 || len(n.Dynamic) > 0 || readsLittle(n) {
		return n
	}
	a := *n
	a.Dynamic = []plan.DynamicUse{{ID: u.id, Col: col}}
	u.found = true
	return &a
}

// readsLittle reports whether all that a node reads are small tables.
func readsLittle(n plan.Node) bool {
	scans, large := 0, false
	plan.Visit(n, func(n plan.Node) bool {
		if s, ok := n.(*plan.Scan); ok {
			scans++
			large = large || s.Source == nil || s.Source.Rows == 0 || s.Source.Rows >= minThresholdRows
		}
		return true
	})
	return scans > 0 && !large
}
