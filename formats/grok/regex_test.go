package grok

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
)

// TestRegexSerDe: groups are columns in their order, whole lines match, and a
// line that does not is NULLs.
func TestRegexSerDe(t *testing.T) {
	schema := formattest.Schema(t, "a string", "b int", "c string")
	for _, tt := range []struct {
		expr, fold, data string
		want             []string
	}{
		{`(\S+) ([0-9]*)(?: (?:x|y)?(.*))?`, "", "k 1 xz\nk 2\nbad\nk  \n", []string{"a=k b=1 c=z", "a=k b=2", "", "a=k c="}},
		{`(?<n>[^ ]*) (\d++) "(.*)"`, "", "k 1 \"q\"\nk 1 \"q\" more\n", []string{"a=k b=1 c=q", ""}},
		{`(get) (\d+)(%{X})?`, "true", "GET 5\n", []string{"a=GET b=5"}},
	} {
		f := open(t, Regex(), tt.data, schema, map[string]string{"input.regex": tt.expr, "input.regex.case.insensitive": tt.fold})
		got, err := read(f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", tt.expr, err, diff)
		}
	}
	m := store.NewMemory("t")
	for expr, text := range map[string]string{"(a)": "Number of matching groups", "(a)(?=b)": "look-ahead", "(a": "missing", "": "no pattern"} {
		_, err := Regex().Open(context.Background(), m, m.Set("a.log", nil), formats.Options{Schema: schema, Properties: map[string]string{"input.regex": expr}})
		if e := fault.As(err); e == nil || e.Code == fault.CodeInternal || !strings.Contains(e.Message, text) {
			t.Errorf("%q: %v", expr, err)
		}
	}
}
