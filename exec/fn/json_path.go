package fn

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
	"github.com/glauxdb/glaux/exec/jsonpath"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// jsonInput is what a path of SQL/JSON is evaluated over: documents and variables
// from the vectors of a call.
type jsonInput struct {
	format plan.JSONFormat
	vars   []plan.JSONVar
	first  int // where the variables stand among the arguments
	text   kernel.TextOptions
	items  []jsonpath.Item // of vars, in the current row
}

func (in *jsonInput) init(c *kernel.EvalCtx, f plan.JSONFormat, vars []plan.JSONVar, first int) {
	in.format, in.vars, in.first = f, vars, first
	in.text = kernel.TextOptions{Location: c.Location(), Style: c.Style(), Catalog: c.Catalog}
	in.items = make([]jsonpath.Item, len(vars))
}

// document gives the input of row i, which is not NULL.
func (in *jsonInput) document(v *vector.Vector, i int) (jsonpath.Item, error) {
	return jsonDocument(v, i, in.format.Encoding)
}

// jsonDocument reads a value as JSON. What has the type JSON is believed.
func jsonDocument(v *vector.Vector, i int, encoding string) (jsonpath.Item, error) {
	s := kernelBytes(v, i)
	if v.Type.Kind == types.JSON {
		return jsonpath.Doc(s), nil
	}
	if v.Type.Kind == types.Varbinary {
		var err error
		if s, err = decodeUTF(s, encoding); err != nil {
			return jsonpath.Item{}, err
		}
	}
	if !jsontext.Valid(s) {
		return jsonpath.Item{}, errBadJSON()
	}
	return jsonpath.Doc(s), nil
}

// row makes the items of the variables of row i.
func (in *jsonInput) row(args []*vector.Vector, i int) error {
	for k, v := range in.vars {
		a := args[in.first+k]
		var err error
		if in.items[k], err = in.item(a, i, v.Format); err != nil {
			return err
		}
	}
	return nil
}

// item makes an SQL value an item: NULL is JSON's null, what JSON has no kind for is
// text.
func (in *jsonInput) item(v *vector.Vector, i int, f plan.JSONFormat) (jsonpath.Item, error) {
	if v.IsNull(i) {
		return jsonpath.NullItem(), nil
	}
	switch k := v.Type.Kind; {
	case k == types.JSON || f.JSON:
		return jsonDocument(v, i, f.Encoding)
	case k == types.Boolean:
		return jsonpath.BoolOf(vector.ValueAt(v, i).I != 0), nil
	case v.Type.IsNumeric():
		text := in.text.AppendJSON(nil, v, i)
		if text[0] == '"' { // NaN and the infinities
			return jsonpath.Item{}, fault.New(fault.CodeNumericOutOfRange, "%s is no number of JSON", text)
		}
		return jsonpath.NumberOf(text, v.Type.IsFloat()), nil
	case v.Type.IsDatetime():
		return jsonpath.TimeOf(vector.ValueAt(v, i)), nil
	case v.Type.IsNested():
		return jsonpath.Doc(in.text.AppendJSON(nil, v, i)), nil
	}
	return jsonpath.Text(in.text.AppendText(nil, v, i)), nil
}

// compilePath compiles a path and says which of the variables given each of its own is.
func compilePath(text string, opts jsonpath.Options, vars []plan.JSONVar) (*pathRun, error) {
	p, err := jsonpath.Compile(text, opts)
	if err != nil {
		return nil, err
	}
	r := &pathRun{path: p, eval: p.NewEval(), vals: make([]jsonpath.Item, len(p.Vars()))}
	for _, name := range p.Vars() {
		at := -1
		for i, v := range vars {
			if v.Name == name || !v.Quoted && at < 0 && strings.EqualFold(v.Name, name) {
				at = i
			}
		}
		if at < 0 {
			return nil, fault.New(fault.CodeUndefinedObject, "could not find jsonpath variable %q", name).
				WithHint("PASSING gives variables their values.")
		}
		r.which = append(r.which, at)
	}
	return r, nil
}

// pathRun is a path with the way to its variables.
type pathRun struct {
	path  *jsonpath.Path
	eval  *jsonpath.Eval
	which []int
	vals  []jsonpath.Item
}

func (r *pathRun) run(doc jsonpath.Item, vars []jsonpath.Item) ([]jsonpath.Item, error) {
	for i, at := range r.which {
		r.vals[i] = vars[at]
	}
	return r.eval.Run(doc, r.vals)
}

// pathOptions are those of the functions of SQL/JSON.
func pathOptions(c *kernel.EvalCtx, d plan.Dialect) jsonpath.Options {
	return jsonpath.Options{Postgres: d == plan.Postgres, Zone: c.Location(), Check: c.Check}
}

// jsonState is how a row comes out.
type jsonState = int32

const (
	jsonFound jsonState = iota
	jsonNull            // SQL's NULL
	jsonEmpty
	jsonFailed
)

// jsonResult makes of the items of a path what a column of some type holds.
type jsonResult struct {
	cl      plan.JSONClauses
	query   bool // json_query, not json_value
	to      types.Type
	dialect plan.Dialect
}

// append writes the result as text that casts to the type. err is why it failed.
func (r *jsonResult) append(b []byte, items []jsonpath.Item, err error) ([]byte, jsonState, error) {
	from := len(b)
	if err == nil {
		var state jsonState
		if b, state, err = r.found(b, items); err == nil && state != jsonEmpty {
			return b, state, nil
		}
		b = b[:from]
	}
	how, state := r.cl.Empty, jsonEmpty
	if err != nil {
		if f, ok := err.(*fault.Error); !ok || f.Code[:2] != "22" {
			return b, jsonFailed, err
		}
		how, state = r.cl.Error, jsonFailed
	}
	switch how {
	case "error":
		if err == nil {
			err = fault.New("22035", "no SQL/JSON item found for specified path")
		}
		return b, state, err
	case "empty array":
		return append(b, "[]"...), jsonFound, nil
	case "empty object":
		return append(b, "{}"...), jsonFound, nil
	case "default":
		return b, state, nil
	}
	return b, jsonNull, nil
}

func (r *jsonResult) found(b []byte, items []jsonpath.Item) ([]byte, jsonState, error) {
	switch {
	case len(items) == 0:
		return b, jsonEmpty, nil
	case r.query:
		return r.json(b, items)
	case len(items) > 1:
		return b, jsonFailed, fault.New("22034", "JSON path expression must return single scalar item")
	case !items[0].IsScalar():
		return b, jsonFailed, fault.New("2203F", "JSON path expression must return scalar item")
	case items[0].Kind() == jsonpath.Null:
		return b, jsonNull, nil
	}
	b, ok := r.scalar(b, items[0])
	if !ok {
		return b, jsonFailed, fault.New(fault.CodeInvalidText, "the JSON value %s cannot be cast to %s", items[0].AppendJSON(nil), r.to)
	}
	return b, jsonFound, nil
}

// json writes the result of json_query.
func (r *jsonResult) json(b []byte, items []jsonpath.Item) ([]byte, jsonState, error) {
	one := len(items) == 1
	wrap := r.cl.Wrapper == "unconditional" || r.cl.Wrapper == "conditional" && !(one && (!items[0].IsScalar() || r.dialect == plan.Postgres))
	switch {
	case wrap:
		b = append(b, '[')
		for i, it := range items {
			if i > 0 {
				b = append(b, ',')
				if r.dialect == plan.Postgres {
					b = append(b, ' ')
				}
			}
			b = r.value(b, it)
		}
		return append(b, ']'), jsonFound, nil
	case !one:
		return b, jsonFailed, fault.New("22034", "JSON path expression in JSON_QUERY must return single item when no wrapper is requested").
			WithHint("Use the WITH WRAPPER clause to wrap SQL/JSON items into an array.")
	case r.cl.Unquoted && items[0].Kind() == jsonpath.String:
		return items[0].AppendText(b), jsonFound, nil
	}
	return r.value(b, items[0]), jsonFound, nil
}

// value writes an item as JSON: in Trino's dialect without white space.
func (r *jsonResult) value(b []byte, it jsonpath.Item) []byte {
	if r.dialect == plan.Postgres {
		return it.AppendJSON(b)
	}
	return jsontext.Compact(b, it.AppendJSON(nil))
}

// scalar writes the result of json_value so that a cast of text gives the value: the
// casts between SQL's types are looked up here by the type that is wanted.
func (r *jsonResult) scalar(b []byte, it jsonpath.Item) ([]byte, bool) {
	switch {
	case it.Kind() == jsonpath.Num:
		return r.number(b, it.AppendJSON(nil))
	case it.Kind() == jsonpath.Bool && r.to.IsNumeric():
		if it.AppendJSON(nil)[0] == 't' {
			return append(b, '1'), true
		}
		return append(b, '0'), true
	}
	return it.AppendText(b), true
}

func (r *jsonResult) number(b, text []byte) ([]byte, bool) {
	if r.to.IsFloat() {
		return append(b, text...), true
	}
	if r.to.IsString() {
		if r.dialect == plan.Athena && bytes.ContainsAny(text, ".eE") {
			if f, err := strconv.ParseFloat(string(text), 64); err == nil {
				return types.AppendFloat(b, f, 64, types.TrinoStyle), true
			}
		}
		return append(b, text...), true
	}
	d, ok := jsontext.ParseDecimal(text, nil)
	switch {
	case !ok:
		return b, false
	case r.to.IsInteger():
		return d.AppendInt(b), true
	case r.to.Kind == types.Decimal:
		return d.Append(b), true
	case r.to.Kind == types.Boolean:
		return strconv.AppendBool(b, len(d.Digits) > 0), true
	}
	return b, r.to.Kind == types.JSON
}

// decodeUTF gives binary text as UTF-8. UTF-16 and UTF-32 are little-endian, as Trino
// has them.
func decodeUTF(s []byte, encoding string) ([]byte, error) {
	bad := fault.New(fault.CodeBadEncoding, "the binary value is not valid %s", strings.ToUpper(encoding))
	switch encoding {
	case "utf16":
		if len(s)%2 != 0 {
			return nil, bad
		}
		units := make([]uint16, len(s)/2)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(s[2*i:])
		}
		return []byte(string(utf16.Decode(units))), nil
	case "utf32":
		if len(s)%4 != 0 {
			return nil, bad
		}
		var b []byte
		for ; len(s) > 0; s = s[4:] {
			r := rune(binary.LittleEndian.Uint32(s))
			if !utf8.ValidRune(r) {
				return nil, bad
			}
			b = utf8.AppendRune(b, r)
		}
		return b, nil
	}
	return s, nil
}

// encodeUTF appends UTF-8 text in another encoding.
func encodeUTF(b, s []byte, encoding string) []byte {
	switch encoding {
	case "utf16":
		for _, u := range utf16.Encode([]rune(string(s))) {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
	case "utf32":
		for _, r := range string(s) {
			b = binary.LittleEndian.AppendUint32(b, uint32(r))
		}
	default:
		b = append(b, s...)
	}
	return b
}
