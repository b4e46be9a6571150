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

// listFunc makes a table function of one column whose rows are known at once.
func listFunc(rows func(f *plan.Func, args []types.Value) ([]types.Value, error)) *tableImpl {
	return &tableImpl{open: func(_ *kernel.EvalCtx, f *plan.Func, args []types.Value) (generator, error) {
		list, err := rows(f, args)
		if err != nil {
			return nil, err
		}
		return func(cols []*vector.Vector, n int) (int, error) {
			n = min(n, len(list))
			for _, v := range list[:n] {
				cols[0].AppendValue(v)
			}
			list = list[n:]
			return n, nil
		}, nil
	}}
}

func tableListEntries() []*Entry {
	entry := func(name, doc string, im *tableImpl, sigs ...string) *Entry {
		e := &Entry{Names: []string{name}, Kind: plan.TableFunc, Doc: doc}
		for _, s := range sigs {
			e.overs = append(e.overs, overload{sig: name + s, table: im})
		}
		return e
	}
	elements := func(text bool) *tableImpl {
		return listFunc(func(f *plan.Func, args []types.Value) ([]types.Value, error) {
			if jsontext.Kind([]byte(args[0].S)) != '[' {
				return nil, fault.New(fault.CodeInvalidParameter, "cannot extract elements from a value that is no array")
			}
			return jsonRows(f.Ret, args[0].S, text, false), nil
		})
	}
	// json2 makes a function for json and its twin for jsonb.
	json2 := func(name, doc string, im *tableImpl, ret string) []*Entry {
		return []*Entry{entry(name, doc, im, "(json) "+ret), entry("jsonb"+name[len("json"):], doc, im, "(jsonb) "+strings.ReplaceAll(ret, "json", "jsonb"))}
	}
	each := func(text bool) []*Entry {
		name, value := "json_each", "json"
		if text {
			name, value = "json_each_text", "varchar"
		}
		es := json2(name, "The members of a JSON object, a row each: key, value.", &tableImpl{open: jsonEachRows(text)}, "row(varchar, "+value+")")
		for _, e := range es {
			e.overs[0].types = jsonEachTypes(e.Names[0], text)
		}
		return es
	}
	return concatAll([]*Entry{
		entry("generate_subscripts", "The indexes of an array's dimension (the first is 1).", listFunc(subscripts), "(array(T), integer) integer", "(array(T), integer, boolean) integer"),
		entry("string_to_table", "The parts between separators, a row each.", listFunc(stringRows), "(varchar, varchar) varchar"),
		entry("regexp_split_to_table", "The parts between matches, a row each.", listFunc(regexpSplitRows), "(varchar, varchar) varchar", "(varchar, varchar, varchar) varchar"),
		entry("regexp_matches", "The groups of the first match, with the flag g of every match, as arrays.", listFunc(regexpMatchRows), "(varchar, varchar) array(varchar)", "(varchar, varchar, varchar) array(varchar)"),
	},
		json2("json_array_elements", "The elements of a JSON array, a row each.", elements(false), "json"),
		json2("json_array_elements_text", "The elements of a JSON array as text, a row each.", elements(true), "varchar"),
		json2("json_object_keys", "The names of a JSON object's members, a row each.", listFunc(func(f *plan.Func, args []types.Value) ([]types.Value, error) {
			if jsontext.Kind([]byte(args[0].S)) != '{' {
				return nil, fault.New(fault.CodeInvalidParameter, "cannot call json_object_keys on a value that is no object")
			}
			return jsonRows(f.Ret, args[0].S, true, true), nil
		}), "varchar"),
		each(false), each(true), jsonRecordEntries())
}

// jsonRows lists elements, or with keys the names of members.
func jsonRows(t types.Type, doc string, text, keys bool) []types.Value {
	var out []types.Value
	jsontext.Each([]byte(doc), func(k, v []byte) bool {
		if keys {
			v = k
		}
		switch b, null := jsontext.ScalarOut(nil, v); {
		case !text:
			out = append(out, types.StringOf(t, string(v)))
		case null:
			out = append(out, types.NullOf(t))
		default:
			out = append(out, types.StringOf(t, string(b)))
		}
		return true
	})
	return out
}

func subscripts(f *plan.Func, args []types.Value) ([]types.Value, error) {
	v := args[0]
	for d := args[1].I; d > 1; d-- {
		if v.Type.Elem().Kind != types.Array || len(v.Kids) == 0 {
			return nil, nil
		}
		v = v.Kids[0]
	}
	if args[1].I < 1 || v.Null {
		return nil, nil
	}
	out := make([]types.Value, len(v.Kids))
	for i := range out {
		n := i
		if len(args) > 2 && args[2].I != 0 {
			n = len(out) - 1 - i
		}
		out[i] = types.IntOf(f.Ret, int64(n)+v.Type.LowerBound())
	}
	return out, nil
}

func stringRows(f *plan.Func, args []types.Value) ([]types.Value, error) {
	var out []types.Value
	sep := vector.FromValues(types.TVarchar, args[1:2])
	splitInto([]byte(args[0].S), sep, 0, true, -1, func(part []byte) { out = append(out, types.StringOf(f.Ret, string(part))) })
	return out, nil
}

func flagsOf(args []types.Value) string {
	if len(args) > 2 {
		return args[2].S
	}
	return ""
}

func regexpSplitRows(f *plan.Func, args []types.Value) ([]types.Value, error) {
	m, err := compileRegexp(args[1].S, flagsOf(args))
	if err != nil {
		return nil, err
	}
	out := vector.New(types.ArrayOf(f.Ret), 1)
	l := newListOut(out)
	splitMatches(m, l, []byte(args[0].S), nil, 0)
	return vectorValues(l.elem), nil
}

func regexpMatchRows(f *plan.Func, args []types.Value) ([]types.Value, error) {
	flags := flagsOf(args)
	m, err := compileRegexp(args[1].S, flags)
	if err != nil {
		return nil, err
	}
	n := 1
	for _, c := range flags {
		if c == 'g' {
			n = -1
		}
	}
	var out []types.Value
	text := args[0].S
	for _, loc := range m.re.FindAllStringSubmatchIndex(text, n) {
		row := types.Value{Type: f.Ret}
		first := 2
		if len(loc) == 2 {
			first = 0
		}
		for g := first; g < len(loc); g += 2 {
			if loc[g] < 0 {
				row.Kids = append(row.Kids, types.NullOf(types.TVarchar))
			} else {
				row.Kids = append(row.Kids, types.StringOf(types.TVarchar, text[loc[g]:loc[g+1]]))
			}
		}
		out = append(out, row)
	}
	return out, nil
}

func vectorValues(v *vector.Vector) []types.Value {
	out := make([]types.Value, v.Len)
	for i := range out {
		out[i] = vector.ValueAt(v, i)
	}
	return out
}
