package csv

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

const (
	lazySerDe  = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
	multiSerDe = "org.apache.hadoop.hive.serde2.MultiDelimitSerDe"
)

// props makes properties of pairs.
func props(kv ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	return m
}

func readAll(t testing.TB, data string, schema []string, p map[string]string) ([][]string, error) {
	t.Helper()
	s := formattest.Schema(t, schema...)
	return formattest.Texts(t.Context(), open(t, data, s, p), 1<<30, formats.ScanRequest{Columns: formattest.Columns(s)})
}

func TestDelimiters(t *testing.T) {
	sn := []string{"s string", "n int"}
	tests := []struct {
		name, data string
		props      map[string]string
		want       [][]string
	}{
		{"two characters", "a|b||1\n||\nc\n", props("field.delim", "||"), [][]string{{"a|b", "1"}, {"∅", "∅"}, {"c", "∅"}}},
		{"the first that fits counts", "a|||2\n", props("field.delim", "||", "malformed.values", "null"), [][]string{{"a", "∅"}}},
		{"multi delimiter serde", "a,b^,^1\r\n\\N^,^2", props("field.delim", "^,^", "serialization.lib", multiSerDe), [][]string{{"a,b", "1"}, {"∅", "2"}}},
		{"a number is itself there", "a9b12\n", props("field.delim", "9", "serialization.lib", multiSerDe, "malformed.values", "null"), [][]string{{"a", "∅"}}},
		{"a character of several bytes", "a¦1\nü¦2\n", props("field.delim", "¦"), [][]string{{"a", "1"}, {"ü", "2"}}},
		{"as an escape", "a\u20281\n", props("field.delim", `\u2028`), [][]string{{"a", "1"}}},
		{"a byte that is no ASCII, as Hive says it", "a\xfe1\nb\xfe2\n", props("field.delim", "-2", "serialization.lib", lazySerDe), [][]string{{"a", "1"}, {"b", "2"}}},
		{"quotes", "\"a||b\"||1\n\"c\"\"\n\"||2\n\"||\"||3", props("field.delim", "||"), [][]string{{"a||b", "1"}, {"c\"\n", "2"}, {"||", "3"}}},
		{"escapes", `a\||b||1` + "\n" + `c\\||2` + "\n", props("field.delim", "||", "escape.delim", `\`, "serialization.lib", lazySerDe),
			[][]string{{"a||b", "∅"}, {`c\`, "2"}}[1:]},
		{"half a delimiter at the end", "a||1\nb|", props("field.delim", "||"), [][]string{{"a", "1"}, {"b|", "∅"}}},
		{"lines end with a carriage return", "a,1\rb\n,2\r", props("line.delim", `\r`), [][]string{{"a", "1"}, {"b\n", "2"}}},
		{"lines end with a character", "a,1;b,2;", props("line.delim", ";"), [][]string{{"a", "1"}, {"b", "2"}}},
		{"lines end with both", "a,1\r\nb\nc,2\r\n", props("line.delim", "\r\n"), [][]string{{"a", "1"}, {"b\nc", "2"}}},
		{"both have several characters", "a|@|1|@@|b|@|2", props("field.delim", "|@|", "line.delim", "|@@|"), [][]string{{"a", "1"}, {"b", "2"}}},
		{"the delimiter begins the line's end", "a|1|\nb|2|\n", props("field.delim", "|", "line.delim", "|\n"), [][]string{{"a", "1"}, {"b", "2"}}},
		{"quoted ends of lines", "\"a;\";b,1;", props("line.delim", ";"), [][]string{{"a;", "∅"}, {"b", "1"}}},
		{"escaped line breaks", `a\nb\\,1` + "\n", props("escape.delim", `\`, "field.delim", ",", "serialization.escape.crlf", "true", "serialization.lib", lazySerDe),
			[][]string{{"a\nb\\", "1"}}},
		{"the last column takes the rest", "a,1,2\nb,3\nc\n", props("serialization.last.column.takes.rest", "true", "malformed.values", "null", "field.delim", ","),
			[][]string{{"a", "∅"}, {"b", "3"}, {"c", "∅"}}},
		{"mainframe, lines end with NEL", "\x81\x6b\xf1\x15\x82\x6b\xf2\x15", props("encoding", "IBM037", "line.delim", `\u0085`), [][]string{{"a", "1"}, {"b", "2"}}},
		{"mainframe, lines end with LF", "\x81\x6b\xf1\x25\x82\x6b\xf2\x25", props("encoding", "cp037"), [][]string{{"a", "1"}, {"b", "2"}}},
		{"wholeFile", "\"a\nb\",1\n", props("wholefile", "true"), [][]string{{"a\nb", "1"}}},
		{"fixed width", "abc  12\nü     3\nx\n     \nlonger 4 and more\n", props("fixedwidth", "s:5,n:2"),
			[][]string{{"abc", "12"}, {"ü", "3"}, {"x", "∅"}, {"∅", "∅"}, {"longe", "∅"}}[:4]},
		{"fixed width, lines of others", "abcd1|efgh2|", props("fixedwidth", "4,1", "line.delim", "|"), [][]string{{"abcd", "1"}, {"efgh", "2"}}},
		{"fixed width, header", "ssssn\r\nabcd1\r\n", props("fixedwidth", "4,1,9", "skip.header.line.count", "1"), [][]string{{"abcd", "1"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := tt.data
			switch tt.name {
			case "escapes":
				data = data[strings.IndexByte(data, '\n')+1:]
			case "fixed width":
				data = data[:strings.Index(data, "longer")]
			}
			got, err := readAll(t, data, sn, tt.props)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTakesRest: whatever columns a query reads.
func TestTakesRest(t *testing.T) {
	schema := formattest.Schema(t, "a string", "b string", "c string")
	f := open(t, "1,2,3,4\n1,2,3\n1,2\n1\n", schema, props("serialization.last.column.takes.rest", "true", "serialization.lib", lazySerDe, "field.delim", ","))
	cols := formattest.Columns(schema)
	for _, want := range [][]int{{0, 1, 2}, {2}, {1}, {0}} {
		req := formats.ScanRequest{}
		var rows [][]string
		for _, full := range [][]string{{"1", "2", "3,4"}, {"1", "2", "3"}, {"1", "2", "∅"}, {"1", "∅", "∅"}} {
			row := []string{}
			for _, c := range want {
				row = append(row, full[c])
			}
			rows = append(rows, row)
		}
		for _, c := range want {
			req.Columns = append(req.Columns, cols[c])
		}
		got, err := formattest.Texts(t.Context(), f, 1<<30, req)
		if diff := cmp.Diff(rows, got); err != nil || diff != "" {
			t.Errorf("%v: %v %s", want, err, diff)
		}
	}
}

// naive is the slow, obvious reader of records without quotes.
func naive(data, delim, line string, width int) (out [][]string) {
	for _, rec := range strings.Split(strings.TrimSuffix(data, line), line) {
		fields := append(strings.Split(rec, delim), make([]string, width)...)[:width]
		out = append(out, fields)
	}
	return out
}

// TestGeneralAgainstNaive reads random text with delimiters of all kinds, a few
// rows at a time from blocks that end anywhere, and compares with Split.
func TestGeneralAgainstNaive(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	marks := [][2]string{{"||", "\n"}, {"aba", "\n"}, {"^~^", "|\n"}, {"¦", "\r"}, {"|", "||\n"}, {",", "\r\n"}, {"\x01\x02", "\x01\n"}}
	for range 400 {
		m := marks[rng.IntN(len(marks))]
		alphabet := []string{m[0], m[1], m[0][:1], m[1][:1], "a", "b", "x", "|", "\u00fc"}
		var b strings.Builder
		b.WriteString("x")
		for range rng.IntN(200) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		data := b.String()
		d := dialect{delim: m[0][0], more: []byte(m[0][1:]), line: []byte(m[1]), multi: multiNo, keepBlank: true}
		if strings.Contains(m[1], m[0]) { // then what ends a record is looked for first
			data = strings.ReplaceAll(data, "|||", "||")
		}
		if m[1] == "\n" {
			d.line = nil
		}
		s := splitter{d: &d, width: 3}
		c := column{d: &d, s: &s, gap: uint32(d.gap())}
		var got [][]string
		for at, size := 0, rng.IntN(20); at < len(data); {
			end := min(at+size, len(data))
			used := s.scan([]byte(data[at:end]), end-at, 1+rng.IntN(5), end == len(data))
			for r := range s.rows {
				rec := make([]string, 3)
				c.block = []byte(data[at:end])
				for i := range rec {
					c.at = i
					f, _ := c.raw(r)
					rec[i] = string(f)
				}
				got = append(got, rec)
			}
			if at += used; used == 0 {
				size += 1 + rng.IntN(10)
			}
		}
		if diff := cmp.Diff(naive(data, m[0], m[1], 3), got); diff != "" {
			t.Fatalf("%q: %q: %s", m, data, diff)
		}
	}
}

// FuzzGeneral: no text and no delimiters make the reader panic, or values that
// cannot be looked at.
func FuzzGeneral(f *testing.F) {
	f.Add("a||b\nc||d\n", "||", "", "\"", "", "")
	f.Add("a|@|b|@@|c", "|@|", "|@@|", "", "\\", "")
	f.Add("abc12\nde  3\n", "", "", "", "", "3,2")
	f.Add("a\x02b\x01c\x03d\n", "\x01", "", "", "", "")
	f.Fuzz(func(t *testing.T, data, delim, line, quote, esc, fixed string) {
		p := props("field.delim", delim, "line.delim", line, "quotechar", quote, "escape.delim", esc, "fixedwidth", fixed, "malformed.values", "null")
		if strings.HasPrefix(data, "x") {
			p["serialization.lib"] = lazySerDe
		}
		schema := formattest.Schema(t, "s string", "a array<int>", "m map<string,array<int>>", "r struct<x:int,y:string>")
		file, err := formattest.Open(t, Format{}, "t.csv", []byte(data), formats.Options{Schema: schema, Properties: p})
		if err != nil || data == "" {
			return
		}
		src, err := file.Scan(t.Context(), formats.ScanRequest{Split: file.Splits(1 << 40)[0], Columns: formattest.Columns(schema)})
		if err != nil {
			return
		}
		defer src.Close()
		for b := (vector.Batch{}); src.Next(t.Context(), &b) == nil; {
			for _, c := range b.Cols {
				for i := range b.N {
					_ = fmt.Sprint(vector.ValueAt(c, i))
				}
			}
		}
	})
}

// FuzzSplits: wherever a file is cut, its rows are those of the whole. With quotes
// the readers of both parts may find that they cannot tell.
func FuzzSplits(f *testing.F) {
	f.Add("a,b\nc,d\n", ",", "", "", "", 1, 4)
	f.Add("a||b\r\nc||d\r\ne", "||", "\r\n", "", "", 0, 6)
	f.Add("a|b@@c|d@@e", "|", "@@", "", "latin1", 1, 4)
	f.Add("\"a\nb\",c\n\"d\"\"\n\",e\n", ",", "", "\"", "", 0, 3)
	f.Add("\xefab\n\xe9,c\n", ",", "", "", "IBM037", 2, 5)
	f.Fuzz(func(t *testing.T, data, delim, line, quote, encoding string, footer, at int) {
		if len(data) == 0 || at <= 0 || at >= len(data) {
			return
		}
		p := props("field.delim", delim, "line.delim", line, "quotechar", quote, "encoding", encoding, "malformed.values", "null",
			"skip.footer.line.count", fmt.Sprint(footer))
		schema := formattest.Schema(t, "a string", "b string")
		rows := func(cuts ...int64) (out []string, err error) {
			file, err := formattest.Open(t, Format{}, "t.csv", []byte(data), formats.Options{Schema: schema, Properties: p})
			if err != nil {
				return nil, err
			}
			if whole := file.(interface{ whole() bool }).whole(); len(cuts) > 2 && whole {
				return nil, errOne
			}
			for i, from := range cuts[:len(cuts)-1] {
				src, err := file.Scan(t.Context(), formats.ScanRequest{Split: formats.Split{Range: store.Range{Off: from, Len: cuts[i+1] - from}}, Columns: formattest.Columns(schema)})
				if err != nil {
					return nil, err
				}
				for b := (vector.Batch{}); ; {
					if err = src.Next(t.Context(), &b); err != nil {
						break
					}
					for i := range b.N {
						out = append(out, fmt.Sprint(vector.ValueAt(b.Cols[0], i), "|", vector.ValueAt(b.Cols[1], i)))
					}
				}
				src.Close()
				if err != io.EOF {
					return nil, err
				}
			}
			return out, nil
		}
		size := int64(len(data))
		want, err := rows(0, size)
		if err != nil {
			return
		}
		got, err := rows(0, int64(at), size)
		switch {
		case err == errOne:
		case err != nil && quote == "":
			t.Errorf("cut at %d: %v", at, err)
		case err == nil && !slices.Equal(want, got):
			t.Errorf("cut at %d: %q, want %q", at, got, want)
		}
	})
}

var errOne = errors.New("the file is read as one piece")

// TestInvalidCharacters: what is no character in its encoding is cleansed as what
// is no UTF-8.
func TestInvalidCharacters(t *testing.T) {
	for _, tt := range []struct{ name, data, encoding string }{
		{"utf-8", "a\xffb\nc\n", ""}, {"windows-1252", "a\x81b\nc\n", "windows-1252"}, {"utf-16", "a\x00\x00\xdcb\x00\n\x00c\x00\n\x00", "UTF-16LE"}, {"gbk", "a\xffb\nc\n", "GBK"},
	} {
		for handling, want := range map[string][][]string{"REPLACE": {{"a?b"}, {"c"}}, "SET_TO_NULL": {{"∅"}, {"c"}}, "DROP_ROW": {{"c"}}} {
			got, err := readAll(t, tt.data, []string{"s string"}, props("encoding", tt.encoding, "data_cleansing_enabled", "true", "invalid_char_handling", handling, "replacement_char", "?"))
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%s, %s: %v %s", tt.name, handling, err, diff)
			}
		}
		_, err := readAll(t, tt.data, []string{"s string"}, props("encoding", tt.encoding, "data_cleansing_enabled", "true", "invalid_char_handling", "FAIL"))
		if e := fault.As(err); e == nil || e.Line != 1 || e.Column != "s" {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
