package rule

import "github.com/glauxdb/glaux/planner/plan"

// spatialJoin has joins without an equality look up shapes in an R-tree where a
// condition compares a shape of one side with one of the other. Shapes that are
// computed become columns, made once for a row instead of once for a pair.
func spatialJoin() Rule {
	return Rule{Name: "spatial_join", Match: plan.OpJoin, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		j := n.(*plan.Join)
		if len(j.Equal) > 0 || j.NullAware || j.Spatial > 0 {
			return n, false, nil
		}
		l, r := plan.OutputSet(j.Left), plan.OutputSet(j.Right)
		for i, cond := range j.On {
			s, ok := plan.AsSpatial(cond)
			if ok {
				s, ok = s.Sides(l, r)
			}
			if !ok {
				continue
			}
			out := *j
			out.Spatial, out.On = i+1, append([]plan.Expr(nil), j.On...)
			if out.Left, cond = c.shapeColumn(j.Left, s.A, cond); out.Left != j.Left {
				out.On[i] = cond
			}
			if out.Right, cond = c.shapeColumn(j.Right, s.B, cond); out.Right != j.Right {
				out.On[i] = cond
			}
			return &out, true, nil
		}
		return n, false, nil
	}}
}

// shapeColumn makes a shape a column of the side that it is computed of, and gives the
// condition with that column in its place.
func (c *Ctx) shapeColumn(side plan.Node, shape, cond plan.Expr) (plan.Node, plan.Expr) {
	if _, ok := shape.(*plan.Col); ok {
		return side, cond
	}
	col := plan.Column{ID: c.newID(), Name: "shape", Type: shape.Type()}
	ref := &plan.Col{Pos: plan.Pos(shape.Position()), ID: col.ID, Typ: col.Type, Name: col.Name}
	items := append(passAll(side.Output()), plan.Item{Col: col, X: shape})
	return &plan.Project{Input: side, Items: items}, plan.Rewrite(cond, func(e plan.Expr) plan.Expr {
		if e == shape {
			return ref
		}
		return e
	})
}
