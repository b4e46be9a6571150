package csv

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
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
		{"cut record", "a,b\n1,2\n3,x", false, []string{"a bigint", "b bigint"}, nil},
		{"text header by underscore", "first_name,city\nanna,berlin\nbob,paris\n", true, []string{"first_name string", "city string"}, map[string]string{"skip.header.line.count": "1"}},
		{"text header by capitals", "name,city\nAnna,Berlin\nBob,Paris\n", true, []string{"name string", "city string"}, map[string]string{"skip.header.line.count": "1"}},
		{"text without header", "anna,berlin\nbob,paris\n", true, []string{"col0 string", "col1 string"}, map[string]string{"skip.header.line.count": ""}},
		{"name that occurs below", "name,city\nAnna,Berlin\nname,Paris\n", true, []string{"col0 string", "col1 string"}, nil},
		{"repeated names", "a,A\n1,2\n", true, []string{"col0 string", "col1 string"}, nil},
		{"one column", "n\n1\n2\n", true, []string{"n bigint"}, map[string]string{"skip.header.line.count": "1"}},
		{"large whole numbers", "n,m\n1,99999999999999999999\n", true, []string{"n bigint", "m double"}, nil},
		{"exponents and such", "a,b,c,d\n1e5,1.,.5,+1\n", true, []string{"a double", "b string", "c string", "d string"}, nil},
		{"byte order mark", "\xef\xbb\xbfid,x\n1,2\n", true, []string{"id bigint", "x bigint"}, nil},
		{"ragged", "a,b,c\n1,2,3\n4,5\n6,7,8\n", true, []string{"a bigint", "b bigint", "c bigint"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, props, err := Infer([]byte(tt.data), tt.complete)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for i, f := range columns(t, replaceNames(tt.want)...).Fields {
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
	for _, bad := range []string{"", "\n \n", "\xff\xfea\x00,\x00", "a,b\n\xfc,1\n"} {
		if _, _, err := Infer([]byte(bad), true); err == nil || fault.As(err).Code == fault.CodeInternal {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, _, err := Infer([]byte("no end of the line"), false); err == nil {
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
func TestOpenInfers(t *testing.T) {
	f := open(t, "id;name\n1;Anna\n;\n", nil, nil)
	got, err := rows(f, 1<<30, formats.ScanRequest{Columns: allColumns(f.Schema())})
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
		schema := columns(t, "a string", "b bigint", "c date", "a2 varchar(3)")
		m := store.NewMemory("t")
		o := m.Set("t.csv", data)
		file, err := Format{}.Open(context.Background(), m, o, formats.Options{Schema: schema, Properties: props[int(which)%len(props)]})
		if err != nil {
			t.Fatal(err)
		}
		proj := append(allColumns(schema), formats.Projection{Column: 0, Type: schema.Fields[3].Type})
		whole, err := rows(file, 1<<30, formats.ScanRequest{Columns: proj})
		at := int64(cut) % max(1, o.Size)
		if err == nil && at > 0 {
			again, err := twoSplits(file, at, o.Size, proj)
			if err == nil && !cmp.Equal(whole, again) {
				t.Errorf("cut at %d: %s", at, cmp.Diff(whole, again))
			}
		}
		if schema, props, err := Infer(data, true); err == nil {
			file, err := Format{}.Open(context.Background(), m, o, formats.Options{Schema: schema, Properties: props})
			if err != nil {
				t.Fatal(err)
			}
			_, _ = rows(file, 1<<30, formats.ScanRequest{Columns: allColumns(schema)})
		}
	})
}

func twoSplits(f formats.File, at, size int64, proj []formats.Projection) (out [][]string, err error) {
	for _, r := range []store.Range{{Len: at}, {Off: at, Len: size - at}} {
		src, err := f.Scan(context.Background(), formats.ScanRequest{Columns: proj, Split: formats.Split{Range: r}})
		if err != nil {
			return nil, err
		}
		err = drain(src, &out)
		src.Close()
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
