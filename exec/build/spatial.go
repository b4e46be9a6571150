package build

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/planner/plan"
)

// spatialJoin builds a join that finds its pairs in an R-tree of the build side's
// boxes. All conditions are then checked as in a nested loop.
func (b *builder) spatialJoin(j joinPlan, bu *op.JoinBuild, p *op.Pipeline) (op.Source, error) {
	probeSet, buildSet := plan.OutputSet(j.probe), plan.OutputSet(j.build)
	s, ok := plan.AsSpatial(j.n.On[j.n.Spatial-1])
	if ok {
		s, ok = s.Sides(probeSet, buildSet)
	}
	if !ok {
		return nil, bug("the condition of a spatial join is none")
	}
	probeAt, buildAt := positions(j.probe.Output()), positions(j.build.Output())
	tree := &op.SpatialBuild{JoinBuild: bu, Empty: s.Empty}
	out := &op.SpatialJoin{ProbeTypes: typesOf(j.probe.Output()), Build: tree, Shape: j.shape, MarkType: types.TBoolean}
	var err error
	if tree.Shape, err = b.expr(s.B, buildAt); err != nil {
		return nil, err
	}
	if out.ProbeShape, err = b.expr(s.A, probeAt); err != nil {
		return nil, err
	}
	switch {
	case s.Radius == nil:
	case overOnly(s.Radius, buildSet):
		tree.Radius, err = b.expr(s.Radius, buildAt)
	default:
		out.ProbeRadius, err = b.expr(s.Radius, probeAt)
	}
	if err != nil {
		return nil, err
	}
	if out.Build, err = buildSide(b, j, tree, p); err != nil {
		return nil, err
	}
	if out.In, err = b.node(j.probe, p); err != nil {
		return nil, err
	}
	out.On, err = b.conds(j.n.On, j.pairs())
	return out, err
}

// overOnly reports whether an expression has columns, all of them of a set.
func overOnly(e plan.Expr, cols map[plan.ColID]bool) bool {
	used := map[plan.ColID]bool{}
	plan.Columns(e, used)
	for id := range used {
		if !cols[id] {
			return false
		}
	}
	return len(used) > 0
}
