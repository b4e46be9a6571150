package rule

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// settleLimits evaluates LIMIT and OFFSET, so that the other rules see numbers.
func settleLimits() Rule {
	return Rule{Name: "settle_limits", Match: plan.OpLimit, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		l := n.(*plan.Limit)
		if l.LimitX == nil && l.OffsetX == nil {
			return n, false, nil
		}
		settled, err := l.Settle(func(e plan.Expr) (types.Value, error) { return c.Evaluator.Fold(c.Session, e) })
		if err != nil {
			return nil, false, err
		}
		return settled, true, nil
	}}
}
