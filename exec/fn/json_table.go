package fn

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/jsonpath"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// jsonTableFirst is where the NULLs of the columns' types begin among the arguments of
// json_table: behind the input and the clauses. Defaults and variables follow.
const jsonTableFirst = 2

func jsonTableEntry() *Entry {
	return &Entry{Names: []string{"json_table"}, Kind: plan.TableFunc,
		Doc: "Rows from the items that JSON paths find in a document. See [SQL/JSON](sql.md#sqljson).",
		overs: []overload{{sig: "json_table(json, path [AS name] [PASSING ...] COLUMNS (...) [PLAN ...] [ERROR / EMPTY ON ERROR]) row", types: jsonTableTypes, lenient: true,
			table: &tableImpl{fresh: newJSONTable}}}}
}

// jsonTableTypes gives the row that the clauses describe.
func jsonTableTypes(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	var t plan.JSONTable
	if len(args) < jsonTableFirst || args[1].Const == nil || plan.DecodeJSONClauses(args[1].Const.S, &t) != nil || len(args) < jsonTableFirst+3*len(t.Names) {
		return nil, types.Type{}, false
	}
	params := make([]types.Type, len(args))
	for i, a := range args {
		if params[i] = a.Type; a.Type.Kind == types.Unknown || i < jsonTableFirst && a.Type.IsString() {
			params[i] = types.TVarchar
		}
	}
	fields := make([]types.Field, len(t.Names))
	for i, name := range t.Names {
		fields[i] = types.Field{Name: name, Type: params[jsonTableFirst+i]}
	}
	return params, types.RowOf(fields...), true
}

// jsonTable is a json_table whose paths are compiled.
type jsonTable struct {
	spec  plan.JSONTable
	in    jsonInput
	top   jsonTablePath
	c     *kernel.EvalCtx
	f     *plan.Func
	args  []types.Value
	cells int
}

// jsonTablePath is one path of it.
type jsonTablePath struct {
	spec   *plan.JSONPathRows
	path   *pathRun
	cols   []*pathRun // of spec.Columns; nil for an ordinality
	nested []jsonTablePath
}

// newJSONTable gives the function that opens a json_table; it compiles the paths at the
// first call only.
func newJSONTable() tableOpener {
	var t *jsonTable
	return func(c *kernel.EvalCtx, f *plan.Func, args []types.Value) (generator, error) {
		if t == nil {
			fresh := &jsonTable{c: c, f: f}
			if err := fresh.compile(args[1].S); err != nil {
				return nil, err
			}
			t = fresh
		}
		rows, err := t.rows(args)
		if err != nil {
			return nil, err
		}
		return func(cols []*vector.Vector, n int) (int, error) {
			n = min(n, len(rows))
			for _, row := range rows[:n] {
				for i, col := range cols {
					if row[i] == nil {
						col.AppendNull()
					} else {
						col.AppendValue(*row[i])
					}
				}
			}
			rows = rows[n:]
			return n, nil
		}, nil
	}
}

func (t *jsonTable) compile(spec string) error {
	if err := plan.DecodeJSONClauses(spec, &t.spec); err != nil {
		return fault.Wrap(err, fault.CodeInternal, "the clauses of json_table cannot be read")
	}
	t.in.init(t.c, t.spec.Input, t.spec.Vars, 0)
	return t.compileRows(&t.top, &t.spec.JSONPathRows)
}

func (t *jsonTable) compileRows(out *jsonTablePath, spec *plan.JSONPathRows) (err error) {
	opts := pathOptions(t.c, t.f.Dialect)
	out.spec = spec
	if out.path, err = compilePath(spec.Path, opts, t.spec.Vars); err != nil {
		return err
	}
	out.cols = make([]*pathRun, len(spec.Columns))
	for i, c := range spec.Columns {
		if c.Kind == "ordinality" {
			continue
		}
		if out.cols[i], err = compilePath(c.Path, opts, t.spec.Vars); err != nil {
			return err
		}
	}
	out.nested = make([]jsonTablePath, len(spec.Nested))
	for i := range spec.Nested {
		if err = t.compileRows(&out.nested[i], &spec.Nested[i]); err != nil {
			return err
		}
	}
	return nil
}

// jsonRow has a cell for each column of the table, nil for NULL.
type jsonRow []*types.Value

// rows gives the rows of one document. An error of its text or of a path of rows makes
// the table empty, unless ERROR ON ERROR is said.
func (t *jsonTable) rows(args []types.Value) ([]jsonRow, error) {
	if t.args, t.cells = args, 0; args[0].Null {
		return nil, nil
	}
	first := jsonTableFirst + 3*len(t.spec.Names)
	vals := make([]*vector.Vector, len(args)-first)
	for i, v := range args[first:] {
		vals[i] = vector.FromValues(v.Type, []types.Value{v})
	}
	doc, err := jsonDocument(vector.FromValues(args[0].Type, args[:1]), 0, t.spec.Input.Encoding)
	if err == nil {
		err = t.in.row(vals, 0)
	}
	var out []jsonRow
	if err == nil {
		out, err = t.of(&t.top, doc)
	}
	if final, ok := err.(finalError); ok {
		return nil, final.error
	}
	if f, ok := err.(*fault.Error); ok && f.Code[:2] == "22" && t.spec.Error != "error" {
		return nil, nil
	}
	return out, err
}

// of gives the rows of one path over an item.
func (t *jsonTable) of(r *jsonTablePath, doc jsonpath.Item) ([]jsonRow, error) {
	items, err := r.path.run(doc, t.in.items)
	if err != nil {
		return nil, err
	}
	var out []jsonRow
	for i, it := range items {
		row, err := t.columns(r, it, int64(i)+1)
		if err != nil {
			return nil, err
		}
		if r.spec.Plan == nil {
			out = append(out, row)
			continue
		}
		below, err := t.joined(r, r.spec.Plan, it)
		if err != nil {
			return nil, err
		}
		if len(below) == 0 && !r.spec.Plan.Inner {
			out = append(out, row)
		}
		for _, b := range below {
			out = append(out, row.with(b))
		}
		if t.cells += len(below) * len(row); t.cells > maxElements {
			return nil, errTooManyElements()
		}
	}
	return out, nil
}

// with puts the cells of b over those of r.
func (r jsonRow) with(b jsonRow) jsonRow {
	out := append(jsonRow(nil), r...)
	for i, v := range b {
		if v != nil {
			out[i] = v
		}
	}
	return out
}

// joined gives the rows below an item by a plan of siblings.
func (t *jsonTable) joined(r *jsonTablePath, p *plan.JSONPlan, it jsonpath.Item) ([]jsonRow, error) {
	if p.Op == "" {
		return t.of(&r.nested[p.Path], it)
	}
	left, err := t.joined(r, p.L, it)
	if err != nil {
		return nil, err
	}
	right, err := t.joined(r, p.R, it)
	if err != nil || p.Op == "union" {
		return append(left, right...), err
	}
	if t.cells += len(left) * len(right); t.cells > maxElements {
		return nil, errTooManyElements()
	}
	var out []jsonRow
	for _, l := range left {
		for _, r := range right {
			out = append(out, l.with(r))
		}
	}
	return out, nil
}

// columns gives the row of one item.
func (t *jsonTable) columns(r *jsonTablePath, it jsonpath.Item, ordinal int64) (jsonRow, error) {
	row := make(jsonRow, len(t.spec.Names))
	for i := range r.spec.Columns {
		c := &r.spec.Columns[i]
		if c.Kind == "ordinality" {
			v := types.IntOf(types.TBigInt, ordinal)
			row[c.At] = &v
			continue
		}
		items, err := r.cols[i].run(it, t.in.items)
		v, err := t.cell(c, items, err)
		if err != nil {
			return nil, err
		}
		if !v.Null {
			row[c.At] = &v
		}
	}
	return row, nil
}

// cell gives a column's value.
func (t *jsonTable) cell(c *plan.JSONColumn, items []jsonpath.Item, err error) (types.Value, error) {
	to := t.f.Ret.Fields[c.At].Type
	if c.Kind == "exists" {
		return t.exists(c, len(items) > 0, err, to)
	}
	res := jsonResult{cl: c.Clauses, query: c.Kind == "query", to: to, dialect: t.f.Dialect}
	text, state, err := res.append(nil, items, err)
	if err != nil {
		return types.Value{}, finalFault(err)
	}
	n := len(t.spec.Names)
	defaults := t.args[jsonTableFirst+n+2*c.At:]
	switch state {
	case jsonNull:
		return types.NullOf(to), nil
	case jsonEmpty:
		return defaults[0], nil
	case jsonFailed:
		return defaults[1], nil
	}
	from := types.TVarchar
	if to.Kind == types.JSON || res.query && !to.IsString() {
		from = types.TJSON
	}
	v, err := kernel.CastValue(t.c, types.StringOf(from, string(text)), to, t.f.Dialect)
	switch {
	case err == nil:
		return v, nil
	case c.Clauses.Error == "error":
		return v, finalFault(err)
	case c.Clauses.Error == "default":
		return defaults[1], nil
	}
	return types.NullOf(to), nil
}

func (t *jsonTable) exists(c *plan.JSONColumn, found bool, err error, to types.Type) (types.Value, error) {
	if err != nil {
		switch c.Clauses.Error {
		case "error":
			return types.Value{}, finalFault(err)
		case "unknown":
			return types.NullOf(to), nil
		}
		found = c.Clauses.Error == "true"
	}
	v, err := kernel.CastValue(t.c, types.BoolOf(found), to, t.f.Dialect)
	return v, err
}

// finalError is an error that a column's ERROR ON ERROR demands: the table's own clause
// does not take it back.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

func finalFault(err error) error { return finalError{err} }
