package fn

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// jsonEachTypes gives the row (key, value) of json_each and its kin.
func jsonEachTypes(name string, text bool) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	param, value := types.TJSON, types.TJSON
	if name[:5] == "jsonb" {
		param, value = types.TJSONB, types.TJSONB
	}
	if text {
		value = types.TVarchar
	}
	ret := types.RowOf(types.Field{Name: "key", Type: types.TVarchar}, types.Field{Name: "value", Type: value})
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		return []types.Type{param}, ret, len(args) == 1
	}
}

// jsonEachRows gives the members of an object.
func jsonEachRows(text bool) tableOpener {
	return func(_ *kernel.EvalCtx, f *plan.Func, args []types.Value) (generator, error) {
		doc := []byte(args[0].S)
		if jsontext.Kind(doc) != '{' {
			return nil, fault.New(fault.CodeInvalidParameter, "cannot call %s on a non-object", f.Name)
		}
		var rows []jsontext.Member
		jsontext.Each(doc, func(k, v []byte) bool {
			rows = append(rows, jsontext.Member{Name: jsontext.Unquote(nil, k), Value: v})
			return true
		})
		return func(cols []*vector.Vector, n int) (int, error) {
			n = min(n, len(rows))
			for _, r := range rows[:n] {
				cols[0].AppendBytes(r.Name)
				if !text {
					cols[1].AppendBytes(r.Value)
				} else if b, null := jsontext.ScalarOut(nil, r.Value); null {
					cols[1].AppendNull()
				} else {
					cols[1].AppendBytes(b)
				}
			}
			rows = rows[n:]
			return n, nil
		}, nil
	}
}

// jsonRecordEntries are the functions that make rows of objects: of the type of their
// first argument.
func jsonRecordEntries() []*Entry {
	var out []*Entry
	for _, param := range []types.Type{types.TJSON, types.TJSONB} {
		for _, set := range []bool{false, true} {
			full, doc := param.String()+"_populate_record", "An object as a row"
			if set {
				full, doc = full+"set", "The objects of an array as rows"
			}
			doc += " of the type of the first argument, whose fields stand for missing members; also `" + strings.Replace(full, "populate", "to", 1) + "(x) AS t(a int, ...)`."
			out = append(out, &Entry{Names: []string{full}, Kind: plan.TableFunc, Doc: doc,
				overs: []overload{{sig: full + "(row, " + param.String() + ") row", types: populateTypes(param), lenient: true, table: &tableImpl{open: populateRows(set)}}}})
		}
	}
	return out
}

func populateTypes(param types.Type) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) != 2 || args[0].Type.Kind != types.Row {
			return nil, types.Type{}, false
		}
		return []types.Type{args[0].Type, param}, args[0].Type, true
	}
}

func populateRows(set bool) tableOpener {
	return func(c *kernel.EvalCtx, f *plan.Func, args []types.Value) (generator, error) {
		var rows []types.Value
		add := func(v []byte) error {
			row, err := populated(c, f, args[0], v)
			rows = append(rows, row)
			return err
		}
		doc, err := []byte(args[1].S), error(nil)
		switch {
		case args[1].Null:
		case !set:
			err = add(doc)
		case jsontext.Kind(doc) != '[':
			err = fault.New(fault.CodeInvalidParameter, "cannot call %s on a non-array", f.Name)
		default:
			jsontext.Each(doc, func(_, v []byte) bool { err = add(v); return err == nil })
		}
		return func(cols []*vector.Vector, n int) (int, error) {
			n = min(n, len(rows))
			for _, r := range rows[:n] {
				for i, v := range r.Kids {
					cols[i].AppendValue(v)
				}
			}
			rows = rows[n:]
			return n, nil
		}, err
	}
}

// populated makes a row of an object; a member that is missing leaves the field of base.
func populated(c *kernel.EvalCtx, f *plan.Func, base types.Value, doc []byte) (types.Value, error) {
	out := types.Value{Type: f.Ret, Kids: make([]types.Value, len(f.Ret.Fields))}
	if jsontext.Kind(doc) != '{' {
		return out, fault.New(fault.CodeInvalidParameter, "argument of %s must be made of objects", f.Name)
	}
	for i, fd := range f.Ret.Fields {
		v, ok := jsontext.Field(doc, fd.Name)
		switch {
		case !ok && len(base.Kids) > i:
			out.Kids[i] = base.Kids[i]
		case !ok || string(v) == "null":
			out.Kids[i] = types.NullOf(fd.Type)
		default:
			var err error
			if out.Kids[i], err = jsonMemberValue(c, v, fd.Type); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// jsonMemberValue casts a value of a document as PostgreSQL does here: scalars through
// their text, others as JSON.
func jsonMemberValue(c *kernel.EvalCtx, v []byte, to types.Type) (types.Value, error) {
	if k := jsontext.Kind(v); to.Kind == types.JSON || (k == '{' || k == '[') && !to.IsString() {
		return kernel.CastValue(c, types.StringOf(types.TJSON, string(v)), to, plan.Postgres)
	}
	text, null := jsontext.ScalarOut(nil, v)
	if null {
		return types.NullOf(to), nil
	}
	return kernel.CastValue(c, types.StringOf(types.TVarchar, string(text)), to, plan.Postgres)
}
