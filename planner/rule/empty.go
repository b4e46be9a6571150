package rule

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// propagateEmpty replaces what cannot have rows, because an input has none, by
// an empty Values, and drops empty inputs of unions and outer joins.
func propagateEmpty() Rule {
	return Rule{Name: "propagate_empty", Match: OpAny, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		switch n := n.(type) {
		case *plan.Virtual:
			if known, ok := n.Table.(plan.VirtualFacts); ok && known.Facts().Empty {
				return emptyLike(n), true, nil
			}
		case *plan.Filter, *plan.Project, *plan.Sort, *plan.DistinctOn, *plan.Unnest, *plan.Window, *plan.MatchRecognize:
			if isEmpty(n.Inputs()[0]) {
				return emptyLike(n), true, nil
			}
		case *plan.Limit:
			if isEmpty(n.Input) || n.Limit == 0 {
				return emptyLike(n), true, nil
			}
		case *plan.Aggregate:
			if len(n.Keys) > 0 && isEmpty(n.Input) {
				return emptyLike(n), true, nil
			}
		case *plan.Join:
			return emptyJoin(n)
		case *plan.SetOp:
			return emptySetOp(n)
		}
		return n, false, nil
	}}
}

func emptyJoin(n *plan.Join) (plan.Node, bool, error) {
	l, r := isEmpty(n.Left), isEmpty(n.Right)
	if !l && !r {
		return n, false, nil
	}
	switch n.Kind {
	case plan.Inner, plan.Semi:
		return emptyLike(n), true, nil
	case plan.Left, plan.Single, plan.Anti, plan.Mark:
		if l {
			return emptyLike(n), true, nil
		}
	case plan.Right:
		if r {
			return emptyLike(n), true, nil
		}
	case plan.Full:
		if l && r {
			return emptyLike(n), true, nil
		}
	}
	switch {
	case n.Kind == plan.Anti:
		return n.Left, true, nil
	case n.Kind == plan.Mark:
		items := append(passAll(n.Left.Output()), plan.Item{Col: n.MarkCol, X: boolConst(false)})
		return &plan.Project{Input: n.Left, Items: items}, true, nil
	case r && (n.Kind == plan.Left || n.Kind == plan.Single || n.Kind == plan.Full):
		return &plan.Project{Input: n.Left, Items: append(passAll(n.Left.Output()), nullItems(n.Right.Output())...)}, true, nil
	case l && (n.Kind == plan.Right || n.Kind == plan.Full):
		return &plan.Project{Input: n.Right, Items: append(nullItems(n.Left.Output()), passAll(n.Right.Output())...)}, true, nil
	}
	return n, false, nil
}

func passAll(cols []plan.Column) []plan.Item {
	items := make([]plan.Item, len(cols))
	for i, c := range cols {
		items[i] = plan.PassItem(c)
	}
	return items
}

func nullItems(cols []plan.Column) []plan.Item {
	items := make([]plan.Item, len(cols))
	for i, c := range cols {
		items[i] = plan.Item{Col: c, X: &plan.Const{Value: types.NullOf(c.Type)}}
	}
	return items
}

func emptySetOp(n *plan.SetOp) (plan.Node, bool, error) {
	if n.Kind != plan.UnionAll {
		if isEmpty(n.In[0]) || n.Kind == plan.Intersect && anyEmpty(n.In) {
			return emptyLike(n), true, nil
		}
		return n, false, nil
	}
	var in []plan.Node
	var maps [][]plan.ColID
	for i, k := range n.In {
		if !isEmpty(k) {
			in, maps = append(in, k), append(maps, n.Maps[i])
		}
	}
	switch {
	case len(in) == len(n.In) && len(in) > 1:
		return n, false, nil
	case len(in) == 0:
		return emptyLike(n), true, nil
	case len(in) == 1:
		return unionOfOne(n, in[0], maps[0]), true, nil
	}
	return &plan.SetOp{Kind: n.Kind, All: n.All, In: in, Maps: maps, Cols: n.Cols}, true, nil
}

// unionOfOne is a union with a single input: a renaming.
func unionOfOne(n *plan.SetOp, in plan.Node, ids []plan.ColID) plan.Node {
	byID := map[plan.ColID]plan.Column{}
	for _, c := range in.Output() {
		byID[c.ID] = c
	}
	items := make([]plan.Item, len(n.Cols))
	for i, c := range n.Cols {
		items[i] = plan.Item{Col: c, X: plan.Ref(byID[ids[i]])}
	}
	return &plan.Project{Input: in, Items: items}
}

func anyEmpty(in []plan.Node) bool {
	for _, k := range in {
		if isEmpty(k) {
			return true
		}
	}
	return false
}
