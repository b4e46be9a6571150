package avro

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tavro "github.com/twmb/avro"
	"github.com/twmb/avro/ocf"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// made writes a file with another library.
func made(t testing.TB, schema string, rows []any, opts ...ocf.WriterOpt) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := ocf.NewWriter(&b, tavro.MustParse(schema), opts...)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type row = map[string]any

func table(t testing.TB, hive string) formats.Options {
	t.Helper()
	ty, err := types.ParseHive("struct<" + hive + ">")
	if err != nil {
		t.Fatal(err)
	}
	return formats.Options{Schema: &types.Schema{Fields: ty.Fields}}
}

// TestDeclared reads a file as tables that declare other columns than it has.
func TestDeclared(t *testing.T) {
	const schema = `{"type":"record","name":"R","fields":[
		{"name":"i","type":"int"},{"name":"Long","type":["null","long"]},{"name":"f","type":"float"},{"name":"s","type":"string"},
		{"name":"y","type":"bytes"},{"name":"d","type":{"type":"int","logicalType":"date"}},
		{"name":"p","type":{"type":"record","name":"P","fields":[{"name":"x","type":"int"},{"name":"y","type":"string"}]}},
		{"name":"a","type":{"type":"array","items":"int"}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}},
		{"name":"dec","type":{"type":"bytes","logicalType":"decimal","precision":5,"scale":1}}]}`
	data := made(t, schema, []any{
		row{"i": 7, "Long": int64(300), "f": float32(1.5), "s": "text", "y": []byte("bin"), "d": 20_000, "p": row{"x": 1, "y": "in"}, "a": []int{1, 2}, "e": "B", "dec": []byte{0xff, 0x9c}},
		row{"i": -7, "Long": nil, "f": float32(-2), "s": "", "y": []byte{}, "d": 0, "p": row{"x": 2, "y": ""}, "a": []int{}, "e": "A", "dec": []byte{1}},
	})
	for _, c := range []struct {
		table string
		want  string // rows, or the error's code
		prop  string // malformed.values
	}{
		{"i:bigint,long:bigint,f:double", "[7 300 1.5] [-7 <nil> -2]", ""},
		{"i:double,long:double", "[7 300] [-7 <nil>]", ""},
		{"i:float,long:smallint", "[7 300] [-7 <nil>]", ""},
		{"i:decimal(12,2)", "[7.00] [-7.00]", ""},
		{"s:binary,y:string", "[74657874 bin] [ ]", ""},
		{"s:varchar(10),e:char(1)", "[text B] [ A]", ""},
		{"d:timestamp", "[1728000000000000] [0]", ""},
		{"missing:int,i:int,other:array<string>", "[<nil> 7 <nil>] [<nil> -7 <nil>]", ""},
		{"p:struct<Y:string,z:int,x:bigint>", "[[in <nil> 1]] [[ <nil> 2]]", ""},
		{"a:array<bigint>", "[[1 2]] [[]]", ""},
		{"dec:decimal(20,3)", "[-10.000] [0.100]", ""},
		{"dec:double", "[-10] [0.1]", ""},
		{"i:string,e:string,long:string,d:string", "[7 B 300 2024-10-04] [-7 A <nil> 1970-01-01]", ""},
		{"long:tinyint", "22003", ""},
		{"s:int", "42804", ""},
		{"p:int", "42804", ""},
		{"p:string", "42804", ""},
		{"a:array<date>", "42804", ""},
		{"p:struct<x:date>", "42804", ""},
		{"dec:decimal(5,3)", "42804", ""},
		{"s:int,i:int,p:struct<x:date,y:string>,a:array<date>", "[<nil> 7 [<nil> in] <nil>] [<nil> -7 [<nil> ] <nil>]", "null"},
	} {
		opt := table(t, c.table)
		opt.Properties = map[string]string{"malformed.values": c.prop}
		f := open(t, data, opt)
		rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
		got := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(rows), "["), "]")
		if err != nil {
			formattest.Fault(t, err)
			got = string(fault.As(err).Code)
			if fault.As(err).Column == "" {
				t.Errorf("%s: no column in %v", c.table, err)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s (%v)", c.table, got, c.want, err)
		}
	}
}

// TestPaths reads fields of records without their siblings, next to the whole.
func TestPaths(t *testing.T) {
	f := open(t, formattest.Data(t, "nested.avro"), formats.Options{})
	whole := formattest.AllRows(t, f, 1<<30)
	var want []any
	for _, r := range whole {
		w := r.([]any)
		want = append(want, []any{formattest.Field(w[2], 1), w[2], formattest.Field(w[9], 0, 1), formattest.Field(w[1], 0), formattest.Field(w[2], 0), formattest.Field(w[9], 0)})
	}
	col := func(name string, path ...string) formats.Projection {
		i := f.schema.Index(name)
		ty := f.schema.Fields[i].Type
		for _, p := range path {
			if k := (&types.Schema{Fields: ty.Fields}).Index(p); k >= 0 {
				ty = ty.Fields[k].Type
			}
		}
		return formats.Projection{Column: i, Path: path, Type: ty}
	}
	r := formats.ScanRequest{Columns: []formats.Projection{
		col("np", "y"), col("np"), col("deep", "in", "l"), col("p", "x"), col("np", "X"), col("deep", "in")}}
	got, err := formattest.Rows(t.Context(), f, r)
	if err != nil {
		t.Fatal(err)
	}
	if d := formattest.Diff(want, got); d != "" {
		t.Error(d)
	}
	u := open(t, formattest.Data(t, "unions.avro"), formats.Options{})
	mix := u.schema.Index("mix")
	got, err = formattest.Rows(t.Context(), u, formats.ScanRequest{Columns: []formats.Projection{
		{Column: mix, Path: []string{"field1"}, Type: types.TInteger}, {Column: mix, Path: []string{"tag"}, Type: types.TTinyInt}}})
	if fmt.Sprint(got, err) != "[[<nil> 0] [<nil> <nil>] [9 1]] <nil>" {
		t.Error(got, err)
	}
	for _, p := range []formats.Projection{col("np", "nope"), {Column: 99}} {
		if len(p.Path) > 0 {
			p.Type = types.TInteger
		}
		if _, err := f.Scan(t.Context(), formats.ScanRequest{Columns: []formats.Projection{p}}); err == nil {
			t.Errorf("%v: no error", p)
		}
	}
}

// TestPredicate filters in batches of all sizes, and counts what a limit reads.
func TestPredicate(t *testing.T) {
	f := open(t, formattest.Data(t, "codec_deflate.avro"), formats.Options{})
	all := formattest.AllRows(t, f, 1<<30)
	even := func(v []types.Value) bool { return v[0].I%20 == 0 && !v[1].Null }
	var want []any
	for i, r := range all {
		if i%20 == 0 && i%7 != 0 {
			want = append(want, []any{r.([]any)[1], r.([]any)[2], r.([]any)[0]})
		}
	}
	cols := []formats.Projection{{Column: 1, Type: types.TVarchar}, {Column: 2, Type: types.TDouble}, {Column: 0, Type: types.TBigInt}}
	for _, batch := range []int{1, 3, 10, batchRows} {
		f.batchRows = batch
		p := &formattest.Where{Cols: []int{0, 2}, Pass: func(v []types.Value) bool { return even([]types.Value{v[1], v[0]}) }}
		got, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: cols, Pred: p})
		if err != nil {
			t.Fatal(err)
		}
		if d := formattest.Diff(want, got); d != "" || p.Asked != len(all) {
			t.Errorf("batches of %d: %d asked: %s", batch, p.Asked, d)
		}
		got, err = formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: cols, Limit: 5})
		if err != nil || len(got) != 5 {
			t.Errorf("limit 5: %d rows, %v", len(got), err)
		}
	}
	n := 0
	src, err := f.Scan(t.Context(), formats.ScanRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var b vector.Batch
	for src.Next(t.Context(), &b) == nil {
		n += b.N
	}
	if n != len(all) {
		t.Errorf("counted %d of %d", n, len(all))
	}
}

// TestPlaces numbers the rows of a file of many blocks, with and without a filter;
// a split that does not begin with the first of them knows no numbers.
func TestPlaces(t *testing.T) {
	const schema = `{"type":"record","name":"R","fields":[{"name":"n","type":"long"},{"name":"s","type":"string"}]}`
	var rows []any
	for i := range 5000 {
		rows = append(rows, row{"n": int64(i), "s": strings.Repeat("x", i%100)})
	}
	f := open(t, made(t, schema, rows, ocf.WithBlockCount(7)), formats.Options{})
	third := &formattest.Where{Cols: []int{0}, Pass: func(v []types.Value) bool { return v[0].I%3 == 0 }}
	for _, pred := range []formats.Predicate{nil, third} {
		for _, batch := range []int{1, 10, batchRows} {
			f.batchRows = batch
			n := 0
			eachPlace(t, f, formats.ScanRequest{Columns: formattest.All(f), Pred: pred}, func(p formats.Place, v types.Value) {
				if n++; p.Row != v.I {
					t.Fatalf("row %d is said to be %d", v.I, p.Row)
				}
			})
			if want := map[bool]int{true: 5000, false: 1667}[pred == nil]; n != want {
				t.Errorf("%d rows of %d", n, want)
			}
		}
	}
	later := formats.ScanRequest{Columns: formattest.All(f), Split: formats.Split{Range: store.Range{Off: 1000, Len: 1 << 20}}}
	eachPlace(t, f, later, func(p formats.Place, v types.Value) {
		if p.Row != -1 {
			t.Fatalf("row %d of a later split is said to be %d", v.I, p.Row)
		}
	})
	if !f.Unplaced() {
		t.Error("its splits know their places")
	}
}

// eachPlace scans and hands over the places of the rows that pass, and their first
// columns.
func eachPlace(t *testing.T, f *File, r formats.ScanRequest, take func(p formats.Place, v types.Value)) {
	t.Helper()
	src, err := f.Scan(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var b vector.Batch
	for err = src.Next(t.Context(), &b); err == nil; err = src.Next(t.Context(), &b) {
		for i := range b.N {
			if b.Sel == nil || slices.Contains(b.Sel, uint16(i)) {
				take(src.(formats.Placer).Place(i), vector.ValueAt(b.Cols[0], i))
			}
		}
	}
	if err != io.EOF {
		t.Fatal(err)
	}
}

// TestEmpty reads a file without blocks.
func TestEmpty(t *testing.T) {
	f := open(t, made(t, `{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`, nil), formats.Options{})
	if s := f.Splits(1 << 20); len(s) != 0 {
		t.Errorf("splits %v", s)
	}
	for _, cols := range [][]formats.Projection{nil, formattest.All(f)} {
		if rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: cols}); err != nil || len(rows) != 0 {
			t.Errorf("%v, %v", rows, err)
		}
	}
}

// TestEnumCodes checks that enums stay dictionary codes.
func TestEnumCodes(t *testing.T) {
	f := open(t, formattest.Data(t, "scalars.avro"), formats.Options{})
	i := f.schema.Index("e_null")
	src, err := f.Scan(t.Context(), formats.ScanRequest{Columns: []formats.Projection{{Column: i, Type: types.TVarchar}}})
	if err != nil {
		t.Fatal(err)
	}
	var b vector.Batch
	if err := src.Next(t.Context(), &b); err != nil || b.Cols[0].Form != vector.Dict || b.Cols[0].NullCount() != 2 || b.Cols[0].Base.Len != 3 {
		t.Errorf("%v %+v", err, b.Cols[0])
	}
}

// TestRecursive checks that a record inside itself is passed over, however
// deep, and refused as a column.
func TestRecursive(t *testing.T) {
	const schema = `{"type":"record","name":"Tree","fields":[{"name":"id","type":"int"},
		{"name":"left","type":["null","Tree"]},{"name":"kids","type":{"type":"array","items":"Tree"}},{"name":"last","type":"string"}]}`
	tree := func(id int, left any, kids ...any) row {
		return row{"id": id, "left": left, "kids": append([]any{}, kids...), "last": fmt.Sprint("n", id)}
	}
	deep := tree(0, nil)
	for i := range 100 {
		deep = tree(i, deep, tree(-1, nil), tree(-2, nil))
	}
	data := made(t, schema, []any{tree(1, nil), tree(2, tree(3, nil, tree(4, nil))), deep})
	_, err := formattest.Open(t, Format{}, "t.avro", data, formats.Options{})
	if !fault.Is(err, fault.CodeFeatureNotSupported) || !strings.Contains(err.Error(), "Tree") {
		t.Errorf("open without a table: %v", err)
	}
	f := open(t, data, table(t, "id:int,last:string"))
	got, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
	if fmt.Sprint(got, err) != "[[1 n1] [2 n2] [99 n99]] <nil>" {
		t.Error(got, err)
	}
	f = open(t, data, table(t, "left:struct<id:int,left:struct<id:int>>"))
	got, err = formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
	if fmt.Sprint(got, err) != "[[<nil>] [[3 <nil>]] [[98 [97]]]] <nil>" {
		t.Error(got, err)
	}
}

// TestExplosion checks that a schema of a few lines that stands for 2^60
// columns is refused, and read where it does not matter.
func TestExplosion(t *testing.T) {
	for _, leaf := range []string{"int", "null"} {
		fields := fmt.Sprintf(`{"type":"record","name":"R0","fields":[{"name":"a","type":"%s"},{"name":"b","type":"%s"}]}`, leaf, leaf)
		for i := 1; i < 60; i++ {
			fields = fmt.Sprintf(`{"type":"record","name":"R%d","fields":[{"name":"a","type":%s},{"name":"b","type":"R%d"}]}`, i, fields, i-1)
		}
		schema, err := parseSchema([]byte(`{"type":"record","name":"Top","fields":[{"name":"id","type":"int"},{"name":"big","type":` + fields + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		f := &File{head: &header{schema: schema}}
		if err := f.bindAll(nil, nil); !fault.Is(err, fault.CodeProgramLimit) {
			t.Errorf("%s: %v", leaf, err)
		}
		f = &File{head: &header{schema: schema}, store: store.NewMemory("x"), nullMismatch: true}
		if err := f.bindAll(table(t, "id:int").Schema, nil); err != nil {
			t.Fatal(err)
		}
		src, err := f.Scan(t.Context(), formats.ScanRequest{Columns: formattest.All(f)})
		if err != nil {
			t.Fatal(err)
		}
		src.Close()
	}
}

// TestRandom writes random rows with another library, in blocks of several
// sizes, and reads them back from a directory with a meter.
func TestRandom(t *testing.T) {
	const schema = `{"type":"record","name":"R","fields":[{"name":"a","type":["null","long"]},{"name":"s","type":"string"},
		{"name":"l","type":{"type":"array","items":["null","int"]}},{"name":"m","type":{"type":"map","values":"double"}}]}`
	r := rand.New(rand.NewPCG(1, 2))
	var rows, want []any
	for range 1000 {
		x, w := row{}, make([]any, 4)
		if x["a"] = any(nil); r.IntN(4) > 0 {
			x["a"] = int64(r.Uint64() >> r.IntN(64))
			w[0] = x["a"]
		}
		x["s"] = strings.Repeat("é", r.IntN(30))
		w[1] = x["s"]
		l, wl := []any{}, []any{}
		for range r.IntN(5) {
			if r.IntN(3) == 0 {
				l, wl = append(l, nil), append(wl, nil)
				continue
			}
			v := int32(r.Uint32())
			l, wl = append(l, v), append(wl, v)
		}
		x["l"], w[2] = l, wl
		x["m"], w[3] = map[string]float64{}, []any{}
		if r.IntN(2) == 0 {
			v := r.Float64()
			x["m"], w[3] = map[string]float64{"k": v}, []any{[]any{"k", v}}
		}
		rows, want = append(rows, x), append(want, w)
	}
	dir := t.TempDir()
	st := store.NewDir(dir)
	for _, count := range []int{1, 100, 100_000} {
		for _, c := range []ocf.Codec{nil, ocf.SnappyCodec(), ocf.DeflateCodec(6)} {
			opts := []ocf.WriterOpt{ocf.WithBlockCount(count)}
			if c != nil {
				opts = append(opts, ocf.WithCodec(c))
			}
			data := made(t, schema, rows, opts...)
			if err := os.WriteFile(filepath.Join(dir, "t.avro"), data, 0o600); err != nil {
				t.Fatal(err)
			}
			compareRandom(t, st, want, int64(len(data)))
		}
	}
}

func compareRandom(t *testing.T, st store.Store, want []any, size int64) {
	t.Helper()
	var meter countMeter
	ctx := store.WithMeter(t.Context(), &meter)
	info, err := st.Stat(ctx, "t.avro")
	if err != nil {
		t.Fatal(err)
	}
	file, err := Format{}.Open(ctx, st, info, formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []any
	for _, s := range file.Splits(100_000) {
		rows, err := formattest.Rows(ctx, file, formats.ScanRequest{Split: s, Columns: formattest.All(file)})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rows...)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Error(cmp.Diff(fmt.Sprint(want[:10]), fmt.Sprint(got[:min(10, len(got))])))
	}
	if n := meter.data; n < size-file.(*File).head.size || len(file.Splits(100_000)) == 1 && n > size {
		t.Errorf("read %d bytes of %d", n, size)
	}
}

type countMeter struct{ data int64 }

func (m *countMeter) Reserve(_ context.Context, k store.ReadKind, n int64) error {
	if k == store.ReadData {
		m.data += n
	}
	return nil
}

// TestDamaged changes and cuts files: nothing may panic, and a damaged block
// names its place.
func TestDamaged(t *testing.T) {
	for _, name := range []string{"scalars", "nested", "unions", "codec_snappy", "codec_deflate"} {
		data := formattest.Data(t, name+".avro")
		for i := 0; i < len(data); i += 5 {
			bad := bytes.Clone(data)
			bad[i] ^= 1 << (i % 8)
			if f, err := formattest.Open(t, Format{}, "t.avro", bad, formats.Options{}); err == nil {
				for _, s := range f.Splits(1 << 20) {
					_, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Split: s, Columns: formattest.All(f)})
					if err != nil {
						formattest.Fault(t, err)
					}
				}
			}
		}
		f := open(t, data, formats.Options{})
		for _, cut := range []int64{1, 15, 16, 17, 40} {
			short, err := formattest.Open(t, Format{}, "t.avro", data[:int64(len(data))-cut], formats.Options{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = formattest.Rows(t.Context(), short, formats.ScanRequest{Columns: formattest.All(f)})
			if !fault.Is(err, fault.CodeDataCorrupted) || fault.As(err).Detail == "" {
				t.Errorf("%s cut by %d: %v", name, cut, err)
			}
		}
	}
	snappy := formattest.Data(t, "codec_snappy.avro")
	snappy[len(snappy)-syncSize-1] ^= 1 // the checksum
	f := open(t, snappy, formats.Options{})
	if _, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)}); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("wrong checksum: %v", err)
	}
}

// TestFixedTypes reads logical types that the other writers lack.
func TestFixedTypes(t *testing.T) {
	const schema = `{"type":"record","name":"R","fields":[{"name":"d","type":{"type":"fixed","name":"D","size":12,"logicalType":"duration"}},
		{"name":"u","type":{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}},{"name":"n","type":["null",{"type":"long","logicalType":"local-timestamp-nanos"}]},
		{"name":"nu","type":["null","U"]},{"name":"c","type":{"type":"fixed","name":"C","size":3,"logicalType":"decimal","precision":6,"scale":1}}]}`
	b := append([]byte("Obj\x01\x02\x16avro.schema"), byte(len(schema)*2&0x7f|0x80), byte(len(schema)*2>>7&0x7f))
	if len(schema)*2>>7 > 127 {
		t.Fatal("the schema's length needs a third byte")
	}
	b = append(append(append(b, schema...), 0), "0123456789abcdef"...)
	body := "\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00" + "ABCDEFGHIJKLMNOP" + "\x02\x03" + "\x00" + "\xff\xff\xf6" +
		"\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff" + "abcdefghijklmnop" + "\x00" + "\x02ABCDEFGHIJKLMNOP" + "\x00\x00\x0f"
	b = append(b, 4, byte(len(body)*2&0x7f|0x80), byte(len(body)*2>>7))
	b = append(append(b, body...), "0123456789abcdef"...)
	f := open(t, b, formats.Options{})
	rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
	want := "[[1 2 3000 4142434445464748494a4b4c4d4e4f50 -2 <nil> -1.0] [0 0 4294967295000 6162636465666768696a6b6c6d6e6f70 <nil> 4142434445464748494a4b4c4d4e4f50 1.5]]"
	if got := fmt.Sprint(rows); err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
	f = open(t, b, table(t, "d:string,u:string,c:string"))
	rows, err = formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil || fmt.Sprint(rows[0]) != "[1 mon 2 days 00:00:00.003 41424344-4546-4748-494a-4b4c4d4e4f50 -1.0]" {
		t.Errorf("as text: %v, %v", rows, err)
	}
}

// TestBombs checks that few bytes cannot stand for much memory.
func TestBombs(t *testing.T) {
	head := func(schema string) []byte {
		b := []byte("Obj\x01\x02\x16avro.schema")
		b = append(b, byte(len(schema)*2&0x7f|0x80), byte(len(schema)*2>>7))
		return append(append(append(b, schema...), 0), "0123456789abcdef"...)
	}
	pad := func(s string) string { return s + strings.Repeat(" ", 100) }
	block := func(rows, body string) []byte {
		return append(append([]byte(rows), append([]byte{byte(len(body) * 2)}, body...)...), "0123456789abcdef"...)
	}
	const huge = "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"
	for name, data := range map[string][]byte{
		"array of nulls":   append(head(pad(`{"type":"array","items":"null"}`)), block("\x02", huge+"\x00")...),
		"array of longs":   append(head(pad(`{"type":"array","items":"long"}`)), block("\x02", huge+"\x00")...),
		"records of longs": append(head(pad(`{"type":"record","name":"R","fields":[{"name":"a","type":"long"}]}`)), block(huge, "\x02")...),
		"long string":      append(head(pad(`"string"`)), block("\x02", huge+"a")...),
		"huge block":       append(head(pad(`"string"`)), []byte("\x02"+huge)...),
		"negative count":   append(head(pad(`{"type":"array","items":"long"}`)), block("\x02", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00")...),
	} {
		f := open(t, data, formats.Options{})
		_, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
		if !fault.Is(err, fault.CodeDataCorrupted) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Records without bytes are rows, in as many batches as it takes.
	data := append(head(pad(`{"type":"record","name":"R","fields":[]}`)), block(huge, "")...)
	src, err := open(t, data, formats.Options{}).Scan(t.Context(), formats.ScanRequest{Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	var b vector.Batch
	for ; err == nil; err = src.Next(t.Context(), &b) {
		rows += b.N
	}
	if err != io.EOF || rows != 100_000 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

func FuzzOpen(f *testing.F) {
	files, err := filepath.Glob("testdata/*.avro")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		if data, err := os.ReadFile(name); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := formattest.Open(t, Format{}, "t.avro", data, formats.Options{})
		if err != nil {
			formattest.Fault(t, err)
			return
		}
		formattest.Exercise(t, file)
	})
}
