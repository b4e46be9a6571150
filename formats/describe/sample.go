package describe

import (
	"encoding/binary"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
)

// sample is a value of a type: how it stands in text, and in JSON.
type sample struct {
	typ        types.Type
	text, json string
}

func rowOf(name string, t types.Type) types.Type {
	return types.Type{Kind: types.Row, Fields: []types.Field{{Name: name, Type: t}}}
}

// samples are the types of the table of types, in its order. The text is
// what casting the value to varchar gives, so that a probe sees whether the
// value came back.
var samples = []sample{
	{types.TBoolean, "true", `true`},
	{types.TTinyInt, "-7", `-7`},
	{types.TSmallInt, "-700", `-700`},
	{types.TInteger, "70000", `70000`},
	{types.TBigInt, "7000000000", `7000000000`},
	{types.TReal, "1.5", `1.5`},
	{types.TDouble, "-2.25", `-2.25`},
	{types.Type{Kind: types.Decimal, P: 20, S: 2}, "123456789012345678.25", `123456789012345678.25`},
	{types.TVarchar, "text", `"text"`},
	{types.Type{Kind: types.Varchar, P: 10}, "text", `"text"`},
	{types.Type{Kind: types.Char, P: 4}, "text", `"text"`},
	{types.TVarbinary, "", `"dGV4dA=="`},
	{types.TDate, "2024-02-29", `"2024-02-29"`},
	{types.TTime, "10:30:00", `"10:30:00"`},
	{types.TTimestamp, "2024-02-29 10:30:00", `"2024-02-29 10:30:00"`},
	{types.TTimestampTZ, "2024-02-29 10:30:00+00", `"2024-02-29 10:30:00+00"`},
	{types.TUUID, "6f9619ff-8b86-d011-b42d-00cf4fc964ff", `"6f9619ff-8b86-d011-b42d-00cf4fc964ff"`},
	{types.TJSON, `[1]`, `[1]`},
	{types.TInterval, "1 day", `"1 day"`},
	{types.Type{Kind: types.Array, Fields: []types.Field{{Type: types.TBigInt}}}, "", `[1,2]`},
	{types.Type{Kind: types.Map, Fields: []types.Field{{Type: types.TVarchar}, {Type: types.TBigInt}}}, "", `{"k":1}`},
	{rowOf("a", types.TBigInt), "", `{"a":1}`},
}

// in gives the sample as a file of one column c of a format of text.
func (s *sample) in(format string) []byte {
	text := s.text
	switch s.typ.Kind {
	case types.Varbinary:
		text = "dGV4dA=="
	case types.Array, types.Map, types.Row:
		text = s.json
	}
	switch format {
	case "json":
		return []byte(`{"c":` + s.json + "}\n")
	case "ion":
		return []byte(`{c:` + s.json + "}\n")
	case "bson":
		return bsonOf(s.json)
	case "xml":
		inner := text
		switch s.typ.Kind {
		case types.Row:
			inner = "<a>1</a>"
		case types.Array:
			inner = "1</c><c>2"
		case types.Map:
			inner = "<k>1</k>"
		}
		return []byte("<rows><r><c>" + inner + "</c></r></rows>\n")
	}
	return []byte(text + "\n")
}

// bsonOf gives {"c": value} as a BSON document. Numbers that a double does not
// hold are strings.
func bsonOf(value string) []byte {
	var v any
	if err := json.Unmarshal([]byte(value), &v); err != nil {
		panic(err) // the samples are constants
	}
	if f, ok := v.(float64); ok && strconv.FormatFloat(f, 'f', -1, 64) != value {
		v = value
	}
	return document(map[string]any{"c": v})
}

func document(m map[string]any) []byte {
	b := make([]byte, 4)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		kind, body := element(m[k])
		b = append(append(append(b, kind), k...), 0)
		b = append(b, body...)
	}
	b = append(b, 0)
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	return b
}

func element(v any) (kind byte, body []byte) {
	switch v := v.(type) {
	case bool:
		if v {
			return 8, []byte{1}
		}
		return 8, []byte{0}
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return 18, binary.LittleEndian.AppendUint64(nil, uint64(int64(v)))
		}
		return 1, binary.LittleEndian.AppendUint64(nil, math.Float64bits(v))
	case string:
		body = binary.LittleEndian.AppendUint32(nil, uint32(len(v)+1))
		return 2, append(append(body, v...), 0)
	case []any:
		items := map[string]any{}
		for i, x := range v {
			items[string(rune('0'+i))] = x
		}
		return 4, document(items)
	case map[string]any:
		return 3, document(v)
	}
	return 10, nil
}

// typeName is the type as the tables call it: parameters are shown only where a
// type is another one without them.
func typeName(t types.Type) string {
	switch t.Kind {
	case types.Decimal, types.Time, types.Timestamp, types.TimestampTZ, types.Array, types.Map, types.Row, types.Char, types.Interval:
		name, _, _ := strings.Cut(t.String(), "(")
		if t.Kind == types.TimestampTZ {
			return "timestamp with time zone"
		}
		return name
	case types.Varchar:
		if t.P > 0 {
			return "varchar(n)"
		}
	}
	return t.String()
}
