package fn

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// jsonConstructors are json_object and json_array of SQL/JSON. PostgreSQL 15 has
// another json_object, of arrays of text.
func jsonConstructors() []*Entry {
	return []*Entry{
		{Names: []string{"json_object"}, Doc: "A JSON object of names and values, or of an array of text that holds them in turn.", Examples: []Example{
			{SQL: `json_object('x' : 1, 'y' : 'text')`, Result: `{"x" : 1, "y" : "text"}`},
			{SQL: `json_object('x' : 1, 'y' : 'text')`, Result: `{"x":1,"y":"text"}`, Athena: true},
			{SQL: `json_object('{a,1,b,2}')`, Result: `{"a" : "1", "b" : "2"}`}},
			overs: []overload{
				{sig: "json_object(name : value, ... [NULL / ABSENT ON NULL] [WITH UNIQUE KEYS] [RETURNING type]) json", types: jsonPartTypes, scalar: jsonPartsImpl(true), lenient: true},
				{sig: "json_object(array(varchar)) json", scalar: eval(jsonObjectOfArray), dialect: pgOnly},
				{sig: "json_object(array(varchar), array(varchar)) json", scalar: eval(jsonObjectOfArrays), dialect: pgOnly},
			}},
		{Names: []string{"json_array"}, Doc: "A JSON array of the values; NULLs are left out unless NULL ON NULL is said.", Examples: []Example{
			{SQL: `json_array(true, 1.2, 'text', null)`, Result: `[true, 1.2, "text"]`},
			{SQL: `json_array(true, null, 1 NULL ON NULL)`, Result: `[true,null,1]`, Athena: true}},
			overs: []overload{{sig: "json_array(value, ... [NULL / ABSENT ON NULL] [RETURNING type]) json", types: jsonPartTypes, scalar: jsonPartsImpl(false), lenient: true}}},
	}
}

// jsonPartTypes recognizes the calls that the binder made of the clauses.
func jsonPartTypes(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) < 2 || args[0].Const == nil || args[1].Const != nil && !args[1].Const.Null || plan.DecodeJSONClauses(args[0].Const.S, &plan.JSONClauses{}) != nil {
		return nil, types.Type{}, false
	}
	params := make([]types.Type, len(args))
	for i, a := range args {
		if params[i] = a.Type; a.Type.Kind == types.Unknown {
			params[i] = types.TVarchar
		}
	}
	return params, params[1], true
}

// jsonParts writes objects or arrays from the arguments after the first two.
type jsonParts struct {
	in     jsonInput
	cl     plan.JSONClauses
	object bool
	sep    string // between parts
	colon  string
	pg     bool
	ret    types.Type
	keys   map[string]bool
}

func jsonPartsImpl(object bool) *kernel.Impl {
	return &kernel.Impl{New: func(c *kernel.EvalCtx, fn *plan.Func, consts []*types.Value) (kernel.Instance, error) {
		p := &jsonParts{object: object, pg: fn.Dialect == plan.Postgres, sep: ",", colon: ":", ret: fn.Ret}
		if p.pg {
			p.sep, p.colon = ", ", " : "
		}
		if consts[0] == nil {
			return kernel.Instance{}, fault.New(fault.CodeInternal, "the clauses of %s are not constant", fn.Name)
		}
		if err := plan.DecodeJSONClauses(consts[0].S, &p.cl); err != nil {
			return kernel.Instance{}, fault.Wrap(err, fault.CodeInternal, "the clauses of %s cannot be read", fn.Name)
		}
		if k := fn.Ret.Kind; !fn.Ret.IsString() && k != types.JSON && k != types.Varbinary {
			return kernel.Instance{}, fault.New(fault.CodeDatatypeMismatch, "%s cannot return %s", fn.Name, fn.Ret).
				WithHint("RETURNING takes types of text, json and varbinary.")
		}
		p.in.init(c, plan.JSONFormat{}, nil, 0)
		return kernel.Instance{Eval: p.eval}, nil
	}}
}

func (p *jsonParts) eval(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w := kernel.NewTextOut(out)
	var scrap []byte
	return kernel.EachErr(sel, out.Len, func(i int) error {
		b, err := p.row(w.Start(), args[2:], i)
		if err != nil {
			return err
		}
		if from := len(w.Start()); p.ret.Kind == types.Varbinary {
			scrap = append(scrap[:0], b[from:]...)
			b = encodeUTF(b[:from], scrap, p.cl.Output.Encoding)
		} else if b, err = fitText(b, from, p.ret); err != nil {
			return err
		}
		return w.End(i, b)
	})
}

// fitText refuses what is longer than a varchar(n), and pads for a char(n).
func fitText(b []byte, from int, t types.Type) ([]byte, error) {
	if t.P == 0 || !t.IsString() {
		return b, nil
	}
	n := len([]rune(string(b[from:])))
	if n > int(t.P) {
		return b, fault.New(fault.CodeStringTruncation, "value too long for type %s", t)
	}
	for ; t.Kind == types.Char && n < int(t.P); n++ {
		b = append(b, ' ')
	}
	return b, nil
}

func (p *jsonParts) row(b []byte, args []*vector.Vector, i int) ([]byte, error) {
	step, open, end := 1, byte('['), byte(']')
	if p.object {
		step, open, end = 2, '{', '}'
	}
	clear(p.keys)
	b = append(b, open)
	first := true
	for k := 0; k < len(args); k += step {
		v := args[k+step-1]
		if p.object && args[k].IsNull(i) {
			return b, fault.New(fault.CodeInvalidParameter, "null value not allowed for object key")
		}
		if p.object && p.cl.Unique {
			if err := p.unique(string(kernelBytes(args[k], i))); err != nil {
				return b, err
			}
		}
		if v.IsNull(i) && p.cl.Absent {
			continue
		}
		if !first {
			b = append(b, p.sep...)
		}
		first = false
		if p.object {
			b = append(kernel.AppendJSONString(b, kernelBytes(args[k], i)), p.colon...)
		}
		var err error
		if b, err = p.value(b, v, i, p.cl.Values[k/step]); err != nil {
			return b, err
		}
	}
	return append(b, end), nil
}

func (p *jsonParts) unique(key string) error {
	if p.keys == nil {
		p.keys = map[string]bool{}
	}
	if p.keys[key] {
		return fault.New("22030", "duplicate JSON object key value").WithDetail("The key is %q.", key)
	}
	p.keys[key] = true
	return nil
}

func (p *jsonParts) value(b []byte, v *vector.Vector, i int, f plan.JSONFormat) ([]byte, error) {
	if v.IsNull(i) {
		return append(b, "null"...), nil
	}
	if v.Type.Kind != types.JSON && !f.JSON {
		return p.in.text.AppendJSON(b, v, i), nil
	}
	doc, err := jsonDocument(v, i, f.Encoding)
	if err != nil {
		return b, err
	}
	if p.pg {
		return doc.AppendJSON(b), nil
	}
	return jsontext.Compact(b, doc.AppendJSON(nil)), nil
}

// jsonObjectOfArray is PostgreSQL's json_object(text[]): names and values in turn, or
// pairs of them.
func jsonObjectOfArray(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w, l := kernel.NewTextOut(out), listsOf(args[0])
	return kernel.EachErr(sel, out.Len, func(i int) error {
		r := l.rs.At(i)
		if r.Len%2 != 0 {
			return fault.New(fault.CodeArraySubscript, "array must have even number of elements")
		}
		b, err := append(w.Start(), '{'), error(nil)
		for e := r.Off; e < r.Off+r.Len; e += 2 {
			if b, err = appendTextPair(b, e > r.Off, l.kids[0], int(e), l.kids[0], int(e+1)); err != nil {
				return err
			}
		}
		return w.End(i, append(b, '}'))
	})
}

// jsonObjectOfArrays is json_object(names, values).
func jsonObjectOfArrays(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w, l, m := kernel.NewTextOut(out), listsOf(args[0]), listsOf(args[1])
	return kernel.EachErr(sel, out.Len, func(i int) error {
		r, s := l.rs.At(i), m.rs.At(i)
		if r.Len != s.Len {
			return fault.New(fault.CodeArraySubscript, "mismatched array dimensions")
		}
		b, err := append(w.Start(), '{'), error(nil)
		for e := range r.Len {
			if b, err = appendTextPair(b, e > 0, l.kids[0], int(r.Off+e), m.kids[0], int(s.Off+e)); err != nil {
				return err
			}
		}
		return w.End(i, append(b, '}'))
	})
}

func appendTextPair(b []byte, more bool, k *vector.Vector, i int, v *vector.Vector, j int) ([]byte, error) {
	if k.IsNull(i) {
		return b, fault.New("22004", "null value not allowed for object key")
	}
	if more {
		b = append(b, ", "...)
	}
	b = append(kernel.AppendJSONString(b, kernelBytes(k, i)), " : "...)
	if v.IsNull(j) {
		return append(b, "null"...), nil
	}
	return kernel.AppendJSONString(b, kernelBytes(v, j)), nil
}
