package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// This file binds PartiQL's items of FROM: paths into the columns of an item
// before them. FROM t, t.list AS e AT i is an inner join with the elements of
// t.list, LEFT JOIN t.list AS e ON true an outer one; UNPIVOT t.object AS v AT k
// gives an object's members.

// navigate binds a path; nil if the name is not one.
func (b *binder) navigate(e *ast.TableName, left *scope) (*fromItem, error) {
	x, err := b.pathExpr(e.Name, left)
	if x == nil || err != nil {
		return nil, err
	}
	keys := "key"
	if e.Unpivot {
		if x, err = b.members(x, e); err != nil {
			return nil, err
		}
	} else if x.Type().Kind == types.JSON {
		if x, err = b.jsonAs(x, "array", types.ArrayOf(types.TJSON), e.Pos); err != nil {
			return nil, err
		}
	}
	u := &plan.Unnest{Args: []plan.Expr{x}, Input: oneRow()}
	cols, err := b.unnestColumns(x, e.Pos)
	if err != nil {
		return nil, err
	}
	u.Outs = [][]plan.Column{cols}
	r := &relation{name: e.Name.Last().Name, element: x.Type().Kind == types.Array}
	alias := r.name
	if e.Alias.Name.Name != "" {
		alias = e.Alias.Name.Name
	}
	for _, c := range cols {
		r.cols = append(r.cols, relCol{name: c.Name, x: plan.Ref(c)})
	}
	switch {
	case e.Unpivot:
		if e.Ordinal.Name != "" {
			keys = e.Ordinal.Name
		}
		r.cols = []relCol{{name: alias, x: r.cols[1].x}, {name: keys, x: r.cols[0].x}}
	case e.Ordinal.Name != "":
		position, err := b.position(u, e)
		if err != nil {
			return nil, err
		}
		r.cols = append(r.cols, relCol{name: e.Ordinal.Name, x: position})
		fallthrough
	default:
		if x.Type().Kind == types.Array && len(cols) == 1 && x.Type().Elem().Kind != types.Row {
			r.cols[0].name = alias
		}
	}
	return b.aliased(&fromItem{node: u, rels: []*relation{r}, cols: r.cols}, e.Alias)
}

// position adds the column of AT to u: positions count from 0 in PartiQL.
func (b *binder) position(u *plan.Unnest, e *ast.TableName) (plan.Expr, error) {
	col := b.newCol(e.Ordinal.Name, types.TBigInt)
	u.Ordinality = &col
	one := &plan.Const{Value: types.IntOf(types.TBigInt, 1)}
	return b.apply(e.Ordinal.Pos, "-", []plan.Expr{plan.Ref(col), one})
}

// pathExpr gives the collection that a name in FROM leads to: a column of an item
// before it, or of a query around it, then any number of fields. nil: the name is
// of something else, a table.
func (b *binder) pathExpr(name ast.Name, left *scope) (plan.Expr, error) {
	for _, fold := range []bool{false, true} {
		for sc := left; sc != nil; sc = sc.outer {
			if !b.navigable(sc, name, fold) {
				continue
			}
			x, used, err := b.find(sc, name, fold)
			if x == nil || err != nil {
				continue
			}
			x, err = b.fields(withPos(x, b.planPos(name)), name[used:])
			if err != nil || !isCollection(x.Type()) {
				return nil, nil
			}
			return x, b.readable(x, name.Position())
		}
	}
	return nil, nil
}

func isCollection(t types.Type) bool {
	switch t.Kind {
	case types.Array, types.Map, types.JSON, types.Row:
		return true
	}
	return false
}

// navigable reports whether a scope has the item that a path starts at. A name
// without a dot is one only of an item that is an element itself.
func (b *binder) navigable(sc *scope, name ast.Name, fold bool) bool {
	for _, r := range sc.rels {
		if sameName(r.name, name[0].Name, fold) && (len(name) > 1 || r.element && len(r.cols) == 1 && r.cols[0].x.Type().Kind == types.Array) {
			return true
		}
	}
	return false
}

// notNavigable makes the error for a path whose item is there and whose column is
// not, or is no collection; err if the name was not meant as a path.
func (b *binder) notNavigable(e *ast.TableName, left *scope, err error) error {
	if !undefined(err) || len(e.Name) < 2 {
		return err
	}
	for sc := left; sc != nil; sc = sc.outer {
		for _, r := range sc.rels {
			if !sameName(r.name, e.Name[0].Name, true) {
				continue
			}
			if x, found := b.relColumn(r, e.Name[1], true); x == nil || found != nil {
				return b.noColumnOf(r, e.Name)
			}
			return b.fail(e.Pos, fault.CodeWrongObjectType, "%s in FROM must be an array, a map or JSON", e.Name)
		}
	}
	return err
}

// members makes the map of an object's members that UNPIVOT unnests.
func (b *binder) members(x plan.Expr, e *ast.TableName) (plan.Expr, error) {
	t := x.Type()
	switch t.Kind {
	case types.Map:
		return x, nil
	case types.JSON:
		return b.jsonAs(x, "object", types.MapOf(types.TVarchar, types.TJSON), e.Pos)
	case types.Row:
		names := &plan.MakeArray{Pos: b.planPos(e), Typ: types.ArrayOf(types.TVarchar)}
		values := make([]plan.Expr, len(t.Fields))
		for i, f := range t.Fields {
			names.Args = append(names.Args, &plan.Const{Value: types.StringOf(types.TVarchar, f.Name)})
			values[i] = &plan.Field{Pos: b.planPos(e), X: x, Index: i}
		}
		values, err := b.common(values, e.Pos, "UNPIVOT")
		if err != nil {
			return nil, err
		}
		return b.apply(e.Pos, "map", []plan.Expr{names, &plan.MakeArray{Pos: b.planPos(e), Args: values, Typ: types.ArrayOf(values[0].Type())}})
	}
	return nil, b.fail(e.Pos, fault.CodeWrongObjectType, "UNPIVOT takes a row, a map or JSON, not %s", t)
}

// jsonAs casts JSON of this kind; JSON of another kind has no elements.
func (b *binder) jsonAs(x plan.Expr, kind string, t types.Type, pos ast.Pos) (plan.Expr, error) {
	is, err := b.apply(pos, "json_typeof", []plan.Expr{x})
	if err != nil {
		return nil, err
	}
	cond := &plan.Compare{Op: plan.EQ, L: is, R: &plan.Const{Value: types.StringOf(types.TVarchar, kind)}}
	return &plan.Case{Whens: []plan.When{{Cond: cond, Result: &plan.Cast{X: x, To: t}}}, Typ: t}, nil
}
