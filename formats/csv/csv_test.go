package csv

import (
	"bytes"
	"compress/gzip"
	"context"
	stdcsv "encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

func open(t testing.TB, data string, schema *types.Schema, props map[string]string) formats.File {
	t.Helper()
	return formattest.MustOpen(t, Format{}, "t.csv", []byte(data), formats.Options{Schema: schema, Properties: props})
}

func TestRead(t *testing.T) {
	tests := []struct {
		name   string
		data   string
		schema []string
		props  map[string]string
		want   [][]string
	}{
		{"plain", "a,1\nb,2\n", []string{"s string", "n int"}, nil, [][]string{{"a", "1"}, {"b", "2"}}},
		{"no line break at the end", "a,1\nb,2", []string{"s string", "n int"}, nil, [][]string{{"a", "1"}, {"b", "2"}}},
		{"crlf", "a,1\r\nb,2\r\n\"c\",3\r", []string{"s string", "n int"}, nil, [][]string{{"a", "1"}, {"b", "2"}, {"c", "3"}}},
		{"byte order mark", "\xef\xbb\xbf\"a\",1\n", []string{"s string", "n int"}, nil, [][]string{{"a", "1"}}},
		{"header", "s,n\na,1\n", []string{"s string", "n int"}, map[string]string{"skip.header.line.count": "1"}, [][]string{{"a", "1"}}},
		{"quoted header of two lines", "\"s\nx\",n\na,1\n", []string{"s string", "n int"},
			map[string]string{"skip.header.line.count": "1"}, [][]string{{"a", "1"}}},
		{"only a header", "s,n", []string{"s string", "n int"}, map[string]string{"skip.header.line.count": "1"}, nil},
		{"quotes", "\"a,b\",\"1\"\n\"say \"\"hi\"\"\",2\n\"two\nlines\",3\n", []string{"s string", "n int"}, nil,
			[][]string{{"a,b", "1"}, {`say "hi"`, "2"}, {"two\nlines", "3"}}},
		{"quote inside a field is a character", "a\"b\",1\n", []string{"s string", "n int"}, nil, [][]string{{`a"b"`, "1"}}},
		{"blanks behind a quote", "\"a\"  ,1\n", []string{"s string", "n int"}, nil, [][]string{{"a", "1"}}},
		{"empty is null, but not quoted", ",\n\"\",\"\"\n", []string{"s string", "n int"}, nil, [][]string{{"∅", "∅"}, {"", "∅"}}},
		{"missing and extra fields", "a\nb,2,x,y\n", []string{"s string", "n int"}, nil, [][]string{{"a", "∅"}, {"b", "2"}}},
		{"blank lines", "\na,1\n\r\n\nb,2\n", []string{"s string", "n int"}, nil, [][]string{{"a", "1"}, {"b", "2"}}},
		{"backslash is plain without a serde", `"C:\dir",1` + "\n", []string{"s string", "n int"}, nil, [][]string{{`C:\dir`, "1"}}},
		{"opencsv escapes", `"a\"b\\",1` + "\n\"\",\n", []string{"s string", "n int"}, map[string]string{"serialization.lib": "x.OpenCSVSerde"},
			[][]string{{`a"b\`, "1"}, {"", "∅"}}},
		{"opencsv settings", "'a;b';1\n", []string{"s string", "n int"},
			map[string]string{"serialization.lib": "x.OpenCSVSerde", "separatorchar": ";", "quotechar": "'"}, [][]string{{"a;b", "1"}}},
		{"lazy simple", "a\x01\\N\x01\"q\"\n\\N\x0112x\x01\n\n", []string{"s string", "n int", "q string"},
			map[string]string{"serialization.lib": "x.LazySimpleSerDe"},
			[][]string{{"a", "∅", `"q"`}, {"∅", "∅", ""}, {"", "∅", "∅"}}},
		{"lazy simple escapes", `a\,b,1` + "\n" + `c\\,2` + "\n", []string{"s string", "n int"},
			map[string]string{"serialization.lib": "x.LazySimpleSerDe", "field.delim": ",", "escape.delim": `\`},
			[][]string{{"a,b", "1"}, {`c\`, "2"}}},
		{"delimiters", "a\t1\n", []string{"s string", "n int"}, map[string]string{"field.delim": `\t`}, [][]string{{"a", "1"}}},
		{"delimiter by code", "a\x021\n", []string{"s string", "n int"}, map[string]string{"field.delim": "2"}, [][]string{{"a", "1"}}},
		{"null text", "NA,NA\n\"NA\",1\n", []string{"s string", "n int"}, map[string]string{"serialization.null.format": "NA"},
			[][]string{{"∅", "∅"}, {"NA", "1"}}},
		{"one line a record", "\"a\nb\",1\n", []string{"s string", "n int"}, map[string]string{"multiline": "false", "malformed.values": "null"},
			[][]string{{`"a`, "∅"}, {`b"`, "1"}}},
		{"malformed as null", "x,1\ny,z\n", []string{"s string", "n int"}, map[string]string{"malformed.values": "null"},
			[][]string{{"x", "1"}, {"y", "∅"}}},
		{"types", "true,1,-2,300,4000000000,1.5,2.25,12345678901234567890.12,1.005,2024-02-29,2024-02-29 12:34:56.5,4142,ab\n",
			[]string{"b boolean", "t tinyint", "s smallint", "i int", "l bigint", "r float", "d double", "e decimal(38,2)", "f decimal(5,2)",
				"g date", "h timestamp", "v binary", "w varchar(1)"}, nil,
			[][]string{{"true", "1", "-2", "300", "4000000000", "1.5", "2.25", "12345678901234567890.12", "1.01", "2024-02-29",
				"2024-02-29 12:34:56.5", `\xe35e36`, "a"}}},
		{"numbers as dates", "18276,1579059850000\n", []string{"d date", "t timestamp"}, nil, [][]string{{"2020-01-15", "2020-01-15 03:44:10"}}},
		{"invalid utf-8 is replaced where values may be null", "a\xffb\x011\n", []string{"s string", "n int"},
			map[string]string{"serialization.lib": "LazySimpleSerDe"}, [][]string{{"a\ufffdb", "1"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			schema := formattest.Schema(t, tt.schema...)
			got, err := formattest.Texts(t.Context(), open(t, tt.data, schema, tt.props), 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	tests := []struct {
		name, data string
		code       fault.Code
		column     string
		line       int64
	}{
		{"no number", "a,1\n\nb,x1\n", fault.CodeInvalidText, "n", 3},
		{"too large", "a,1\nb,3000000000\n", fault.CodeNumericOutOfRange, "n", 2},
		{"quote not closed", "a,1\n\"b,2\nc,3\n", fault.CodeDataCorrupted, "", 2},
		{"text behind a quote", "a,1\n\"b\nb\"x,2\n", fault.CodeDataCorrupted, "s", 2},
		{"behind a record of two lines", "\"a\na\",1\nb,x\n", fault.CodeInvalidText, "n", 3},
		{"latin-1", "a,1\nb\xfc,2\n", fault.CodeDataCorrupted, "s", 2},
	}
	schema := formattest.Schema(t, "s string", "n int")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := formattest.Texts(t.Context(), open(t, tt.data, schema, nil), 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
			e := fault.As(err)
			if e == nil || e.Code != tt.code || e.Column != tt.column || e.Line != tt.line || e.Object != "memory://t/t.csv" {
				t.Errorf("error = %+v, want %s in column %q, line %d", e, tt.code, tt.column, tt.line)
			}
		})
	}
}

func TestBadProperties(t *testing.T) {
	for _, p := range [][2]string{{"field.delim", "\n"}, {"field.delim", "a\nb"}, {"field.delim", "\r"}, {"quotechar", ","}, {"skip.header.line.count", "x"},
		{"multiline", "maybe"}, {"wholefile", "maybe"}, {"malformed.values", "drop"}, {"quotechar", "ü"}, {"mapkey.delim", "ab"},
		{"fixedwidth", "a:0"}, {"fixedwidth", "a:3,b"}, {"fixedwidth", "3,-4"}} {
		_, err := parseDialect(map[string]string{p[0]: p[1]})
		if e := fault.As(err); e == nil || e.Code != fault.CodeInvalidParameter || !strings.Contains(e.Message, p[0]) {
			t.Errorf("%q: %v", p, err)
		}
	}
}

// evenRows keeps every row whose column 0 is an even number.
type evenRows struct{ t *testing.T }

func (evenRows) Columns() []int                                           { return []int{0} }
func (evenRows) KeepBounds(func(int) formats.Bounds) formats.Tri          { return formats.Maybe }
func (evenRows) KeepDict(int, *vector.Vector) (vector.Bitmap, bool, bool) { return nil, false, false }
func (p evenRows) Keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	out := vector.Sel{}
	for i, n := range vector.Values[int64](b.Cols[0]) {
		if n%2 == 0 {
			out = append(out, uint16(i))
		}
	}
	return out, nil
}

func TestPredicateProjectionLimit(t *testing.T) {
	var data strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&data, "%d,\"text \"\"%d\"\"\",%d.5\n", i, i, i)
	}
	schema := formattest.Schema(t, "n bigint", "s string", "d double")
	f := open(t, data.String(), schema, nil)
	proj := []formats.Projection{{Column: 0, Type: types.TBigInt}, {Column: 1, Type: types.TVarchar}, {Column: 1, Type: types.TVarchar},
		{Column: 1, Type: types.VarcharOf(7)}}
	got, err := formattest.Texts(t.Context(), f, 1<<30, formats.ScanRequest{Columns: proj, Pred: evenRows{t}})
	if err != nil || len(got) != 5000 {
		t.Fatal(len(got), err)
	}
	for i, r := range got {
		s := fmt.Sprintf("text \"%d\"", 2*i)
		if diff := cmp.Diff([]string{fmt.Sprint(2 * i), s, s, s[:7]}, r); diff != "" {
			t.Fatal(diff)
		}
	}
	got, err = formattest.Texts(t.Context(), f, 1<<30, formats.ScanRequest{Columns: proj[:1], Limit: 7})
	if err != nil || len(got) != 7 {
		t.Errorf("limit 7 gave %d rows (%v)", len(got), err)
	}
	src, err := f.Scan(context.Background(), formats.ScanRequest{Split: f.Splits(1 << 30)[0]})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	n := 0
	for b := (vector.Batch{}); src.Next(context.Background(), &b) == nil; {
		n += b.N
	}
	if n != 10000 {
		t.Errorf("count = %d", n)
	}
}

// randomCSV makes records with all kinds of quoting, and what they mean.
func randomCSV(r *rand.Rand, n int) (string, [][]string) {
	var b strings.Builder
	var want [][]string
	words := []string{"", "x", "word", "two words", "a,b", "quote \" here", "line\nbreak", "\"", "\"\"", "\",\"", ",", "\n", "ü", "long " + strings.Repeat("y", 300)}
	for range n {
		rec := make([]string, 3)
		for i := range rec {
			rec[i] = words[r.IntN(len(words))]
			if i > 0 {
				b.WriteByte(',')
			}
			if strings.ContainsAny(rec[i], ",\"\n") || rec[i] == "" || r.IntN(3) == 0 {
				b.WriteString(`"` + strings.ReplaceAll(rec[i], `"`, `""`) + `"`)
			} else {
				b.WriteString(rec[i])
			}
		}
		b.WriteByte('\n')
		want = append(want, rec)
	}
	return b.String(), want
}

// TestSplitsAndChunks checks against encoding/csv, and that the cut of the file
// into splits changes nothing, or is refused, but never gives other rows.
func TestSplitsAndChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	schema := formattest.Schema(t, "a string", "b string", "c string")
	refused := 0
	for round := range 200 {
		data, want := randomCSV(r, 1+r.IntN(60))
		if std, err := stdcsv.NewReader(strings.NewReader(data)).ReadAll(); err != nil || !cmp.Equal(std, want) {
			t.Fatal("the oracle disagrees", err)
		}
		f := open(t, data, schema, nil).(*file)
		for _, n := range []int64{1, 2, 3, 7} {
			f.borders = map[int64]int64{}
			var got [][]string
			var err error
			size := int64(len(data))
			for i := range n {
				lo, hi := size*i/n, size*(i+1)/n
				if lo == hi {
					continue
				}
				var part [][]string
				part, err = formattest.SplitTexts(t.Context(), f, formats.ScanRequest{Columns: formattest.Columns(schema),
					Split: formats.Split{Range: store.Range{Off: lo, Len: hi - lo}}})
				if err != nil {
					break
				}
				got = append(got, part...)
			}
			if n > 1 && fault.Is(err, fault.CodeDataCorrupted) {
				refused++
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("round %d, %d splits:\n%s", round, n, diff)
			}
		}
	}
	if refused > 60 { // of 600; the words are as ambiguous as text can be
		t.Errorf("%d cuts were refused", refused)
	}
}

// TestLargeFile crosses chunks and splits of their real sizes.
func TestLargeFile(t *testing.T) {
	var b strings.Builder
	for i := range 150_000 {
		fmt.Fprintf(&b, "%d,\"some text, number %d\",%d.25\n", i, i, i)
	}
	schema := formattest.Schema(t, "n bigint", "s string", "d decimal(15,2)")
	f := open(t, b.String(), schema, nil)
	if n := len(f.Splits(1 << 20)); n < 5 {
		t.Fatalf("%d splits", n)
	}
	for _, target := range []int64{1 << 20, 1 << 30} {
		got, err := formattest.Texts(t.Context(), f, target, formats.ScanRequest{Columns: formattest.Columns(schema)})
		if err != nil || len(got) != 150_000 {
			t.Fatal(len(got), err)
		}
		for i, r := range got {
			want := []string{fmt.Sprint(i), fmt.Sprintf("some text, number %d", i), fmt.Sprintf("%d.25", i)}
			if !cmp.Equal(want, r) {
				t.Fatal(cmp.Diff(want, r))
			}
		}
	}
}

func TestGzip(t *testing.T) {
	var zipped bytes.Buffer
	for _, part := range []string{"a,1\nb,", "2\n"} { // two members
		w := gzip.NewWriter(&zipped)
		io.WriteString(w, part)
		w.Close()
	}
	schema := formattest.Schema(t, "s string", "n int")
	read := func(data []byte) ([][]string, error) {
		f := formattest.MustOpen(t, Format{}, "t.csv.gz", data, formats.Options{Schema: schema})
		return formattest.Texts(t.Context(), f, 1, formats.ScanRequest{Columns: formattest.Columns(schema)})
	}
	got, err := read(zipped.Bytes())
	if diff := cmp.Diff([][]string{{"a", "1"}, {"b", "2"}}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, data := range [][]byte{zipped.Bytes()[:zipped.Len()-5], append([]byte("junk"), zipped.Bytes()...)} {
		if _, err := read(data); !fault.Is(err, fault.CodeDataCorrupted) || fault.As(err).Object == "" {
			t.Errorf("error = %v", err)
		}
	}
}

func TestWriterRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	data, want := randomCSV(r, 300)
	schema := formattest.Schema(t, "a string", "b string", "c string")
	for _, props := range []map[string]string{nil, {"field.delim": "|", "serialization.null.format": "x"},
		{"serialization.lib": "x.OpenCSVSerde"}} {
		var out bytes.Buffer
		w, err := NewWriter(&out, schema, props)
		if err != nil {
			t.Fatal(err)
		}
		req := formats.ScanRequest{Columns: formattest.Columns(schema), Split: formats.Split{Range: store.Range{Len: int64(len(data))}}}
		if err := formattest.Each(t.Context(), open(t, data, schema, nil), req, w.Write); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		back := map[string]string{"skip.header.line.count": "1"}
		for k, v := range props {
			back[k] = v
		}
		got, err := formattest.Texts(t.Context(), open(t, out.String(), schema, back), 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Error(err, diff)
		}
	}
}
