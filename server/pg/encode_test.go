package pg

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	ourtype "github.com/glauxdb/glaux/server/pgtype"
)

func dec(s string) types.Value {
	d, scale, ok := types.ParseDecimal([]byte(s))
	if !ok {
		panic(s)
	}
	return types.DecOf(types.DecimalOf(38, scale), d)
}

func parsed(t types.Type, s string) types.Value {
	v, err := types.ParseValue(s, t, time.UTC)
	if err != nil {
		panic(err)
	}
	return v
}

func array(t types.Type, kids ...types.Value) types.Value {
	return types.Value{Type: types.ArrayOf(t), Kids: kids}
}

var (
	nanos = types.TimestampOf(9)
	pair  = types.RowOf(types.Field{Name: "a", Type: types.TInteger}, types.Field{Name: "b", Type: types.TVarchar})
)

// samples are values with their text in PostgreSQL 15 (zone Europe/Berlin).
var samples = []struct {
	v    types.Value
	text string
}{
	{types.BoolOf(true), "t"}, {types.BoolOf(false), "f"},
	{types.IntOf(types.TTinyInt, -128), "-128"}, {types.IntOf(types.TSmallInt, 32767), "32767"},
	{types.IntOf(types.TInteger, -2147483648), "-2147483648"}, {types.IntOf(types.TBigInt, math.MaxInt64), "9223372036854775807"},
	{types.FloatOf(types.TReal, 1.5), "1.5"}, {types.FloatOf(types.TDouble, 1e100), "1e+100"},
	{types.FloatOf(types.TDouble, math.NaN()), "NaN"}, {types.FloatOf(types.TDouble, math.Inf(-1)), "-Infinity"},
	{dec("0"), "0"}, {dec("0.000"), "0.000"}, {dec("-1.50"), "-1.50"}, {dec("12345678901234567890.123456789"), "12345678901234567890.123456789"},
	{dec("0.00001"), "0.00001"}, {dec("10000"), "10000"}, {dec("99990000.0001"), "99990000.0001"},
	{types.IntOf(types.DecimalOf(15, 2), 12345), "123.45"}, {types.IntOf(types.DecimalOf(5, 0), -7), "-7"},
	{types.StringOf(types.TVarchar, "naïve"), "naïve"}, {types.StringOf(types.CharOf(4), "ab"), "ab  "}, {types.StringOf(types.TVarchar, ""), ""},
	{types.StringOf(types.TVarbinary, "a\x00\xff"), `\x6100ff`}, {types.StringOf(types.TJSON, `{"a":1}`), `{"a":1}`},
	{parsed(types.TDate, "2024-02-29"), "2024-02-29"}, {parsed(types.TDate, "0044-03-15 BC"), "0044-03-15 BC"},
	{types.IntOf(types.TDate, types.DateInfinity), "infinity"}, {types.IntOf(types.TTime, 3661_000001), "01:01:01.000001"},
	{parsed(types.TTimestamp, "1999-12-31 23:59:59.5"), "1999-12-31 23:59:59.5"},
	{types.IntOf(types.TTimestamp, types.TimeMinusInfinity), "-infinity"},
	{types.IntOf(nanos, -1), "1969-12-31 23:59:59.999999"},
	{parsed(types.TTimestampTZ, "2024-07-01 12:00:00+00"), "2024-07-01 14:00:00+02"},
	{types.Value{Type: types.TInterval, Interval: types.IntervalValue{Months: 14, Days: -3, Micros: 3_000_000}}, "1 year 2 mons -3 days +00:00:03"},
	{types.Value{Type: types.TUUID, UUID: [16]byte{0xa0, 0xee, 15: 0x11}}, "a0ee0000-0000-0000-0000-000000000011"},
	{types.IntOf(types.TOID, 4294967295), "4294967295"},
	{array(types.TInteger, types.IntOf(types.TInteger, 1), types.NullOf(types.TInteger)), "{1,NULL}"},
	{array(types.TInteger), "{}"},
	{array(types.TVarchar, types.StringOf(types.TVarchar, `a"b`), types.StringOf(types.TVarchar, ""), types.StringOf(types.TVarchar, "null")), `{"a\"b","","null"}`},
	{array(types.ArrayOf(types.TInteger), array(types.TInteger, types.IntOf(types.TInteger, 1), types.IntOf(types.TInteger, 2)),
		array(types.TInteger, types.IntOf(types.TInteger, 3), types.IntOf(types.TInteger, 4))), "{{1,2},{3,4}}"},
	{array(types.DecimalOf(10, 2), types.IntOf(types.DecimalOf(10, 2), 150)), "{1.50}"},
	{types.Value{Type: pair, Kids: []types.Value{types.IntOf(types.TInteger, 1), types.StringOf(types.TVarchar, "x")}}, `{"a":1,"b":"x"}`},
	{types.Value{Type: types.MapOf(types.TVarchar, types.TInteger), Kids: []types.Value{types.StringOf(types.TVarchar, "k"), types.IntOf(types.TInteger, 1)}}, `{"k":1}`},
}

func berlin(t testing.TB) *kernel.TextOptions {
	t.Helper()
	loc, ok := types.LoadZone("Europe/Berlin")
	if !ok {
		t.Fatal("no zone Europe/Berlin")
	}
	return &kernel.TextOptions{Location: loc, Wire: true}
}

// one encodes one value.
func one(t testing.TB, v types.Value, bin bool) []byte {
	t.Helper()
	c := column{typ: v.Type, binary: bin}
	c.encode(vector.FromValues(v.Type, []types.Value{v}), []uint32{0}, berlin(t))
	s := c.spans[0]
	if s.n < 0 {
		return nil
	}
	return append([]byte{}, c.data[s.off:s.off+uint32(s.n)]...)
}

func TestText(t *testing.T) {
	for _, s := range samples {
		if got := string(one(t, s.v, false)); got != s.text {
			t.Errorf("%s: %s, want %s", s.v.Type, got, s.text)
		}
		if got := one(t, types.NullOf(s.v.Type), false); got != nil {
			t.Errorf("NULL %s: %q", s.v.Type, got)
		}
	}
}

// TestBinaryReadsBack decodes what the encoder makes with the decoder of
// parameters, and expects the text of the value (zones aside, which parameters
// show in UTC).
func TestBinaryReadsBack(t *testing.T) {
	for _, s := range samples {
		b := one(t, s.v, true)
		got, err := appendParam(nil, b, ourtype.Of(s.v.Type), 0, nil)
		if err != nil {
			t.Errorf("%s %s: %v", s.v.Type, s.text, err)
			continue
		}
		want := s.text
		switch {
		case s.v.Type.Kind == types.TimestampTZ:
			want = "2024-07-01 12:00:00+00"
		case s.v.Type.Kind == types.Boolean:
			want = map[string]string{"t": "true", "f": "false"}[want]
		case s.v.Type.Kind == types.Array: // parameters quote every element
			want = strings.ReplaceAll(want, `"`, "")
			got = bytes.ReplaceAll(got, []byte(`"`), nil)
		}
		if string(got) != want {
			t.Errorf("%s: %s, want %s", s.v.Type, got, want)
		}
	}
}

// TestBinaryWithPgx lets pgx decode the binary form and print it as text again:
// another reading of the same specification.
func TestBinaryWithPgx(t *testing.T) {
	m := pgtype.NewMap()
	for _, s := range samples {
		oid := ourtype.Of(s.v.Type)
		if s.v.Type.Kind == types.Time || s.v.Type.Kind == types.OID || s.text == "0.000" {
			continue // pgx prints them its own way, and drops the scale of a zero
		}
		typ, ok := m.TypeForOID(oid)
		if !ok {
			t.Errorf("pgx does not know OID %d", oid)
			continue
		}
		fromBinary, err := typ.Codec.DecodeValue(m, oid, pgtype.BinaryFormatCode, one(t, s.v, true))
		if err != nil {
			t.Errorf("%s %s: %v", s.v.Type, s.text, err)
			continue
		}
		fromText, err := typ.Codec.DecodeValue(m, oid, pgtype.TextFormatCode, []byte(s.text))
		if err != nil {
			t.Errorf("%s %s as text: %v", s.v.Type, s.text, err)
			continue
		}
		if a, b := fmt.Sprint(plain(fromBinary)), fmt.Sprint(plain(fromText)); a != b {
			t.Errorf("%s %s: binary says %s, text %s", s.v.Type, s.text, a, b)
		}
	}
}

// plain makes pgx's values comparable.
func plain(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UTC()
	case pgtype.Numeric:
		b, _ := v.MarshalJSON()
		return string(b)
	}
	return v
}

// TestForms encodes the same values flat, constant, from a dictionary, selected,
// with and without nulls, in chunks, and expects the same rows.
func TestForms(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, typ := range []types.Type{types.TBoolean, types.TTinyInt, types.TSmallInt, types.TInteger, types.TBigInt, types.TReal, types.TDouble,
		types.DecimalOf(10, 2), types.DecimalOf(30, 3), types.TVarchar, types.CharOf(5), types.TVarbinary, types.TDate, types.TTime,
		types.TTimestamp, nanos, types.TTimestampTZ, types.TInterval, types.TUUID, types.TOID, types.ArrayOf(types.TInteger), pair} {
		for _, bin := range []bool{false, true} {
			pool := make([]types.Value, 7)
			for i := range pool {
				pool[i] = randomValue(r, typ)
			}
			checkForms(t, r, typ, bin, pool)
		}
	}
}

func checkForms(t *testing.T, r *rand.Rand, typ types.Type, bin bool, pool []types.Value) {
	t.Helper()
	const n = 2500
	rows := make([]types.Value, n)
	codes := make([]uint32, n)
	valid := vector.NewBitmap(n)
	for i := range rows {
		codes[i] = uint32(r.IntN(len(pool)))
		if rows[i] = pool[codes[i]]; r.IntN(4) == 0 {
			rows[i] = types.NullOf(typ)
		} else {
			valid.Set(i)
		}
	}
	flat := vector.FromValues(typ, rows)
	dict := &vector.Vector{Type: typ, Form: vector.Dict, Len: n, Codes: codes, Base: vector.FromValues(typ, pool), Valid: valid}
	sel := vector.Sel{}
	for i := range n {
		if r.IntN(3) == 0 {
			sel = append(sel, uint16(i))
		}
	}
	want := func(i int) string {
		b := one(t, rows[i], bin)
		if b == nil {
			return "NULL"
		}
		return string(b)
	}
	for name, b := range map[string]*vector.Batch{"flat": {N: n, Cols: []*vector.Vector{flat}}, "dict": {N: n, Cols: []*vector.Vector{dict}},
		"flat selected": {N: n, Cols: []*vector.Vector{flat}, Sel: sel}, "dict selected": {N: n, Cols: []*vector.Vector{dict}, Sel: sel}} {
		got := encodeAll(t, b, typ, bin)
		if len(got) != b.Rows() {
			t.Fatalf("%s %s: %d rows of %d", typ, name, len(got), b.Rows())
		}
		for k, s := range got {
			i := k
			if b.Sel != nil {
				i = int(b.Sel[k])
			}
			if s != want(i) {
				t.Fatalf("%s binary=%v %s row %d: %q, want %q", typ, bin, name, i, s, want(i))
			}
		}
	}
	for _, v := range []types.Value{pool[0], types.NullOf(typ)} {
		w := "NULL"
		if b := one(t, v, bin); b != nil {
			w = string(b)
		}
		for _, s := range encodeAll(t, &vector.Batch{N: 1500, Cols: []*vector.Vector{vector.ConstOf(v, 1500)}}, typ, bin) {
			if s != w {
				t.Fatalf("%s constant: %q, want %q", typ, s, w)
			}
		}
	}
}

// encodeAll runs the encoder over a batch of one column.
func encodeAll(t *testing.T, b *vector.Batch, typ types.Type, bin bool) []string {
	t.Helper()
	e := encoder{cols: []column{{typ: typ, binary: bin}}, text: berlin(t)}
	e.load(b)
	var out []string
	for e.left() > 0 {
		msgs, n, err := e.dataRows(nil, -1)
		if err != nil || n == 0 {
			t.Fatalf("%d rows, %v", n, err)
		}
		for len(msgs) > 0 {
			size := int(msgs[1])<<24 | int(msgs[2])<<16 | int(msgs[3])<<8 | int(msgs[4])
			body := msgs[5 : 1+size]
			if msgs[0] != 'D' || body[0] != 0 || body[1] != 1 {
				t.Fatalf("message %q", msgs[:1+size])
			}
			if bytes.Equal(body[2:6], []byte{255, 255, 255, 255}) {
				out = append(out, "NULL")
			} else {
				out = append(out, string(body[6:]))
			}
			msgs = msgs[1+size:]
		}
	}
	return out
}

func randomValue(r *rand.Rand, t types.Type) types.Value {
	v := types.Value{Type: t}
	switch t.Kind {
	case types.Boolean:
		v.I = int64(r.IntN(2))
	case types.Real, types.Double:
		v.F = math.Float64frombits(r.Uint64())
		if t.Kind == types.Real {
			v.F = float64(float32(r.NormFloat64()))
		}
	case types.Decimal:
		return types.DecOf(t, types.I128(r.Int64N(2_000_000_000)-1_000_000_000))
	case types.Varchar, types.Char, types.Varbinary:
		v.S = strings.Repeat("é", r.IntN(4))
	case types.Interval:
		v.Interval = types.IntervalValue{Months: int32(r.IntN(100)), Days: int32(r.IntN(100)), Micros: r.Int64N(1e12)}
	case types.UUID:
		r2 := r.Uint64()
		for i := range v.UUID {
			v.UUID[i] = byte(r2 >> (i % 8 * 8))
		}
	case types.Array:
		for range r.IntN(4) {
			v.Kids = append(v.Kids, randomValue(r, t.Elem()))
		}
	case types.Row:
		v.Kids = []types.Value{randomValue(r, t.Fields[0].Type), types.NullOf(t.Fields[1].Type)}
	case types.Time:
		v.I = r.Int64N(86_400_000_000)
	default:
		v.I = r.Int64N(100)
	}
	return v
}

// TestParametersOverTheWire sends values with pgx, binary where it can, and
// expects them back.
func TestParametersOverTheWire(t *testing.T) {
	_, addr := serveFake(t, &fakeEngine{}, Config{})
	conn, err := pgx.Connect(t.Context(), "postgres://u@"+addr+"/d")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	when := time.Date(2024, 2, 29, 12, 30, 1, 5000, time.UTC)
	for _, c := range []struct {
		typ  string
		v    any
		want any
	}{
		{"boolean", true, true}, {"smallint", int16(-5), int16(-5)}, {"int", int32(7), int32(7)}, {"bigint", int64(1) << 60, int64(1) << 60},
		{"float", float32(1.5), float32(1.5)}, {"double", 1e-300, 1e-300}, {"string", "naïve", "naïve"}, {"binary", []byte{0, 255}, []byte{0, 255}},
		{"date", when, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)}, {"timestamp", when, when},
		{"decimal(20,4)", "12345.6789", "12345.6789"}, {"string", nil, nil},
	} {
		var got any
		if err := conn.QueryRow(t.Context(), "echo "+c.typ, c.v).Scan(&got); err != nil {
			t.Errorf("%s %v: %v", c.typ, c.v, err)
			continue
		}
		if n, ok := got.(pgtype.Numeric); ok {
			b, _ := n.MarshalJSON()
			got = string(b)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.typ, d)
		}
	}
}

func TestBadParameters(t *testing.T) {
	for name, c := range map[string]struct {
		oid uint32
		b   []byte
	}{
		"short int":         {ourtype.Int4, []byte{1, 2}},
		"long bool":         {ourtype.Bool, []byte{1, 0}},
		"numeric header":    {ourtype.Numeric, []byte{0, 1, 0, 0}},
		"numeric digits":    {ourtype.Numeric, []byte{0, 2, 0, 0, 0, 0, 0, 0, 0, 1}},
		"numeric digit":     {ourtype.Numeric, []byte{0, 1, 0, 0, 0, 0, 0, 0, 0xff, 0xff}},
		"numeric sign":      {ourtype.Numeric, []byte{0, 0, 0, 0, 0x12, 0x34, 0, 0}},
		"numeric huge":      {ourtype.Numeric, []byte{0, 1, 0x7f, 0xff, 0, 0, 0, 0, 0, 1}},
		"array header":      {1007, []byte{0, 0, 0, 1}},
		"array dimensions":  {1007, []byte{0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 23}},
		"array absurd size": {1007, []byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 1}},
		"array of arrays":   {1007, []byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 0xef, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0}},
		"array cut":         {1007, []byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0}},
		"jsonb version":     {ourtype.JSONB, []byte{2, '1'}},
		"unknown type":      {600, []byte{1}},
	} {
		if got, err := paramValue(c.b, 1, c.oid, types.TInteger, nil); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	if _, err := paramValue([]byte("a\xff"), 0, ourtype.Text, types.TVarchar, nil); err == nil {
		t.Error("invalid UTF-8 is taken")
	}
	if _, err := paramValue([]byte("a"), 2, ourtype.Text, types.TVarchar, nil); err == nil {
		t.Error("format 2 is taken")
	}
}

// TestRagged: an array that is not rectangular has a text form but no binary
// one.
func TestRagged(t *testing.T) {
	v := array(types.ArrayOf(types.TInteger), array(types.TInteger, types.IntOf(types.TInteger, 1)),
		array(types.TInteger, types.IntOf(types.TInteger, 2), types.IntOf(types.TInteger, 3)))
	if got := string(one(t, v, false)); got != "{{1},{2,3}}" {
		t.Error(got)
	}
	_, addr := serveFake(t, &fakeEngine{values: map[string][]types.Value{"ragged": {v}}}, Config{})
	c := ready(t, addr)
	b := bindMsg("", "")
	c.send(parseMsg("", "ragged"), b, executeMsg("", 0), syncMsg)
	if got := c.until("Z"); got != "1 2 D({{1},{2,3}}) C(SELECT 1) Z(I)" {
		t.Error(got)
	}
	binaryBind(b)
	c.send(parseMsg("", "ragged"), b, executeMsg("", 0), syncMsg)
	if got := c.until("Z"); got != "1 2 E(ERROR 2202E 0) Z(I)" {
		t.Error(got)
	}
}

func TestRowFormat(t *testing.T) {
	v := types.Value{Type: pair, Kids: []types.Value{types.IntOf(types.TInteger, 1), types.StringOf(types.TVarchar, `a "b",c`)}}
	_, addr := serveFake(t, &fakeEngine{values: map[string][]types.Value{"row": {v}}}, Config{})
	c := ready(t, addr)
	c.send(query("row"))
	if got := c.until("Z"); got != `T(c1:114:0) D({"a":1,"b":"a \"b\",c"}) C(SELECT 1) Z(I)` {
		t.Error(got)
	}
	c = ready(t, addr, "row_format", "record")
	c.send(query("row"))
	if got := c.until("Z"); got != `T(c1:2249:0) D((1,"a ""b"",c")) C(SELECT 1) Z(I)` {
		t.Error(got)
	}
}

func TestCopy(t *testing.T) {
	row := []types.Value{types.IntOf(types.TBigInt, 1), types.NullOf(types.TVarchar), types.StringOf(types.TVarchar, "a,\"b\"\t\\\n")}
	_, addr := serveFake(t, &fakeEngine{values: map[string][]types.Value{"select v from t": row}}, Config{})
	c := ready(t, addr)
	for _, s := range []struct{ sql, want string }{
		{"copy (select v from t) to stdout", "H(3) d(1\t\\N\ta,\"b\"\\t\\\\\\n\n) c C(COPY 1) Z(I)"},
		{"COPY (select v from t) TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE (c1))", "H(3) d(c1,c2,c3\n) d(\"1\",,\"a,\"\"b\"\"\t\\\n\"\n) c C(COPY 1) Z(I)"},
		{"copy (select v from t) to stdout (format csv, delimiter '|', null 'N', quote '''')", "H(3) d(1|N|'a,\"b\"\t\\\n'\n) c C(COPY 1) Z(I)"},
		{"copy (select v from t) to stdout (format xml)", "E(ERROR 22023 0) Z(I)"},
		{"copy (select v from t) to stdout (foo 1)", "E(ERROR 42601 0) Z(I)"},
		{"copy (select v from t) to stdout (delimiter 'ab')", "E(ERROR 0A000 0) Z(I)"},
	} {
		c.send(query(s.sql))
		if got := c.until("Z"); got != s.want {
			t.Errorf("%s\n got %q\nwant %q", s.sql, got, s.want)
		}
	}
	c.send(parseMsg("", "copy (select v from t) to stdout (format binary)"), bindMsg("", ""), describe('P', ""), executeMsg("", 0), syncMsg)
	got := c.until("Z")
	if !strings.HasPrefix(got, "1 2 n H(3) d(PGCOPY\n\xff\r\n\x00") || !strings.HasSuffix(got, "d(\xff\xff) c C(COPY 1) Z(I)") {
		t.Errorf("%q", got)
	}
}

// BenchmarkEncode makes DataRow messages of five columns.
func BenchmarkEncode(b *testing.B) {
	const n = vector.BatchSize
	r := rand.New(rand.NewPCG(1, 2))
	batch := &vector.Batch{N: n}
	kinds := []types.Type{types.TBigInt, types.DecimalOf(15, 2), types.TDate, types.TDouble, types.TVarchar}
	for _, t := range kinds {
		values := make([]types.Value, n)
		for i := range values {
			values[i] = randomValue(r, t)
		}
		batch.Cols = append(batch.Cols, vector.FromValues(t, values))
	}
	for _, bin := range []bool{false, true} {
		b.Run(map[bool]string{false: "text", true: "binary"}[bin], func(b *testing.B) {
			e := encoder{text: berlin(b)}
			for _, t := range kinds {
				e.cols = append(e.cols, column{typ: t, binary: bin})
			}
			var out []byte
			bytes := 0
			for b.Loop() {
				e.load(batch)
				for e.left() > 0 {
					out, _, _ = e.dataRows(out[:0], -1)
					bytes += len(out)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
			b.ReportMetric(float64(bytes)/1e6/b.Elapsed().Seconds(), "MB/s")
		})
	}
}
