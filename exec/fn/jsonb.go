package fn

import (
	"bytes"
	"errors"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// jsonbFn makes a function whose result is jsonb from one that appends JSON text in
// any form.
func jsonbFn(f func(b []byte, args []*vector.Vector, i int) ([]byte, error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		w := kernel.NewTextOut(out)
		var scrap []byte
		return kernel.EachErr(sel, out.Len, func(i int) (err error) {
			if scrap, err = f(scrap[:0], args, i); err != nil {
				return err
			}
			return w.End(i, jsontext.AppendB(w.Start(), scrap))
		})
	})
}

// jsonOfArg gives the types of an operator on JSON whose result, if ret is json, is
// of the same of the two types as its left operand.
func jsonOfArg(ret types.Type, others ...types.Type) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) != len(others)+1 || args[0].Type.Kind != types.JSON && args[0].Type.Kind != types.Unknown {
			return nil, ret, false
		}
		params := append([]types.Type{types.TJSON}, others...)
		out := ret
		if args[0].Type.IsJSONB() {
			params[0] = types.TJSONB
			if ret.Kind == types.JSON {
				out = types.TJSONB
			}
		}
		return params, out, true
	}
}

// jsonbOnly wants jsonb on the left, so that - and ? of text are no matter of literals.
func jsonbOnly(ret types.Type, others ...types.Type) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		ok := len(args) == len(others)+1 && args[0].Type.Kind == types.JSON
		if ok && others[0].IsString() { // an array is not a key
			ok = args[1].Type.IsString() || args[1].Type.Kind == types.Unknown
		}
		return append([]types.Type{types.TJSONB}, others...), ret, ok
	}
}

func textArray(v *vector.Vector, i int) ([]string, bool) {
	l := listsOf(v)
	var out []string
	for _, e := range rangeIdx(l.rs.At(i)) {
		if l.kids[0].IsNull(int(e)) {
			return out, false
		}
		out = append(out, string(kernelBytes(l.kids[0], int(e))))
	}
	return out, true
}

// jsonbHas is ?| and, if all, ?&.
func jsonbHas(all bool) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, dst := kernel.StringsOf(args[0]), vector.Values[bool](out)
		kernel.Each(sel, out.Len, func(i int) {
			l := listsOf(args[1])
			dst[i] = all
			for _, e := range rangeIdx(l.rs.At(i)) {
				if l.kids[0].IsNull(int(e)) {
					continue
				}
				if jsonHasKey(s.At(i), string(kernelBytes(l.kids[0], int(e)))) != all {
					dst[i] = !all
					return
				}
			}
		})
		return nil
	})
}

// without is jsonb - text: the member, or the strings of an array, taken out.
func jsonbWithout(b, doc []byte, names ...string) ([]byte, error) {
	k := jsontext.Kind(doc)
	if k != '{' && k != '[' {
		return b, fault.New(fault.CodeInvalidParameter, "cannot delete from scalar")
	}
	b = append(b, k)
	first := true
	jsontext.Each(doc, func(key, val []byte) bool {
		test := key
		if key == nil {
			test = val
		}
		for _, n := range names {
			if test[0] == '"' && jsontext.KeyIs(test, n) {
				return true
			}
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		if key != nil {
			b = append(append(b, key...), ':')
		}
		b = append(b, val...)
		return true
	})
	return append(b, k+2), nil
}

func jsonbWithoutIndex(b []byte, args []*vector.Vector, i int) ([]byte, error) {
	doc := kernelBytes(args[0], i)
	switch jsontext.Kind(doc) {
	case '{':
		return b, fault.New(fault.CodeInvalidParameter, "cannot delete from object using integer index")
	case '[':
		return jsontext.Edit(b, doc, []jsontext.Step{{Index: intArg(args, 1, i), IsIndex: true}}, jsontext.Delete, nil)
	}
	return b, fault.New(fault.CodeInvalidParameter, "cannot delete from scalar")
}

// jsonbEdit edits at the path of argument 1.
func jsonbEdit(b []byte, what string, args []*vector.Vector, i int, how jsontext.Change, fresh []byte) ([]byte, error) {
	doc := kernelBytes(args[0], i)
	words, ok := textArray(args[1], i)
	if !ok {
		return b, fault.New("22004", "path element at position %d is null", len(words)+1)
	}
	if k := jsontext.Kind(doc); k != '{' && k != '[' {
		return b, fault.New(fault.CodeInvalidParameter, "cannot %s scalar", what)
	}
	steps := make([]jsontext.Step, len(words))
	for k, w := range words {
		steps[k] = stepOf([]byte(w))
	}
	out, err := jsontext.Edit(b, doc, steps, how, fresh)
	switch {
	case errors.Is(err, jsontext.ErrExists):
		return b, fault.New(fault.CodeInvalidParameter, "cannot replace existing key").
			WithHint("Try using the function jsonb_set to replace key value.")
	case errors.Is(err, jsontext.ErrNotIndex):
		for k, s := range steps {
			if !s.IsIndex {
				return b, fault.New(fault.CodeInvalidText, "path element at position %d is not an integer: %q", k+1, s.Name)
			}
		}
	}
	return out, err
}

func jsonbSet(b []byte, args []*vector.Vector, i int) ([]byte, error) {
	return jsonbSetTo(b, args, i, kernelBytes(args[2], i))
}

func jsonbSetTo(b []byte, args []*vector.Vector, i int, fresh []byte) ([]byte, error) {
	how := jsontext.Set
	if len(args) == 4 && vector.ValueAt(args[3], i).I == 0 {
		how = jsontext.Replace
	}
	return jsonbEdit(b, "set path in", args, i, how, fresh)
}

// jsonbSetLax is jsonb_set whose fifth argument says what a NULL does.
func jsonbSetLax(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w := kernel.NewTextOut(out)
	var scrap []byte
	return kernel.EachErr(sel, out.Len, func(i int) (err error) {
		if args[0].IsNull(i) || args[1].IsNull(i) || len(args) > 3 && args[3].IsNull(i) {
			out.SetNull(i)
			return w.End(i, w.Start())
		}
		if scrap, err = jsonbSetOrNull(scrap[:0], args, i); err != nil {
			return err
		}
		return w.End(i, jsontext.AppendB(w.Start(), scrap))
	})
}

func jsonbSetOrNull(b []byte, args []*vector.Vector, i int) ([]byte, error) {
	treatment := "use_json_null"
	if len(args) > 4 {
		if args[4].IsNull(i) {
			return b, fault.New(fault.CodeInvalidParameter, "%s", badTreatment)
		}
		treatment = string(kernelBytes(args[4], i))
	}
	set := args[:min(len(args), 4)]
	if !args[2].IsNull(i) {
		return jsonbSet(b, set, i)
	}
	switch treatment {
	case "use_json_null":
		return jsonbSetTo(b, set, i, []byte("null"))
	case "delete_key":
		return jsonbEdit(b, "delete path in", args, i, jsontext.Delete, nil)
	case "return_target":
		return append(b, kernelBytes(args[0], i)...), nil
	case "raise_exception":
		return b, fault.New("22004", "JSON value must not be null").
			WithDetail("Exception was raised because null_value_treatment is \"raise_exception\".").
			WithHint("To avoid, either change the null_value_treatment argument or ensure that an SQL NULL is not passed.")
	}
	return b, fault.New(fault.CodeInvalidParameter, "%s", badTreatment)
}

const badTreatment = `null_value_treatment must be "delete_key", "return_target", "use_json_null", or "raise_exception"`

func jsonbInsert(b []byte, args []*vector.Vector, i int) ([]byte, error) {
	how := jsontext.InsertBefore
	if len(args) == 4 && vector.ValueAt(args[3], i).I != 0 {
		how = jsontext.InsertAfter
	}
	return jsonbEdit(b, "set path in", args, i, how, kernelBytes(args[2], i))
}

func jsonbOperators() []*Entry {
	words := types.ArrayOf(types.TVarchar)
	return []*Entry{
		{Names: []string{"?|"}, Doc: "Whether the jsonb has any of the members, or an array any of the strings.", Examples: []Example{{SQL: `'{"a":1}'::jsonb ?| array['b','a']`, Result: "true"}},
			overs: []overload{{sig: "jsonb ?| array(varchar)", types: jsonbOnly(types.TBoolean, words), scalar: jsonbHas(false)}}},
		{Names: []string{"?&"}, Doc: "Whether the jsonb has all of the members, or an array all of the strings.", Examples: []Example{{SQL: `'{"a":1}'::jsonb ?& array['b','a']`, Result: "false"}},
			overs: []overload{{sig: "jsonb ?& array(varchar)", types: jsonbOnly(types.TBoolean, words), scalar: jsonbHas(true)}}},
		{Names: []string{"#-"}, Doc: "The jsonb without the value at a path.", Examples: []Example{{SQL: `'{"a":{"b":1}}'::jsonb #- '{a,b}'`, Result: `{"a": {}}`}},
			overs: []overload{{sig: "jsonb #- array(varchar)", types: jsonbOnly(types.TJSONB, words), scalar: jsonbFn(func(b []byte, args []*vector.Vector, i int) ([]byte, error) {
				return jsonbEdit(b, "delete path in", args, i, jsontext.Delete, nil)
			})}}},
		{Names: []string{"jsonb_sort_key"}, Doc: "Bytes that compare as the jsonb values do; what `=`, `<` and ORDER BY of jsonb compare.", Examples: []Example{{SQL: `jsonb_sort_key('1.0') = jsonb_sort_key('1')`, Result: "true"}},
			overs: []overload{{sig: "jsonb_sort_key(jsonb) varbinary", scalar: mapText(jsontext.SortKey)}}},
	}
}

// jsonbMinus are the overloads of - for jsonb.
func jsonbMinus() []overload {
	return []overload{
		{sig: "jsonb - varchar", types: jsonbOnly(types.TJSONB, types.TVarchar), scalar: jsonbFn(func(b []byte, args []*vector.Vector, i int) ([]byte, error) {
			return jsonbWithout(b, kernelBytes(args[0], i), string(kernelBytes(args[1], i)))
		})},
		{sig: "jsonb - array(varchar)", types: jsonbOnly(types.TJSONB, types.ArrayOf(types.TVarchar)), scalar: jsonbFn(func(b []byte, args []*vector.Vector, i int) ([]byte, error) {
			names, _ := textArray(args[1], i)
			return jsonbWithout(b, kernelBytes(args[0], i), names...)
		})},
		{sig: "jsonb - bigint", types: jsonbOnly(types.TJSONB, types.TBigInt), scalar: jsonbFn(jsonbWithoutIndex)},
	}
}

// jsonbFunctions are the functions of jsonb that are not those of json by another name.
func jsonbFunctions() []*Entry {
	asB := func(k kernel.Kernel) *kernel.Impl { // what makes JSON, as jsonb
		return eval(func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			tmp := vector.New(types.TJSON, out.Len)
			if err := k(c, args, sel, tmp); err != nil {
				return err
			}
			w := kernel.NewTextOut(out)
			return kernel.EachErr(sel, out.Len, func(i int) error { return w.End(i, jsontext.AppendB(w.Start(), tmp.Bytes(i))) })
		})
	}
	return []*Entry{
		{Names: []string{"to_jsonb"}, Doc: "Any value as jsonb.", Examples: []Example{{SQL: "to_jsonb(array[1, 2])", Result: "[1, 2]"}}, overs: []overload{{sig: "to_jsonb(any) jsonb", scalar: asB(toJSON)}}},
		{Names: []string{"jsonb_build_object"}, Doc: "A jsonb object of alternating names and values.", Examples: []Example{{SQL: "jsonb_build_object('b', 1, 'a', null)", Result: `{"a": null, "b": 1}`}},
			overs: []overload{{sig: "jsonb_build_object(any...) jsonb", scalar: asB(jsonBuildObject), lenient: true}}},
		{Names: []string{"jsonb_build_array"}, Doc: "A jsonb array of the arguments.", Examples: []Example{{SQL: "jsonb_build_array(1, 'a')", Result: `[1, "a"]`}},
			overs: []overload{{sig: "jsonb_build_array(any...) jsonb", scalar: asB(jsonBuildArray), lenient: true}}},
		{Names: []string{"jsonb_object"}, Doc: "A jsonb object of an array of text that holds names and values in turn, or of two arrays.", Examples: []Example{{SQL: "jsonb_object('{a,1}')", Result: `{"a": "1"}`}},
			overs: []overload{{sig: "jsonb_object(array(varchar)) jsonb", scalar: asB(jsonObjectOfArray)}, {sig: "jsonb_object(array(varchar), array(varchar)) jsonb", scalar: asB(jsonObjectOfArrays)}}},
		{Names: []string{"jsonb_strip_nulls"}, Doc: "The jsonb without members that are null.", Examples: []Example{{SQL: `jsonb_strip_nulls('{"a":1,"b":null}')`, Result: `{"a": 1}`}},
			overs: []overload{{sig: "jsonb_strip_nulls(jsonb) jsonb", scalar: jsonbFn(func(b []byte, args []*vector.Vector, i int) ([]byte, error) {
				return stripNulls(b, kernelBytes(args[0], i)), nil
			})}}},
		{Names: []string{"jsonb_set"}, Doc: "The jsonb with a new value at a path; the last argument says whether a missing member or element is added (it is, by default).",
			Examples: []Example{{SQL: `jsonb_set('{"a":[1,2]}', '{a,0}', '"x"')`, Result: `{"a": ["x", 2]}`}},
			overs:    []overload{{sig: "jsonb_set(jsonb, array(varchar), jsonb) jsonb", scalar: jsonbFn(jsonbSet)}, {sig: "jsonb_set(jsonb, array(varchar), jsonb, boolean) jsonb", scalar: jsonbFn(jsonbSet)}}},
		{Names: []string{"jsonb_set_lax"}, Doc: "As jsonb_set; the last argument says what a NULL as the new value does: raise_exception, use_json_null (it does, by default), delete_key or return_target.",
			Examples: []Example{{SQL: `jsonb_set_lax('{"a":1}', '{a}', null)`, Result: `{"a": null}`}, {SQL: `jsonb_set_lax('{"a":1,"b":2}', '{a}', null, true, 'delete_key')`, Result: `{"b": 2}`}},
			overs: []overload{
				{sig: "jsonb_set_lax(jsonb, array(varchar), jsonb) jsonb", lenient: true, scalar: eval(jsonbSetLax)},
				{sig: "jsonb_set_lax(jsonb, array(varchar), jsonb, boolean) jsonb", lenient: true, scalar: eval(jsonbSetLax)},
				{sig: "jsonb_set_lax(jsonb, array(varchar), jsonb, boolean, varchar) jsonb", lenient: true, scalar: eval(jsonbSetLax)},
			}},
		{Names: []string{"jsonb_insert"}, Doc: "The jsonb with a value inserted at a path: before the element there, or after it.", Examples: []Example{{SQL: `jsonb_insert('{"a":[1,2]}', '{a,1}', '9', true)`, Result: `{"a": [1, 2, 9]}`}},
			overs: []overload{{sig: "jsonb_insert(jsonb, array(varchar), jsonb) jsonb", scalar: jsonbFn(jsonbInsert)}, {sig: "jsonb_insert(jsonb, array(varchar), jsonb, boolean) jsonb", scalar: jsonbFn(jsonbInsert)}}},
		{Names: []string{"jsonb_pretty"}, Doc: "The jsonb as text, a line for each member and element.", Examples: []Example{{SQL: `replace(jsonb_pretty('{"a":1}'), chr(10), '/')`, Result: `{/    "a": 1/}`}},
			overs: []overload{{sig: "jsonb_pretty(jsonb) varchar", scalar: mapText(func(b, s []byte) []byte { return jsontext.AppendPretty(b, s, 0) })}}},
		{Names: []string{"jsonb_extract_path"}, Doc: "The value at a path of names and positions.", Examples: []Example{{SQL: `jsonb_extract_path('{"a":{"b":2}}', 'a', 'b')`, Result: "2"}},
			overs: []overload{{sig: "jsonb_extract_path(jsonb, varchar...) jsonb", scalar: jsonPick(false, func(doc []byte, args []*vector.Vector, i int) ([]byte, bool) {
				return jsontext.Walk(doc, wordPath(args[1:], i))
			})}}},
	}
}

// jsonbConcat is || of two jsonb values.
func jsonbConcat(b []byte, args []*vector.Vector, i int) ([]byte, error) {
	b, err := jsontext.Merge(b, bytes.TrimSpace(kernelBytes(args[0], i)), bytes.TrimSpace(kernelBytes(args[1], i)))
	if err != nil {
		return b, errBadJSON()
	}
	return b, nil
}
