package cost

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// classes are sets of columns that a cluster's conditions make equal
// (union-find).
type classes struct {
	parent map[plan.ColID]plan.ColID
	cols   map[plan.ColID]*plan.Col
	order  []plan.ColID // as first seen, so that the result does not vary
}

func (s *classes) find(x plan.ColID) plan.ColID {
	for s.parent[x] != x {
		s.parent[x] = s.parent[s.parent[x]]
		x = s.parent[x]
	}
	return x
}

func (s *classes) unite(l, r *plan.Col) {
	for _, col := range []*plan.Col{l, r} {
		if _, known := s.parent[col.ID]; !known {
			s.parent[col.ID], s.cols[col.ID] = col.ID, col
			s.order = append(s.order, col.ID)
		}
	}
	s.parent[s.find(l.ID)] = s.find(r.ID)
}

// closeEqualities adds the column equalities that follow from those given (x =
// y, y = z), so that relations may be joined directly that only meet through a
// third. Two columns of one relation that turn out equal are compared there.
func (c *cluster) closeEqualities() {
	s := classes{parent: map[plan.ColID]plan.ColID{}, cols: map[plan.ColID]*plan.Col{}}
	have := map[[2]plan.ColID]bool{}
	for _, cd := range c.conds {
		if l, r, ok := plainEquality(cd); ok {
			s.unite(l, r)
			have[[2]plan.ColID{l.ID, r.ID}], have[[2]plan.ColID{r.ID, l.ID}] = true, true
		}
	}
	numbers := map[plan.ColID]int{}
	for _, id := range s.order {
		if root := s.find(id); numbers[root] == 0 {
			numbers[root] = len(numbers) + 1
		}
	}
	for i, cd := range c.conds {
		if l, _, ok := plainEquality(cd); ok {
			c.conds[i].class = numbers[s.find(l.ID)] - 1
		}
	}
	for i, x := range s.order {
		for _, y := range s.order[i+1:] {
			if s.find(x) == s.find(y) && !have[[2]plan.ColID{x, y}] {
				c.implied(s.cols[x], s.cols[y], numbers[s.find(x)]-1)
			}
		}
	}
}

func (c *cluster) implied(x, y *plan.Col, class int) {
	l, _ := c.rels(x)
	r, _ := c.rels(y)
	e := &plan.Compare{Op: plan.EQ, L: x, R: y}
	if l == r {
		for i := range c.leaves {
			if l == 1<<i {
				c.leaves[i].node = &plan.Filter{Input: c.leaves[i].node, Conds: []plan.Expr{e}}
			}
		}
		return
	}
	c.conds = append(c.conds, cond{expr: e, rels: l | r, eq: e, l: l, r: r, class: class})
}

// plainEquality reads a condition as col = col, of a type whose equal values
// are the same to the bit.
func plainEquality(cd cond) (l, r *plan.Col, ok bool) {
	if cd.eq == nil || cd.eq.Op != plan.EQ {
		return nil, nil, false
	}
	l, ok1 := cd.eq.L.(*plan.Col)
	r, ok2 := cd.eq.R.(*plan.Col)
	if !ok1 || !ok2 || l.Typ.IsFloat() || l.Typ.Kind == types.Char {
		return nil, nil, false
	}
	return l, r, true
}
