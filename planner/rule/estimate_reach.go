package rule

import (
	"strconv"

	"github.com/glauxdb/glaux/planner/plan"
)

// reach says what is certain of a node when the plan runs. Whatever ends a
// pipeline (a sort, an aggregate, the build side of a join) takes all rows of its
// input as soon as the pipeline above it is started; a limit or a join that has
// nothing to join need not.
type reach struct {
	started bool // what must run before its rows can be pulled runs
	drained bool // its rows are pulled to the end
	times   int64
}

// whole is the reach of the input of what ends a pipeline.
func (r reach) whole() reach { return reach{r.started, r.started, r.times} }

// unsure is the reach of an input that may not be pulled to the end.
func (r reach) unsure() reach { return reach{r.started, false, r.times} }

// reaches finds the reach of every scan.
type reaches struct {
	scans map[*plan.Scan]reach
	ctes  map[int]*reach // of the definitions, by ID: the best of their references
	// rounds is how often the step of a recursive query runs at most.
	rounds int64
}

func reachesOf(s *plan.Session, root plan.Node) map[*plan.Scan]reach {
	f := &reaches{scans: map[*plan.Scan]reach{}, ctes: map[int]*reach{}, rounds: maxRounds(s)}
	f.visit(root, reach{true, true, 1})
	return f.scans
}

// maxRounds gives the session's bound of recursion.
func maxRounds(s *plan.Session) int64 {
	if s != nil && s.Setting != nil {
		if v, ok := s.Setting("max_recursion_depth"); ok {
			if n, err := strconv.ParseInt(v, 10, 64); err == nil && n > 0 {
				return n
			}
		}
	}
	return plan.UnboundedBytes
}

func (f *reaches) visit(n plan.Node, r reach) {
	switch n := n.(type) {
	case *plan.Scan:
		f.scans[n] = r
	case *plan.Sort, *plan.Aggregate, *plan.Window, *plan.MatchRecognize, *plan.MaxOneRow:
		f.inputs(n, r.whole())
	case *plan.SetOp:
		if n.Kind != plan.UnionAll {
			r = r.whole()
		}
		f.inputs(n, r)
	case *plan.Limit:
		if n.Limit >= 0 && len(n.PartitionBy) == 0 {
			r = r.unsure()
		}
		f.inputs(n, r)
	case *plan.Join:
		f.join(n, r)
	case *plan.With:
		f.with(n, r)
	case *plan.CTERef:
		if def := f.ctes[n.ID]; def != nil {
			def.started = def.started || r.started
		}
	case *plan.Recursive:
		// Both queries are started when rows are asked for.
		f.visit(n.Init, reach{r.drained, r.drained, r.times})
		f.visit(n.Step, reach{false, false, mulBytes(r.times, f.rounds)})
	default:
		f.inputs(n, r)
	}
}

func (f *reaches) inputs(n plan.Node, r reach) {
	for _, in := range n.Inputs() {
		f.visit(in, r)
	}
}

// with visits the body first: the definition runs if a reference to it does, and
// then to the end and once.
func (f *reaches) with(n *plan.With, r reach) {
	f.ctes[n.ID] = &reach{times: r.times}
	f.visit(n.Body, r)
	f.visit(n.Def, f.ctes[n.ID].whole())
}

// join: the build side is read to its end before the probe side is looked at,
// and that is not if nothing can come of it.
func (f *reaches) join(n *plan.Join, r reach) {
	build, probe := n.Right, n.Left
	if n.BuildsLeft() {
		build, probe = probe, build
	}
	f.visit(build, r.whole())
	if !keepsProbe(n, probe == n.Left) && !(len(n.Equal) == 0 && surelyHasRow(build)) {
		r = r.unsure()
	}
	f.visit(probe, r)
}

// keepsProbe reports whether a join puts out probe rows that have no match, so
// that it reads them even if the build side is empty.
func keepsProbe(n *plan.Join, probeLeft bool) bool {
	switch n.Kind {
	case plan.Full:
		return true
	case plan.Left, plan.Single, plan.Anti, plan.Mark:
		return probeLeft
	case plan.Right:
		return !probeLeft
	}
	return false
}

// surelyHasRow reports whether a node surely puts out a row.
func surelyHasRow(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Aggregate:
		return len(n.Keys) == 0
	case *plan.MaxOneRow:
		return true
	case *plan.Values:
		return len(n.Rows) > 0
	case *plan.Project:
		return surelyHasRow(n.Input)
	case *plan.Scan:
		return n.Source != nil && n.Source.Exact && n.Source.Rows > 0 && len(n.Filter) == 0 && len(n.Dynamic) == 0
	}
	return false
}
