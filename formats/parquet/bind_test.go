package parquet

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/vector"
)

// declared opens a golden file as a table that declares one column.
func declared(t *testing.T, file, name, typ string) (*File, types.Type) {
	t.Helper()
	ty, err := types.ParseHive(typ)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := openBytes(t, formattest.Data(t, file+".parquet"), formats.Options{Schema: &types.Schema{Fields: []types.Field{{Name: name, Type: ty}}}})
	return f, ty
}

// TestPromotion reads columns as other types than the file's. The oracle is a
// function over the column's own values.
func TestPromotion(t *testing.T) {
	scaleBy := func(p, s int) func(types.Value) types.Value {
		return func(v types.Value) types.Value {
			d, ok := v.Dec().Rescale(int(v.Type.S), s)
			if !v.Type.IsInteger() && !ok {
				t.Fatalf("rescale %v", v)
			}
			return types.DecOf(types.DecimalOf(p, s), d)
		}
	}
	as := func(t types.Type, f func(int64) int64) func(types.Value) types.Value {
		return func(v types.Value) types.Value { return types.IntOf(t, f(v.I)) }
	}
	same := func(i int64) int64 { return i }
	times := func(k int64) func(int64) int64 { return func(i int64) int64 { return i * k } }
	double := func(v types.Value) types.Value { return types.FloatOf(types.TDouble, v.F+float64(v.I)) }
	text := func(k types.Type) func(types.Value) types.Value {
		return func(v types.Value) types.Value { return types.StringOf(k, v.S) }
	}
	spelled := func(v types.Value) types.Value {
		return types.StringOf(types.TVarchar, string(types.AppendValue(nil, v)))
	}
	for _, c := range []struct {
		column, typ string
		want        func(types.Value) types.Value
	}{
		{"i32", "string", spelled},
		{"d7", "string", spelled},
		{"f32", "string", spelled},
		{"date", "string", spelled},
		{"tsus", "string", spelled},
		{"uid", "string", spelled},
		{"i8", "bigint", as(types.TBigInt, same)},
		{"i8", "integer", as(types.TInteger, same)},
		{"u8", "smallint", as(types.TSmallInt, same)},
		{"I16", "integer", as(types.TInteger, same)},
		{"i32", "bigint", as(types.TBigInt, same)},
		{"u32", "bigint", as(types.TBigInt, same)},
		{"i32", "decimal(12,2)", scaleBy(12, 2)},
		{"i32", "decimal(38,4)", scaleBy(38, 4)},
		{"i64", "decimal(30,5)", scaleBy(30, 5)},
		{"u32", "decimal(20,0)", scaleBy(20, 0)},
		{"i16", "double", double},
		{"u32", "double", double},
		{"i64", "double", double},
		{"f32", "double", double},
		{"f16", "double", double},
		{"i8", "real", func(v types.Value) types.Value { return types.FloatOf(types.TReal, float64(v.I)) }},
		{"d7", "decimal(12,4)", scaleBy(12, 4)},
		{"d7", "decimal(30,10)", scaleBy(30, 10)},
		{"d18", "decimal(38,20)", scaleBy(38, 20)},
		{"d7", "double", func(v types.Value) types.Value { return types.FloatOf(types.TDouble, float64(v.I)/100) }},
		{"d38", "double", func(v types.Value) types.Value { return types.FloatOf(types.TDouble, v.D.Float64()/1e10) }},
		{"date", "timestamp(3)", as(types.TimestampOf(3), times(86_400_000_000))},
		{"date", "timestamp(9) with time zone", as(types.TimestampTZOf(9), times(86_400_000_000_000))},
		{"tsms", "timestamp(6)", as(types.TimestampOf(6), same)},
		{"tsus", "timestamp(6) with time zone", as(types.TimestampTZOf(6), same)},
		{"tstz", "timestamp(3)", as(types.TimestampOf(3), same)},
		{"tsns", "timestamp(6)", as(types.TimestampOf(6), func(i int64) int64 { return floorDiv(i, 1000) })},
		{"t64ns", "time(3)", as(types.TimeOf(3), func(i int64) int64 { return i / 1000 })},
		{"t32", "time(9)", as(types.TimeOf(9), times(1000))},
		{"s", "json", text(types.TJSON)},
		{"s", "varchar(5)", text(types.VarcharOf(5))},
		{"s", "varbinary", text(types.TVarbinary)},
		{"bin", "varchar", text(types.TVarchar)},
		{"fix", "varchar", text(types.TVarchar)},
		{"missing", "struct<a:bigint>", nil},
		{"nothing", "decimal(5,1)", nil},
	} {
		t.Run(c.column+" as "+c.typ, func(t *testing.T) { testPromotion(t, c.column, c.typ, c.want) })
	}
}

// testPromotion reads a column of 150 rows as another type; a nil oracle is of
// one that is all null.
func testPromotion(t *testing.T, column, typ string, convert func(types.Value) types.Value) {
	t.Helper()
	own, _ := openBytes(t, formattest.Data(t, "types_v1.parquet"), formats.Options{})
	var from [][]types.Value
	if i := own.Schema().Index(column); i >= 0 && convert != nil {
		rows, err := scanRows(own, formats.ScanRequest{Columns: formattest.All(own)[i : i+1]})
		if err != nil {
			t.Fatal(err)
		}
		from = rows
	}
	for _, file := range []string{"types_v1", "types_v2"} {
		f, ty := declared(t, file, column, typ)
		rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 150 {
			t.Fatalf("%d rows", len(rows))
		}
		for i, r := range rows {
			want := types.NullOf(ty)
			if convert != nil && !from[i][0].Null {
				want = convert(from[i][0])
			}
			if !r[0].Equal(want) || !r[0].Type.Equal(ty) {
				t.Fatalf("row %d is %v (%s), want %v", i, formattest.Render(r[0]), r[0].Type, formattest.Render(want))
			}
		}
		checkBounds(t, f, rows)
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// checkBounds verifies a file's statistics against its rows.
func checkBounds(t *testing.T, f *File, rows [][]types.Value) {
	t.Helper()
	if f.Stats().Rows != int64(len(rows)) {
		t.Fatalf("stats say %d rows of %d", f.Stats().Rows, len(rows))
	}
	for c, b := range f.Stats().Columns {
		nulls := int64(0)
		seenMin, seenMax := false, false
		for _, r := range rows {
			v := r[c]
			if v.Null {
				nulls++
				continue
			}
			if !b.HasMinMax {
				continue
			}
			if v.Compare(b.Min) < 0 || v.Compare(b.Max) > 0 {
				t.Fatalf("column %d: %v is outside of %v .. %v", c, formattest.Render(v), formattest.Render(b.Min), formattest.Render(b.Max))
			}
			seenMin, seenMax = seenMin || v.Compare(b.Min) == 0, seenMax || v.Compare(b.Max) == 0
		}
		if b.HasNulls && b.Nulls != nulls {
			t.Errorf("column %d: stats say %d nulls of %d", c, b.Nulls, nulls)
		}
		if b.AllNull != (nulls == int64(len(rows))) && b.HasNulls && len(rows) > 0 {
			t.Errorf("column %d: AllNull is %v", c, b.AllNull)
		}
		if b.MinExact && !seenMin || b.MaxExact && !seenMax {
			t.Errorf("column %d: bounds %v, %v are not values", c, formattest.Render(b.Min), formattest.Render(b.Max))
		}
	}
}

// TestStats verifies the statistics of every golden file.
func TestStats(t *testing.T) {
	for _, name := range goldenNames(t) {
		f, _ := openBytes(t, formattest.Data(t, name+".parquet"), formats.Options{})
		rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { checkBounds(t, f, rows) })
	}
	f, _ := openBytes(t, formattest.Data(t, "types_v1.parquet"), formats.Options{})
	for i, c := range f.Schema().Fields {
		has := f.Stats().Columns[i].HasMinMax
		want := !strings.HasPrefix(c.Name, "f") && c.Name != "nothing" || c.Name == "f64" || c.Name == "fix"
		if has != want && c.Name != "f32" && c.Name != "f16" {
			t.Errorf("column %s has bounds: %v", c.Name, has)
		}
	}
}

// TestMismatch: a column that cannot be read as declared fails where it is
// read, and only there.
func TestMismatch(t *testing.T) {
	for _, c := range [][2]string{
		{"s", "bigint"}, {"i64", "real"}, {"f64", "real"}, {"f64", "bigint"}, {"d18", "decimal(18,2)"}, {"d38", "decimal(30,10)"},
		{"i32", "decimal(8,0)"}, {"date", "integer"}, {"tsus", "date"}, {"b", "integer"}, {"uid", "varchar(5)"}, {"i32", "array<int>"},
		{"i32", "date"}, {"i64", "boolean"},
	} {
		f, _ := declared(t, "types_v1", c[0], c[1])
		_, err := f.Scan(context.Background(), formats.ScanRequest{Columns: formattest.All(f)})
		e := fault.As(err)
		if err == nil || e.Code != fault.CodeDatatypeMismatch || e.Column != c[0] || e.Object != "mem://test.parquet" {
			t.Errorf("%s as %s: %v", c[0], c[1], err)
		}
		if rows, err := scanRows(f, formats.ScanRequest{}); err != nil || len(rows) != 150 {
			t.Errorf("not reading %s: %d rows, %v", c[0], len(rows), err)
		}
	}
	for _, c := range [][2]string{{"i32", "tinyint"}, {"i64", "integer"}, {"u64", "bigint"}, {"tsms", "timestamp(9)"}} {
		f, _ := declared(t, "types_dense", c[0], c[1])
		_, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
		if e := fault.As(err); err == nil || e.Code != fault.CodeNumericOutOfRange || e.Column != c[0] || e.RowGroup != 1 {
			t.Errorf("%s as %s: %v", c[0], c[1], err)
		}
	}
}

// TestMismatchAsNull: a table may ask for NULL instead.
func TestMismatchAsNull(t *testing.T) {
	f, _ := openBytes(t, formattest.Data(t, "types_v1.parquet"), formats.Options{Properties: map[string]string{"malformed.values": "null"},
		Schema: &types.Schema{Fields: []types.Field{{Name: "s", Type: types.TBigInt}, {Name: "i32", Type: types.TBigInt}}}})
	rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil || len(rows) != 150 {
		t.Fatal(len(rows), err)
	}
	nulls := 0
	for _, r := range rows {
		if !r[0].Null {
			t.Fatalf("%v is not NULL", r[0])
		}
		if r[1].Null {
			nulls++
		}
	}
	if nulls == len(rows) {
		t.Error("the other column is NULL too")
	}
	checkBounds(t, f, rows)
}

// firstIs passes the rows whose first column is a text. It refuses to judge
// bounds of another type, as the engine's predicates do.
type firstIs struct {
	formats.Predicate
	t    *testing.T
	text string
}

func (p firstIs) Columns() []int { return []int{0} }

func (p firstIs) KeepBounds(of func(int) formats.Bounds) formats.Tri {
	if b := of(0); b.HasMinMax && b.Min.Type.Kind != types.Varchar {
		p.t.Errorf("bounds of type %s reached a predicate over text", b.Min.Type)
	}
	return formats.Maybe
}

func (p firstIs) Keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	out := vector.Sel{}
	keep := map[uint16]bool{}
	for _, i := range sel {
		keep[i] = true
	}
	for i := range b.N {
		if v := vector.ValueAt(b.Cols[0], i); (sel == nil || keep[uint16(i)]) && !v.Null && v.S == p.text {
			out = append(out, uint16(i))
		}
	}
	return out, nil
}

// TestTextPredicate: a predicate over a column that is stored as a number and
// declared as text sees the texts.
func TestTextPredicate(t *testing.T) {
	for _, file := range []string{"types_v1", "types_v2", "types_dense"} {
		f, _ := declared(t, file, "i32", "string")
		all, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
		if err != nil {
			t.Fatal(err)
		}
		text, want := "", 0
		for _, r := range all {
			if text == "" && !r[0].Null {
				text = r[0].S
			}
			if !r[0].Null && r[0].S == text {
				want++
			}
		}
		rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f), Pred: firstIs{t: t, text: text}})
		if err != nil || len(rows) != want || want == 0 {
			t.Errorf("%s: %d rows are %q, want %d: %v", file, len(rows), text, want, err)
		}
	}
}

// TestNestedProjection reads fields of rows alone, missing fields, and rows
// under other names of the same fields.
func TestNestedProjection(t *testing.T) {
	all, _ := openBytes(t, formattest.Data(t, "nested_v1.parquet"), formats.Options{})
	rows, err := scanRows(all, formats.ScanRequest{Columns: formattest.All(all)})
	if err != nil {
		t.Fatal(err)
	}
	st, ls, deep := all.Schema().Index("st"), all.Schema().Index("ls"), all.Schema().Index("deep")
	null := func(v types.Value, k ...int) types.Value {
		for _, i := range k {
			if v.Null {
				return v
			}
			v = v.Kids[i]
		}
		return v
	}
	table, err := types.ParseHive(`struct<deep:struct<x:struct<extra:bigint,y:struct<z:string>>>,st:struct<TAGS:array<string>,none:double>,ls:array<struct<gone:bigint,a:bigint>>,all:struct<q:bigint>>`)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"nested_v1", "nested_v2", "nested_plain"} {
		f, _ := openBytes(t, formattest.Data(t, file+".parquet"), formats.Options{})
		for _, size := range []int{4096, 7} {
			f.batchRows = size
			got, err := scanRows(f, formats.ScanRequest{Columns: []formats.Projection{
				{Column: st, Path: []string{"a"}, Type: types.TInteger},
				{Column: st, Path: []string{"tags"}},
				{Column: deep, Path: []string{"x", "y", "z"}},
				{Column: deep, Path: []string{"x"}},
			}})
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range got {
				want := []types.Value{null(rows[i][st], 0), null(rows[i][st], 1), null(rows[i][deep], 0, 0, 0), null(rows[i][deep], 0)}
				if d := cmp.Diff(renderRows([][]types.Value{want}), renderRows([][]types.Value{r})); d != "" {
					t.Fatalf("%s row %d (-want +got):\n%s", file, i, d)
				}
			}
		}
		g, _ := openBytes(t, formattest.Data(t, file+".parquet"), formats.Options{Schema: &types.Schema{Fields: table.Fields}})
		got, err := scanRows(g, formats.ScanRequest{Columns: formattest.All(g)})
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range got {
			if x := null(r[0], 0); !x.Null && (!x.Kids[0].Null || !x.Kids[1].Equal(null(rows[i][deep], 0, 0))) {
				t.Fatalf("row %d: deep is %v", i, formattest.Render(r[0]))
			}
			if r[1].Null != rows[i][st].Null || !null(r[1], 0).Equal(null(rows[i][st], 1)) || !null(r[1], 1).Null {
				t.Fatalf("row %d: st is %v", i, formattest.Render(r[1]))
			}
			if r[2].Null != rows[i][ls].Null || len(r[2].Kids) != len(rows[i][ls].Kids) || !r[3].Null {
				t.Fatalf("row %d: ls is %v", i, formattest.Render(r[2]))
			}
			for j, e := range r[2].Kids {
				if !null(e, 0).Null || null(e, 1).I != null(rows[i][ls].Kids[j], 0).I {
					t.Fatalf("row %d: ls is %v", i, formattest.Render(r[2]))
				}
			}
		}
		ghost := &types.Schema{Fields: []types.Field{{Name: "st", Type: types.RowOf(types.Field{Name: "ghost", Type: types.TBigInt})}}}
		h, _ := openBytes(t, formattest.Data(t, file+".parquet"), formats.Options{Schema: ghost})
		got, err = scanRows(h, formats.ScanRequest{Columns: formattest.All(h)})
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range got {
			if r[0].Null != rows[i][st].Null {
				t.Fatalf("row %d of only missing fields: %v", i, formattest.Render(r[0]))
			}
		}
		if len(got) != len(rows) {
			t.Fatalf("%d rows", len(got))
		}
	}
}
