package rule

import (
	"github.com/glauxdb/glaux/planner/cost"
	"github.com/glauxdb/glaux/planner/plan"
)

// keptRows is how many rows a hash table may have that is kept while a recursive
// query runs, although the other side seems to be smaller.
const keptRows = 2 << 20

// buildOnce has joins in the step of a recursive query build from the side that is
// the same in every round: the table is built once and the rows of a round are
// looked up in it, rather than reading that side again in every round.
func buildOnce() Rule {
	return Rule{Name: "build_once", Match: plan.OpRecursive, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		r := n.(*plan.Recursive)
		varies, e, changed := r.Varying(), cost.New(), false
		var turn func(n plan.Node) plan.Node
		turn = func(n plan.Node) plan.Node {
			m := plan.MapInputs(n, turn)
			j, ok := m.(*plan.Join)
			if !ok {
				return m
			}
			in := n.Inputs()
			left, can := onceLeft(j, varies[in[0]], varies[in[1]])
			if !can || left == j.BuildLeft || e.Rows(onceSide(j, left)) > keptRows {
				return j
			}
			changed = true
			t := *j
			t.BuildLeft = left
			return &t
		}
		step := turn(r.Step)
		if !changed {
			return n, false, nil
		}
		out := *r
		out.Step = step
		return &out, true, nil
	}}
}

// onceLeft tells from which side a join is to be built so that this is done once;
// ok is false if it cannot be. A join that keeps the rows of its build side that
// found no partner, or only those that did, starts anew in every round.
func onceLeft(j *plan.Join, leftVaries, rightVaries bool) (left, ok bool) {
	if leftVaries == rightVaries || j.NullAware {
		return false, false
	}
	switch j.Kind {
	case plan.Inner:
		return rightVaries, true
	case plan.Left, plan.Semi, plan.Anti, plan.Mark:
		return false, leftVaries
	case plan.Right:
		return true, rightVaries
	}
	return false, false
}

func onceSide(j *plan.Join, left bool) plan.Node {
	if left {
		return j.Left
	}
	return j.Right
}
