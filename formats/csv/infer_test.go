package csv

import (
	"context"
	"fmt"
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

func TestInfer(t *testing.T) {
	tests := []struct {
		name, data string
		complete   bool
		want       []string
		props      map[string]string // those that matter
	}{
		{"header and types", "id,price,ok,day,at,name,zip\n1,2.5,true,2024-01-01,2024-01-01 10:00:00,x,01234\n-2,3,false,2024-02-29,2024-01-01T10:00,y,99999\n", true,
			[]string{"id bigint", "price double", "ok boolean", "day date", "at timestamp", "name string", "zip string"},
			map[string]string{"skip.header.line.count": "1", "field.delim": ",", "quotechar": `"`, "escapechar": `"`, "serialization.null.format": ""}},
		{"no header", "1,x\n2,y\n", true, []string{"col0 bigint", "col1 string"}, map[string]string{"skip.header.line.count": ""}},
		{"nulls", "a,b,c\n1,,\n,2.5,\n", true, []string{"a bigint", "b double", "c string"}, nil},
		{`\N`, "a,b\n1,\\N\n\\N,2.5\n", true, []string{"a bigint", "b double"}, map[string]string{"serialization.null.format": `\N`}},
		{"semicolons with commas in numbers", "name;amount\nx;1,5\ny;2,5\n", true, []string{"name string", "amount string"}, map[string]string{"field.delim": ";"}},
		{"tabs", "a\tb\n1\t2\n", true, []string{"a bigint", "b bigint"}, map[string]string{"field.delim": "\t", "quotechar": ""}},
		{"pipes", "1|2.5|x\n2|3|y\n", true, []string{"col0 bigint", "col1 double", "col2 string"}, map[string]string{"field.delim": "|"}},
		{"control-A", "1\x01x\n2\x01y\n", true, []string{"col0 bigint", "col1 string"}, map[string]string{"field.delim": "\x01"}},
		{"quotes", "\"a\",\"b, c\"\n\"1\",\"x, y\"\n\"2\",\"say \"\"hi\"\"\nthere\"\n", true, []string{"a bigint", "b, c string"},
			map[string]string{"skip.header.line.count": "1", "escapechar": `"`}},
		{"backslash escapes", `id,"t"` + "\n" + `1,"say \"hi\", you"` + "\n", true, []string{"id bigint", "t string"}, map[string]string{"escapechar": `\`}},
		{"repeated names", "id,ID,name\n1,2,a\n3,4,b\n", true, []string{"id bigint", "ID_2 bigint", "name string"}, map[string]string{"skip.header.line.count": "1"}},
		{"cut record", "a,b\n1,2\n3,x", false, []string{"a bigint", "b bigint"}, nil},
		{"text header by underscore", "first_name,city\nanna,berlin\nbob,paris\n", true, []string{"first_name string", "city string"}, map[string]string{"skip.header.line.count": "1"}},
		{"text header by capitals", "name,city\nAnna,Berlin\nBob,Paris\n", true, []string{"name string", "city string"}, map[string]string{"skip.header.line.count": "1"}},
		{"text without header", "anna,berlin\nbob,paris\n", true, []string{"col0 string", "col1 string"}, map[string]string{"skip.header.line.count": ""}},
		{"name that occurs below", "name,city\nAnna,Berlin\nname,Paris\n", true, []string{"col0 string", "col1 string"}, nil},
		{"one column", "n\n1\n2\n", true, []string{"n bigint"}, map[string]string{"skip.header.line.count": "1"}},
		{"large whole numbers", "n,m\n1,99999999999999999999\n", true, []string{"n bigint", "m decimal(38,0)"}, nil},
		{"exponents and such", "a,b,c,d\n1e5,1.,.5,+1\n", true, []string{"a double", "b string", "c string", "d string"}, nil},
		{"byte order mark", "\xef\xbb\xbfid,x\n1,2\n", true, []string{"id bigint", "x bigint"}, nil},
		{"ragged", "a,b,c\n1,2,3\n4,5\n6,7,8\n", true, []string{"a bigint", "b bigint", "c bigint"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, err := Format{}.inferred([]byte(tt.data), tt.complete)
			if err != nil {
				t.Fatal(err)
			}
			got, props := in.Schema, in.Properties
			var want []string
			for i, f := range formattest.Schema(t, replaceNames(tt.want)...).Fields {
				name := tt.want[i][:strings.LastIndexByte(tt.want[i], ' ')]
				want = append(want, name+" "+f.Type.String())
			}
			var have []string
			for _, f := range got.Fields {
				have = append(have, f.Name+" "+f.Type.String())
			}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Error(diff)
			}
			for k, v := range tt.props {
				if props[k] != v {
					t.Errorf("%s = %q, want %q", k, props[k], v)
				}
			}
			if _, err := parseDialect(props); err != nil {
				t.Error(err)
			}
		})
	}
	for _, bad := range []string{"", "\n \n", "a,b\n\xfc,1\n"} {
		if _, err := (Format{}).Infer([]byte(bad), true); err == nil || fault.As(err).Code == fault.CodeInternal {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := (Format{}).Infer([]byte("no end of the line"), false); err == nil {
		t.Error("a sample without a record was accepted")
	}
}

// replaceNames makes names with blanks fit for the column helper.
func replaceNames(defs []string) []string {
	out := make([]string, len(defs))
	for i, d := range defs {
		out[i] = "c " + d[strings.LastIndexByte(d, ' ')+1:]
	}
	return out
}

// TestOpenInfers reads a file without a declared schema.
// TestInferWide: a record may have more fields than there is room for in the
// first block.
func TestInferWide(t *testing.T) {
	const n = 20_000
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ",a_long_name_of_column_%d", i)
	}
	head := b.String()[1:]
	got, err := Format{}.Infer([]byte(head+"\n"+strings.Repeat("1,", n-1)+"2\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	fields := got.Schema.Fields
	if last := fields[len(fields)-1]; len(fields) != n || last.Name != fmt.Sprintf("a_long_name_of_column_%d", n-1) || last.Type.Kind != types.BigInt {
		t.Errorf("%d columns, the last is %v", len(fields), last)
	}
}

func TestOpenInfers(t *testing.T) {
	f := open(t, "id;name\n1;Anna\n;\n", nil, nil)
	got, err := formattest.Texts(t.Context(), f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(f.Schema())})
	if diff := cmp.Diff([][]string{{"1", "Anna"}, {"∅", "∅"}}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestSniff(t *testing.T) {
	for _, tt := range []struct {
		name, head string
		want       float64
	}{
		{"a.csv", "a,b\n1,2\n", 0.95}, {"a.csv.gz", "x\ny\n", 0.8}, {"x", "a,b\n1,2\n", 0.6}, {"x", "hello\nworld\n", 0},
		{"x", "a,b\n1\n2,3,4\nq\n", 0}, {"a.csv", "a\x00b", 0}, {"a.csv", "", 0},
	} {
		if got := (Format{}).Sniff(tt.name, []byte(tt.head)); got != tt.want {
			t.Errorf("%q %q: %v, want %v", tt.name, tt.head, got, tt.want)
		}
	}
}

// FuzzRead checks that no text panics, that cutting it into splits gives the
// same rows or an error, and that inference's own properties read it.
func FuzzRead(f *testing.F) {
	f.Add([]byte("a,b\n1,\"x\"\"y\"\n\"two\nlines\",2\n"), byte(0), byte(3))
	f.Add([]byte(`a\,b,c`+"\n\\N,\n"), byte(1), byte(2))
	f.Add([]byte("\xef\xbb\xbf\"a\\\"b\",1\r\n"), byte(2), byte(1))
	props := []map[string]string{nil, {"serialization.lib": "LazySimpleSerDe", "field.delim": ",", "escape.delim": `\`},
		{"serialization.lib": "OpenCSVSerde"}, {"multiline": "false"}}
	f.Fuzz(func(t *testing.T, data []byte, which, cut byte) {
		schema := formattest.Schema(t, "a string", "b bigint", "c date", "a2 varchar(3)")
		m := store.NewMemory("t")
		o := m.Set("t.csv", data)
		file, err := Format{}.Open(context.Background(), m, o, formats.Options{Schema: schema, Properties: props[int(which)%len(props)]})
		if err != nil {
			t.Fatal(err)
		}
		proj := append(formattest.Columns(schema), formats.Projection{Column: 0, Type: schema.Fields[3].Type})
		whole, err := formattest.Texts(t.Context(), file, 1<<30, formats.ScanRequest{Columns: proj})
		at := int64(cut) % max(1, o.Size)
		if err == nil && at > 0 {
			again, err := twoSplits(file, at, o.Size, proj)
			if err == nil && !cmp.Equal(whole, again) {
				t.Errorf("cut at %d: %s", at, cmp.Diff(whole, again))
			}
		}
		if in, err := (Format{}).inferred(data, true); err == nil {
			schema := in.Schema
			file, err := Format{}.Open(context.Background(), m, o, formats.Options{Schema: schema, Properties: in.Properties})
			if err != nil {
				t.Fatal(err)
			}
			_, _ = formattest.Texts(t.Context(), file, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
		}
	})
}

func twoSplits(f formats.File, at, size int64, proj []formats.Projection) (out [][]string, err error) {
	for _, r := range []store.Range{{Len: at}, {Off: at, Len: size - at}} {
		part, err := formattest.SplitTexts(context.Background(), f, formats.ScanRequest{Columns: proj, Split: formats.Split{Range: r}})
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// TestClassifiers tries the settings of custom classifiers.
func TestClassifiers(t *testing.T) {
	names := []string{"Id", "when", "What"}
	datatypes := func(list ...string) (out []types.Type) {
		for _, n := range list {
			d, err := ParseDatatype(n)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, d)
		}
		return out
	}
	tests := []struct {
		name, data string
		f          Format
		sniff      float64
		want       []string
		props      map[string]string
		notes      []string
	}{
		{"delimiter", "a#b\n1#2\n", Format{Delimiter: '#'}, 1, []string{"a bigint", "b bigint"}, map[string]string{"field.delim": "#"}, []string{"header found, score 0.94"}},
		{"another delimiter", "a,b\n1,2\n", Format{Delimiter: '#'}, 0, []string{"col0 varchar"}, nil, nil},
		{"quote", "a,b\n'1,5',2\n'x',3\n", Format{Quote: '\''}, 1, []string{"a varchar", "b bigint"}, map[string]string{"quotechar": "'", "escapechar": "'"}, nil},
		{"names", "1,2024-01-01,x\n2,2024-01-02,y\n", Format{Names: names}, 1, []string{"Id bigint", "when date", "What varchar"},
			map[string]string{"skip.header.line.count": ""}, nil},
		{"names that stand there too", "id,when,what\n1,2024-01-01,x\n", Format{Names: names}, 1, []string{"Id bigint", "when date", "What varchar"},
			map[string]string{"skip.header.line.count": "1"}, []string{"header found: the classifier's names"}},
		{"more names than fields", "1,2\n3,4\n", Format{Names: names}, 0, []string{"Id bigint", "when bigint"}, nil, nil},
		{"header present", "x,y\nz,w\n", Format{Header: HeaderPresent}, 1, []string{"x varchar", "y varchar"}, map[string]string{"skip.header.line.count": "1"}, nil},
		{"header absent", "id,qty\n1,2\n", Format{Header: HeaderAbsent}, 1, []string{"col0 varchar", "col1 varchar"}, map[string]string{"skip.header.line.count": ""},
			nil},
		{"spaces count", "a,b\n 1, 2.5\n", Format{Header: HeaderPresent}, 1, []string{"a varchar", "b varchar"}, nil, nil},
		{"trimmed", "a,b\n 1, 2.5\n", Format{Trim: true}, 1, []string{"a bigint", "b double"}, nil, nil},
		{"one column", "x\n1\n2\n", Format{SingleColumn: true}, 1, []string{"x bigint"}, nil, nil},
		{"one column is not enough", "x\n1\n2\n", Format{Trim: true}, 0, []string{"x bigint"}, nil, nil},
		{"types", "1,2,3.25\n4,5,6.5\n", Format{Types: datatypes("STRING", "short", "Decimal")}, 1,
			[]string{"col0 varchar", "col1 smallint", "col2 decimal(38,2)"}, nil, nil},
		{"no quotes", "\"a\",b\n\"1\",2\n", Format{SerDe: LazySimpleSerDe}, 1, []string{"\"a\" varchar", "b bigint"}, map[string]string{"quotechar": ""}, nil},
		{"quotes though none are seen", "a\tb\n1\t2\n", Format{SerDe: OpenCSVSerDe}, 1, []string{"a bigint", "b bigint"}, map[string]string{"quotechar": `"`}, nil},
		{"epoch", "t,n,m\n1700000000,5,1700000000000\n1700000001,6,1700000000000\n", Format{Epoch: textval.EpochSeconds}, 1,
			[]string{"t timestamp(6)", "n bigint", "m bigint"}, map[string]string{"timestamp.epoch": "seconds"},
			[]string{"header found, score 0.99", "column t: integers are read as seconds since 1970"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.f.Sniff("x", []byte(tt.data)); got != tt.sniff {
				t.Errorf("sniffed %v, want %v", got, tt.sniff)
			}
			in, err := tt.f.inferred([]byte(tt.data), true)
			if err != nil {
				t.Fatal(err)
			}
			var have []string
			for _, f := range in.Schema.Fields {
				have = append(have, f.Name+" "+f.Type.String())
			}
			if diff := cmp.Diff(tt.want, have); diff != "" {
				t.Error(diff)
			}
			for k, v := range tt.props {
				if in.Properties[k] != v {
					t.Errorf("%s = %q, want %q", k, in.Properties[k], v)
				}
			}
			if diff := cmp.Diff(tt.notes, in.Notes); tt.notes != nil && diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := ParseDatatype("NUMBER"); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Error(err)
	}
}

// TestTypesAndNotes: the rules of cellKind, and what is told of them.
func TestTypesAndNotes(t *testing.T) {
	tests := []struct{ name, values, typ, note string }{
		{"amounts", "1234567890123456.25\n1.50\n7", "decimal(38,2)", ""},
		{"short amounts", "12.25\n1.50", "double", ""},
		{"printed doubles", "0.30000000000000004\n0.1", "double", ""},
		{"mixed scales", "1234567890123456.25\n1.5", "double", ""},
		{"beyond 64 bits", "9223372036854775808\n-5", "decimal(38,0)", ""},
		{"beyond 38 digits", strings.Repeat("9", 39) + "\n1", "double", ""},
		{"leading zeros", "007\n12", "varchar", "column x: numbers with leading zeros stay varchar"},
		{"offsets", "2024-01-01T10:00:00+02:00\n2024-01-01T10:00:00-05:00", "varchar", "column x: timestamps with an offset from UTC stay varchar"},
		{"dates and times", "2024-01-01\n2024-01-01 10:00:00.123", "timestamp(6)", ""},
		{"no dates", "2024-02-30\n2024-13-01", "varchar", ""},
		{"nearly numbers", "1\n2\n3\n4\n5\n6\n7\nseven\n8\n9", "varchar", `column x: varchar, though 9 of 10 values are bigint; one that is not: "seven"`},
		{"booleans and numbers", "true\n1", "varchar", ""},
		{"epoch is not assumed", "1700000000\n1700000001", "bigint", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := "x,y\n" + strings.ReplaceAll(tt.values, "\n", ",a\n") + ",b\n"
			in, err := Format{Header: HeaderPresent}.Infer([]byte(data), true)
			if err != nil {
				t.Fatal(err)
			}
			if got := in.Schema.Fields[0].Type.String(); got != tt.typ {
				t.Errorf("%s, want %s", got, tt.typ)
			}
			if got := strings.Join(in.Notes, "; "); got != tt.note {
				t.Errorf("note %q, want %q", got, tt.note)
			}
			if _, err := formattest.Texts(t.Context(), open(t, data, in.Schema, in.Properties), 1<<30, formats.ScanRequest{Columns: formattest.Columns(in.Schema)}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDialects are files whose form must be found.
func TestDialects(t *testing.T) {
	tests := []struct {
		name, data string
		delim      string
		quote      string
		rows       [][]string
	}{
		{"apostrophes", "'a','b'\n'x, y','it''s'\n'z','w'\n", ",", "'", [][]string{{"a", "b"}, {"x, y", "it's"}, {"z", "w"}}},
		{"spaces", "version account port bytes action\n2 123 80 1000 ACCEPT\n2 123 443 99 REJECT\n", " ", `"`,
			[][]string{{"2", "123", "80", "1000", "ACCEPT"}, {"2", "123", "443", "99", "REJECT"}}},
		{"ragged", "a,b\n1,2\n3\n4,5,6\n7,8\n9,0\n", ",", `"`, [][]string{{"1", "2"}, {"3", "∅"}, {"4", "5"}, {"7", "8"}, {"9", "0"}}},
	}
	for _, tt := range tests {
		in, err := Format{}.inferred([]byte(tt.data), true)
		if err != nil {
			t.Fatal(err)
		}
		if in.Properties["field.delim"] != tt.delim || in.Properties["quotechar"] != tt.quote {
			t.Errorf("%s: %q", tt.name, in.Properties)
		}
		got, err := formattest.Texts(t.Context(), open(t, tt.data, in.Schema, in.Properties), 1<<30, formats.ScanRequest{Columns: formattest.Columns(in.Schema)})
		if diff := cmp.Diff(tt.rows, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", tt.name, err, diff)
		}
	}
}

func TestEpochIsRead(t *testing.T) {
	schema := formattest.Schema(t, "a timestamp", "b string")
	got, err := formattest.Texts(t.Context(), open(t, "1700000000,x\n2024-01-01 00:00:00,y\n", schema, map[string]string{"timestamp.epoch": "seconds"}), 1<<30,
		formats.ScanRequest{Columns: formattest.Columns(schema)})
	if diff := cmp.Diff([][]string{{"2023-11-14 22:13:20", "x"}, {"2024-01-01 00:00:00", "y"}}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := parseDialect(map[string]string{"timestamp.epoch": "days"}); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Error(err)
	}
}
