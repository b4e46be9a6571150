package orc

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

func table(t testing.TB, hive string) formats.Options {
	t.Helper()
	ty, err := types.ParseHive("struct<" + hive + ">")
	if err != nil {
		t.Fatal(err)
	}
	return formats.Options{Schema: &types.Schema{Fields: ty.Fields}}
}

// codecRows is what testdata/generate.py writes with every codec.
func codecRows() []any {
	out := make([]any, 6000)
	for i := range out {
		name := any(nil)
		if i%7 != 0 {
			name = fmt.Sprintf("name %d", i%13)
		}
		out[i] = []any{i, name, float64(i) / 4}
	}
	return out
}

func TestCodecs(t *testing.T) {
	want := fmt.Sprint(codecRows())
	for _, c := range []string{"uncompressed", "zlib", "snappy", "lz4", "zstd"} {
		f := open(t, formattest.Data(t, "codec_"+c+".orc"), formats.Options{})
		splits := f.Splits(1)
		if len(splits) != len(f.foot.stripes) || len(splits) < 2 {
			t.Errorf("%s: %d splits of %d stripes", c, len(splits), len(f.foot.stripes))
		}
		for _, target := range []int64{1, 100_000, 1 << 30} {
			rows := int64(0)
			for _, s := range f.Splits(target) {
				rows += s.Rows
			}
			if got := fmt.Sprint(formattest.AllRows(t, f, target)); got != want || rows != 6000 {
				t.Fatalf("%s in splits of %d: %d rows, %.200s", c, target, rows, got)
			}
		}
		if got := f.Stats().Rows; got != 6000 {
			t.Errorf("%s: %d rows", c, got)
		}
	}
}

// TestPruning checks that stripes whose statistics rule a predicate out are not
// read, that rows that were passed over do not shift the others, and that
// columns of no surviving rows are not fetched.
func TestPruning(t *testing.T) {
	all := codecRows()
	for _, c := range []string{"uncompressed", "zstd"} {
		m := store.NewMemory("test")
		info := m.Set("t.orc", formattest.Data(t, "codec_"+c+".orc"))
		file, err := Format{}.Open(t.Context(), m, info, formats.Options{})
		if err != nil {
			t.Fatal(err)
		}
		f := file.(*File)
		cols := formattest.All(f)
		for _, batch := range []int{13, 100, 4096} {
			f.batchRows = batch
			for _, k := range []int64{0, 5, 777, 3000, 5999, 7000} {
				m.Reads()
				p := &formattest.Where{Cols: []int{0}, Pass: func(v []types.Value) bool { return v[0].I == k },
					Bounds: func(b []formats.Bounds) formats.Tri {
						if b[0].HasMinMax && (k < b[0].Min.I || k > b[0].Max.I) {
							return formats.Never
						}
						return formats.Maybe
					}}
				got, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: cols, Pred: p})
				want := "[]"
				if k < 6000 {
					want = fmt.Sprint(all[k : k+1])
				}
				if err != nil || fmt.Sprint(got) != want {
					t.Errorf("%s %d: %v, %v", c, k, got, err)
				}
				if k == 7000 && len(m.Reads()) != 0 || p.Asked > 4000 {
					t.Errorf("%s %d: %d rows were asked about", c, k, p.Asked)
				}
			}
			odd := &formattest.Where{Cols: []int{1}, Pass: func(v []types.Value) bool { return v[0].S == "name 3" }}
			got, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: cols, Pred: odd})
			var want []any
			for i, r := range all {
				if i%13 == 3 && i%7 != 0 {
					want = append(want, r)
				}
			}
			if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %d rows of %d, %v", c, len(got), len(want), err)
			}
		}
		m.Reads()
		if _, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: cols, Pred: &formattest.Where{Cols: []int{0}, Pass: func([]types.Value) bool { return false }}}); err != nil {
			t.Fatal(err)
		}
		read := int64(0)
		for _, r := range m.Reads() {
			if r.Kind == store.ReadData {
				read += r.Range.Len
			}
		}
		if read > 60_000 {
			t.Errorf("%s: %d bytes were read for one column", c, read)
		}
		got, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: cols, Limit: 10})
		if err != nil || len(got) != 10 {
			t.Errorf("limit: %d rows, %v", len(got), err)
		}
		m.Reads()
		n := 0
		src, err := f.Scan(t.Context(), formats.ScanRequest{})
		if err != nil {
			t.Fatal(err)
		}
		var b vector.Batch
		for src.Next(t.Context(), &b) == nil {
			n += b.N
		}
		if n != 6000 || len(m.Reads()) != 0 {
			t.Errorf("counted %d rows with reads", n)
		}
	}
}

// TestSkip passes over rows of every type: only rows beyond a point survive.
func TestSkip(t *testing.T) {
	for _, name := range []string{"scalars_v1", "scalars_v2", "nested", "nested_dict", "union"} {
		f := open(t, formattest.Data(t, name+".orc"), formats.Options{})
		want := formattest.AllRows(t, f, 1<<30)
		f.batchRows = 10
		seen := int64(-1)
		p := &formattest.Where{Pass: func([]types.Value) bool { seen++; return seen/10%3 == 2 }}
		got, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f), Pred: p})
		if err != nil {
			t.Fatal(err)
		}
		var keep []any
		for i, r := range want {
			if i/10%3 == 2 {
				keep = append(keep, r)
			}
		}
		if d := formattest.Diff(keep, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestRowGroups reads only the row groups whose statistics allow it, of every
// type, and compares with a filter over everything.
func TestRowGroups(t *testing.T) {
	for _, c := range []struct{ file, key string }{
		{"scalars_v1", "seq"}, {"scalars_v2", "mono"}, {"scalars_v2", "seq"}, {"nested", "id"}, {"nested_dict", "id"}, {"zone", "_col1"},
		{"codec_uncompressed", "id"}, {"codec_lz4", "id"}, {"codec_zlib", "id"},
	} {
		f := open(t, formattest.Data(t, c.file+".orc"), formats.Options{})
		want := formattest.AllRows(t, f, 1<<30)
		key := f.schema.Index(c.key)
		keys := make([]string, len(want))
		for i, r := range want {
			keys[i] = fmt.Sprint(r.([]any)[key])
		}
		n := len(want)
		for _, rows := range [][]int{{n / 2}, {0}, {n - 1}, {n/3 - 1, n / 3, n/3 + 1}, {1, n / 4, n - 2}, {n/2 - 8, n/2 + 8}} {
			for _, batch := range []int{11, 4096} {
				f.batchRows = batch
				chosen := map[string]bool{}
				var keep []any
				for _, r := range rows {
					chosen[keys[r]] = true
					keep = append(keep, want[r])
				}
				p := &formattest.Where{Cols: []int{key}, Pass: func(v []types.Value) bool { return chosen[fmt.Sprint(formattest.Render(v[0]))] },
					Bounds: func(b []formats.Bounds) formats.Tri {
						if !b[0].HasMinMax {
							return formats.Maybe
						}
						for k := range chosen {
							x, _ := strconv.ParseInt(k, 10, 64)
							if x >= b[0].Min.I && x <= b[0].Max.I {
								return formats.Maybe
							}
						}
						return formats.Never
					}}
				got, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f), Pred: p})
				if err != nil {
					t.Fatalf("%s rows %v: %v", c.file, rows, err)
				}
				if d := formattest.Diff(keep, got); d != "" {
					t.Fatalf("%s rows %v: %s", c.file, rows, d)
				}
				if p.Asked == 0 || p.Asked > n*9/10 {
					t.Errorf("%s rows %v: %d of %d rows were asked about", c.file, rows, p.Asked, n)
				}
			}
		}
	}
}

// TestStats compares the statistics with the values.
func TestStats(t *testing.T) {
	for _, name := range []string{"scalars_v1", "scalars_v2", "codec_zlib", "zone", "union"} {
		f := open(t, formattest.Data(t, name+".orc"), formats.Options{})
		for i, c := range f.schema.Fields {
			b := f.Stats().Columns[i]
			nulls, bounded := int64(0), b.HasMinMax
			src, err := f.Scan(t.Context(), formats.ScanRequest{Columns: []formats.Projection{{Column: i, Type: c.Type}}})
			if err != nil {
				t.Fatal(err)
			}
			var batch vector.Batch
			sawMin, sawMax := false, false
			for src.Next(t.Context(), &batch) == nil {
				for j := range batch.N {
					v := vector.ValueAt(batch.Cols[0], j)
					switch {
					case v.Null:
						nulls++
					case bounded && (v.Compare(b.Min) < 0 || v.Compare(b.Max) > 0):
						t.Fatalf("%s: %s is outside of %s and %s", c.Name, v, b.Min, b.Max)
					case bounded:
						sawMin, sawMax = sawMin || v.Compare(b.Min) == 0, sawMax || v.Compare(b.Max) == 0
					}
				}
			}
			if !b.HasNulls || b.Nulls != nulls || b.Rows != f.foot.rows || b.AllNull != (nulls == f.foot.rows) {
				t.Errorf("%s: %+v, %d nulls of %d", c.Name, b, nulls, f.foot.rows)
			}
			if bounded && (b.MinExact && !sawMin || b.MaxExact && !sawMax) {
				t.Errorf("%s: bounds %s and %s are called exact", c.Name, b.Min, b.Max)
			}
			hasBounds := c.Type.IsNumeric() || c.Type.Kind == types.Date || c.Type.Kind == types.Varchar || c.Type.Kind == types.Timestamp || c.Type.Kind == types.TimestampTZ
			if hasBounds != bounded && nulls < f.foot.rows && !(c.Type.IsFloat()) {
				t.Errorf("%s (%s): bounds %v", c.Name, c.Type, bounded)
			}
		}
	}
}

// TestBytes checks that what a scan reads of a column is what the statistics
// say, and that footers are read once.
func TestBytes(t *testing.T) {
	for _, name := range []string{"scalars_v1", "nested", "codec_zlib", "codec_uncompressed", "zone", "empty"} {
		m := store.NewMemory("test")
		info := m.Set("t.orc", formattest.Data(t, name+".orc"))
		own := open(t, formattest.Data(t, name+".orc"), formats.Options{})
		if own.Stats().Bytes != nil {
			t.Errorf("%s: sizes without the stripes' footers", name)
		}
		file, err := Format{}.Open(t.Context(), m, info, formats.Options{Schema: own.schema})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range own.schema.Fields {
			m.Reads()
			if _, err := formattest.Rows(t.Context(), file, formats.ScanRequest{Columns: []formats.Projection{{Column: i, Type: c.Type}}}); err != nil {
				t.Fatal(err)
			}
			got := int64(0)
			for _, r := range m.Reads() {
				if r.Kind != store.ReadData {
					t.Errorf("%s: %s: metadata was read again", name, c.Name)
				}
				got += r.Range.Len
			}
			if want := file.Stats().Bytes[i]; got != want {
				t.Errorf("%s: %s: %d bytes were read, the statistics say %d", name, c.Name, got, want)
			}
		}
	}
}

// TestDeclared reads files as tables that declare other columns.
func TestDeclared(t *testing.T) {
	for _, c := range []struct {
		file, table, prop string
		want              string // the first rows, or the error's code
	}{
		{"codec_zlib", "ID:int,v:double,missing:date", "", "[0 0 <nil>] [1 0.25 <nil>]"},
		{"codec_zlib", "id:decimal(21,2),name:binary", "", "[0.00 <nil>] [1.00 6e616d652031]"},
		{"codec_zlib", "id:string,v:string", "", "[0 0] [1 0.25]"},
		{"codec_zlib", "a:bigint,b:string,c:double", "", "[0 <nil> 0] [1 name 1 0.25]"},                // no name fits: by position
		{"codec_zlib", "v:bigint,name:string", "orc.column.index.access=true", "[0 <nil>] [1 name 1]"}, // told to
		{"codec_zlib", "v:bigint,name:string", "orc.force.positional.evolution=true", "[0 <nil>] [1 name 1]"},
		{"codec_zlib", "v:bigint,name:string", "orc.schema.resolution=position", "[0 <nil>] [1 name 1]"},
		{"zone", "ts:timestamp,n:bigint", "", "[-126223200000000 0] [-92000000000000 1]"},
		{"codec_zlib", "name:int", "", "42804"},
		{"codec_zlib", "name:int", "malformed.values=null", "[<nil>] [<nil>]"},
		{"codec_zlib", "id:tinyint", "", "22003"},
		{"nested", "p:struct<Y:double,z:int,x:bigint>,id:bigint", "", ""},
		{"nested", "a:array<string>", "", "42804"},
		{"nested", "a:array<date>", "malformed.values=null", "[<nil>] [<nil>]"},
		{"nested", "p:int", "", "42804"},
	} {
		opt := table(t, c.table)
		k, v, _ := strings.Cut(c.prop, "=")
		opt.Properties = map[string]string{k: v}
		f := open(t, formattest.Data(t, c.file+".orc"), opt)
		rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
		got := ""
		if err == nil && len(rows) > 2 {
			got = strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(rows[:2]), "["), "]")
		}
		if err != nil {
			formattest.Fault(t, err)
			got = string(fault.As(err).Code)
			if fault.As(err).Column == "" {
				t.Errorf("%s: no column in %v", c.table, err)
			}
		}
		if c.file == "zone" {
			got, c.want = fmt.Sprint(len(rows), err), "400 <nil>"
		}
		if c.want != "" && got != c.want {
			t.Errorf("%s as %s: %s, want %s (%v)", c.file, c.table, got, c.want, err)
		}
	}
}

// TestPaths reads fields of structs without their siblings.
func TestPaths(t *testing.T) {
	f := open(t, formattest.Data(t, "nested.orc"), formats.Options{})
	whole := formattest.AllRows(t, f, 1<<30)
	p, deep := f.schema.Index("p"), f.schema.Index("deep")
	var want []any
	for _, r := range whole {
		w := r.([]any)
		want = append(want, []any{formattest.Field(w[p], 1), w[p], formattest.Field(w[deep], 0, 1), formattest.Field(w[deep], 0, 0), formattest.Field(w[deep], 1)})
	}
	in := f.schema.Fields[deep].Type.Fields[0].Type
	got, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: []formats.Projection{
		{Column: p, Path: []string{"Y"}, Type: types.TDouble}, {Column: p, Type: f.schema.Fields[p].Type},
		{Column: deep, Path: []string{"in", "l"}, Type: in.Fields[1].Type}, {Column: deep, Path: []string{"in", "s"}, Type: types.TVarchar},
		{Column: deep, Path: []string{"t"}, Type: types.TTimestamp}}})
	if err != nil {
		t.Fatal(err)
	}
	if d := formattest.Diff(want, got); d != "" {
		t.Error(d)
	}
	u := open(t, formattest.Data(t, "union.orc"), formats.Options{})
	got, err = formattest.Rows(t.Context(), u, formats.ScanRequest{Columns: []formats.Projection{
		{Column: 1, Path: []string{"field1"}, Type: types.TVarchar}, {Column: 1, Path: []string{"tag"}, Type: types.TTinyInt}}})
	if err != nil || fmt.Sprint(got[:5]) != "[[<nil> 0] [s1 1] [<nil> 2] [<nil> <nil>] [<nil> 0]]" {
		t.Error(got, err)
	}
}

func TestSniff(t *testing.T) {
	for _, c := range []struct {
		name, head string
		want       float64
	}{
		{"a.orc", "", 0.5}, {"a", "ORC\x0a\x03", 1}, {"a.orc", "PAR1", 0}, {"a.txt", "ORCHID,1", 0}, {"000000_0", "ORC,a\x01b", 1}, {"a", "OR", 0},
	} {
		if got := (Format{}).Sniff(c.name, []byte(c.head)); got != c.want {
			t.Errorf("%s %q: %v, want %v", c.name, c.head, got, c.want)
		}
	}
}

// TestDamaged changes and cuts files: nothing may panic, and errors name file
// and place.
func TestDamaged(t *testing.T) {
	for _, name := range []string{"union", "nested", "zone", "scalars_v2"} {
		data := formattest.Data(t, name+".orc")
		step := max(1, len(data)/150)
		for i := 0; i < len(data); i += step {
			bad := bytes.Clone(data)
			bad[i] ^= 1 << (i % 8)
			if f, err := formattest.Open(t, Format{}, "t.orc", bad, formats.Options{}); err == nil {
				for _, s := range f.Splits(1 << 20) {
					if _, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Split: s, Columns: formattest.All(f)}); err != nil {
						formattest.Fault(t, err)
					}
				}
			} else {
				formattest.Fault(t, err)
			}
		}
		for _, cut := range []int{1, 10, 100, len(data) - 3, len(data) - 1} {
			_, err := formattest.Open(t, Format{}, "t.orc", data[:len(data)-cut], formats.Options{})
			if err == nil {
				t.Errorf("%s cut by %d opens", name, cut)
				continue
			}
			formattest.Fault(t, err)
		}
	}
}

// TestRunLengths decodes the examples of the specification, and widths that
// writers seldom use.
func TestRunLengths(t *testing.T) {
	for _, c := range []struct {
		name       string
		signed, v2 bool
		in         []byte
		want       []int64
	}{
		{"short repeat", false, true, []byte{0x0a, 0x27, 0x10}, []int64{10000, 10000, 10000, 10000, 10000}},
		{"direct", false, true, []byte{0x5e, 0x03, 0x5c, 0xa1, 0xab, 0x1e, 0xde, 0xad, 0xbe, 0xef}, []int64{23713, 43806, 57005, 48879}},
		{"patched base", false, true, []byte{0x8e, 0x09, 0x2b, 0x21, 0x07, 0xd0, 0x1e, 0x00, 0x14, 0x70, 0x28, 0x32, 0x3c, 0x46, 0x50, 0x5a, 0xfc, 0xe8},
			[]int64{2030, 2000, 2020, 1000000, 2040, 2050, 2060, 2070, 2080, 2090}},
		{"delta", false, true, []byte{0xc6, 0x09, 0x02, 0x02, 0x22, 0x42, 0x42, 0x46}, []int64{2, 3, 5, 7, 11, 13, 17, 19, 23, 29}},
		{"v1 run", false, false, []byte{0x61, 0x00, 0x07}, repeat(7, 100)},
		{"v1 descending", false, false, []byte{0x61, 0xff, 0x64}, descending(100, 100)},
		{"v1 literals", false, false, []byte{0xfb, 0x02, 0x03, 0x06, 0x07, 0x0b}, []int64{2, 3, 6, 7, 11}},
		{"signed direct of 64 bits", true, true, append([]byte{0x7e, 0x01}, bytes.Repeat([]byte{0xff}, 16)...), []int64{math.MinInt64, math.MinInt64}},
	} {
		r := &ints{s: &stream{src: c.in}, signed: c.signed, v2: c.v2}
		got, err := r.appendN(nil, len(c.want))
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
		for cut := range c.in {
			r := &ints{s: &stream{src: c.in[:cut]}, signed: c.signed, v2: c.v2}
			if _, err := r.appendN(nil, len(c.want)); err == nil {
				t.Errorf("%s cut to %d bytes: no error", c.name, cut)
			}
		}
	}
	b := &byteRuns{s: &stream{src: []byte{0x61, 0x00, 0xfe, 0x44, 0x45}}}
	got, err := b.appendN(nil, 102)
	if err != nil || !bytes.Equal(got, append(make([]byte, 100), 0x44, 0x45)) {
		t.Errorf("bytes: %v, %v", got, err)
	}
	bits := &bools{runs: byteRuns{s: &stream{src: []byte{0xff, 0x80, 0xfe, 0x44, 0x45}}}}
	var flags []byte
	for _, n := range []int{3, 7, 8, 6} {
		if flags, err = bits.appendN(flags, n); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(flags) != "[1 0 0 0 0 0 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 0 1]" {
		t.Errorf("bits: %v", flags)
	}
}

func repeat(v int64, n int) []int64 { return descending(v, -n) }

// descending counts n values down from v; with a negative n it repeats v.
func descending(v int64, n int) []int64 {
	var out []int64
	for i := range max(n, -n) {
		x := v
		if n > 0 {
			x -= int64(i)
		}
		out = append(out, x)
	}
	return out
}

// TestUnpack compares every width with one bit at a time.
func TestUnpack(t *testing.T) {
	for width := 1; width <= 64; width++ {
		n := 37
		b := make([]byte, (n*width+7)/8)
		for i := range b {
			b[i] = byte(i*37 + width*11)
		}
		got := make([]int64, n)
		unpackBits(got, b, width)
		for i := range got {
			want := uint64(0)
			for j := i * width; j < (i+1)*width; j++ {
				want = want<<1 | uint64(b[j/8]>>(7-j%8)&1)
			}
			if got[i] != int64(want) {
				t.Fatalf("width %d, value %d: %x, want %x", width, i, got[i], want)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	files, err := filepath.Glob("testdata/*.orc")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		if data, err := os.ReadFile(name); err == nil && len(data) < 10<<10 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := formattest.Open(t, Format{}, "t.orc", data, formats.Options{})
		if err != nil {
			formattest.Fault(t, err)
			return
		}
		formattest.Exercise(t, file)
	})
}
