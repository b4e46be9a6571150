package json

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// TestSerDeProperties: what the properties of the OpenX SerDe and of Hive's say.
func TestSerDeProperties(t *testing.T) {
	for _, c := range []struct {
		name, columns, props, text string
		want                       []string // a row each, as SQL shows it
	}{
		{"dots", "a_b bigint; c struct<d_e:bigint,f:bigint>", "dots.in.keys=true", `{"a.b":1,"c":{"d.e":2,"f":3}}` + "\n" + `{"a_b":4,"c":{"D.E":5}}`,
			[]string{`1|{"d_e":2,"f":3}`, `4|{"d_e":5,"f":null}`}},
		{"no dots", "a_b bigint", "", `{"a.b":1,"a_b":2}`, []string{"2"}},
		{"mapping", "ts bigint; in struct<ts:bigint,x:bigint>", "mapping.ts=timestamp", `{"timestamp":1,"ts":9,"in":{"timestamp":2,"x":3}}`, []string{`1|{"ts":2,"x":3}`}},
		{"case", "a bigint", "case.insensitive=false;mapping.a=A", `{"a":1,"A":2}`, []string{"2"}},
		{"nulls for invalid data", "a bigint; b varchar", "use.null.for.invalid.data=true", `{"a":"x","b":"y"}`, []string{"∅|y"}},
		{"malformed lines", "a bigint", "ignore.malformed.json=true", "{\"a\":1}\n{\"a\":\n{\"a\":3}", []string{"1", "∅", "3"}},
		{"an outer array", "a bigint", "strip.outer.array=true", "[{\"a\":1},\n {\"a\":2}]", []string{"1", "2"}},
		{"side by side", "a bigint", "", `{"a":1}{"a":2} {"a":3}`, []string{"1", "2", "3"}},
		{"pretty", "a bigint", "", "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", []string{"1", "2"}},
		{"records", "a bigint", "json.path=$.Records[*]", `{"Records":[{"a":1},{"a":2}]}`, []string{"1", "2"}},
		{"patterns", "t timestamp", `timestamp.formats=yyyy-MM-dd'T'HH:mm:ss.SSSZ,dd/MMM/yyyy:HH:mm:ss Z,MM/dd/yyyy hh:mm a,millis`,
			`{"t":"2024-02-29T10:30:00.250+0200"}{"t":"29/Feb/2024:10:30:00 -0100"}{"t":"02/29/2024 01:05 PM"}{"t":"1709202600250.5"}{"t":"2024-02-29 10:30:00"}{"t":""}`,
			[]string{"2024-02-29 08:30:00.25", "2024-02-29 11:30:00", "2024-02-29 13:05:00", "2024-02-29 10:30:00.2505", "2024-02-29 10:30:00", "∅"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			props := map[string]string{}
			for _, p := range strings.Split(c.props, ";") {
				k, v, _ := strings.Cut(p, "=")
				props[k] = v
			}
			f := open(t, c.text, formattest.Schema(t, strings.Split(c.columns, "; ")...), props)
			rows, err := formattest.Texts(t.Context(), f, 1<<40, formats.ScanRequest{Columns: formattest.All(f)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rows {
				got = append(got, strings.Join(r, "|"))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTimestampPatterns(t *testing.T) {
	for p, want := range map[string]string{
		"yyyy-MM-dd HH:mm:ss": "2006-01-02 15:04:05", "yy/M/d h:m:s a": "06/1/2 3:4:5 PM", "EEE, dd MMM yyyy HH:mm:ss ZZ": "Mon, 02 Jan 2006 15:04:05 Z07:00",
		"yyyy-MM-dd'T'HH:mm:ss,SSSSSSXXX": "2006-01-02T15:04:05Z07:00", "yyyy-DDD": "2006-002",
		"yyyy z": "", "yyyy Q": "", "HHmmSSS": "", "'it 2006'yyyy": "", "": "", "yyyy'": "", "yyyy 1": "",
	} {
		if got, ok := layoutOfPattern(p); got != want && ok || ok != (want != "") {
			t.Errorf("%q: %q, %v", p, got, ok)
		}
	}
	if _, err := parseProperties(map[string]string{"timestamp.formats": "yyyy z"}); !fault.Is(err, fault.CodeFeatureNotSupported) {
		t.Error(err)
	}
}

func FuzzTimestampPatterns(f *testing.F) {
	f.Add("yyyy-MM-dd'T'HH:mm:ss.SSSZ", "2024-02-29T10:30:00.250+0200")
	f.Add("millis", "-1.5")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		formats, err := parseFormats(pattern)
		if err != nil {
			return
		}
		p := parser{formats: formats}
		p.timestampText([]byte(text))
	})
}
