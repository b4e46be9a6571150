package parquet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	pq "github.com/parquet-go/parquet-go"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/vector"
)

// term is a comparison of a column with a constant; NULL never passes.
type term struct {
	col int
	op  string // = < > null
	val types.Value
}

func (t term) passes(v types.Value) bool {
	switch {
	case t.op == "null":
		return v.Null
	case v.Null:
		return false
	case t.op == "=":
		return v.Compare(t.val) == 0
	case t.op == "<":
		return v.Compare(t.val) < 0
	}
	return v.Compare(t.val) > 0
}

// and is a predicate that all its terms must pass. It counts what it is asked.
type and struct {
	terms        []term
	noDict       bool
	keeps, dicts int
}

func (p *and) Columns() []int {
	var out []int
	for _, t := range p.terms {
		if len(out) == 0 || out[len(out)-1] != t.col {
			out = append(out, t.col)
		}
	}
	return out
}

func (p *and) KeepBounds(bounds func(int) formats.Bounds) formats.Tri {
	all := formats.Always
	for _, t := range p.terms {
		b := bounds(t.col)
		switch {
		case t.op == "null" && b.HasNulls && b.Nulls == 0, t.op != "null" && b.AllNull:
			return formats.Never
		case t.op == "null" && b.AllNull:
			continue
		case b.HasMinMax && t.op == "=" && (t.val.Compare(b.Min) < 0 || t.val.Compare(b.Max) > 0),
			b.HasMinMax && t.op == "<" && b.Min.Compare(t.val) >= 0,
			b.HasMinMax && t.op == ">" && b.Max.Compare(t.val) <= 0:
			return formats.Never
		case b.HasMinMax && b.HasNulls && b.Nulls == 0 && (t.op == "<" && b.Max.Compare(t.val) < 0 || t.op == ">" && b.Min.Compare(t.val) > 0):
			continue
		}
		all = formats.Maybe
	}
	return all
}

func (p *and) KeepDict(col int, dict *vector.Vector) (vector.Bitmap, bool, bool) {
	if p.noDict {
		return nil, false, false
	}
	p.dicts++
	keep := vector.NewBitmap(dict.Len)
	nulls := true
	for i := range dict.Len {
		ok := true
		for _, t := range p.terms {
			if t.col == col {
				ok = ok && t.passes(vector.ValueAt(dict, i))
				nulls = nulls && t.op == "null"
			}
		}
		if ok {
			keep.Set(i)
		}
	}
	return keep, nulls, true
}

func (p *and) Keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	p.keeps++
	out := vector.Sel{}
	for i := range b.N {
		if sel != nil {
			if len(sel) == 0 || int(sel[0]) != i {
				continue
			}
			sel = sel[1:]
		}
		ok := true
		for _, t := range p.terms {
			ok = ok && t.passes(vector.ValueAt(b.Cols[t.col], i))
		}
		if ok {
			out = append(out, uint16(i))
		}
	}
	return out, nil
}

// tableRow is a row of the generated file.
type tableRow struct {
	ID    int64    `parquet:"id"`
	Day   int32    `parquet:"day,delta"`
	Kind  *string  `parquet:"kind,optional,dict"`
	Num   *int64   `parquet:"num,optional"`
	Dict  *int32   `parquet:"dictnum,optional,dict"`
	Text  string   `parquet:"text,plain"`
	Price float64  `parquet:"price,dict"`
	Tags  []string `parquet:"tags,list"`
	Flag  *bool    `parquet:"flag,optional"`
	Sub   *struct {
		A *int32 `parquet:"a,optional"`
		B string `parquet:"b"`
	} `parquet:"sub,optional"`
}

// makeRows makes rows at random, the same at every call.
func makeRows(n int) []tableRow {
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([]tableRow, n)
	for i := range rows {
		x := &rows[i]
		x.ID, x.Day, x.Text, x.Price = int64(i), int32(i/100), fmt.Sprintf("text %d %x", i, r.Uint64()), float64(r.IntN(50))
		if s := fmt.Sprintf("kind%d", i*7/n); r.IntN(10) > 0 {
			x.Kind = &s
		}
		if v := r.Int64N(1000); r.IntN(4) > 0 {
			x.Num = &v
		}
		if v := int32(r.IntN(6000)); r.IntN(20) > 0 {
			x.Dict = &v
		}
		if v := r.IntN(2) == 0; r.IntN(3) > 0 {
			x.Flag = &v
		}
		for range r.IntN(4) {
			x.Tags = append(x.Tags, fmt.Sprint("t", r.IntN(9)))
		}
		if a := int32(i); r.IntN(5) > 0 {
			x.Sub = &struct {
				A *int32 `parquet:"a,optional"`
				B string `parquet:"b"`
			}{B: fmt.Sprint("b", i%11)}
			if r.IntN(5) > 0 {
				x.Sub.A = &a
			}
		}
	}
	return rows
}

// makeTable writes rows with parquet-go in small pages, with page indexes.
func makeTable(t testing.TB, n, group int, opts ...pq.WriterOption) []byte {
	t.Helper()
	rows := makeRows(n)
	var out bytes.Buffer
	opts = append([]pq.WriterOption{pq.PageBufferSize(2000), pq.MaxRowsPerRowGroup(int64(group)), pq.Compression(&pq.Snappy)}, opts...)
	w := pq.NewGenericWriter[tableRow](&out, opts...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestParquetGo compares what parquet-go wrote, in several page versions and
// sizes, with the rows that it was given.
func TestParquetGo(t *testing.T) {
	const n = 2500
	rows := makeRows(n)
	for version := 1; version <= 2; version++ {
		for _, size := range []int{300, 1 << 20} {
			f, _ := openBytes(t, makeTable(t, n, 1100, pq.DataPageVersion(version), pq.PageBufferSize(size)), formats.Options{})
			got, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
			if err != nil || len(got) != n {
				t.Fatalf("%d rows, %v", len(got), err)
			}
			for i, x := range rows {
				if d := cmp.Diff(x.values(), renderRows(got[i : i+1])[0], sameNumber); d != "" {
					t.Fatalf("version %d, pages of %d, row %d (-want +got):\n%s", version, size, i, d)
				}
			}
		}
	}
}

// values gives a row as render does.
func (x *tableRow) values() []any {
	num := func(i int64) any { return json.Number(fmt.Sprint(i)) }
	out := []any{num(x.ID), num(int64(x.Day)), nil, nil, nil, x.Text, json.Number(fmt.Sprint(x.Price)), []any{}, nil, nil}
	if x.Kind != nil {
		out[2] = *x.Kind
	}
	if x.Num != nil {
		out[3] = num(*x.Num)
	}
	if x.Dict != nil {
		out[4] = num(int64(*x.Dict))
	}
	for _, s := range x.Tags {
		out[7] = append(out[7].([]any), s)
	}
	if x.Flag != nil {
		out[8] = *x.Flag
	}
	if x.Sub != nil {
		sub := []any{nil, x.Sub.B}
		if x.Sub.A != nil {
			sub[0] = num(int64(*x.Sub.A))
		}
		out[9] = sub
	}
	return out
}

func intVal(k types.Type, i int64) types.Value { return types.IntOf(k, i) }

// filterCases are predicates over tableRow's columns, by position.
func filterCases() map[string][]term {
	str := func(s string) types.Value { return types.StringOf(types.TVarchar, s) }
	return map[string][]term{
		"point":       {{0, "=", intVal(types.TBigInt, 2345)}},
		"range":       {{0, ">", intVal(types.TBigInt, 3000)}, {0, "<", intVal(types.TBigInt, 3100)}},
		"none":        {{0, ">", intVal(types.TBigInt, 1<<40)}},
		"all":         {{0, ">", intVal(types.TBigInt, -1)}},
		"day":         {{1, "=", intVal(types.TInteger, 37)}},
		"dictstring":  {{2, "=", str("kind3")}},
		"dictabsent":  {{2, "=", str("kind33")}},
		"dictnull":    {{2, "null", types.Value{}}},
		"num":         {{3, "=", intVal(types.TBigInt, 500)}},
		"numnull":     {{3, "null", types.Value{}}},
		"bigdict":     {{4, "<", intVal(types.TInteger, 30)}},
		"two":         {{2, "=", str("kind5")}, {4, "<", intVal(types.TInteger, 100)}},
		"three":       {{1, ">", intVal(types.TInteger, 30)}, {2, "=", str("kind4")}, {3, "<", intVal(types.TBigInt, 20)}},
		"text":        {{5, "<", str("text 1000")}},
		"price":       {{6, "=", types.FloatOf(types.TDouble, 7)}},
		"flag":        {{8, "=", types.BoolOf(true)}},
		"struct leaf": {{10, "=", intVal(types.TInteger, 4321)}},
	}
}

func tableColumns(f *File) []formats.Projection {
	return append(formattest.All(f), formats.Projection{Column: 9, Path: []string{"a"}, Type: types.TInteger})
}

// TestFilters compares filtered scans with filtering everything, over page
// indexes or none, batch sizes, with and without dictionaries being judged, and asked at
// once or in steps.
func TestFilters(t *testing.T) {
	const n = 6_000
	files := map[string][]byte{
		"indexed":  makeTable(t, n, 2500),
		"v1":       makeTable(t, n, n, pq.DataPageVersion(1)),
		"bigpages": makeTable(t, n, 4000, pq.PageBufferSize(1<<20), pq.Compression(&pq.Zstd)),
		"noindex":  dropIndexes(makeTable(t, n, 2500)),
	}
	for file, data := range files {
		f, _ := openBytes(t, data, formats.Options{})
		f.minIndexed = 0
		all, err := scanRows(f, formats.ScanRequest{Columns: tableColumns(f)})
		if err != nil || len(all) != n {
			t.Fatalf("%s: %d rows, %v", file, len(all), err)
		}
		for name, terms := range filterCases() {
			var want [][]types.Value
			for _, row := range all {
				ok := true
				for _, x := range terms {
					ok = ok && x.passes(row[x.col])
				}
				if ok {
					want = append(want, row)
				}
			}
			for _, size := range []int{4096, 100} {
				for _, pred := range []formats.Predicate{&and{terms: terms}, &and{terms: terms, noDict: true},
					&stepped{and: and{terms: terms}}, &stepped{and: and{terms: terms, noDict: true}}} {
					f.batchRows = size
					got, err := scanRows(f, formats.ScanRequest{Columns: tableColumns(f), Pred: pred})
					if err != nil {
						t.Fatalf("%s/%s: %v", file, name, err)
					}
					if !sameRows(want, got) {
						t.Fatalf("%s/%s batches of %d, %T (-want +got):\n%.2000s", file, name, size, pred,
							cmp.Diff(renderRows(want), renderRows(got)))
					}
				}
			}
		}
	}
}

func sameRows(a, b [][]types.Value) bool {
	return slices.EqualFunc(a, b, func(x, y []types.Value) bool { return slices.EqualFunc(x, y, types.Value.Equal) })
}

// dropIndexes makes a file's page indexes unreadable by pointing past its end:
// readers then walk the pages.
func dropIndexes(data []byte) []byte {
	f, err := newFile(Format{}, &memStore{}, (&memStore{data: data}).info(), mustFooter(data), nil, formats.Options{})
	if err != nil {
		panic(err)
	}
	out := bytes.Clone(data)
	for _, g := range f.meta.groups {
		for _, c := range g.chunks {
			for _, r := range []byteRange{c.offsetIndex, c.columnIndex} {
				clear(out[r.off : r.off+r.len])
			}
		}
	}
	return out
}

func mustFooter(data []byte) []byte {
	m := &memStore{data: data}
	b, _, _, err := readFooter(context.Background(), m, m.info())
	if err != nil {
		panic(err)
	}
	return b
}

// scanBytes gives the data bytes that a scan reads, and its rows.
func scanBytes(t *testing.T, f *File, m *memStore, r formats.ScanRequest) (int64, int) {
	t.Helper()
	m.reset()
	rows, err := scanRows(f, r)
	if err != nil {
		t.Fatal(err)
	}
	return m.bytes, len(rows)
}

// TestBytesRead: a scan pays for the chunks of its columns and, with a filter,
// only for the pages that may hold matching rows.
func TestBytesRead(t *testing.T) {
	const n = 60_000
	f, m := openBytes(t, makeTable(t, n, 30_000), formats.Options{})
	if m.bytes != 0 || m.footer > footerGuess {
		t.Errorf("Open read %d bytes of data, %d of metadata", m.bytes, m.footer)
	}
	chunks := func(g int, leaves ...int) (s int64) {
		for _, l := range leaves {
			s += f.meta.groups[g].chunks[l].compressed
		}
		return s
	}
	one := []formats.Projection{{Column: 5, Type: types.TVarchar}}
	if got, _ := scanBytes(t, f, m, formats.ScanRequest{Columns: one}); got != chunks(0, 5)+chunks(1, 5) {
		t.Errorf("one column: %d bytes, want %d", got, chunks(0, 5)+chunks(1, 5))
	}
	if got, rows := scanBytes(t, f, m, formats.ScanRequest{}); got != 0 || rows != n {
		t.Errorf("no column: %d bytes, %d rows", got, rows)
	}
	leaf := []formats.Projection{{Column: 9, Path: []string{"b"}, Type: types.TVarchar}}
	if got, _ := scanBytes(t, f, m, formats.ScanRequest{Columns: leaf}); got != chunks(0, 10)+chunks(1, 10) {
		t.Errorf("a field of a row: %d bytes, want %d", got, chunks(0, 10)+chunks(1, 10))
	}
	cols := []formats.Projection{{Column: 0, Type: types.TBigInt}, {Column: 5, Type: types.TVarchar}, {Column: 2, Type: types.TVarchar}}
	scan := func(p formats.Predicate) formats.ScanRequest {
		return formats.ScanRequest{Columns: cols, Pred: p}
	}
	point := &and{terms: []term{{0, "=", intVal(types.TBigInt, 41_234)}}}
	if got, rows := scanBytes(t, f, m, scan(point)); rows != 1 || got > 20_000 {
		t.Errorf("point: %d rows, %d bytes", rows, got)
	}
	absent := &and{terms: []term{{2, "=", types.StringOf(types.TVarchar, "kind0x")}}}
	if got, rows := scanBytes(t, f, m, scan(absent)); rows != 0 || got > chunks(0, 2)+chunks(1, 2) {
		t.Errorf("a value that no dictionary has: %d rows, %d bytes, want at most the filter column's %d", rows, got, chunks(0, 2)+chunks(1, 2))
	}
	never := &and{terms: []term{{0, ">", intVal(types.TBigInt, n)}}}
	if got, _ := scanBytes(t, f, m, scan(never)); got != 0 {
		t.Errorf("ruled out by the footer: %d bytes", got)
	}
	if got, rows := scanBytes(t, f, m, formats.ScanRequest{Columns: cols, Limit: 5}); rows < 5 || got > 20_000 {
		t.Errorf("limit 5: %d rows, %d bytes", rows, got)
	}
}

// TestIndexesBeforeFooter: page indexes that came with the footer are not read again, and
// spare what those that are read spare.
func TestIndexesBeforeFooter(t *testing.T) {
	f, m := openBytes(t, makeTable(t, 6000, 3000), formats.Options{})
	f.minIndexed = 0
	r := formats.ScanRequest{Columns: formattest.All(f), Pred: &and{terms: []term{{0, "=", intVal(types.TBigInt, 4321)}}}}
	here, rows := scanBytes(t, f, m, r)
	if m.footer != 0 || rows != 1 {
		t.Errorf("%d bytes of metadata were read for %d rows", m.footer, rows)
	}
	f.before = tail{}
	clear(f.indexes)
	read, rows := scanBytes(t, f, m, r)
	if m.footer == 0 || rows != 1 || here != read {
		t.Errorf("%d bytes with %d of metadata were read for %d rows, else %d", read, m.footer, rows, here)
	}
}

// TestLimitPrefix: without page indexes, a limit reads the beginning of the
// chunks, and more if the guess was too short.
func TestLimitPrefix(t *testing.T) {
	const n = 60_000
	f, m := openBytes(t, dropIndexes(makeTable(t, n, n)), formats.Options{})
	cols := []formats.Projection{{Column: 5, Type: types.TVarchar}, {Column: 2, Type: types.TVarchar}, {Column: 7}}
	all, err := scanRows(f, formats.ScanRequest{Columns: cols})
	if err != nil {
		t.Fatal(err)
	}
	whole := f.meta.groups[0].chunks[5].compressed
	for _, limit := range []int64{1, 5000, 12_000, 59_000} {
		got, rows := scanBytes(t, f, m, formats.ScanRequest{Columns: cols, Limit: limit})
		if int64(rows) < limit || int64(rows) > limit+int64(f.batchRows) {
			t.Errorf("limit %d: %d rows", limit, rows)
		}
		if limit <= 5000 && got > whole {
			t.Errorf("limit %d: %d bytes of %d", limit, got, whole)
		}
		some, err := scanRows(f, formats.ScanRequest{Columns: cols, Limit: limit})
		if err != nil || !sameRows(some, all[:len(some)]) {
			t.Errorf("limit %d: other rows, %v", limit, err)
		}
	}
	plan, err := f.planFetch(0, []int{5}, []rowSpan{{0, 10}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := plan.chunks[0]
	c.want = 50_000 // far beyond what was asked for
	if err := plan.run(context.Background(), f); err != nil || int64(len(c.whole)) != whole || c.rest.Len != 0 {
		t.Errorf("a short beginning was not completed: %d of %d bytes, %v", len(c.whole), whole, err)
	}
}

// TestDictionaryCodes: codes are handed out for dictionary encoded columns, and
// all batches of a row group share one base.
func TestDictionaryCodes(t *testing.T) {
	f, _ := openBytes(t, makeTable(t, 9000, 9000), formats.Options{})
	src, err := f.Scan(context.Background(), formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var b vector.Batch
	var base *vector.Vector
	batches := 0
	for ; ; batches++ {
		if err := src.Next(context.Background(), &b); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if b.Cols[2].Form != vector.Dict || b.Cols[6].Form != vector.Dict || b.Cols[5].Form != vector.Flat {
			t.Fatalf("forms %v %v %v", b.Cols[2].Form, b.Cols[6].Form, b.Cols[5].Form)
		}
		if b.Cols[4].Form != vector.Flat {
			t.Errorf("a dictionary of 6000 numbers was kept")
		}
		if base == nil {
			base = b.Cols[2].Base
		}
		if b.Cols[2].Base != base || base.Form != vector.Flat || base.Valid != nil || base.Len == 0 {
			t.Fatalf("base %+v", b.Cols[2].Base)
		}
	}
	if batches != 3 {
		t.Errorf("%d batches of 9000 rows", batches)
	}
}

// TestDynamic: a runtime filter that arrives during the scan drops the row
// groups that it rules out.
func TestDynamic(t *testing.T) {
	f, _ := openBytes(t, makeTable(t, 10_000, 2000), formats.Options{})
	var dyn formats.Predicate
	src, err := f.Scan(context.Background(), formats.ScanRequest{Columns: formattest.All(f)[:1], Dynamic: func() formats.Predicate { return dyn }})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var b vector.Batch
	rows := 0
	for {
		if err := src.Next(context.Background(), &b); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		rows += b.Rows()
		dyn = &and{terms: []term{{0, "<", intVal(types.TBigInt, 100)}}}
	}
	if rows != 2000 {
		t.Errorf("%d rows, want the first row group's 2000", rows)
	}
}

// TestSplits: the splits of a file deliver its rows once, however they are cut.
func TestSplits(t *testing.T) {
	f, _ := openBytes(t, makeTable(t, 10_000, 700), formats.Options{})
	for target, most := range map[int64]int{0: 15, 50_000: 14, 1 << 40: 1} {
		splits := f.Splits(target)
		if len(splits) > most || target == 0 && len(splits) != 15 {
			t.Errorf("target %d: %d splits", target, len(splits))
		}
		next, rows := int64(0), int64(0)
		for _, s := range splits {
			got, err := scanRows(f, formats.ScanRequest{Split: s, Columns: formattest.All(f)[:1]})
			if err != nil {
				t.Fatal(err)
			}
			if int64(len(got)) != s.Rows || s.Stats.Rows != s.Rows {
				t.Fatalf("split %+v gave %d rows", s, len(got))
			}
			for _, r := range got {
				if r[0].I != next {
					t.Fatalf("row %d, want %d", r[0].I, next)
				}
				next++
			}
			rows += s.Rows
			if b := s.Stats.Columns[0]; !b.HasMinMax || b.Min.I != got[0][0].I || b.Max.I != got[len(got)-1][0].I {
				t.Errorf("bounds of split: %+v", b)
			}
		}
		if rows != 10_000 {
			t.Errorf("target %d: %d rows", target, rows)
		}
	}
}

// TestScanErrors: a store that fails, a cancelled query and a predicate that
// fails end the scan with their error, and nothing is left running.
func TestScanErrors(t *testing.T) {
	f, m := openBytes(t, makeTable(t, 10_000, 2000), formats.Options{})
	broken := errors.New("broken")
	m.fail = broken
	if _, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)}); !errors.Is(err, broken) {
		t.Errorf("store fails: %v", err)
	}
	m.fail = nil
	ctx, cancel := context.WithCancel(context.Background())
	src, err := f.Scan(ctx, formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil {
		t.Fatal(err)
	}
	var b vector.Batch
	if err := src.Next(ctx, &b); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := src.Next(ctx, &b); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
	if err := src.Close(); err != nil {
		t.Error("second close:", err)
	}
	if err := src.Next(context.Background(), &b); err != io.EOF {
		t.Errorf("after Close: %v", err)
	}
}
