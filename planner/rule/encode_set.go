package rule

import (
	"slices"

	"github.com/glauxdb/glaux/planner/plan"
)

// encodedSet compares numbers instead of texts where all inputs of an INTERSECT or EXCEPT
// would give the texts back: the inputs share a dictionary, and what is left gets them.
func (x *keyEncoder) encodedSet(n *plan.SetOp) plan.Node {
	if n.Kind == plan.UnionAll {
		return n
	}
	out := *n
	out.In, out.Maps, out.Cols = slices.Clone(n.In), make([][]plan.ColID, len(n.Maps)), slices.Clone(n.Cols)
	for k := range n.Maps {
		out.Maps[k] = slices.Clone(n.Maps[k])
	}
	back := &plan.Recode{}
	for i, c := range n.Cols {
		from := decodedInAll(&out, i)
		if from == nil {
			continue
		}
		code := x.c.newCol(c.Name+"_code", plan.CodeType)
		for k, f := range from {
			out.In[k] = withDict(undecoded(out.In[k].(*plan.Recode), f), f.Dict, from[0].Dict)
			out.Maps[k][i] = f.From.ID
		}
		out.Cols[i] = code
		back.Cols = append(back.Cols, plan.RecodeCol{From: code, Col: c, Dict: from[0].Dict, Back: true})
	}
	if len(back.Cols) == 0 {
		return n
	}
	back.Input = withoutEmpty(&out)
	return back
}

// decodedInAll gives how each input decodes column i; nil if one of them does not, or
// hands the text on twice.
func decodedInAll(n *plan.SetOp, i int) []plan.RecodeCol {
	var from []plan.RecodeCol
	for k, in := range n.In {
		r, ok := in.(*plan.Recode)
		if !ok {
			return nil
		}
		at := slices.IndexFunc(r.Cols, func(c plan.RecodeCol) bool {
			return c.Back && c.Col.ID == n.Maps[k][i] && c.Col.Type.Equal(n.Cols[i].Type)
		})
		if at < 0 || slices.Index(n.Maps[k], n.Maps[k][i]) != i || slices.Contains(n.Maps[k][i+1:], n.Maps[k][i]) {
			return nil
		}
		from = append(from, r.Cols[at])
	}
	return from
}

// undecoded is r without one of its columns. It stays a Recode, of none at last, which
// passes its input.
func undecoded(r *plan.Recode, c plan.RecodeCol) *plan.Recode {
	return &plan.Recode{Input: r.Input, Cols: slices.DeleteFunc(slices.Clone(r.Cols), func(o plan.RecodeCol) bool { return o.Col.ID == c.Col.ID })}
}

// withDict puts a dictionary in the place of another everywhere in n.
func withDict(n plan.Node, old, dict int) plan.Node {
	if old == dict {
		return n
	}
	return plan.Transform(n, func(m plan.Node) plan.Node {
		r, ok := m.(*plan.Recode)
		if !ok || !slices.ContainsFunc(r.Cols, func(c plan.RecodeCol) bool { return c.Dict == old }) {
			return m
		}
		s := &plan.Recode{Input: r.Input, Cols: slices.Clone(r.Cols)}
		for i := range s.Cols {
			if s.Cols[i].Dict == old {
				s.Cols[i].Dict = dict
			}
		}
		return s
	})
}

// withoutEmpty drops what encodedSet has left of its inputs' Recodes.
func withoutEmpty(n plan.Node) plan.Node {
	return plan.MapInputs(n, func(in plan.Node) plan.Node {
		if r, ok := in.(*plan.Recode); ok && len(r.Cols) == 0 {
			return r.Input
		}
		return in
	})
}
