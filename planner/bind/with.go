package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// cteEnv holds the WITH names of one query; a name hides those of parent.
type cteEnv struct {
	parent *cteEnv
	ctes   []*cte
}

// cte is a WITH item. It is bound when first referred to; each reference is a
// CTERef until the whole query is bound, when closeWith decides what becomes
// of them.
type cte struct {
	def       *ast.CTE
	outer     *scope
	env       *cteEnv // what its own query may refer to
	id        int
	r         *rel       // nil: not bound yet
	binding   bool       // its own query is being bound: a reference now is recursion
	recursive bool       // of WITH RECURSIVE: it may refer to itself
	work      *workTable // not nil while its recursive term is bound
	refs      int
}

// with opens the WITH clause of q.
func (b *binder) with(q *ast.Query, outer *scope, env *cteEnv) (*cteEnv, error) {
	if len(q.With) == 0 {
		return env, nil
	}
	seen := map[string]bool{}
	e := env
	for i := range q.With {
		d := &q.With[i]
		if seen[d.Name.Name] {
			return nil, b.fail(d.Name.Pos, fault.CodeDuplicateAlias, "WITH query name %q specified more than once", d.Name.Name)
		}
		seen[d.Name.Name] = true
		item := &cte{def: d, outer: outer, env: e, id: b.newWith()}
		e = &cteEnv{parent: e, ctes: []*cte{item}}
		if q.Recurs {
			item.env, item.recursive = e, true
		}
	}
	// One environment for the body, so that closeWith knows what is this query's.
	all := &cteEnv{parent: env}
	for n := e; n != env; n = n.parent {
		all.ctes = append([]*cte{n.ctes[0]}, all.ctes...)
	}
	return all, nil
}

func (e *cteEnv) find(name string, fold bool) *cte {
	for ; e != nil; e = e.parent {
		for _, c := range e.ctes {
			if sameName(c.def.Name.Name, name, fold) {
				return c
			}
		}
	}
	return nil
}

// bindCTE binds the query of a WITH item, once.
func (b *binder) bindCTE(c *cte) error {
	if c.r != nil {
		return nil
	}
	c.binding = true
	r, err := b.recursive(c)
	if err != nil {
		return err
	}
	if r == nil {
		if r, err = b.query(c.def.Query, c.outer, c.env); err != nil {
			return err
		}
		r = b.settle(r)
		if err := nameColumns(b, c.def, r); err != nil {
			return err
		}
	}
	c.r, c.binding = r, false
	return nil
}

// cteRef makes a reference to a WITH item.
func (b *binder) cteRef(c *cte, pos ast.Pos) (*rel, error) {
	if c.work != nil {
		return b.workRef(c, pos), nil
	}
	if c.binding {
		return nil, b.wrongRecursion(c, pos)
	}
	if err := b.bindCTE(c); err != nil {
		return nil, err
	}
	c.refs++
	ref := &plan.CTERef{ID: c.id, Name: c.def.Name.Name}
	for _, oc := range c.r.cols {
		col := b.newCol(oc.name, oc.typ)
		b.declaredCols[col.ID] = b.declaredCols[oc.id]
		ref.Cols = append(ref.Cols, col)
		ref.From = append(ref.From, oc.id)
	}
	return &rel{node: ref, cols: visible(ref.Cols)}, nil
}

// closeWith ends the query that env's names belong to: what is referred to
// once, or reads columns of an outer query, is put in its place; the rest is
// shared through a With node. Items that nothing refers to are only checked.
func (b *binder) closeWith(r *rel, env *cteEnv) (*rel, error) {
	node := r.node
	for i := len(env.ctes) - 1; i >= 0; i-- {
		c := env.ctes[i]
		if c.refs == 0 {
			if err := b.bindCTE(c); err != nil {
				return nil, err
			}
			continue
		}
		keep := c.def.Materialized != nil && *c.def.Materialized
		drop := c.def.Materialized != nil && !*c.def.Materialized
		if len(plan.Free(c.r.node)) > 0 || drop || c.refs == 1 && !keep {
			node = b.inline(node, c)
			continue
		}
		node = &plan.With{ID: c.id, Name: c.def.Name.Name, Def: c.r.node, Body: node}
	}
	return &rel{node: node, cols: r.cols}, nil
}

// inline replaces the references to c by its plan, each with columns of its own.
func (b *binder) inline(n plan.Node, c *cte) plan.Node {
	first := true
	return plan.Transform(n, func(m plan.Node) plan.Node {
		ref, ok := m.(*plan.CTERef)
		if !ok || ref.ID != c.id {
			return m
		}
		def, ids := c.r.node, map[plan.ColID]plan.ColID(nil)
		if !first {
			def, ids = plan.Renumber(def, b.newID, b.newWith)
		}
		first = false
		p := &plan.Project{Input: def}
		for i, col := range ref.Cols {
			from := ref.From[i]
			if id, ok := ids[from]; ok {
				from = id
			}
			p.Items = append(p.Items, plan.Item{Col: col, X: &plan.Col{ID: from, Typ: col.Type, Name: col.Name}})
		}
		return p
	})
}

// names are those of all WITH items in reach.
func (e *cteEnv) names() []string {
	var out []string
	for ; e != nil; e = e.parent {
		for _, c := range e.ctes {
			out = append(out, c.def.Name.Name)
		}
	}
	return out
}
