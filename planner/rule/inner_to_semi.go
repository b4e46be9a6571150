package rule

import (
	"slices"

	"github.com/glauxdb/glaux/planner/plan"
)

// innerToSemi looks for a partner only where a join would find them all: below the
// right side of a semi, anti or mark join it does not matter how often a row comes, so
// that an inner join of which one side is not read any more becomes a semi join, and a
// left join whose right side is not read goes away. A WITH is such a place if all its
// references are.
func innerToSemi() Rule {
	return Rule{Name: "inner_to_semi", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		s := &semiPlaces{refs: map[int]int{}, need: map[int]colSet{}}
		out := plan.Transform(root, func(n plan.Node) plan.Node {
			if j, ok := n.(*plan.Join); ok && (j.Kind == plan.Semi || j.Kind == plan.Anti || j.Kind == plan.Mark) {
				used := colSet{}
				plan.Used(j, used)
				return j.WithInputs([]plan.Node{j.Left, s.once(j.Right, used)})
			}
			return n
		})
		out = s.definitions(out)
		return out, s.changed, nil
	}}
}

// semiPlaces are where duplicates do not matter.
type semiPlaces struct {
	refs    map[int]int    // by WITH: the references among them
	need    map[int]colSet // by WITH: the columns of its definition that these read
	changed bool
}

// once makes n put out the columns that are needed, rows perhaps less often.
func (s *semiPlaces) once(n plan.Node, need colSet) plan.Node {
	switch n := n.(type) {
	case *plan.Project:
		return s.project(n, need)
	case *plan.Filter:
		return &plan.Filter{Input: s.once(n.Input, plus(need, n)), Conds: n.Conds}
	case *plan.Join:
		return s.join(n, need)
	case *plan.SetOp:
		if n.Kind != plan.UnionAll {
			return n
		}
		in := slices.Clone(n.In)
		for i := range in {
			in[i] = s.once(in[i], idSet(n.Maps[i]))
		}
		return n.WithInputs(in)
	case *plan.CTERef:
		s.refs[n.ID]++
		if s.need[n.ID] == nil {
			s.need[n.ID] = colSet{}
		}
		for _, id := range n.From {
			s.need[n.ID][id] = true
		}
	}
	return n
}

func (s *semiPlaces) project(n *plan.Project, need colSet) plan.Node {
	if slices.ContainsFunc(n.Items, func(it plan.Item) bool { return plan.IsVolatile(it.X) }) {
		return n
	}
	out := &plan.Project{Items: keep(n.Items, func(it plan.Item) bool { return need[it.Col.ID] })}
	out.Input = s.once(n.Input, plus(nil, out))
	return out
}

func (s *semiPlaces) join(n *plan.Join, need colSet) plan.Node {
	all := plus(need, n)
	left, right := intersects(plan.OutputSet(n.Left), need), intersects(plan.OutputSet(n.Right), need)
	if slices.ContainsFunc(joinConds(n), plan.IsVolatile) {
		return n
	}
	switch {
	case n.Kind == plan.Left && !right:
		s.changed = true
		return s.once(n.Left, need)
	case n.Kind == plan.Inner && len(n.Equal) > 0 && !right:
		s.changed = true
		return &plan.Join{Kind: plan.Semi, Left: s.once(n.Left, all), Right: s.once(n.Right, all), Equal: n.Equal, On: n.On}
	case n.Kind == plan.Inner && len(n.Equal) > 0 && !left:
		s.changed = true
		equal := slices.Clone(n.Equal)
		for i, k := range equal {
			equal[i] = plan.EqualKey{L: k.R, R: k.L, NullSafe: k.NullSafe}
		}
		return &plan.Join{Kind: plan.Semi, Left: s.once(n.Right, all), Right: s.once(n.Left, all), Equal: equal, On: n.On}
	case n.Kind == plan.Inner:
		return n.WithInputs([]plan.Node{s.once(n.Left, all), s.once(n.Right, all)})
	case n.Kind == plan.Left || n.Kind == plan.Semi || n.Kind == plan.Anti || n.Kind == plan.Mark:
		return n.WithInputs([]plan.Node{s.once(n.Left, all), n.Right})
	}
	return n
}

// definitions goes on below the WITHs whose references are all where duplicates do not
// matter. A definition may refer to others: the outer ones come last.
func (s *semiPlaces) definitions(root plan.Node) plan.Node {
	total := map[int]int{}
	plan.Visit(root, func(n plan.Node) bool {
		if r, ok := n.(*plan.CTERef); ok {
			total[r.ID]++
		}
		return true
	})
	return plan.Transform(root, func(n plan.Node) plan.Node {
		w, ok := n.(*plan.With)
		if !ok || s.refs[w.ID] == 0 || s.refs[w.ID] < total[w.ID] {
			return n
		}
		return w.WithInputs([]plan.Node{s.once(w.Def, s.need[w.ID]), w.Body})
	})
}
