package fn

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
	"github.com/glauxdb/glaux/exec/jsonpath"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// jsonbPathCall is a call of a jsonb_path function: its path, kept from row to row, and
// the variables, an object.
type jsonbPathCall struct {
	zone bool // a *_tz function: times are compared in the session's zone
	text string
	path *jsonpath.Path
	eval *jsonpath.Eval
	vars []jsonpath.Item
}

// run evaluates (doc, path [, vars [, silent]]); a silent call finds nothing (nil and
// failed) where another is an error.
func (p *jsonbPathCall) run(c *kernel.EvalCtx, doc, path, vars []byte, silent bool) (items []jsonpath.Item, failed bool, err error) {
	if p.path == nil || p.text != string(path) {
		opts := jsonpath.Options{Postgres: true, Check: c.Check}
		if p.zone {
			opts.Zone = c.Location()
		}
		if p.path, err = jsonpath.Compile(string(path), opts); err != nil {
			return nil, false, err
		}
		p.text, p.eval = string(path), p.path.NewEval()
	}
	p.vars = p.vars[:0]
	if vars != nil && jsontext.Kind(vars) != '{' {
		return nil, false, fault.New(fault.CodeInvalidParameter, `"vars" argument is not an object`).
			WithDetail(`Jsonpath parameters should be encoded as key-value pairs of "vars" object.`)
	}
	for _, name := range p.path.Vars() {
		v, ok := jsontext.Field(vars, name)
		if !ok {
			return nil, false, fault.New(fault.CodeUndefinedObject, "could not find jsonpath variable %q", name)
		}
		p.vars = append(p.vars, jsonpath.Doc(v))
	}
	items, err = p.eval.Run(jsonpath.Doc(doc), p.vars)
	if f, ok := err.(*fault.Error); ok && silent && f.Code[:2] == "22" {
		return nil, true, nil
	}
	return items, err != nil, err
}

// row evaluates the arguments of row i.
func (p *jsonbPathCall) row(c *kernel.EvalCtx, args []*vector.Vector, i int, silent bool) ([]jsonpath.Item, bool, error) {
	var vars []byte
	if len(args) > 2 {
		vars = kernelBytes(args[2], i)
	}
	if len(args) > 3 {
		silent = vector.ValueAt(args[3], i).I != 0
	}
	return p.run(c, kernelBytes(args[0], i), kernelBytes(args[1], i), vars, silent)
}

// jsonbPathFn makes a scalar function of the items that a path finds.
func jsonbPathFn(zone, silent bool, put func(items []jsonpath.Item, failed bool, out *vector.Vector, w *kernel.TextOut, i int) error) *kernel.Impl {
	return &kernel.Impl{New: func(*kernel.EvalCtx, *plan.Func, []*types.Value) (kernel.Instance, error) {
		p := &jsonbPathCall{zone: zone}
		return kernel.Instance{Eval: func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			var w kernel.TextOut
			if out.Type.Phys() == types.PhysBytes {
				w = kernel.NewTextOut(out)
			}
			return kernel.EachErr(sel, out.Len, func(i int) error {
				items, failed, err := p.row(c, args, i, silent)
				if err != nil {
					return err
				}
				return put(items, failed, out, &w, i)
			})
		}}, nil
	}}
}

func putExists(items []jsonpath.Item, failed bool, out *vector.Vector, _ *kernel.TextOut, i int) error {
	if vector.Values[bool](out)[i] = len(items) > 0; failed {
		out.SetNull(i)
	}
	return nil
}

// putMatch takes a single boolean; silent says what else becomes of other results.
func putMatch(silent bool) func([]jsonpath.Item, bool, *vector.Vector, *kernel.TextOut, int) error {
	return func(items []jsonpath.Item, failed bool, out *vector.Vector, _ *kernel.TextOut, i int) error {
		switch {
		case len(items) == 1 && items[0].Kind() == jsonpath.Bool:
			vector.Values[bool](out)[i] = items[0].AppendJSON(nil)[0] == 't'
		case failed || silent || len(items) == 1 && items[0].Kind() == jsonpath.Null:
			vector.Values[bool](out)[i] = false
			out.SetNull(i)
		default:
			return fault.New("22038", "single boolean result is expected")
		}
		return nil
	}
}

func putArray(items []jsonpath.Item, failed bool, out *vector.Vector, w *kernel.TextOut, i int) error {
	b := w.Start()
	if failed {
		return w.End(i, append(b, "[]"...))
	}
	b = append(b, '[')
	for k, it := range items {
		if k > 0 {
			b = append(b, ", "...)
		}
		b = jsontext.AppendB(b, it.AppendJSON(nil))
	}
	return w.End(i, append(b, ']'))
}

func putFirst(items []jsonpath.Item, _ bool, out *vector.Vector, w *kernel.TextOut, i int) error {
	b := w.Start()
	if len(items) == 0 {
		out.SetNull(i)
		return w.End(i, b)
	}
	return w.End(i, jsontext.AppendB(b, items[0].AppendJSON(nil)))
}

// jsonbPathRows gives the items as rows.
func jsonbPathRows(zone bool) func() tableOpener {
	return func() tableOpener {
		p := &jsonbPathCall{zone: zone}
		return func(c *kernel.EvalCtx, f *plan.Func, args []types.Value) (generator, error) {
			var vars []byte
			if len(args) > 2 {
				vars = []byte(args[2].S)
			}
			items, _, err := p.run(c, []byte(args[0].S), []byte(args[1].S), vars, len(args) > 3 && args[3].I != 0)
			if err != nil {
				return nil, err
			}
			items = append([]jsonpath.Item(nil), items...)
			return func(cols []*vector.Vector, n int) (int, error) {
				n = min(n, len(items))
				for _, it := range items[:n] {
					cols[0].AppendBytes(jsontext.AppendB(nil, it.AppendJSON(nil)))
				}
				items = items[n:]
				return n, nil
			}, nil
		}
	}
}

// jsonbPathEntries are PostgreSQL's functions of paths. What ends in _tz compares times
// with and without zone.
func jsonbPathEntries() []*Entry {
	overs := func(name, ret string, im *kernel.Impl, table *tableImpl) []overload {
		var out []overload
		for _, params := range []string{"jsonb, varchar", "jsonb, varchar, jsonb", "jsonb, varchar, jsonb, boolean"} {
			out = append(out, overload{sig: name + "(" + params + ") " + ret, scalar: im, table: table})
		}
		return out
	}
	var out []*Entry
	for _, zone := range []bool{false, true} {
		add := func(name, doc, ret string, im *kernel.Impl, table *tableImpl, ex ...Example) {
			kind := plan.Scalar
			if table != nil {
				kind = plan.TableFunc
			}
			if zone {
				name, doc, ex = name+"_tz", "As `"+name+"`, comparing times in the session's zone.", nil
			}
			out = append(out, &Entry{Names: []string{name}, Kind: kind, Doc: doc, Examples: ex, overs: overs(name, ret, im, table)})
		}
		add("jsonb_path_exists", "Whether a JSON path finds anything; vars are its variables, silent suppresses errors.", "boolean", jsonbPathFn(zone, false, putExists), nil,
			Example{SQL: `jsonb_path_exists('{"a":[1,2]}', '$.a[*] ? (@ > $x)', '{"x":1}')`, Result: "true"})
		add("jsonb_path_match", "The value of a JSON path that is a condition.", "boolean", jsonbPathFn(zone, false, putMatch(false)), nil,
			Example{SQL: `jsonb_path_match('{"a":1}', '$.a == 1')`, Result: "true"})
		add("jsonb_path_query_array", "All that a JSON path finds, as an array.", "jsonb", jsonbPathFn(zone, false, putArray), nil,
			Example{SQL: `jsonb_path_query_array('{"a":[1,2]}', '$.a[*].double()')`, Result: "[1, 2]"})
		add("jsonb_path_query_first", "The first that a JSON path finds; NULL if there is nothing.", "jsonb", jsonbPathFn(zone, false, putFirst), nil,
			Example{SQL: `jsonb_path_query_first('{"a":[1,2]}', '$.a[*]')`, Result: "1"})
		add("jsonb_path_query", "What a JSON path finds, a row each.", "jsonb", nil, &tableImpl{fresh: jsonbPathRows(zone)})
	}
	return append(out,
		&Entry{Names: []string{"@?"}, Doc: "Whether the JSON path finds anything in the jsonb; NULL on errors.", Examples: []Example{{SQL: `'{"a":[1,2]}'::jsonb @? '$.a[*] ? (@ > 1)'`, Result: "true"}},
			overs: []overload{{sig: "jsonb @? varchar", types: jsonbOnly(types.TBoolean, types.TVarchar), scalar: jsonbPathFn(false, true, putExists)}}},
		&Entry{Names: []string{"@@"}, Doc: "The value of a JSON path that is a condition; NULL on errors.", Examples: []Example{{SQL: `'{"a":1}'::jsonb @@ '$.a == 1'`, Result: "true"}},
			overs: []overload{{sig: "jsonb @@ varchar", types: jsonbOnly(types.TBoolean, types.TVarchar), scalar: jsonbPathFn(false, true, putMatch(true))}}})
}
