package ion

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

func TestExtractors(t *testing.T) {
	for text, want := range map[string][]string{
		"(a)": {"a"}, " (a b_1 $c) ": {"a", "b_1", "$c"}, "('a b' \"c\")": {"a b", "c"}, "[a, b]": {"a", "b"},
		"()": nil, "(a 0)": nil, "(a *)": nil, "(a": nil, "a": nil, "('a)": nil, "(x::a)": nil, "('a\\'b')": nil, "(a]": nil,
	} {
		got, ok := parseExtractor(text)
		if ok != (want != nil) || ok && !cmp.Equal(got, want) {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
	}
}

// TestColumnsByPath reads columns from where the properties say, in text Ion.
func TestColumnsByPath(t *testing.T) {
	const text = `{identification: {name: "ann", ID: 7}, ids: {id: 1}, plain: 2} {identification: {name: "bob"}, plain: "x"}`
	read := func(props map[string]string) ([]string, error) {
		f := formattest.MustOpen(t, Format(), "a.ion", []byte(text), formats.Options{Schema: formattest.Schema(t, "name varchar", "number bigint", "plain bigint"), Properties: props})
		rows, err := formattest.Texts(t.Context(), f, 1<<40, formats.ScanRequest{Columns: formattest.All(f)})
		var out []string
		for _, r := range rows {
			out = append(out, strings.Join(r, "|"))
		}
		return out, err
	}
	paths := map[string]string{"ion.name.path_extractor": "(identification name)", "ion.number.path_extractor": "(Identification id)"}
	if rows, err := read(paths); !fault.Is(err, fault.CodeInvalidText) || len(rows) > 1 {
		t.Errorf("%q, %v", rows, err)
	}
	paths[propertyIgnore] = "true"
	if rows, err := read(paths); err != nil || !cmp.Equal(rows, []string{"ann|7|2", "bob|∅|∅"}) {
		t.Errorf("%q, %v", rows, err)
	}
	paths[propertyCase] = "true"
	if rows, err := read(paths); err != nil || !cmp.Equal(rows, []string{"ann|∅|2", "bob|∅|∅"}) {
		t.Errorf("with case: %q, %v", rows, err)
	}
	paths["ion.plain.path_extractor"] = "(ids 0)"
	_, err := formattest.Open(t, Format(), "a.ion", []byte(text), formats.Options{Schema: formattest.Schema(t, "plain bigint"), Properties: paths})
	if !fault.Is(err, fault.CodeFeatureNotSupported) {
		t.Error(err)
	}
}

func FuzzExtractor(f *testing.F) {
	f.Add("(a 'b c' \"d\")")
	f.Fuzz(func(t *testing.T, text string) {
		if path, ok := parseExtractor(text); ok && len(path) == 0 {
			t.Error("a path without names")
		}
	})
}
