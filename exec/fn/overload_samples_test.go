package fn

import (
	"math"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// sampleTexts are values of each type by their texts: usual ones first, then
// empty, zero, the least and the greatest, and what is no number or no finite
// date. Every list of samples begins with NULL.
var sampleTexts = map[types.Kind][]string{
	types.Boolean:  {"t", "f"},
	types.TinyInt:  {"1", "2", "-3", "0", "127", "-128"},
	types.SmallInt: {"1", "2", "-3", "0", "32767", "-32768"},
	types.Integer:  {"1", "2", "-3", "0", "64", "2147483647", "-2147483648"},
	types.BigInt:   {"1", "2", "-3", "0", "64", "100000", "9223372036854775807", "-9223372036854775808"},
	types.Real:     {"1", "-2.5", "0", "-0", "0.1", "1e38", "-1e38", "1e-40", "NaN", "Infinity", "-Infinity"},
	types.Double:   {"1", "0.5", "-2.5", "2", "0", "-0", "0.1", "1e308", "-1e308", "5e-324", "9007199254740993", "NaN", "Infinity", "-Infinity"},
	types.Varchar: {"abc", "a", "", " ", "naïve ß€ 😀", "-12", "3.5", "1e999", "a,b,,c", "%", "_b%", "\\", "(a)(b)?", "(", "[[:alpha:]]", "YYYY-MM-DD", "%Y-%m-%d", "yyyy-MM-dd",
		"2024-02-29", "2024-02-29 23:59:59.999999", "day", "UTC", "Europe/Berlin", "base64", "utf8", "NFC", "g", "{\"a\":[1,{\"b\":null}]}", "[]", "$.a[0]", "strict $[*]", "http://u:p@h:80/p/q?a=1&b=%20#f",
		"{1,2}", "\x00", "\u00a0x\u3000", longText, "NaN", "999999999999999999999999999999999999999", "%s %d %t", "10.0.0.1/8", "2001:db8::1", "red", "key"},
	types.Varbinary:   {"\\x616263", "\\x", "\\x00", "\\xff", "\\xc3", "\\xffffffffffffffff", "\\x0001020304050607", "\\x" + strings.Repeat("41", 1000)},
	types.Date:        {"2024-02-29", "1970-01-01", "0001-01-01", "9999-12-31", "2024-01-07", "-4712-01-01 BC", "infinity", "-infinity", "5874897-12-31"},
	types.Time:        {"03:04:05.678901", "00:00:00", "23:59:59.999999", "12:00:00"},
	types.TimeTZ:      {"03:04:05.678901+05:30", "00:00:00+14:00", "23:59:59.999999-14:00", "12:00:00+00"},
	types.Timestamp:   {"2024-02-29 03:04:05.678901", "1970-01-01 00:00:00", "1969-12-31 23:59:59.999999", "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "infinity", "-infinity", "2024-03-31 02:30:00"},
	types.TimestampTZ: {"2024-02-29 03:04:05.678901+01", "1970-01-01 00:00:00+00", "1969-12-31 23:59:59.999999+00", "0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00", "infinity", "-infinity"},
	types.Interval:    {"1 day", "1 month -1 day 02:03:04.5", "0", "-00:00:00.000001", "178000000 years", "-178000000 years", "24:00:00"},
	types.UUID:        {"12345678-9abc-def0-1234-56789abcdef0", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
	types.JSON: {`{"a":1,"b":[true,null,"x"]}`, `[1,2.50,"naïve"]`, `null`, `""`, `{}`, `[]`, `1e400`, `-0`, `{"a":1,"a":2}`, `"\u0000"`,
		strings.Repeat("[", 200) + strings.Repeat("]", 200)},
	types.OID:  {"0", "1", "25", "4294967295"},
	types.Name: {"abc", "", "pg_class", "ÀÉ"},
}

var longText = strings.Repeat("ab€", 600)

// samples gives the values of a type, NULL first.
func samples(t types.Type) []types.Value {
	out := []types.Value{types.NullOf(t)}
	switch t.Kind {
	case types.Unknown:
		return out
	case types.Decimal:
		return append(out, decimalSamples(t)...)
	case types.Char:
		return append(out, types.StringOf(t, "ab "), types.StringOf(t, ""))
	case types.Array:
		return append(out, arraySamples(t)...)
	case types.Map:
		return append(out, mapSamples(t)...)
	case types.Row:
		return append(out, rowSamples(t)...)
	case types.Opaque:
		return append(out, opaqueSamples(t)...)
	}
	for _, s := range sampleTexts[t.Kind] {
		v, err := types.ParseValue(s, t, nil)
		if err != nil {
			continue // not every flavour of a kind holds every value
		}
		if t.Kind == types.Real {
			v.F = float64(float32(v.F))
		}
		out = append(out, v)
	}
	return out
}

func decimalSamples(t types.Type) (out []types.Value) {
	most := types.I128(1)
	for range t.P {
		most, _ = most.Mul(types.I128(10))
	}
	most = most.Sub(types.I128(1))
	for _, d := range []types.Int128{types.I128(15), types.I128(-7), types.I128(0), types.I128(1), most, most.Neg()} {
		if d.Cmp(most) <= 0 {
			out = append(out, types.DecOf(t, d))
		}
	}
	return out
}

// few are the first samples of a type, NULL last: what nested values are made of.
func few(t types.Type) []types.Value {
	all := samples(t)
	return append(append([]types.Value{}, all[1:min(len(all), 4)]...), all[0])
}

func arraySamples(t types.Type) []types.Value {
	elems := few(t.Elem())
	arr := func(xs ...types.Value) types.Value { return types.Value{Type: t, Kids: xs} }
	long := make([]types.Value, 60)
	for i := range long {
		long[i] = elems[i%len(elems)]
	}
	out := []types.Value{arr(elems...), arr(elems[0]), arr(elems[:len(elems)-1]...), arr(), arr(elems[len(elems)-1]), arr(elems[0], elems[0]), arr(long...)}
	if t.Elem().Kind == types.Double || t.Elem().Kind == types.Real {
		out = append(out, arr(types.FloatOf(t.Elem(), math.NaN()), elems[0]), arr(types.FloatOf(t.Elem(), math.Inf(1)), elems[0]))
	}
	return out
}

func mapSamples(t types.Type) []types.Value {
	ks, vs := few(t.Key()), few(t.Value())
	ks = ks[:len(ks)-1] // no NULL
	m := func(n, from int) types.Value {
		v := types.Value{Type: t}
		for i := range n {
			v.Kids = append(v.Kids, ks[i], vs[(i+from)%len(vs)])
		}
		return v
	}
	return []types.Value{m(len(ks), 0), m(1, 1), m(0, 0), m(1, len(vs)-1)}
}

func rowSamples(t types.Type) []types.Value {
	a, b := types.Value{Type: t}, types.Value{Type: t}
	for _, f := range t.Fields {
		xs := few(f.Type)
		a.Kids, b.Kids = append(a.Kids, xs[0]), append(b.Kids, xs[len(xs)-1])
	}
	return []types.Value{a, b}
}

func opaqueSamples(t types.Type) (out []types.Value) {
	switch t.S {
	case types.OpaqueIPAddress, types.OpaqueIPPrefix:
		for _, s := range []string{"10.0.0.1", "::1", "255.255.255.255", "2001:db8::ff00:42:8329", "::", "10.0.0.0/8", "0.0.0.0/0", "ffff::/16"} {
			if v, err := types.ParseValue(s, t, nil); err == nil {
				out = append(out, v)
			}
		}
	case types.OpaqueColor:
		for _, c := range []int32{0, 0xff0000, 0xffffff, -2} {
			out = append(out, types.StringOf(t, string(types.AppendColorBytes(nil, c))))
		}
	case types.OpaqueGeometry, types.OpaqueSphericalGeography, types.OpaqueBingTile:
		// shapes have their own tests: no text makes one
	default:
		for i, s := range sketches(t) {
			out = append(out, types.StringOf(t, s), types.StringOf(t, s[:len(s)/(2+i)])) // and cut off
		}
		for _, junk := range []string{"", "\x00", "\x03\x00", strings.Repeat("\xff", 40)} {
			out = append(out, types.StringOf(t, junk))
		}
	}
	return out
}

// sketchMakers are the aggregates that make sketches of each flavour.
var sketchMakers = map[int32]string{types.OpaqueHyperLogLog: "approx_set", types.OpaqueTDigest: "tdigest_agg", types.OpaqueQDigest: "qdigest_agg", types.OpaqueSetDigest: "make_set_digest"}

// sketches gives serialized sketches of a few values and of many.
func sketches(t types.Type) (out []string) {
	name, elem := sketchMakers[t.S], types.TDouble
	switch t.S {
	case types.OpaqueP4HyperLogLog:
		return nil
	case types.OpaqueHyperLogLog, types.OpaqueSetDigest:
		elem = types.TBigInt
	case types.OpaqueQDigest:
		elem = t.Fields[0].Type
	}
	f, err := NewRegistry().Resolve(name, plan.AggregateFunc, []plan.Arg{{Type: elem}}, plan.Athena)
	if err != nil {
		panic(err)
	}
	elem = f.Params[0]
	for _, n := range []int{3, 2000} {
		xs := make([]types.Value, n)
		for i := range xs {
			if xs[i] = types.IntOf(elem, int64(i)); elem.Kind == types.Double || elem.Kind == types.Real {
				xs[i] = types.FloatOf(elem, float64(i))
			}
		}
		v, err := aggregate(f, []*vector.Vector{vector.FromValues(elem, xs)}, n)
		if err != nil {
			panic(err)
		}
		out = append(out, v.S)
	}
	return out
}

// aggregate computes an aggregate over n rows.
func aggregate(f *plan.Func, args []*vector.Vector, n int) (types.Value, error) {
	a, err := NewAggregator(&kernel.EvalCtx{}, f)
	if err != nil {
		return types.Value{}, err
	}
	st := States{Rows: make([]byte, a.StateSize()), Stride: a.StateSize()}
	if c, ok := a.(Counter); ok {
		c.Count(st, nil, args, nil, n)
	}
	if err := a.UpdateOne(st, args, nil, n); err != nil {
		return types.Value{}, err
	}
	out := vector.New(f.Ret, 0)
	if err := a.Final(st, []uint32{0}, out); err != nil {
		return types.Value{}, err
	}
	return vector.ValueAt(out, 0), nil
}
