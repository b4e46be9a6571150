package fn

import (
	"bytes"
	"encoding/json"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func jsonEntries() []*Entry {
	return concatAll(jsonOperators(), jsonbOperators(), jsonbFunctions(), jsonTrino(), jsonSQL(), jsonbPathEntries(), jsonConstructors(), jsonMaking())
}

func jsonOperators() []*Entry {
	member := func(text bool) *kernel.Impl {
		return jsonPick(text, func(doc []byte, args []*vector.Vector, i int) ([]byte, bool) {
			return jsontext.Field(doc, string(kernelBytes(args[1], i)))
		})
	}
	index := func(text bool) *kernel.Impl {
		return jsonPick(text, func(doc []byte, args []*vector.Vector, i int) ([]byte, bool) {
			return jsontext.Index(doc, intArg(args, 1, i))
		})
	}
	path := func(text bool) *kernel.Impl {
		return jsonPick(text, func(doc []byte, args []*vector.Vector, i int) ([]byte, bool) {
			return jsontext.Walk(doc, arrayPath(args[1], i))
		})
	}
	words := func(text bool) *kernel.Impl {
		return jsonPick(text, func(doc []byte, args []*vector.Vector, i int) ([]byte, bool) {
			return jsontext.Walk(doc, wordPath(args[1:], i))
		})
	}
	return []*Entry{
		{Names: []string{"->"}, Doc: "Member of a JSON object, or element of an array counted from 0, as JSON.", Examples: []Example{{SQL: `json '{"a":{"b":1}}' -> 'a'`, Result: `{"b":1}`}, {SQL: `json '[1,2]' -> 1`, Result: "2"}},
			overs: []overload{{sig: "f(json, varchar) json", types: jsonOfArg(types.TJSON, types.TVarchar), scalar: member(false)}, {sig: "f(json, bigint) json", types: jsonOfArg(types.TJSON, types.TBigInt), scalar: index(false)}}},
		{Names: []string{"->>"}, Doc: "As `->`, as text.", Examples: []Example{{SQL: `json '{"a":"x"}' ->> 'a'`, Result: "x"}},
			overs: []overload{{sig: "f(json, varchar) varchar", scalar: member(true)}, {sig: "f(json, bigint) varchar", scalar: index(true)}}},
		{Names: []string{"#>"}, Doc: "The value at a path, an array of names and positions.", Examples: []Example{{SQL: `json '{"a":[1,2]}' #> '{a,1}'`, Result: "2"}},
			overs: []overload{{sig: "f(json, array(varchar)) json", types: jsonOfArg(types.TJSON, types.ArrayOf(types.TVarchar)), scalar: path(false)}}},
		{Names: []string{"#>>"}, Doc: "As `#>`, as text.", Examples: []Example{{SQL: `json '{"a":1}' #>> '{a}'`, Result: "1"}},
			overs: []overload{{sig: "f(json, array(varchar)) varchar", types: jsonOfArg(types.TVarchar, types.ArrayOf(types.TVarchar)), scalar: path(true)}}},
		{Names: []string{"?"}, Doc: "Whether the JSON object has the member, or the array the string.", Examples: []Example{{SQL: `json '{"a":1}' ? 'a'`, Result: "true"}},
			overs: []overload{{sig: "f(json, varchar) boolean", scalar: boolFn(jsonHas)}}},
		{Names: []string{"json_extract_path"}, Doc: "The value at a path of names and positions.", Examples: []Example{{SQL: `json_extract_path(json '{"a":{"b":2}}', 'a', 'b')`, Result: "2"}},
			overs: []overload{{sig: "json_extract_path(json, varchar...) json", scalar: words(false)}}},
		{Names: []string{"json_extract_path_text", "jsonb_extract_path_text"}, Doc: "The value at a path of names and positions, as text.", Examples: []Example{{SQL: `json_extract_path_text(json '{"a":"x"}', 'a')`, Result: "x"}},
			overs: []overload{{sig: "json_extract_path_text(json, varchar...) varchar", scalar: words(true)}}},
		{Names: []string{"json_typeof", "jsonb_typeof"}, Doc: "object, array, string, number, boolean or null.", Examples: []Example{{SQL: `json_typeof(json '[1]')`, Result: "array"}},
			overs: []overload{{sig: "json_typeof(json) varchar", scalar: mapText(jsonTypeof)}}},
	}
}

// jsonPick makes a function that finds a value inside its first argument; not
// found, or JSON's null as text, is NULL.
func jsonPick(text bool, find func(doc []byte, args []*vector.Vector, i int) ([]byte, bool)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, w := kernel.StringsOf(args[0]), kernel.NewTextOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			v, ok := find(s.At(i), args, i)
			b, null := w.Start(), !ok
			switch {
			case !ok:
			case text:
				b, null = jsontext.ScalarOut(b, v)
			default:
				b = append(b, bytes.TrimSpace(v)...)
			}
			if null {
				out.SetNull(i)
			}
			return w.End(i, b)
		})
	})
}

func stepOf(s []byte) jsontext.Step {
	step := jsontext.Step{Name: string(s)}
	if n, err := types.ParseInt64(s); err == nil {
		step.Index, step.IsIndex = n, true
	}
	return step
}

func arrayPath(v *vector.Vector, i int) []jsontext.Step {
	l := listsOf(v)
	var out []jsontext.Step
	for _, e := range rangeIdx(l.rs.At(i)) {
		if l.kids[0].IsNull(int(e)) {
			return []jsontext.Step{{Name: "\x00"}}
		}
		out = append(out, stepOf(kernelBytes(l.kids[0], int(e))))
	}
	return out
}

func wordPath(args []*vector.Vector, i int) []jsontext.Step {
	out := make([]jsontext.Step, len(args))
	for k, a := range args {
		out[k] = stepOf(kernelBytes(a, i))
	}
	return out
}

func jsonHas(s []kernel.Strings, i int) bool {
	return jsonHasKey(s[0].At(i), string(s[1].At(i)))
}

func jsonHasKey(doc []byte, name string) bool {
	if jsontext.Kind(doc) == '{' {
		_, ok := jsontext.Field(doc, name)
		return ok
	}
	found := false
	if jsontext.Kind(doc) == '[' {
		jsontext.Each(doc, func(_, v []byte) bool {
			found = found || v[0] == '"' && jsontext.KeyIs(v, name)
			return !found
		})
	}
	return found
}

func jsonTypeof(b, s []byte) []byte {
	switch jsontext.Kind(s) {
	case '{':
		return append(b, "object"...)
	case '[':
		return append(b, "array"...)
	case '"':
		return append(b, "string"...)
	case 't', 'f':
		return append(b, "boolean"...)
	case 'n':
		return append(b, "null"...)
	}
	return append(b, "number"...)
}

// jsonElement and jsonMember are PostgreSQL's subscripts of JSON.
func jsonElement(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	return jsonPick(false, func(doc []byte, args []*vector.Vector, i int) ([]byte, bool) {
		return jsontext.Index(doc, intArg(args, 1, i))
	}).Eval(c, args, sel, out)
}

func jsonMember(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	return jsonPick(false, func(doc []byte, args []*vector.Vector, i int) ([]byte, bool) {
		return jsontext.Field(doc, string(kernelBytes(args[1], i)))
	}).Eval(c, args, sel, out)
}

func jsonTrino() []*Entry {
	return []*Entry{
		jsonPathEntry("json_extract", "The value at a JSON path (`$.a[0].b`) as JSON; NULL if there is none.", false, types.TJSON,
			Example{SQL: `json_extract('{"a":[1,{"b":2}]}', '$.a[1].b')`, Result: "2"}),
		jsonPathEntry("json_extract_scalar", "The scalar at a JSON path as text; NULL if there is none, or an object or array.", true, types.TVarchar,
			Example{SQL: `json_extract_scalar('{"a":"x"}', '$.a')`, Result: "x"}),
		{Names: []string{"json_parse"}, Doc: "Text as JSON; an error if it is none.", Examples: []Example{{SQL: `json_parse('[1]')`, Result: "[1]"}},
			overs: []overload{{sig: "json_parse(varchar) json", scalar: textFn(jsonParse)}}},
		{Names: []string{"json_format"}, Doc: "JSON as text.", Examples: []Example{{SQL: `json_format(json '[1]')`, Result: "[1]"}},
			overs: []overload{{sig: "json_format(json) varchar", scalar: mapText(func(b, s []byte) []byte { return append(b, s...) })}}},
		{Names: []string{"json_array_length", "jsonb_array_length"}, Doc: "The number of elements of a JSON array.", Examples: []Example{{SQL: `json_array_length(json '[1,2]')`, Result: "2"}},
			overs: []overload{
				{sig: "json_array_length(json) integer", scalar: intFn(jsonArrayLength), dialect: pgOnly},
				{sig: "json_array_length(json) bigint", scalar: intFn(jsonArrayLength), dialect: athenaOnly},
				{sig: "json_array_length(varchar) bigint", scalar: intFn(jsonArrayLength), dialect: athenaOnly},
			}},
		{Names: []string{"json_array_get"}, Doc: "Element of a JSON array, counted from 0, from the end if negative.", Examples: []Example{{SQL: `json_array_get('[1,2]', -1)`, Result: "2"}},
			overs: []overload{{sig: "json_array_get(varchar, bigint) json", scalar: eval(jsonElement)}, {sig: "json_array_get(json, bigint) json", scalar: eval(jsonElement)}}},
		{Names: []string{"json_array_contains"}, Doc: "Whether a JSON array holds the value.", Examples: []Example{{SQL: `json_array_contains('[1,2]', 2)`, Result: "true"}},
			overs: []overload{{sig: "json_array_contains(varchar, T) boolean", scalar: eval(jsonArrayHas)}, {sig: "json_array_contains(json, T) boolean", scalar: eval(jsonArrayHas)}}},
		{Names: []string{"json_size"}, Doc: "The number of members or elements of the value at a JSON path; 0 of a scalar.", Examples: []Example{{SQL: `json_size('{"a":[1,2]}', '$.a')`, Result: "2"}},
			overs: []overload{{sig: "json_size(varchar, varchar) bigint", scalar: eval(jsonSize)}, {sig: "json_size(json, varchar) bigint", scalar: eval(jsonSize)}}},
		{Names: []string{"is_json_scalar"}, Doc: "Whether the JSON value is a string, number, boolean or null.", Examples: []Example{{SQL: `is_json_scalar('1')`, Result: "true"}},
			overs: []overload{{sig: "is_json_scalar(varchar) boolean", scalar: boolFn(jsonIsScalar)}, {sig: "is_json_scalar(json) boolean", scalar: boolFn(jsonIsScalar)}}},
	}
}

func jsonIsScalar(s []kernel.Strings, i int) bool {
	k := jsontext.Kind(s[0].At(i))
	return k != '{' && k != '['
}

// jsonPathEntry makes the functions over a JSON path, compiled once if constant.
func jsonPathEntry(name, doc string, scalar bool, ret types.Type, ex Example) *Entry {
	im := &kernel.Impl{New: func(_ *kernel.EvalCtx, _ *plan.Func, consts []*types.Value) (kernel.Instance, error) {
		var cache pathCache
		if consts[1] != nil && !consts[1].Null {
			if _, err := cache.get([]byte(consts[1].S)); err != nil {
				return kernel.Instance{}, err
			}
		}
		return kernel.Instance{Eval: func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			s, paths, w := kernel.StringsOf(args[0]), kernel.StringsOf(args[1]), kernel.NewTextOut(out)
			return kernel.EachErr(sel, out.Len, func(i int) error {
				path, err := cache.get(paths.At(i))
				if err != nil {
					return err
				}
				v, ok := jsontext.Walk(s.At(i), path)
				b, null := w.Start(), !ok
				if k := jsontext.Kind(v); ok && scalar && (k == '{' || k == '[') {
					ok, null = false, true
				}
				switch {
				case !ok:
				case scalar:
					b, null = jsontext.ScalarOut(b, v)
				default:
					b = append(b, bytes.TrimSpace(v)...)
				}
				if null {
					out.SetNull(i)
				}
				return w.End(i, b)
			})
		}}, nil
	}}
	r := ret.String()
	return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{ex}, overs: []overload{
		{sig: name + "(varchar, varchar) " + r, scalar: im}, {sig: name + "(json, varchar) " + r, scalar: im}}}
}

// pathCache keeps the last JSON path.
type pathCache struct {
	text  string
	steps []jsontext.Step
	have  bool
}

func (c *pathCache) get(text []byte) ([]jsontext.Step, error) {
	if c.have && c.text == string(text) {
		return c.steps, nil
	}
	steps, err := parseJSONPath(string(text))
	if err != nil {
		return nil, err
	}
	c.text, c.steps, c.have = string(text), steps, true
	return steps, nil
}

func jsonParse(b []byte, s []kernel.Strings, i int) ([]byte, error) {
	if !json.Valid(s[0].At(i)) {
		return b, types.TextError(types.ErrSyntax, types.TJSON, s[0].At(i))
	}
	return append(b, s[0].At(i)...), nil
}

func jsonArrayLength(s []kernel.Strings, i int) (int64, error) {
	if jsontext.Kind(s[0].At(i)) != '[' {
		return 0, fault.New(fault.CodeInvalidParameter, "cannot get array length of a non-array")
	}
	return jsontext.Len(s[0].At(i)), nil
}

func jsonArrayHas(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, dst := kernel.StringsOf(args[0]), vector.Values[bool](out)
	opt := kernel.TextOptions{Location: c.Location()}
	kernel.Each(sel, out.Len, func(i int) {
		want := opt.AppendJSON(nil, args[1], i)
		found := false
		if jsontext.Kind(s.At(i)) == '[' {
			jsontext.Each(s.At(i), func(_, v []byte) bool {
				found = found || jsontext.Equal(v, want)
				return !found
			})
		}
		dst[i] = found
	})
	return nil
}

func jsonSize(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, dst := strs(args), vector.Values[int64](out)
	var cache pathCache
	return kernel.EachErr(sel, out.Len, func(i int) error {
		path, err := cache.get(s[1].At(i))
		if err != nil {
			return err
		}
		v, ok := jsontext.Walk(s[0].At(i), path)
		if dst[i] = 0; !ok {
			out.SetNull(i)
		} else if k := jsontext.Kind(v); k == '{' || k == '[' {
			dst[i] = jsontext.Len(v)
		}
		return nil
	})
}

// jsonMaking are the functions that make JSON from values.
func jsonMaking() []*Entry {
	return []*Entry{
		{Names: []string{"to_json", "row_to_json", "array_to_json"}, Doc: "Any value as JSON.", Examples: []Example{{SQL: "to_json(array[1, 2])", Result: "[1,2]"}},
			overs: []overload{{sig: "to_json(any) json", scalar: eval(toJSON)}}},
		{Names: []string{"json_build_object"}, Doc: "A JSON object of alternating names and values.", Examples: []Example{{SQL: "json_build_object('a', 1, 'b', null)", Result: `{"a" : 1, "b" : null}`}},
			overs: []overload{{sig: "json_build_object(any...) json", scalar: eval(jsonBuildObject), lenient: true}}},
		{Names: []string{"json_build_array"}, Doc: "A JSON array of the arguments.", Examples: []Example{{SQL: "json_build_array(1, 'a')", Result: `[1, "a"]`}},
			overs: []overload{{sig: "json_build_array(any...) json", scalar: eval(jsonBuildArray), lenient: true}}},
		{Names: []string{"json_strip_nulls"}, Doc: "The JSON without members that are null.", Examples: []Example{{SQL: `json_strip_nulls(json '{"a":1,"b":null}')`, Result: `{"a":1}`}},
			overs: []overload{{sig: "json_strip_nulls(json) json", scalar: mapText(stripNulls)}}},
	}
}

func toJSON(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w, opt := kernel.NewTextOut(out), kernel.TextOptions{Location: c.Location(), Records: true}
	return kernel.EachErr(sel, out.Len, func(i int) error { return w.End(i, opt.AppendJSON(w.Start(), args[0], i)) })
}

func jsonBuildObject(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	if len(args)%2 != 0 {
		return fault.New(fault.CodeInvalidParameter, "argument list must have even number of elements")
	}
	w, opt := kernel.NewTextOut(out), kernel.TextOptions{Location: c.Location(), Records: true}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		b := append(w.Start(), '{')
		for k := 0; k < len(args); k += 2 {
			if args[k].IsNull(i) {
				return fault.New(fault.CodeInvalidParameter, "argument %d cannot be null", k+1).WithHint("Object keys should be text.")
			}
			if k > 0 {
				b = append(b, ", "...)
			}
			b = append(kernel.AppendJSONString(b, opt.AppendText(nil, args[k], i)), " : "...)
			b = opt.AppendJSON(b, args[k+1], i)
		}
		return w.End(i, append(b, '}'))
	})
}

func jsonBuildArray(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w, opt := kernel.NewTextOut(out), kernel.TextOptions{Location: c.Location(), Records: true}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		b := append(w.Start(), '[')
		for k := range args {
			if k > 0 {
				b = append(b, ", "...)
			}
			b = opt.AppendJSON(b, args[k], i)
		}
		return w.End(i, append(b, ']'))
	})
}

func stripNulls(b, s []byte) []byte {
	s = bytes.TrimSpace(s)
	switch jsontext.Kind(s) {
	case '{', '[':
	default:
		return append(b, s...)
	}
	b = append(b, s[0])
	first := true
	jsontext.Each(s, func(k, v []byte) bool {
		if k != nil && string(v) == "null" {
			return true
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		if k != nil {
			b = append(append(b, k...), ':')
		}
		b = stripNulls(b, v)
		return true
	})
	if s[0] == '{' {
		return append(b, '}')
	}
	return append(b, ']')
}
