package parse

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// TestGolden runs testdata/*.txt: a statement, a line of four dashes, its normal
// form or its error, an empty line.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) { goldenFile(t, f) })
	}
}

func goldenFile(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for i, block := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
		sql, want, _ := strings.Cut(block, "\n----\n")
		got := outcome(t, sql)
		if !*rewrite && got != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
		if i > 0 {
			out.WriteString("\n\n")
		}
		out.WriteString(sql + "\n----\n" + got)
	}
	if *rewrite {
		if err := os.WriteFile(file, []byte(out.String()+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// outcome parses, prints, and checks that the print parses to the same tree.
func outcome(t *testing.T, sql string) string {
	t.Helper()
	list, err := Parse(sql)
	if err != nil {
		e := fault.As(err)
		s := fmt.Sprintf("error %s at %d: %s", e.Code, e.Pos, e.Message)
		if e.Hint != "" {
			s += "\nhint: " + e.Hint
		}
		return s
	}
	if len(list) == 0 {
		return "(no statement)"
	}
	var out []string
	for _, s := range list {
		text := ast.Text(s)
		out = append(out, text)
		again, err := Parse(text)
		if err != nil {
			t.Errorf("%s\nprints as %s\nwhich does not parse: %v at %d", sql, text, err, fault.As(err).Pos)
			continue
		}
		if len(again) != 1 {
			t.Errorf("%s\nprints as %s, which is %d statements", sql, text, len(again))
			continue
		}
		if d := cmp.Diff(s, again[0], sameTree); d != "" {
			t.Errorf("%s\nprints as %s, another tree:\n%s", sql, text, d)
		}
	}
	return strings.Join(out, ";\n")
}

// sameTree compares trees without positions, and without the text that a view
// or prepared statement was written as.
var sameTree = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.FilterPath(func(p cmp.Path) bool {
		f, ok := p.Last().(cmp.StructField)
		return ok && (f.Name() == "Pos" || f.Name() == "OpPos" || f.Name() == "Text" || f.Name() == "SearchAt" || f.Name() == "ModeAt" || f.Name() == "Quoted" || f.Name() == "Options")
	}, cmp.FilterValues(func(a, b any) bool { return true }, cmp.Ignore())),
}
