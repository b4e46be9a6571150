package fn

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/types/jsontext"
	"github.com/glauxdb/glaux/formats/formattest"
)

// FuzzJSONScan: no text breaks the scanner, and of valid JSON it finds the values
// that encoding/json finds.
func FuzzJSONScan(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"x\"y"}],"c":null}`, `[]`, `[1,,]`, `{"a"`, `"\u00e9"`, `{"a":1,"a":2}`, "[[[[", `{"":{}}`} {
		f.Add(s, "a")
	}
	f.Fuzz(func(t *testing.T, doc, name string) {
		b := []byte(doc)
		jsontext.Len(b)
		jsontext.Contains(b, []byte(name))
		_, _ = jsontext.Merge(nil, b, []byte(name))
		stripNulls(nil, b)
		if path, err := parseJSONPath(name); err == nil {
			jsontext.Walk(b, path)
		}
		if !json.Valid(b) {
			return
		}
		var obj map[string]json.RawMessage
		if json.Unmarshal(b, &obj) == nil && obj != nil {
			for k, want := range obj {
				if got, ok := jsontext.Field(b, k); !ok || !bytes.Equal(bytes.TrimSpace(got), bytes.TrimSpace(want)) {
					t.Fatalf("member %q of %s is %s, want %s", k, doc, got, want)
				}
			}
		}
		var arr []json.RawMessage
		if json.Unmarshal(b, &arr) == nil && arr != nil {
			if n := jsontext.Len(b); n != int64(len(arr)) {
				t.Fatalf("%s has %d elements, counted %d", doc, len(arr), n)
			}
			for i, want := range arr {
				if got, ok := jsontext.Index(b, int64(i)); !ok || !bytes.Equal(bytes.TrimSpace(got), bytes.TrimSpace(want)) {
					t.Fatalf("element %d of %s is %s, want %s", i, doc, got, want)
				}
			}
		}
		if !jsontext.Equal(b, b) {
			t.Fatalf("%s is not equal to itself", doc)
		}
	})
}

// TestJSONSuite: the scanner takes the documents of nst/JSONTestSuite that are
// JSON, and those that must not be taken it leaves, but for the ones with raw
// control characters.
func TestJSONSuite(t *testing.T) {
	for name, doc := range formattest.Archive(t, "../../formats/json/testdata/JSONTestSuite/test_parsing.tar.gz", "test_parsing/") {
		end, ok := jsontext.Skip(doc, 0)
		ok = ok && jsontext.Space(doc, end) == len(doc)
		switch want := name[0] == 'y'; {
		case name[0] == 'i':
		case strings.HasPrefix(name, "n_string_unescaped_"):
			if !ok {
				t.Errorf("%s is not taken", name)
			}
		case ok != want:
			t.Errorf("%s: taken %v, want %v", name, ok, want)
		}
	}
}

// TestJSONUnquote: texts as encoding/json has them.
func TestJSONUnquote(t *testing.T) {
	for _, q := range []string{`"plain"`, `""`, `"a\"b\\\/\b\f\n\r\t"`, `"\u00e9\ud83d\ude00"`, `"\ud83dx"`, `"\ude00\ud83d"`, `"\ud83d\u0041"`, `"\u0000"`} {
		var want string
		if err := json.Unmarshal([]byte(q), &want); err != nil {
			t.Fatal(err)
		}
		if got := string(jsontext.Unquote(nil, []byte(q))); got != want {
			t.Errorf("%s is %q, want %q", q, got, want)
		}
	}
	if got := string(jsontext.Unquote(nil, []byte("\"a\\n\tb\""))); got != "a\n\tb" {
		t.Errorf("beside a raw tab: %q", got)
	}
}

func TestJSONContains(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1,"b":2}`, `{"b":2.0}`, true}, {`{"a":{"b":1,"c":2}}`, `{"a":{"c":2}}`, true}, {`[1,[2,3]]`, `[[3]]`, true}, {`[1,2]`, `1`, true},
		{`{"a":1}`, `{"a":2}`, false}, {`[1]`, `[1,2]`, false}, {`"x"`, `"\u0078"`, true}, {`{"a":[]}`, `{"a":{}}`, false}, {`null`, `null`, true}, {`1`, `[1]`, false},
	} {
		if got := jsontext.Contains([]byte(c.a), []byte(c.b)); got != c.want {
			t.Errorf("%s @> %s = %v", c.a, c.b, got)
		}
	}
}
