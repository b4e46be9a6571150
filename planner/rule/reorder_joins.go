package rule

import (
	"github.com/glauxdb/glaux/planner/cost"
	"github.com/glauxdb/glaux/planner/plan"
)

// reorderJoins orders the joins by estimated rows and chooses their build
// sides: package cost.
func reorderJoins() Rule {
	return Rule{Name: "reorder_joins", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		out := cost.Order(cost.New(), root)
		return out, out != root, nil
	}}
}
