package json

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// TestStreams reads what does not keep to lines.
func TestStreams(t *testing.T) {
	tests := []struct {
		name, data, path, want string // want: the values of n, separated by blanks
	}{
		{"side by side", `{"n":1}{"n":2} {"n":3}`, "", "1 2 3"},
		{"several in a line", `{"n":1}{"n":2}` + "\n" + `{"n":3}` + "\n\n" + `{"s":"} {"}  {"n":5}`, "", "1 2 3 null 5"},
		{"over lines", "{\n  \"n\": 1\n}\n{\n  \"n\": 2\n}\n", "", "1 2"},
		{"array", `[{"n":1},{"n":2}]`, "", "1 2"},
		{"array over lines", "[\n  {\n \"n\": 1\n},\n {\"n\": 2}\n]\n", "", "1 2"},
		{"array a line", "[{\"n\":1},\n{\"n\":2}\n]", "", "1 2"},
		{"arrays", "[{\"n\":1}]\n[{\"n\":2}]\n[]\n", "", "1 2"},
		{"empty array", "[ ]", "", ""},
		{"path to an array's elements", `{"meta":{"n":9,"x":[1,2]},"Records":[{"n":1},{"n":2}],"more":"]}"}`, "$.Records[*]", "1 2"},
		{"path to an array", `{"a":{"b":[{"n":1},{"n":2}]}}`, "$.a.b", "1 2"},
		{"path to an object", `{"a":{"n":1}}` + "\n" + `{"a":{"n":2}}`, "$.a", "1 2"},
		{"path that is not there", `{"b":{"n":1}}` + "\n" + `{"a":{"n":2}}` + "\n" + `{"a":5}`, "$.a", "2 null"},
		{"top array", `[{"n":1},{"n":2}]`, "$[*]", "1 2"},
		{"element", `{"a":[{"n":1},{"n":2},{"n":3}]}`, "$.a[1]", "2"},
		{"members", `{"a":{"x":{"n":1},"y":{"n":2}}}`, "$.a.*", "1 2"},
		{"nested arrays", `[[{"n":1}],[],[{"n":2},{"n":3}]]`, "$[*][*]", "1 2 3"},
		{"quoted names", `{"a b":{"c.d":[{"n":1}]}}`, `$['a b']["c.d"][*]`, "1"},
		{"escaped key", `{"\u0061":[{"n":1}]}`, "$.a[*]", "1"},
		{"numbers", `{"n":[1,2,3]}`, "$.n[*]", "1 2 3"},
		{"scalar", `{"n":7}`, "$.n", "7"},
		{"byte order mark", "\xef\xbb\xbf[\n{\"n\":1}]", "", "1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := ""
			for _, v := range strings.Fields(tt.want) {
				want += `{"n":` + v + "}\n"
			}
			schema := formattest.Schema(t, "n bigint")
			file := open(t, tt.data, schema, map[string]string{"json.path": tt.path})
			got, err := text(file, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
			if err != nil || got != want {
				t.Errorf("%q, want %q (%v)", got, want, err)
			}
			if n := count(t, file); n != strings.Count(want, "\n") {
				t.Errorf("counted %d rows", n)
			}
		})
	}
}

// count reads no columns.
func count(t *testing.T, f formats.File) (n int) {
	t.Helper()
	for _, sp := range f.Splits(1 << 30) {
		src, err := f.Scan(context.Background(), formats.ScanRequest{Split: sp})
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		n += drainRows(src)
	}
	return n
}

// TestLongStreams: files that come in many chunks, all rows once, also where
// the values are changed in place, and with a split for each megabyte where the
// records keep to lines.
func TestLongStreams(t *testing.T) {
	const n = 60_000
	record := func(i int) string {
		return fmt.Sprintf(`{"n":%d,"s":"x\n\"%d\"","t":[{"u":"%s"}]}`, i, i, strings.Repeat("y", i%50))
	}
	layouts := []struct {
		name                        string
		begin, between, end, indent string
		path                        string
	}{
		{"lines", "", "\n", "\n", "", ""},
		{"side by side", "", "", "", "", ""},
		{"array", "[", ",\n", "]", "", ""},
		{"indented", "", "\n", "", "\n  ", ""},
		{"envelope", `{"a":"[","r":[`, ",", `],"z":1}`, "", "$.r[*]"},
	}
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			var b bytes.Buffer
			var want strings.Builder
			b.WriteString(l.begin)
			for i := range n {
				if i > 0 {
					b.WriteString(l.between)
				}
				b.WriteString(strings.Replace(record(i), "{", "{"+l.indent, 1))
				fmt.Fprintf(&want, "{\"s\":\"x\\n\\\"%d\\\"\",\"n\":%d}\n", i, i)
			}
			b.WriteString(l.end)
			schema := formattest.Schema(t, "s string", "n bigint")
			file := open(t, b.String(), schema, map[string]string{"json.path": l.path})
			got, err := text(file, 1<<20, formats.ScanRequest{Columns: formattest.Columns(schema)})
			if err != nil || got != want.String() {
				t.Errorf("%d bytes, want %d (%v)", len(got), want.Len(), err)
			}
			if splits := len(file.Splits(1 << 20)); (splits > 1) != (l.name == "lines") {
				t.Errorf("%d splits", splits)
			}
		})
	}
}

func TestRecordPaths(t *testing.T) {
	for text, want := range map[string]string{
		"": "$", "$": "$", " $.a.b[*] ": "$.a.b[*]", "$[*]": "$[*]", "$.*": "$[*]", "$['x y'][3]": "$['x y'][3]", `$["a.b"].c`: "$['a.b'].c",
	} {
		if p, err := parsePath(text); err != nil || p.String() != want {
			t.Errorf("%q: %s, %v", text, p, err)
		}
	}
	for _, bad := range []string{"a", "$a", "$..a", "$.", "$[", "$[a]", "$[-1]", "$['a", "$[1:2]", "$.a[?(@.x)]", "$" + strings.Repeat(".a", 65)} {
		if _, err := parsePath(bad); !fault.Is(err, fault.CodeInvalidParameter) {
			t.Errorf("%q: %v", bad, err)
		}
		if err := (Format{Path: bad}).Check(); err == nil {
			t.Errorf("%q passes the check", bad)
		}
	}
}

// TestLayoutOf looks at beginnings of files.
func TestLayoutOf(t *testing.T) {
	long := `{"s":"` + strings.Repeat("x", 70<<10) + `"}`
	for _, tt := range []struct {
		name, head string
		complete   bool
		want       layout
	}{
		{"lines", "{\"a\":1}\n{\"a\":2}\n", false, layoutLines},
		{"one line", `{"a":1}`, true, layoutLines},
		{"one line so far", `{"a":1}`, false, layoutLines},
		{"a long line", long + "\n", false, layoutLines},
		{"side by side", `{"a":1}{"a":2}`, false, layoutStream},
		{"side by side in lines", "{\"a\":1}{\"a\":2}\n", false, layoutLines},
		{"array", "[", false, layoutStream},
		{"indented", "{\n\"a\":1}", true, layoutStream},
		{"indented and cut", "{\n\"a\":[1,", false, layoutStream},
		{"cut in a word", "{\n\"a\":tr", false, layoutStream},
		{"bad first line", "{\"a\":1,\n{\"a\":1}\n", false, layoutLines},
		{"no JSON", "a,b\n1,2\n", true, layoutLines},
		{"nothing", " \n", false, layoutUnknown},
	} {
		if got := layoutOf([]byte(tt.head), tt.complete); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// FuzzWalk checks that a document that comes in pieces gives the same records
// as one that comes whole, and never runs backwards or for ever.
func FuzzWalk(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[{"n":"]}\""},{"n":2}]}} [1,{"x":null}]`), "$.a.b[*]", byte(3))
	f.Add([]byte(`[{"n":1},{"n":tru`), "", byte(1))
	f.Add([]byte(`}]{"a":}`), "$.a", byte(2))
	f.Add([]byte(`{"a":[1,[2,3],{"b":4}]}`), "$.a[1][*]", byte(1))
	f.Fuzz(func(t *testing.T, data []byte, pathText string, piece byte) {
		p, err := parsePath(pathText)
		if err != nil || len(data) > 2000 {
			return // pieces of a few bytes make long records slow
		}
		whole, wholeEnd := walkAll(t, walker{path: p}, data, len(data))
		parts, partsEnd := walkAll(t, walker{path: p}, data, int(piece)%7+1)
		if diff := cmp.Diff(whole, parts); diff != "" || wholeEnd != partsEnd {
			t.Errorf("%v, %v: %s", wholeEnd, partsEnd, diff)
		}
	})
}

func walkAll(t *testing.T, w walker, data []byte, piece int) (records []string, end found) {
	for at, have := 0, min(piece, len(data)); ; {
		what, from, to := w.next(data[:have], at, have == len(data))
		if from < at || to < from || to > have {
			t.Fatalf("at %d: from %d to %d of %d", at, from, to, have)
		}
		at = to
		switch what {
		case foundRecord:
			if to == from {
				t.Fatal("a record without bytes")
			}
			records = append(records, string(data[from:to]))
			continue
		case foundMore:
			if have == len(data) {
				t.Fatal("more is wanted behind the end")
			}
			have = min(have+piece, len(data))
			continue
		}
		return records, what
	}
}

// TestLayoutIsMetadata: the beginning of a large file is read when it is opened
// to know its layout, as metadata.
func TestLayoutIsMetadata(t *testing.T) {
	m := store.NewMemory("t")
	o := m.Set("a.json", []byte("[\n"+strings.Repeat(`{"n":1},`, 200_000)+`{"n":2}]`))
	meter := &meter{}
	ctx := store.WithMeter(store.WithReadKind(context.Background(), store.ReadFooter), meter)
	file, err := Format{}.Open(ctx, m, o, formats.Options{Schema: formattest.Schema(t, "n bigint")})
	if err != nil {
		t.Fatal(err)
	}
	if meter.data != 0 || meter.footer != layoutBytes {
		t.Errorf("%d bytes of data, %d of metadata", meter.data, meter.footer)
	}
	if n := len(file.Splits(1 << 20)); n != 1 {
		t.Errorf("%d splits", n)
	}
}

type meter struct{ data, footer int64 }

func (m *meter) Reserve(_ context.Context, k store.ReadKind, n int64) error {
	if k == store.ReadData {
		m.data += n
	} else {
		m.footer += n
	}
	return nil
}

func drainRows(src formats.Source) (n int) {
	var b vector.Batch
	for src.Next(context.Background(), &b) == nil {
		n += b.Rows()
	}
	return n
}
