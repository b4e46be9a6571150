package planner

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// substitute replaces the parameters of a plan by constants.
func (p *Planner) substitute(s *plan.Session, root plan.Node, params []types.Value) (plan.Node, error) {
	sub := &substitution{p: p, s: s, params: params}
	root = plan.Transform(root, func(n plan.Node) plan.Node {
		return plan.MapExprs(n, func(e plan.Expr) plan.Expr { return plan.Rewrite(e, sub.one) })
	})
	return root, sub.err
}

type substitution struct {
	p      *Planner
	s      *plan.Session
	params []types.Value
	err    error // the first
}

func (u *substitution) one(e plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Param:
		return u.value(e)
	case *plan.Call:
		return plan.ConstantMembers(e)
	case *plan.Or:
		return constantList(e)
	}
	return e
}

// value makes the constant of a parameter. A value of another type, usually a
// text of the wire, is converted to the type that was inferred.
func (u *substitution) value(e *plan.Param) plan.Expr {
	v := u.params[e.Index-1]
	switch {
	case v.Null:
		return &plan.Const{Pos: e.Pos, Value: types.NullOf(e.Typ)}
	case v.Type.Kind == types.Unknown:
		v = types.StringOf(types.TVarchar, v.S)
	}
	if v.Type.IsString() && e.Typ.IsString() && e.Typ.Kind != types.Char {
		v.Type = e.Typ
	}
	k := &plan.Const{Pos: e.Pos, Value: v}
	if v.Type.Equal(e.Typ) {
		return k
	}
	w, err := u.p.c.Evaluator.Fold(u.s, &plan.Cast{Pos: e.Pos, X: k, To: e.Typ, Dialect: u.s.Dialect})
	if err != nil {
		if u.err == nil {
			u.err = fault.As(err).At(e.Position())
		}
		return k
	}
	return &plan.Const{Pos: e.Pos, Value: w}
}

// constantList turns x = $1 OR x = $2 ..., which IN ($1, $2 ...) was bound to,
// into IN once the values are known.
func constantList(o *plan.Or) plan.Expr {
	var in *plan.In
	for _, a := range o.Args {
		c, ok := a.(*plan.Compare)
		if !ok || c.Op != plan.EQ {
			return o
		}
		k, ok := c.R.(*plan.Const)
		if !ok {
			return o
		}
		if in == nil {
			in = &plan.In{Pos: o.Pos, X: c.L}
		}
		if !plan.Same(in.X, c.L) || plan.IsVolatile(c.L) {
			return o
		}
		in.List = append(in.List, k.Value)
	}
	return in
}
