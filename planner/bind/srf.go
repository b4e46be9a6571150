package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// srfCall is a bound set-returning function: arrays (or a map) that are
// unnested side by side, or a TableCall.
type srfCall struct {
	arrays []plan.Expr
	outs   [][]plan.Column // parallel to arrays
	table  *plan.TableCall
	ret    types.Type // of one row: a row type if there are several columns
	at     ast.Pos
}

func (s *srfCall) cols() []plan.Column {
	if s.table != nil {
		return s.table.Cols
	}
	var out []plan.Column
	for _, cols := range s.outs {
		out = append(out, cols...)
	}
	return out
}

// setReturning reports whether a function gives rows.
func (b *binder) setReturning(name string) bool {
	switch name {
	case "unnest", "generate_subscripts", "_pg_expandarray":
		return true
	}
	kind, ok := b.cfg.Functions.Kind(name)
	return ok && kind == plan.TableFunc
}

// rowsOf binds a set-returning call. A TableCall's arguments are constants; where
// they are not, the rows are made an array and unnested.
func (b *binder) rowsOf(c *exprCtx, e *ast.Call, name string) (*srfCall, error) {
	xs, err := b.exprs(c, e.Args)
	if err != nil {
		return nil, err
	}
	s := &srfCall{at: e.Pos}
	switch name {
	case "unnest":
		return s, b.unnestCall(s, e, xs)
	case "generate_subscripts":
		if firstDimension(xs) {
			return s, b.subscripts(s, xs)
		}
	case "_pg_expandarray":
		return s, b.expandArray(s, xs)
	}
	return s, b.tableRows(c, s, e.Pos, name, xs)
}

// tableRows applies a table function of the registry.
func (b *binder) tableRows(c *exprCtx, s *srfCall, pos ast.Pos, name string, xs []plan.Expr) error {
	fn, err := b.resolve(name, plan.TableFunc, b.args(xs))
	if err != nil {
		return b.located(err, pos)
	}
	given := b.args(xs)
	if xs, err = b.coerceArgs(xs, fn.Params, pos); err != nil {
		return err
	}
	s.ret = fn.Ret
	if name == "generate_series" && fn.Ret.IsInteger() && steadyStep(xs) && readsColumns(xs) {
		x, err := b.series(pos, xs, fn.Ret)
		s.add(b, x, name, fn.Ret)
		return err
	}
	if readsColumns(xs) || len(c.st.applies) > 0 {
		return b.rowsArray(s, pos, name, xs, given)
	}
	s.table = &plan.TableCall{Fn: fn, Args: xs}
	if fn.Ret.Kind != types.Row {
		s.table.Cols = []plan.Column{b.newCol(name, fn.Ret)}
		return nil
	}
	for _, f := range fn.Ret.Fields {
		s.table.Cols = append(s.table.Cols, b.newCol(f.Name, f.Type))
	}
	return nil
}

func (s *srfCall) add(b *binder, array plan.Expr, name string, t types.Type) {
	s.arrays, s.outs = append(s.arrays, array), append(s.outs, []plan.Column{b.newCol(name, t)})
}

func (b *binder) unnestCall(s *srfCall, e *ast.Call, xs []plan.Expr) error {
	for i, x := range xs {
		cols, err := b.unnestColumns(x, e.Args[i].Position())
		if err != nil {
			return err
		}
		s.arrays, s.outs = append(s.arrays, x), append(s.outs, cols)
		s.ret = types.RowOf()
		if t := x.Type(); t.Kind == types.Array && len(xs) == 1 {
			s.ret = t.Elem()
		}
	}
	return nil
}

// steadyStep tells a series whose step is a number other than zero. One of a column may
// be zero in some row, of which the table function itself complains.
func steadyStep(xs []plan.Expr) bool {
	switch len(xs) {
	case 2:
		return true
	case 3:
		k, ok := xs[2].(*plan.Const)
		return ok && !k.Value.Null && k.Value.I != 0
	}
	return false
}

// series makes generate_series over integers an array. PostgreSQL gives no row
// when the end lies behind the start; sequence would count down or refuse.
func (b *binder) series(pos ast.Pos, xs []plan.Expr, t types.Type) (plan.Expr, error) {
	if len(xs) == 2 {
		xs = append(xs[:2:2], &plan.Const{Value: types.IntOf(t, 1)})
	}
	array, err := b.apply(pos, "sequence", xs)
	if err != nil {
		return nil, err
	}
	x := &plan.Case{Whens: []plan.When{{Cond: seriesGoes(xs), Result: array}}, Typ: array.Type()}
	return b.coerce(x, types.ArrayOf(t), pos)
}

// seriesGoes is the condition under which a series with a steady step has a first
// element.
func seriesGoes(xs []plan.Expr) plan.Expr {
	op := plan.LE
	if xs[2].(*plan.Const).Value.I < 0 {
		op = plan.GE
	}
	return &plan.Compare{Op: op, L: xs[0], R: xs[1]}
}

// rowsArray unnests the array of what a table function gives for each row.
func (b *binder) rowsArray(s *srfCall, pos ast.Pos, name string, xs []plan.Expr, given []plan.Arg) error {
	fn, err := b.resolve(name, plan.TableRows, given)
	if err != nil {
		return b.located(err, pos)
	}
	s.arrays = append(s.arrays, &plan.Call{Pos: plan.Pos(b.pos(pos)), Fn: fn, Args: xs, Typ: fn.Ret})
	if s.ret.Kind != types.Row {
		s.outs = append(s.outs, []plan.Column{b.newCol(name, s.ret)})
		return nil
	}
	var cols []plan.Column
	for _, f := range s.ret.Fields {
		cols = append(cols, b.newCol(f.Name, f.Type))
	}
	s.outs = append(s.outs, cols)
	return nil
}

// firstDimension tells the plain form of generate_subscripts: dimension 1, in
// ascending order.
func firstDimension(xs []plan.Expr) bool {
	if len(xs) != 2 || xs[0].Type().Kind != types.Array {
		return false
	}
	k, ok := xs[1].(*plan.Const)
	return ok && !k.Value.Null && k.Value.Type.IsInteger() && k.Value.I == 1
}

// subscripts is generate_subscripts(array, 1): the numbers of its elements.
func (b *binder) subscripts(s *srfCall, xs []plan.Expr) error {
	x, err := b.numbers(s.at, xs[0], xs[0].Type().LowerBound())
	s.ret = types.TInteger
	s.add(b, x, "generate_subscripts", types.TInteger)
	return err
}

// expandArray is information_schema._pg_expandarray(array): its elements x and
// their numbers n.
func (b *binder) expandArray(s *srfCall, xs []plan.Expr) error {
	if len(xs) != 1 || xs[0].Type().Kind != types.Array {
		return b.fail(s.at, fault.CodeUndefinedFunction, "_pg_expandarray takes an array")
	}
	n, err := b.numbers(s.at, xs[0], 1)
	elem := xs[0].Type().Elem()
	s.add(b, xs[0], "x", elem)
	s.add(b, n, "n", types.TInteger)
	s.ret = types.RowOf(types.Field{Name: "x", Type: elem}, types.Field{Name: "n", Type: types.TInteger})
	return err
}

// numbers makes the array of the first so many numbers, counted from 0 or 1, as
// x has elements.
func (b *binder) numbers(pos ast.Pos, x plan.Expr, first int64) (plan.Expr, error) {
	n, err := b.apply(pos, "cardinality", []plan.Expr{x})
	if err != nil {
		return nil, err
	}
	one := &plan.Const{Value: types.IntOf(n.Type(), 1)}
	if first == 0 {
		if n, err = b.apply(pos, "-", []plan.Expr{n, one}); err != nil {
			return nil, err
		}
	}
	return b.series(pos, []plan.Expr{&plan.Const{Value: types.IntOf(n.Type(), first)}, n, one}, types.TInteger)
}

// srfSet collects the set-returning functions of a select list. All of them
// advance together; the shorter ones are filled up with NULL.
type srfSet struct{ calls []*srfCall }

// each replaces the arguments.
func (s *srfSet) each(f func(plan.Expr) (plan.Expr, error)) error {
	all := func(xs []plan.Expr) (out []plan.Expr, err error) {
		out = make([]plan.Expr, len(xs))
		for i, x := range xs {
			if out[i], err = f(x); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	var err error
	for _, c := range s.calls {
		if c.arrays, err = all(c.arrays); err != nil {
			return err
		}
		if c.table != nil {
			t := *c.table
			if t.Args, err = all(t.Args); err != nil {
				return err
			}
			c.table = &t
		}
	}
	return nil
}

// setReturningCall binds a set-returning function in a select list.
func (b *binder) setReturningCall(c *exprCtx, e *ast.Call, name string) (plan.Expr, error) {
	if c.srf == nil {
		return nil, b.unsupported(e.Pos, "set-returning functions are not allowed in %s: %s", c.clause, name)
	}
	if name == "unnest" && len(e.Args) != 1 {
		return nil, b.fail(e.Pos, fault.CodeUndefinedFunction, "unnest in a select list takes one array")
	}
	in := *c
	in.srf = nil
	s, err := b.rowsOf(&in, e, name)
	if err != nil {
		return nil, err
	}
	c.srf.calls = append(c.srf.calls, s)
	cols := s.cols()
	if s.ret.Kind != types.Row && len(cols) == 1 {
		return withPos(plan.Ref(cols[0]), b.planPos(e)), nil
	}
	row := &plan.MakeRow{Pos: b.planPos(e)}
	var fs []types.Field
	for _, c := range cols {
		row.Args = append(row.Args, plan.Ref(c))
		fs = append(fs, types.Field{Name: c.Name, Type: c.Type})
	}
	row.Typ = types.RowOf(fs...)
	return row, nil
}

// setReturning puts the collected calls on top of the plan: a single TableCall
// is joined to every row, everything else is unnested together.
func (z *selector) setReturning() error {
	calls := z.srf.calls
	if len(calls) == 0 {
		return nil
	}
	z.node = z.post.over(z.node)
	z.post.applies = nil
	if len(calls) == 1 && calls[0].table != nil {
		z.node = &plan.Apply{Kind: plan.Inner, Left: z.node, Right: calls[0].table}
		return nil
	}
	u := &plan.Unnest{}
	st := &stage{}
	for _, c := range calls {
		if c.table == nil {
			u.Args, u.Outs = append(u.Args, c.arrays...), append(u.Outs, c.outs...)
			continue
		}
		x, err := z.b.asArray(&exprCtx{sc: z.sc, st: st}, c)
		if err != nil {
			return err
		}
		u.Args, u.Outs = append(u.Args, x), append(u.Outs, c.table.Cols)
	}
	u.Input = st.over(z.node)
	z.node = u
	return nil
}

// asArray collects what a table function gives; its columns get new IDs, since
// the unnested ones keep the old.
func (b *binder) asArray(c *exprCtx, s *srfCall) (plan.Expr, error) {
	n, ids := plan.Renumber(s.table, b.newID, b.newWith)
	args := make([]plan.Expr, len(s.table.Cols))
	var fs []types.Field
	for i, col := range s.table.Cols {
		args[i] = &plan.Col{ID: ids[col.ID], Typ: col.Type, Name: col.Name}
		fs = append(fs, types.Field{Name: col.Name, Type: col.Type})
	}
	x := args[0]
	if len(args) > 1 {
		x = &plan.MakeRow{Args: args, Typ: types.RowOf(fs...)}
	}
	return b.collected(c, n, x, s.at)
}

// rowsFrom is ROWS FROM (f(x), g(y)): the rows of several functions side by side, the
// shorter ones filled up with NULL. A function that gives one value gives one row.
func (b *binder) rowsFrom(e *ast.FuncTable, left *scope, env *cteEnv) (*fromItem, error) {
	c := &exprCtx{sc: &scope{outer: left, env: env}, st: &stage{}, clause: "functions in FROM"}
	u := &plan.Unnest{}
	for _, call := range e.Calls {
		name, err := b.funcName(call.Name)
		if err != nil {
			return nil, err
		}
		s := &srfCall{at: call.Pos}
		if b.setReturning(name) {
			s, err = b.rowsOf(c, call, name)
		} else {
			err = b.oneValue(c, s, call, name)
		}
		if err != nil {
			return nil, err
		}
		if s.table != nil {
			x, err := b.asArray(c, s)
			if err != nil {
				return nil, err
			}
			s.arrays, s.outs = []plan.Expr{x}, [][]plan.Column{s.table.Cols}
		}
		u.Args, u.Outs = append(u.Args, s.arrays...), append(u.Outs, s.outs...)
	}
	if e.Ordinality {
		o := b.newCol("ordinality", types.TBigInt)
		u.Ordinality = &o
	}
	u.Input = c.st.over(oneRow())
	return b.named(&rel{node: u, cols: visible(u.Output()[len(u.Input.Output()):])}, "", e.Alias, e.Alias.Name.Name)
}

// oneValue is a function of one value among the functions of ROWS FROM.
func (b *binder) oneValue(c *exprCtx, s *srfCall, call *ast.Call, name string) error {
	x, err := b.call(c, call)
	if err != nil {
		return err
	}
	x = b.settled(x)
	s.add(b, &plan.MakeArray{Pos: plan.Pos(b.pos(call.Pos)), Args: []plan.Expr{x}, Typ: types.ArrayOf(x.Type())}, name, x.Type())
	return nil
}
