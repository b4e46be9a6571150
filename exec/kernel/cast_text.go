package kernel

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// textWriter writes strings into a flat vector's rows.
type textWriter struct {
	out *vector.Vector
	rs  []vector.Range
}

// newTextWriter starts writing into out, whose bytes are empty.
func newTextWriter(out *vector.Vector) textWriter { return textWriter{out: out, rs: out.Ranges()} }

// end makes row i the bytes appended to out.Data since from.
func (w *textWriter) end(i, from int) {
	w.rs[i] = vector.Range{Off: uint32(from), Len: uint32(len(w.out.Data) - from)}
}

// toText prints any type, or changes the length limit of a string.
func toText(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w := newTextWriter(out)
	opt := TextOptions{Style: e.style(), Location: e.ctx.Location(), Catalog: e.ctx.Catalog}
	scalarJSON := e.from.Kind == types.JSON && e.dial == plan.Athena
	return eachErr(sel, out.Len, func(i int) error {
		from := len(out.Data)
		switch {
		case scalarJSON:
			text, null, err := jsonScalarText(StringsOf(v), i)
			if err != nil {
				return e.bad(out, i, err)
			}
			if null {
				out.SetNull(i)
			}
			out.Data = append(out.Data, text...)
		case e.from.Kind == types.Char:
			s := StringsOf(v)
			out.Data = append(out.Data, trimPad(s.At(i), e)...)
		default:
			out.Data = opt.AppendText(out.Data, v, i)
		}
		if err := fitLength(e, out, from); err != nil {
			return e.bad(out, i, err)
		}
		w.end(i, from)
		if len(out.Data) > maxVectorBytes {
			return errTooMuchText()
		}
		return nil
	})
}

// maxVectorBytes is the most text that one result vector may hold.
const maxVectorBytes = 1 << 30

func errTooMuchText() error {
	return fault.New(fault.CodeProgramLimit, "the strings of one batch take more than %d bytes", maxVectorBytes)
}

// trimPad strips the blanks of a char(n), except in Trino's dialect.
func trimPad(s []byte, e *castEnv) []byte {
	if e.dial == plan.Athena || e.to.Kind == types.Char {
		return s
	}
	return bytes.TrimRight(s, " ")
}

// fitLength cuts or pads the text appended since from to varchar(n) and char(n):
// an explicit cast truncates silently, but a number's digits are never cut.
func fitLength(e *castEnv, out *vector.Vector, from int) error {
	limit := int(e.to.P)
	if e.to.Kind == types.Name {
		size := 63
		if e.to.S == types.NameChar {
			size = 1
		}
		if len(out.Data)-from > size {
			out.Data = out.Data[:from+len(clipUTF8(out.Data[from:], size))]
		}
		return nil
	}
	if limit == 0 {
		return nil
	}
	n := utf8.RuneCount(out.Data[from:])
	if n > limit {
		if !e.from.IsString() && e.dial == plan.Athena {
			return fault.New(fault.CodeStringTruncation, "value %q does not fit %s", out.Data[from:], e.to)
		}
		end := from
		for range limit {
			_, w := utf8.DecodeRune(out.Data[end:])
			end += w
		}
		out.Data = out.Data[:end]
	}
	if e.to.Kind == types.Char {
		for ; n < limit; n++ {
			out.Data = append(out.Data, ' ')
		}
	}
	return nil
}

// clipUTF8 cuts to at most n bytes without splitting a character.
func clipUTF8(s []byte, n int) []byte {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// fromText parses strings.
func fromText(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s := StringsOf(v)
	rd := e.ctx.Reader()
	switch e.to.Kind {
	case types.TinyInt, types.SmallInt, types.Integer, types.BigInt:
		lo, hi := types.IntRange(e.to)
		return eachErr(sel, out.Len, func(i int) error {
			x, err := types.ParseInt64(s.At(i))
			if err == nil && (x < lo || x > hi) {
				err = types.ErrRange
			}
			if err != nil {
				return e.badText(out, i, err, s.At(i))
			}
			storeInt(out, i, x)
			return nil
		})
	case types.Double:
		dst := vector.Values[float64](out)
		return eachErr(sel, out.Len, func(i int) (err error) {
			if dst[i], err = types.ParseFloat(s.At(i), 64); err != nil {
				return e.badText(out, i, err, s.At(i))
			}
			return nil
		})
	case types.Date:
		dst := vector.Values[int32](out)
		return eachErr(sel, out.Len, func(i int) (err error) {
			if dst[i], err = rd.Date(s.At(i)); err != nil {
				return e.badText(out, i, err, s.At(i))
			}
			return nil
		})
	case types.Timestamp:
		dst := vector.Values[int64](out)
		return eachErr(sel, out.Len, func(i int) (err error) {
			if dst[i], err = rd.Timestamp(s.At(i), e.to); err != nil {
				return e.badText(out, i, err, s.At(i))
			}
			return nil
		})
	case types.Varbinary:
		return textToBytes(e, s, sel, out)
	case types.OID:
		return textToOID(e, s, sel, out)
	}
	return fromTextSlow(e, s, sel, out)
}

// badText makes the error only where it is raised.
func (e *castEnv) badText(out *vector.Vector, i int, err error, text []byte) error {
	if e.try {
		out.SetNull(i)
		return nil
	}
	return types.TextError(err, e.to, text)
}

// fromTextSlow parses through single values: types that are rarely cast in bulk.
func fromTextSlow(e *castEnv, s Strings, sel vector.Sel, out *vector.Vector) error {
	rd := e.ctx.Reader()
	dense := vector.New(e.to, 0)
	err := eachErr(sel, out.Len, func(i int) error {
		x, err := rd.Value(string(s.At(i)), e.to)
		if err != nil {
			if !e.try {
				return err
			}
			x = types.NullOf(e.to)
		}
		dense.AppendValue(x)
		return nil
	})
	if err != nil {
		return err
	}
	spread(dense, sel, out)
	return nil
}

// spread puts row k of dense at the k-th selected row of out.
func spread(dense *vector.Vector, sel vector.Sel, out *vector.Vector) {
	if sel == nil {
		vector.Alias(out, dense)
		return
	}
	n := out.Len
	idx := make([]uint32, n)
	for k, p := range sel {
		idx[p] = uint32(k)
	}
	vector.Gather(out, dense, idx)
}

func textToBytes(e *castEnv, s Strings, sel vector.Sel, out *vector.Vector) error {
	w := newTextWriter(out)
	return eachErr(sel, out.Len, func(i int) error {
		from := len(out.Data)
		if e.dial == plan.Athena {
			out.Data = append(out.Data, s.At(i)...)
		} else {
			var err error
			if out.Data, err = types.ParseBytea(out.Data, s.At(i)); err != nil {
				return e.badText(out, i, err, s.At(i))
			}
		}
		w.end(i, from)
		return nil
	})
}

func textToOID(e *castEnv, s Strings, sel vector.Sel, out *vector.Vector) error {
	dst := vector.Values[uint32](out)
	return eachErr(sel, out.Len, func(i int) error {
		oid, err := LookupOID(e.ctx, string(s.At(i)), e.to)
		if err != nil {
			return e.bad(out, i, err)
		}
		dst[i] = oid
		return nil
	})
}

// LookupOID reads the text of an OID type: digits, "-", or the name of what it
// stands for (regclass, regtype ...), qualified or not.
func LookupOID(c *EvalCtx, text string, t types.Type) (uint32, error) {
	if x, err := types.ParseInt64([]byte(text)); err == nil && x >= 0 && x <= 1<<32-1 {
		return uint32(x), nil
	}
	if t.S == types.RegNone || t.S == types.XID {
		return 0, types.TextError(types.ErrSyntax, t, []byte(text))
	}
	if text == "-" {
		return 0, nil
	}
	schema, name := splitName(text)
	cat := c.Info()
	var oid uint32
	ok := false
	code, what := fault.CodeUndefinedObject, "type"
	switch t.S {
	case types.RegClass:
		oid, ok = cat.RelationOID(schema, name)
		code, what = fault.CodeUndefinedTable, "relation"
	case types.RegType:
		if oid, ok = cat.TypeOID(text); !ok {
			oid, ok = cat.TypeOID(name)
		}
		if internal, known := typeAliases[name]; !ok && known {
			oid, ok = cat.TypeOID(internal)
		}
	case types.RegProc:
		oid, ok = cat.ProcOID(name)
		code, what = fault.CodeUndefinedFunction, "function"
	case types.RegProcedure: // with the types of its arguments: lower(text)
		_, name = splitName(strings.SplitN(text, "(", 2)[0])
		oid, ok = cat.ProcOID(name)
		code, what = fault.CodeUndefinedFunction, "function"
	case types.RegOper, types.RegOperator:
		return 0, fault.New(fault.CodeUndefinedFunction, "operator does not exist: %s", text)
	case types.RegConfig:
		what = "text search configuration"
	case types.RegDictionary:
		what = "text search dictionary"
	case types.RegCollation:
		oid, ok = collationOIDs[name]
		what = "collation"
	case types.RegNamespace:
		oid, ok = cat.NamespaceOID(name)
		code, what = fault.CodeInvalidSchemaName, "schema"
	case types.RegRole:
		code, what = fault.CodeUndefinedObject, "role"
		oid, ok = 10, c != nil && c.Session != nil && c.Session.User == name
	}
	if !ok {
		return 0, fault.New(code, "%s %q does not exist", what, text)
	}
	return oid, nil
}

// collationOIDs are PostgreSQL's collations that mean the order text has here.
var collationOIDs = map[string]uint32{"default": 100, "C": 950, "POSIX": 951}

// typeAliases are the names of types in SQL that pg_type has by another name.
var typeAliases = map[string]string{"int": "int4", "decimal": "numeric", "dec": "numeric", "float": "float8", "character": "bpchar", "double": "float8"}

// splitName splits schema.name with optional quotes and folds the rest.
func splitName(s string) (schema, name string) {
	var parts []string
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"':
			quoted = !quoted
		case c == '.' && !quoted:
			parts = append(parts, b.String())
			b.Reset()
		case quoted:
			b.WriteByte(c)
		default:
			b.WriteString(strings.ToLower(s[i : i+1]))
		}
	}
	parts = append(parts, b.String())
	if n := len(parts); n > 1 {
		return parts[n-2], parts[n-1]
	}
	return "", parts[0]
}

// NoCatalog is a catalog that finds nothing.
var NoCatalog CatalogInfo = noCatalog{}

type noCatalog struct{}

func (noCatalog) RelationOID(string, string) (uint32, bool)           { return 0, false }
func (noCatalog) Relation(uint32) (schema, name string, vis, ok bool) { return "", "", false, false }
func (noCatalog) NamespaceOID(string) (uint32, bool)                  { return 0, false }
func (noCatalog) Namespace(uint32) (string, bool)                     { return "", false }
func (noCatalog) TypeOID(string) (uint32, bool)                       { return 0, false }
func (noCatalog) TypeName(uint32) (string, bool)                      { return "", false }
func (noCatalog) ProcOID(string) (uint32, bool)                       { return 0, false }
func (noCatalog) Proc(uint32) (string, bool)                          { return "", false }
func (noCatalog) ViewText(uint32) (string, bool)                      { return "", false }
func (noCatalog) Comment(string, uint32, int) (string, bool)          { return "", false }

// toJSON makes JSON of any value. A string is parsed by PostgreSQL and becomes a
// JSON string in Trino.
func toJSON(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w := newTextWriter(out)
	opt := TextOptions{Style: e.style(), Location: e.ctx.Location()}
	parse := e.from.IsString() && e.dial == plan.Postgres
	binary, scrap := e.to.IsJSONB(), []byte(nil)
	return eachErr(sel, out.Len, func(i int) error {
		from := len(out.Data)
		if parse {
			s := StringsOf(v)
			text := s.At(i)
			if !json.Valid(text) {
				return e.badText(out, i, types.ErrSyntax, text)
			}
			out.Data = append(out.Data, text...)
		} else {
			out.Data = opt.AppendJSON(out.Data, v, i)
		}
		if binary {
			scrap = append(scrap[:0], out.Data[from:]...)
			out.Data = jsontext.AppendB(out.Data[:from], scrap)
		}
		w.end(i, from)
		return nil
	})
}

// jsonScalarText gives the text of a JSON scalar; null tells JSON's null.
func jsonScalarText(s Strings, i int) (text []byte, null bool, err error) {
	t := bytes.TrimSpace(s.At(i))
	switch {
	case len(t) == 0 || t[0] == '{' || t[0] == '[':
		return nil, false, fault.New(fault.CodeCannotCoerce, "cannot cast a JSON object or array to a scalar")
	case string(t) == "null":
		return nil, true, nil
	case t[0] == '"':
		var x string
		if err := json.Unmarshal(t, &x); err != nil {
			return nil, false, fault.New(fault.CodeInvalidJSON, "invalid JSON string")
		}
		return []byte(x), false, nil
	}
	return t, false, nil
}

// fromJSON reads JSON scalars as their text; arrays, maps and rows by member.
func fromJSON(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s := StringsOf(v)
	dense := vector.New(e.to, 0)
	loc := e.ctx.Location()
	err := eachErr(sel, out.Len, func(i int) error {
		x, err := jsonValue(s.At(i), e.to, loc)
		if err != nil {
			if !e.try {
				return err
			}
			x = types.NullOf(e.to)
		}
		dense.AppendValue(x)
		return nil
	})
	if err != nil {
		return err
	}
	spread(dense, sel, out)
	return nil
}
