package fn

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/jsonpath"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// The arguments of json_exists, json_value and json_query; see plan.JSONClauses.
const (
	jsonArgInput = iota
	jsonArgPath
	jsonArgClauses
	jsonArgReturn
	jsonArgEmpty
	jsonArgError
	jsonArgVars
)

// jsonSQL are the functions of SQL/JSON that query.
func jsonSQL() []*Entry {
	entry := func(name, doc, sig string, im *kernel.Impl, ex ...Example) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: ex, overs: []overload{{sig: sig, types: jsonQueryTypes, scalar: im, lenient: true}}}
	}
	return []*Entry{
		entry("json_exists", "Whether a JSON path finds anything in a document. See [SQL/JSON](sql.md#sqljson).",
			"json_exists(json, path [PASSING ...] [TRUE / FALSE / UNKNOWN / ERROR ON ERROR]) boolean", &kernel.Impl{New: newJSONExists},
			Example{SQL: `json_exists('{"a":[1,2]}', 'lax $.a[*]?(@ > 1)')`, Result: "true"}),
		entry("json_value", "The scalar that a JSON path finds, as an SQL value.",
			"json_value(json, path [PASSING ...] [RETURNING type] [NULL / ERROR / DEFAULT x ON EMPTY] [... ON ERROR]) type", &kernel.Impl{New: newJSONValue(false)},
			Example{SQL: `json_value('{"a":[1,2]}', 'lax $.a[last]' RETURNING integer)`, Result: "2"}),
		entry("json_query", "The JSON that a JSON path finds.",
			"json_query(json, path [PASSING ...] [RETURNING type] [WITHOUT / WITH (CONDITIONAL) WRAPPER] [KEEP / OMIT QUOTES] [NULL / ERROR / EMPTY ARRAY / EMPTY OBJECT ON EMPTY] [... ON ERROR]) json",
			&kernel.Impl{New: newJSONValue(true)},
			Example{SQL: `json_query('{"a":[1,2]}', 'lax $.a[*]' WITH WRAPPER)`, Result: "[1, 2]"},
			Example{SQL: `json_query('{"a":[1,2]}', 'lax $.a[*]' WITH WRAPPER)`, Result: "[1,2]", Athena: true}),
	}
}

// jsonQueryTypes takes any types for the variables; the binder has coerced the others.
func jsonQueryTypes(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) < jsonArgVars || args[jsonArgClauses].Const == nil {
		return nil, types.Type{}, false
	}
	params := make([]types.Type, len(args))
	for i, a := range args {
		if params[i] = a.Type; a.Type.Kind == types.Unknown || i <= jsonArgClauses && a.Type.IsString() {
			params[i] = types.TVarchar
		}
	}
	ret := args[jsonArgReturn].Type
	params[jsonArgReturn], params[jsonArgEmpty], params[jsonArgError] = ret, ret, ret
	return params, ret, true
}

// jsonQueryCall is a call of one of these functions, ready to run.
type jsonQueryCall struct {
	in   jsonInput
	path *pathRun
	res  jsonResult
}

func newJSONQueryCall(c *kernel.EvalCtx, fn *plan.Func, consts []*types.Value) (*jsonQueryCall, error) {
	q := &jsonQueryCall{}
	if consts[jsonArgPath] == nil || consts[jsonArgClauses] == nil {
		return nil, fault.New(fault.CodeInternal, "the path of %s is not constant", fn.Name)
	}
	cl := &q.res.cl
	if err := plan.DecodeJSONClauses(consts[jsonArgClauses].S, cl); err != nil {
		return nil, fault.Wrap(err, fault.CodeInternal, "the clauses of %s cannot be read", fn.Name)
	}
	q.in.init(c, cl.Input, cl.Vars, jsonArgVars)
	q.res.dialect, q.res.to = fn.Dialect, fn.Ret
	var err error
	q.path, err = compilePath(consts[jsonArgPath].S, pathOptions(c, fn.Dialect), cl.Vars)
	return q, err
}

// run gives the items of row i.
func (q *jsonQueryCall) run(args []*vector.Vector, i int) ([]jsonpath.Item, error) {
	doc, err := q.in.document(args[jsonArgInput], i)
	if err == nil {
		err = q.in.row(args, i)
	}
	if err != nil {
		return nil, err
	}
	return q.path.run(doc, q.in.items)
}

func newJSONExists(c *kernel.EvalCtx, fn *plan.Func, consts []*types.Value) (kernel.Instance, error) {
	q, err := newJSONQueryCall(c, fn, consts)
	if err != nil {
		return kernel.Instance{}, err
	}
	return kernel.Instance{Eval: func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		dst := vector.Values[bool](out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			if args[jsonArgInput].IsNull(i) {
				out.SetNull(i)
				return nil
			}
			items, err := q.run(args, i)
			dst[i] = len(items) > 0
			if err != nil {
				if f, ok := err.(*fault.Error); !ok || f.Code[:2] != "22" || q.res.cl.Error == "error" {
					return err
				}
				if dst[i] = q.res.cl.Error == "true"; q.res.cl.Error == "unknown" {
					out.SetNull(i)
				}
			}
			return nil
		})
	}}, nil
}

// jsonValueCall is json_value or json_query: text by the path, cast to the type, and
// the defaults put in.
type jsonValueCall struct {
	*jsonQueryCall
	direct bool // the text is the result
	text   *vector.Vector
	state  *vector.Vector
	cast   *kernel.Program
	merge  *kernel.Program
	scrap  []byte
}

func newJSONValue(query bool) func(*kernel.EvalCtx, *plan.Func, []*types.Value) (kernel.Instance, error) {
	return func(c *kernel.EvalCtx, fn *plan.Func, consts []*types.Value) (kernel.Instance, error) {
		q, err := newJSONQueryCall(c, fn, consts)
		if err != nil {
			return kernel.Instance{}, err
		}
		q.res.query = query
		v := &jsonValueCall{jsonQueryCall: q}
		if err := v.compile(c, fn); err != nil {
			return kernel.Instance{}, err
		}
		return kernel.Instance{Eval: v.eval}, nil
	}
}

// compile makes the programs of the cast and of the defaults.
func (v *jsonValueCall) compile(c *kernel.EvalCtx, fn *plan.Func) (err error) {
	to, cl := fn.Ret, &v.res.cl
	defaults := cl.Empty == "default" || cl.Error == "default"
	same := to.Kind == types.Varchar && to.P == 0 || to.Kind == types.Varbinary || to.Kind == types.JSON && v.res.query && !cl.Unquoted
	v.direct = same && !defaults
	text := types.TVarchar
	if to.Kind == types.JSON || to.IsNested() || v.res.query && !to.IsString() && to.Kind != types.Varbinary {
		text = types.TJSON
	}
	if to.Kind == types.Varbinary {
		text = to
	}
	v.text, v.state = vector.New(text, 0), vector.New(types.TInteger, 0)
	x := plan.Expr(&plan.Col{ID: 1, Typ: text})
	if !text.Equal(to) {
		x = &plan.Cast{X: x, To: to, Try: cl.Error != "error", Dialect: fn.Dialect}
	}
	if v.cast, err = kernel.Compile(x, map[plan.ColID]int{1: 0}, c); err != nil || !defaults {
		return err
	}
	state := func(s jsonState) plan.Expr {
		return &plan.Compare{Op: plan.EQ, L: &plan.Col{ID: 2, Typ: types.TInteger}, R: &plan.Const{Value: types.IntOf(types.TInteger, int64(s))}}
	}
	value := &plan.Col{ID: 1, Typ: to}
	m := &plan.Case{Typ: to, Else: value}
	if cl.Empty == "default" {
		m.Whens = append(m.Whens, plan.When{Cond: state(jsonEmpty), Result: &plan.Col{ID: 3, Typ: to}})
	}
	if cl.Error == "default" {
		lost := &plan.And{Args: []plan.Expr{state(jsonFound), &plan.IsNull{X: value}}} // the cast did not go
		m.Whens = append(m.Whens, plan.When{Cond: &plan.Or{Args: []plan.Expr{state(jsonFailed), lost}}, Result: &plan.Col{ID: 4, Typ: to}})
	}
	v.merge, err = kernel.Compile(m, map[plan.ColID]int{1: 0, 2: 1, 3: 2, 4: 3}, c)
	return err
}

func (v *jsonValueCall) eval(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	if v.direct {
		return v.texts(args, sel, out, nil)
	}
	v.text.Reset(v.text.Type, out.Len)
	v.state.Reset(types.TInteger, out.Len)
	if err := v.texts(args, sel, v.text, vector.Values[int32](v.state)); err != nil {
		return err
	}
	b := &vector.Batch{N: out.Len, Cols: []*vector.Vector{v.text}}
	res, err := v.cast.Eval(b, sel)
	if err == nil && v.merge != nil {
		b.Cols = []*vector.Vector{res, v.state, args[jsonArgEmpty], args[jsonArgError]}
		res, err = v.merge.Eval(b, sel)
	}
	if err != nil {
		return err
	}
	vector.Alias(out, res)
	return nil
}

// texts writes the result of each row as text; state, if not nil, how it came about.
func (v *jsonValueCall) texts(args []*vector.Vector, sel vector.Sel, out *vector.Vector, state []int32) error {
	w, binary := kernel.NewTextOut(out), out.Type.Kind == types.Varbinary
	return kernel.EachErr(sel, out.Len, func(i int) error {
		if args[jsonArgInput].IsNull(i) {
			out.SetNull(i)
			if state != nil {
				state[i] = jsonNull
			}
			return w.End(i, w.Start())
		}
		items, err := v.run(args, i)
		b := w.Start()
		from := len(b)
		b, s, err := v.res.append(b, items, err)
		if err != nil {
			return err
		}
		if binary && s == jsonFound {
			v.scrap = append(v.scrap[:0], b[from:]...)
			b = encodeUTF(b[:from], v.scrap, v.res.cl.Output.Encoding)
		}
		if state != nil {
			state[i] = s
		}
		if s != jsonFound {
			out.SetNull(i)
		}
		return w.End(i, b)
	})
}
