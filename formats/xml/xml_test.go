package xml

import (
	"bytes"
	"compress/gzip"
	"context"
	stdxml "encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/textval"
)

func open(t testing.TB, data string, schema *types.Schema, props map[string]string) formats.File {
	t.Helper()
	return formattest.MustOpen(t, Format{}, "a.xml", []byte(data), formats.Options{Schema: schema, Properties: props})
}

// read gives the rows as texts separated by |, NULL as "∅".
func read(f formats.File, req formats.ScanRequest) (out []string, err error) {
	rows, err := formattest.Texts(context.Background(), f, 1<<20, req)
	for _, r := range rows {
		out = append(out, strings.Join(r, "|"))
	}
	return out, err
}

const books = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE catalog [ <!ENTITY evil SYSTEM "file:///etc/passwd"> <!-- > ]> --> ]>
<!-- <book id="0"/> -->
<c:catalog xmlns:c="urn:c" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <book id="bk101" c:lang="en">
    <author>Gambardella, Matthew</author>
    <title>XML &lt;Guide&gt; &#x263A;&#33;</title>
    <price currency="USD">44.95</price>
    <published>2000-10-01</published>
    <tag>a</tag><tag>b &amp; c</tag>
  </book>
  <book id="bk102">
    <author>Ralls, Kim</author>
    <title><![CDATA[ <Midnight> & Rain ]]></title>
    <price currency="EUR">5</price>
    <published xsi:nil="true"/>
    <review stars='4'>good <b>read</b> indeed</review>
  </book>
  <book id="bk103"/>
</c:catalog>
`

func TestRead(t *testing.T) {
	tests := []struct {
		name, data string
		schema     []string
		tag        string
		want       []string
	}{
		{"elements and attributes", books, []string{"_id string", "_lang string", "author string", "title string", "published date"}, "book",
			[]string{"bk101|en|Gambardella, Matthew|XML <Guide> ☺!|2000-10-01", "bk102|∅|Ralls, Kim| <Midnight> & Rain |∅", "bk103|∅|∅|∅|∅"}},
		{"nested", books, []string{"price struct<_currency:string,_VALUE:double>", "tag array<string>", "review struct<_stars:int,b:string,_VALUE:string>"}, "book",
			[]string{`{"_currency":"USD","_VALUE":44.95}|["a","b & c"]|∅`, `{"_currency":"EUR","_VALUE":5}|∅|{"_stars":4,"b":"read","_VALUE":"good  indeed"}`, "∅|∅|∅"}},
		{"an element as text", books, []string{"review string"}, "book", []string{"∅", "good <b>read</b> indeed", "∅"}},
		{"a map", books, []string{"price map<string,string>"}, "book", []string{`{"_currency":"USD"}`, `{"_currency":"EUR"}`, "∅"}},
		{"names in other cases", "<R><ROW><Id>1</Id></ROW><ROW><id>2</id><ID>3</ID></ROW></R>", []string{"id int", "ID int"}, "ROW", []string{"1|1", "2|3"}},
		{"tag with a prefix", `<r xmlns:x="u"><x:row><x:a>1</x:a></x:row><row><a>2</a></row></r>`, []string{"a int"}, "x:row", []string{"1"}},
		{"tag without its prefix", `<r xmlns:x="u"><x:row><x:a>1</x:a></x:row><row><a>2</a></row></r>`, []string{"a int"}, "row", []string{"1", "2"}},
		{"records in records", "<r><row><a>1</a><row><a>2</a></row></row></r>", []string{"a int", "row struct<a:int>"}, "row", []string{`1|{"a":2}`}},
		{"empty elements", "<r><row><a></a><b/><c> </c></row></r>", []string{"a string", "b int", "c string", "d string"}, "row", []string{"|∅||∅"}},
		{"one of an array", "<r><row><a>1</a></row><row/></r>", []string{"a array<int>"}, "row", []string{"[1]", "∅"}},
		{"array of rows", "<r><row><a x='1'/><z/><a x='2'><y>q</y></a></row></r>", []string{"a array<struct<_x:int,y:string>>"}, "row", []string{`[{"_x":1,"y":null},{"_x":2,"y":"q"}]`}},
		{"> in an attribute", `<r><row a="x>y" b='"'/></r>`, []string{"_a string", "_b string"}, "row", []string{`x>y|"`}},
		{"byte order mark, no end of line", "\xef\xbb\xbf<row><a>1</a></row>", []string{"a int"}, "row", []string{"1"}},
		{"the root", "<row><a>1</a></row>\n<row><a>2</a></row>\n", []string{"a int"}, "row", []string{"1", "2"}},
		{"types", "<r><row><a>1.50</a><b>true</b><c>2024-01-02T03:04:05Z</c><d>AQI=</d></row></r>", []string{"a decimal(5,2)", "b boolean", "c timestamp", "d binary"}, "row",
			[]string{`1.50|true|2024-01-02 03:04:05|\x0102`}},
		{"comments inside", "<r><row><a>x<!-- </a> -->y</a><?p <a>?></row></r>", []string{"a string"}, "row", []string{"xy"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			schema := formattest.Schema(t, tt.schema...)
			f := open(t, tt.data, schema, map[string]string{"rowtag": tt.tag})
			got, err := read(f, formats.ScanRequest{Columns: formattest.Columns(schema)})
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Error(err, diff)
			}
			if n, err := read(f, formats.ScanRequest{}); err != nil || len(n) != len(tt.want) {
				t.Errorf("counted %d: %v", len(n), err)
			}
		})
	}
	schema := formattest.Schema(t, "price struct<_currency:string,_VALUE:double>", "_id string")
	got, err := read(open(t, books, schema, map[string]string{"rowtag": "book"}), formats.ScanRequest{Columns: []formats.Projection{
		{Column: 0, Path: []string{"_currency"}, Type: types.TVarchar}, {Column: 1, Type: types.TVarchar}}, Limit: 2})
	if diff := cmp.Diff([]string{"USD|bk101", "EUR|bk102"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name, data string
		code       fault.Code
		line       int64
		column     string
		text       string
	}{
		{"bad value", "<r>\n<row><a>1</a></row>\n<row>\n<a>x</a></row></r>", fault.CodeInvalidText, 3, "a", `"x"`},
		{"bad value below", "<r>\n<row><s><b>x</b></s></row></r>", fault.CodeInvalidText, 2, "s.b", `"x"`},
		{"two elements for one value", "<r><row><a>1</a><a>2</a></row></r>", fault.CodeDatatypeMismatch, 1, "a", "2 elements"},
		{"elements for a number", "<r><row><a><b/></a></row></r>", fault.CodeDatatypeMismatch, 1, "a", "others in it"},
		{"unknown entity", "<r><row><a>&evil;</a></row></r>", fault.CodeDataCorrupted, 1, "a", "&evil;"},
		{"number of no character", "<r><row><a>&#xD800;</a></row></r>", fault.CodeDataCorrupted, 1, "a", "&#xD800;"},
		{"bare ampersand", "<r><row><a>a & b</a></row></r>", fault.CodeDataCorrupted, 1, "a", "&"},
		{"crossed tags", "<r>\n<row><a></row></a></r>", fault.CodeDataCorrupted, 2, "", "closed by row"},
		{"open at the end", "<r>\n<row>\n<a>1</a>", fault.CodeDataCorrupted, 3, "", "ends inside"},
		{"tag at the end", "<r>\n<row>\n<a", fault.CodeDataCorrupted, 3, "", "ends inside"},
		{"end between records", "<r>\n<row><a>1</a></row>\n", fault.CodeDataCorrupted, 3, "", "ends inside an element that holds"},
		{"bad attribute", "<r><row x=1></row></r>", fault.CodeDataCorrupted, 1, "", "bad attribute"},
		{"bad tag", "<r><row><1/></row></r>", fault.CodeDataCorrupted, 1, "", "no tag"},
		{"too deep", "<r><row>" + strings.Repeat("<a>", 300), fault.CodeDataCorrupted, 1, "", "deeper"},
		{"an unknown encoding", `<?xml version="1.0" encoding="ISO-8859-99"?><r/>`, fault.CodeFeatureNotSupported, 0, "", "ISO-8859-99"},
		{"bad bytes", "<r><row><t>\xfc</t></row></r>", fault.CodeDataCorrupted, 1, "t", "UTF8"},
	}
	schema := formattest.Schema(t, "a int", "s struct<b:int>", "t string")
	for _, tt := range tests {
		_, err := read(open(t, tt.data, schema, map[string]string{"rowtag": "row"}), formats.ScanRequest{Columns: formattest.Columns(schema)})
		e := fault.As(err)
		if e == nil || e.Code != tt.code || e.Line != tt.line || e.Column != tt.column || e.Object != "memory://t/a.xml" || !strings.Contains(e.Message, tt.text) {
			t.Errorf("%s: %v (%+v)", tt.name, err, e)
		}
	}
	m := store.NewMemory("t")
	for _, props := range []map[string]string{{"rowtag": "a b"}, {"rowtag": "<"}, {"rowtag": "a", "malformed.values": "x"}} {
		if _, err := (Format{}).Open(context.Background(), m, m.Set("a.xml", nil), formats.Options{Schema: schema, Properties: props}); !fault.Is(err, fault.CodeInvalidParameter) {
			t.Errorf("%v: %v", props, err)
		}
	}
}

// TestMalformed: bad values as NULL, and rows left out whatever is read.
func TestMalformed(t *testing.T) {
	data := "<r>\n<row><a>1</a><l>5</l></row>\n<row><a>x</a><l>5</l></row>\n<row><a>3</a><l>6</l><l>y</l></row><row><a>4</a></row></r>"
	schema := formattest.Schema(t, "a int", "l array<int>")
	got, err := read(open(t, data, schema, map[string]string{"rowtag": "row", "malformed.values": "null"}), formats.ScanRequest{Columns: formattest.Columns(schema)})
	if diff := cmp.Diff([]string{"1|[5]", "∅|[5]", "3|∅", "4|∅"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, columns := range [][]formats.Projection{nil, formattest.Columns(schema)[:1], formattest.Columns(schema)[1:], formattest.Columns(schema)} {
		var r formats.Rejects
		f := open(t, data, schema, map[string]string{"rowtag": "row", "malformed.values": "reject"})
		got, err := read(f, formats.ScanRequest{Columns: columns, Rejects: &r})
		if err != nil || len(got) != 2 || r.Count() != 2 || len(columns) == 2 && got[1] != "4|∅" {
			t.Errorf("%d columns: %q, %d rejected: %v", len(columns), got, r.Count(), err)
		}
	}
}

func TestInfer(t *testing.T) {
	tests := []struct {
		name, data string
		f          Format
		want       []string
		tag        string
		notes      []string
	}{
		{"books", books, Format{}, []string{"_id string", "_lang string", "author string", "title string", "price struct<_currency:string,_VALUE:double>",
			"published date", "review struct<_stars:bigint,b:string,_VALUE:string>", "tag array<string>"}, "book",
			[]string{"records are the elements book (3 of them were seen)"}},
		{"a given tag", "<r><x><a>1</a></x><x/><row><b>2</b></row></r>", Format{RowTag: "row"}, []string{"b bigint"}, "row", nil},
		{"one record", "<r><row><a>1</a><b c='x'/></row></r>", Format{}, []string{"a bigint", "b struct<_c:string>"}, "row", []string{"records are the elements row (1 of them were seen)"}},
		{"the document", "<doc a='1'><t>x</t></doc>", Format{}, []string{"_a bigint", "t string"}, "doc", []string{"records are the elements doc (1 of them were seen)"}},
		{"wrapped", "<r><head><v>1</v></head><body><item><n>1</n></item><item><n>2.5</n></item></body></r>", Format{}, []string{"n double"}, "item",
			[]string{"records are the elements item (2 of them were seen)"}},
		{"scalars", "<r><n>1</n><n>2</n></r>", Format{}, []string{"_VALUE bigint"}, "n", []string{"records are the elements n (2 of them were seen)"}},
		{"cut", "<r><row><a>1</a></row><row><a>x</a", Format{}, []string{"a bigint"}, "row", []string{"records are the elements row (2 of them were seen)"}},
		{"empty", "<r><row><a/><b>1</b></row><row><a></a><b/></row></r>", Format{}, []string{"a unknown", "b bigint"}, "row", []string{"records are the elements row (2 of them were seen)"}},
		{"nearly numbers", "<r>" + strings.Repeat("<row><a>1</a></row>", 9) + "<row><a>x</a></row></r>", Format{}, []string{"a string"}, "row",
			[]string{"records are the elements row (10 of them were seen)", "column a is varchar, though 9 of 10 values are bigint"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, err := tt.f.Infer([]byte(tt.data), tt.name != "cut")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range in.Schema.Fields {
				h := "unknown"
				if f.Type.Kind != types.Unknown {
					h = f.Type.Hive()
				}
				got = append(got, f.Name+" "+h)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.notes, in.Notes); diff != "" {
				t.Error(diff)
			}
			if in.Properties["rowTag"] != tt.tag {
				t.Errorf("row tag %q", in.Properties["rowTag"])
			}
			if tt.name == "cut" {
				return
			}
			f := open(t, tt.data, nil, map[string]string{"rowtag": tt.tag})
			if _, err := read(f, formats.ScanRequest{Columns: formattest.Columns(f.Schema())}); err != nil {
				t.Error(err)
			}
		})
	}
	for _, bad := range []string{"", "x", "<a", "<r><row></r>", "<r><row/><row/></r>", "<r/>"} {
		if _, err := (Format{}).Infer([]byte(bad), true); err == nil || fault.As(err).Code == fault.CodeInternal {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := (Format{RowTag: "x"}).Infer([]byte("<r><row/></r>"), true); fault.As(err) == nil {
		t.Error("a document without the row tag was accepted")
	}
}

func TestSniff(t *testing.T) {
	for _, tt := range []struct {
		f          Format
		name, head string
		want       float64
	}{
		{Format{}, "x", books, 1}, {Format{}, "x", "<r><a>1</a></r>", 0.7}, {Format{}, "a.xml.gz", "<!-- c --><r>", 0.95}, {Format{}, "x", "<html><body>", 0},
		{Format{}, "x", "a,b\n", 0}, {Format{}, "x", "<1>\n", 0}, {Format{}, "x", "<13>Mar  1 host", 0}, {Format{}, "x", "", 0}, {Format{}, "x", "<?xml", 0}, {Format{}, "x", "<r>\x00", 0},
		{Format{RowTag: "book"}, "x", books, 1}, {Format{RowTag: "row"}, "x", books, 0}, {Format{RowTag: "row"}, "x", "<r><row/><row a='1'/></r>", 0},
		{Format{RowTag: "row"}, "x", "<r><row/><row>", 1},
	} {
		if got := tt.f.Sniff(tt.name, []byte(tt.head)); got != tt.want {
			t.Errorf("%+v %q %.20q: %v, want %v", tt.f, tt.name, tt.head, got, tt.want)
		}
	}
	if (Format{}).Name() != "xml" || (Format{Classification: "mine"}).Name() != "mine" {
		t.Error("names")
	}
	if (Format{RowTag: "a b"}).Check() == nil || (Format{RowTag: "a:b"}).Check() != nil {
		t.Error("checks")
	}
}

// TestLongFile comes in many chunks.
func TestLongFile(t *testing.T) {
	const n = 30_000
	var b strings.Builder
	var want []string
	b.WriteString("<r>\n")
	for i := range n {
		fmt.Fprintf(&b, "<row id='%d'><!-- <row> --><s>%s</s><l>%d</l><l>%d</l></row>\n", i, strings.Repeat("x", i%90), i, i+1)
		want = append(want, fmt.Sprintf("%d|%s|[%d,%d]", i, strings.Repeat("x", i%90), i, i+1))
	}
	good := b.String()
	schema := formattest.Schema(t, "_id bigint", "s string", "l array<bigint>")
	got, err := read(open(t, good+"</r>", schema, map[string]string{"rowtag": "row"}), formats.ScanRequest{Columns: formattest.Columns(schema)})
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatal(err, len(got))
	}
	_, err = read(open(t, good+"<row id='x'/></r>", schema, map[string]string{"rowtag": "row"}), formats.ScanRequest{Columns: formattest.Columns(schema)})
	if e := fault.As(err); e == nil || e.Line != n+2 {
		t.Errorf("%v", err)
	}
}

// FuzzRead: no document panics, and what encoding/xml reads as strict XML with
// one element a is read alike.
func FuzzRead(f *testing.F) {
	f.Add([]byte("<r><row><a x='1'>t &amp; u<b/></a><a/></row></r>"))
	f.Add([]byte("<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x 'y'>]><row a=\"&#65;\"><![CDATA[x]]></row>"))
	f.Add([]byte(books))
	f.Fuzz(func(t *testing.T, data []byte) {
		schema := formattest.Schema(t, "a string", "_a int", "b array<struct<_x:string,c:string>>", "m map<string,double>")
		file := open(t, string(data), schema, map[string]string{"rowtag": "row", "malformed.values": "null"})
		got, err := read(file, formats.ScanRequest{Columns: formattest.Columns(schema)})
		if want, ok := countRows(data); ok && err == nil && want != len(got) {
			t.Errorf("%d rows, encoding/xml sees %d", len(got), want)
		}
		if in, err := (Format{}).Infer(data, true); err == nil {
			for i, f := range in.Schema.Fields {
				in.Schema.Fields[i].Type = textval.TextIfUnknown(f.Type)
			}
			file := open(t, string(data), in.Schema, map[string]string{"rowtag": in.Properties["rowTag"]})
			_, _ = read(file, formats.ScanRequest{Columns: formattest.Columns(in.Schema)})
		}
	})
}

// countRows counts the outermost elements row with encoding/xml, where all is
// well-formed to it.
func countRows(data []byte) (n int, ok bool) {
	d := stdxml.NewDecoder(bytes.NewReader(data))
	depth, inside := 0, -1
	for {
		tok, err := d.Token()
		if err != nil {
			return n, errors.Is(err, io.EOF)
		}
		switch e := tok.(type) {
		case stdxml.StartElement:
			if inside < 0 && e.Name.Local == "row" {
				inside = depth
				n++
			}
			depth++
		case stdxml.EndElement:
			if depth--; depth == inside {
				inside = -1
			}
		case stdxml.Directive: // encoding/xml ends <!DOCTYPE r [> at its first >
			if !closed(e) {
				return 0, false
			}
		}
	}
}

// closed says whether the brackets of a directive are closed in their order.
func closed(directive []byte) bool {
	depth := 0
	for _, c := range directive {
		switch c {
		case '[':
			depth++
		case ']':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}

func BenchmarkRead(b *testing.B) {
	data := "<r>" + strings.Repeat("<row id='12345'><name>some text</name><price>12.50</price><tag>a</tag><tag>b</tag></row>\n", 20_000) + "</r>"
	schema := formattest.Schema(b, "_id bigint", "name string", "price double", "tag array<string>")
	f := open(b, data, schema, map[string]string{"rowtag": "row"})
	b.SetBytes(int64(len(data)))
	formattest.Count(b, f, 1, formats.ScanRequest{Columns: formattest.Columns(schema)}, 20_000)
}

// TestEncodings: a document's declaration, its mark or the table tell how it is
// spelled.
func TestEncodings(t *testing.T) {
	const body = `<rows><row><t>GR</t></row><row><t>x</t></row></rows>`
	latin := strings.Replace(body, "GR", "Gr\xf6\xdfe", 1)
	utf8 := strings.Replace(body, "GR", "Größe", 1)
	var wide []byte
	for _, r := range "\ufeff<?xml version='1.0' encoding='UTF-16'?>" + utf8 {
		wide = append(wide, byte(r), byte(r>>8))
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write([]byte(`<?xml version="1.0" encoding="latin1"?>` + latin))
	w.Close()
	schema := formattest.Schema(t, "t string")
	for _, tt := range []struct {
		name, key, data, encoding string
	}{
		{"declaration", "a.xml", `<?xml version="1.0" encoding="ISO-8859-1"?>` + latin, ""},
		{"declaration, long document", "a.xml", `<?xml version="1.0" encoding="ISO-8859-1"?>` + strings.Repeat("\n", 600_000) + latin, ""},
		{"declaration, compressed", "a.xml.gz", zipped.String(), ""},
		{"mark", "a.xml", string(wide), ""},
		{"table", "a.xml", latin, "windows-1252"},
		{"utf-8", "a.xml", utf8, ""},
	} {
		for _, s := range []*types.Schema{schema, nil} {
			f := formattest.MustOpen(t, Format{}, tt.key, []byte(tt.data), formats.Options{Schema: s, Properties: map[string]string{"rowtag": "row", "encoding": tt.encoding}})
			got, err := read(f, formats.ScanRequest{Columns: formattest.Columns(f.Schema())})
			if err != nil || len(got) != 2 || got[0] != "Größe" {
				t.Errorf("%s: %q, %v", tt.name, got, err)
			}
		}
	}
}
