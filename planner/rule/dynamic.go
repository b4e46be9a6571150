package rule

import (
	"github.com/glauxdb/glaux/planner/cost"
	"github.com/glauxdb/glaux/planner/plan"
)

// addRuntimeFilters connects the build side of hash joins with the scans on
// the probe side: once the build side is complete, its keys limit what those
// scans read, down to whole partitions (the latest-partition idiom). The join
// must drop probe rows without a match, and enough of them by the estimate to
// pay for the test.
func addRuntimeFilters() Rule {
	return Rule{Name: "add_runtime_filters", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		e := cost.New()
		e.Learn(root)
		out := plan.Transform(root, func(n plan.Node) plan.Node {
			if j, ok := n.(*plan.Join); ok && len(j.Dynamic) == 0 && dropsProbeRows(j) {
				return c.filterProbe(e, j)
			}
			return n
		})
		return out, out != root, nil
	}}
}

func (c *Ctx) filterProbe(e *cost.Estimator, j *plan.Join) plan.Node {
	build, probe := j.Right, j.Left
	if j.BuildLeft {
		build, probe = probe, build
	}
	out := *j
	for i, k := range j.Equal {
		x, y := k.L, k.R
		if j.BuildLeft {
			x, y = y, x
		}
		col, widened := widenedCol(x)
		if col == nil || k.NullSafe {
			continue
		}
		use := &dynamicUse{id: c.nextDyn, col: col.ID, widened: widened, always: !widened && (e.Keeps(build, y, probe, x) < worthFiltering || cheapToTry(e, build, probe))}
		if p := use.push(probe); use.found {
			probe = p
			out.Dynamic = append(out.Dynamic, plan.DynamicSource{ID: c.nextDyn, Key: i})
			c.nextDyn++
		}
	}
	if len(out.Dynamic) == 0 {
		return j
	}
	if j.BuildLeft {
		out.Right = probe
	} else {
		out.Left = probe
	}
	return &out
}

// widenedCol gives the column that a join's key is, as it stands or as a wider
// integer; nil for other keys.
func widenedCol(x plan.Expr) (col *plan.Col, widened bool) {
	if cast, ok := x.(*plan.Cast); ok && cast.To.IsInteger() {
		if col, ok := cast.X.(*plan.Col); ok && col.Type().IsInteger() && col.Type().Phys().Width() < cast.To.Phys().Width() {
			return col, true
		}
	}
	col, _ = x.(*plan.Col)
	return col, false
}

// worthFiltering is the fraction of a probe side's key values above which a
// runtime filter on a data column costs more than it saves.
const worthFiltering = 0.75

// worthTrying is how many times more rows a probe side must have than the build side
// for a runtime filter to be made in spite of the estimate.
const worthTrying = 16

// cheapToTry reports whether a runtime filter costs next to nothing, while nobody
// knows what it drops: the build side is a small part of something, perhaps of just
// those values that the probe side has. Scans give up a filter that drops little.
func cheapToTry(e *cost.Estimator, build, probe plan.Node) bool {
	return e.Rows(build)*worthTrying < e.Rows(probe) && selects(build)
}

// selects reports whether a condition is about n alone.
func selects(n plan.Node) bool {
	found := false
	plan.Visit(n, func(m plan.Node) bool {
		switch m := m.(type) {
		case *plan.Scan:
			found = found || len(m.Filter) > 0
		case *plan.Virtual:
			found = found || len(m.Filter) > 0
		case *plan.Filter, *plan.Limit:
			found = true
		}
		return !found
	})
	return found
}

// dropsProbeRows reports whether rows of the probe side without a match do not
// come through.
func dropsProbeRows(j *plan.Join) bool {
	switch j.Kind {
	case plan.Inner, plan.Semi:
		return true
	case plan.Right:
		return !j.BuildLeft
	case plan.Left, plan.Single, plan.Anti, plan.Mark:
		return j.BuildLeft
	}
	return false
}

// dynamicUse looks for the scan or virtual table that column col comes from.
type dynamicUse struct {
	id     int
	col    plan.ColID
	always bool // also on data columns; else on partition keys only
	// widened: the filter's values are of a wider integer type than the column's. A
	// file's partition key is compared so, nothing else.
	widened bool
	found   bool
}

// push attaches the filter to the scan below n, if dropping rows there is the
// same as dropping them at n.
func (d *dynamicUse) push(n plan.Node) plan.Node {
	if !plan.PutsOut(n, d.col) {
		return n
	}
	switch n := n.(type) {
	case *plan.Scan:
		return d.scan(n)
	case *plan.Virtual:
		return d.virtual(n)
	case *plan.Filter:
		return d.into(n, 0)
	case *plan.Project:
		return d.project(n)
	case *plan.Aggregate:
		for _, k := range n.Keys {
			if k.ID == d.col {
				return d.into(n, 0)
			}
		}
	case *plan.Window:
		if n.Groups()[d.col] {
			return d.into(n, 0)
		}
	case *plan.MatchRecognize:
		if n.Groups()[d.col] {
			return d.into(n, 0)
		}
	case *plan.Unnest:
		if plan.PutsOut(n.Input, d.col) {
			return d.into(n, 0)
		}
	case *plan.Sort:
		if n.Limit < 0 && n.Offset == 0 {
			return d.into(n, 0)
		}
	case *plan.Join:
		return d.join(n)
	case *plan.SetOp:
		if n.Kind == plan.UnionAll {
			return d.union(n)
		}
	}
	return n
}

func (d *dynamicUse) into(n plan.Node, i int) plan.Node {
	in := n.Inputs()
	in = append([]plan.Node(nil), in...)
	m := d.push(in[i])
	if m == in[i] {
		return n
	}
	in[i] = m
	return n.WithInputs(in)
}

func (d *dynamicUse) scan(n *plan.Scan) plan.Node {
	if n.Limit > 0 {
		return n
	}
	for _, col := range n.Cols {
		if col.ID == d.col && (d.always || col.Index >= len(n.Table.Columns)) {
			s := *n
			s.Dynamic = append(n.Dynamic[:len(n.Dynamic):len(n.Dynamic)], plan.DynamicUse{ID: d.id, Col: d.col})
			d.found = true
			return &s
		}
	}
	return n
}

// virtual limits a table that code provides: it may have an index, and to ask
// it costs nothing.
func (d *dynamicUse) virtual(n *plan.Virtual) plan.Node {
	if d.widened {
		return n
	}
	v := *n
	v.Dynamic = append(n.Dynamic[:len(n.Dynamic):len(n.Dynamic)], plan.DynamicUse{ID: d.id, Col: d.col})
	d.found = true
	return &v
}

func (d *dynamicUse) project(n *plan.Project) plan.Node {
	for _, it := range n.Items {
		if col, ok := it.X.(*plan.Col); ok && it.Col.ID == d.col {
			d.col = col.ID
			return d.into(n, 0)
		}
	}
	return n
}

// join goes into the side that has the column, if a row dropped there takes
// exactly its own results away; and across an equality into the other side,
// whose rows with other values then meet nothing.
func (d *dynamicUse) join(n *plan.Join) plan.Node {
	left := plan.PutsOut(n.Left, d.col)
	side := 1
	switch {
	case n.Kind == plan.Full, left && n.Kind == plan.Right, !left && n.Kind != plan.Inner && n.Kind != plan.Right:
		return n
	case left:
		side = 0
	}
	across := &dynamicUse{id: d.id, always: d.always, widened: d.widened}
	if !n.NullAware {
		across.col = equalTo(n, d.col, left)
	}
	m := d.into(n, side)
	if across.col == 0 {
		return m
	}
	m = across.into(m, 1-side)
	d.found = d.found || across.found
	return m
}

// equalTo gives the plain column of the other side that a join's hash key
// equates with col; 0 for none.
func equalTo(n *plan.Join, col plan.ColID, left bool) plan.ColID {
	for _, k := range n.Equal {
		x, y := k.L, k.R
		if !left {
			x, y = y, x
		}
		a, ok1 := x.(*plan.Col)
		b, ok2 := y.(*plan.Col)
		if ok1 && ok2 && a.ID == col && !k.NullSafe {
			return b.ID
		}
	}
	return 0
}

func (d *dynamicUse) union(n *plan.SetOp) plan.Node {
	at := -1
	for i, col := range n.Cols {
		if col.ID == d.col {
			at = i
		}
	}
	in := append([]plan.Node(nil), n.In...)
	for i := range in {
		u := &dynamicUse{id: d.id, col: n.Maps[i][at], always: d.always, widened: d.widened}
		in[i] = u.push(in[i])
		d.found = d.found || u.found
	}
	return n.WithInputs(in)
}
