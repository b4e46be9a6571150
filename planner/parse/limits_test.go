package parse

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		sql  string
		want []Piece
	}{
		{"", nil},
		{" ; -- x\n;", nil},
		{"select 1", []Piece{{"select 1", 1}}},
		{" /* a;b */ select ';' ; select \"é;\";\n--;\nselect $$;$$ -- end", []Piece{{"select ';'", 12}, {`select "é;"`, 25}, {"select $$;$$ -- end", 42}}},
		{"/* é */\n\tselect 1 /*traceparent='00'*/ ;/*é*/ select 2 --x\n", []Piece{{"select 1 /*traceparent='00'*/", 10}, {"select 2 --x", 47}}},
		{"create external table t (a int) location 'it\\'s;' ; select '\\'", []Piece{
			{`create external table t (a int) location 'it\'s;'`, 1}, {`select '\'`, 53}}},
	} {
		got, err := Split(c.sql)
		if err != nil {
			t.Errorf("%q: %v", c.sql, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q: %s", c.sql, d)
		}
	}
	if _, err := Split("select 1; select 'x"); !fault.Is(err, fault.CodeSyntax) {
		t.Errorf("unterminated string: %v", err)
	}
}

func TestParseOne(t *testing.T) {
	if s, err := ParseOne("select 1 ;"); err != nil || s == nil {
		t.Errorf("one: %v, %v", s, err)
	}
	if s, err := ParseOne(" -- nothing\n"); err != nil || s != nil {
		t.Errorf("none: %v, %v", s, err)
	}
	_, err := ParseOne("select 1; select 2")
	if e := fault.As(err); e == nil || e.Code != fault.CodeSyntax || e.Pos != 11 {
		t.Errorf("two: %v", err)
	}
}

// TestPositions checks that positions count characters, not bytes.
func TestPositions(t *testing.T) {
	s, err := ParseOne("select 'é€😀', naïve + b")
	if err != nil {
		t.Fatal(err)
	}
	items := s.(*ast.Query).Body.(*ast.Select).Items
	sum := items[1].X.(*ast.Binary)
	if got := []ast.Pos{s.Position(), items[0].X.Position(), sum.Position(), sum.OpPos, sum.R.Position()}; !cmp.Equal(got,
		[]ast.Pos{1, 8, 15, 21, 23}) {
		t.Errorf("positions %v", got)
	}
}

func TestEncoding(t *testing.T) {
	_, err := Parse("select 'é\xff'")
	if e := fault.As(err); e == nil || e.Code != codeBadEncoding || e.Pos != 10 {
		t.Errorf("invalid UTF-8: %v", err)
	}
	if _, err = Parse("select 'a\x00b'"); !fault.Is(err, fault.CodeSyntax) {
		t.Errorf("zero byte: %v", err)
	}
}

// TestDepth checks that whatever nests is refused in time, with a clear error.
func TestDepth(t *testing.T) {
	const n = 10_000
	rep := strings.Repeat
	for name, sql := range map[string]string{
		"parentheses":   "select " + rep("(", n) + "1" + rep(")", n),
		"unclosed":      "select " + rep("(", n),
		"subqueries":    rep("select * from (", n) + "select 1" + rep(") t", n),
		"brackets":      "select array" + rep("[", n) + rep("]", n),
		"calls":         "select " + rep("f(", n) + rep(")", n),
		"not":           "select " + rep("not ", n) + "true",
		"minus":         "select " + rep("- ", n) + "1",
		"case":          "select " + rep("case when a then b else ", n) + "1" + rep(" end", n),
		"lambda":        "select f(" + rep("x -> ", n) + "1)",
		"types":         "select cast(a as " + rep("array<", n) + "int" + rep(">", n) + ")",
		"explain":       rep("explain ", n) + "select 1",
		"prepare":       rep("prepare a as ", n) + "select 1",
		"joins":         "select * from " + rep("a join ", n) + "b",
		"grouping sets": "select 1 group by " + rep("grouping sets (", n) + "a" + rep(")", n),
		"between":       "select " + rep("a between b and not ", n) + "c",
	} {
		_, err := Parse(sql)
		if e := fault.As(err); e == nil || e.Code != fault.CodeStatementTooComplex || e.Pos == 0 || e.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Parse("select " + rep("(", 300) + "1" + rep(")", 300)); err != nil {
		t.Errorf("300 parentheses: %v", err)
	}
}

// TestLong checks that long chains are no nesting.
func TestLong(t *testing.T) {
	const n = 100_000
	for name, sql := range map[string]string{
		"and":    "select " + strings.Repeat("a = 1 and ", n) + "b",
		"or":     "select " + strings.Repeat("a or ", n) + "b",
		"plus":   "select " + strings.Repeat("1 + ", n) + "1",
		"concat": "select " + strings.Repeat("'a' || ", n) + "'b'",
		"in":     "select a in (" + strings.Repeat("1234, ", n) + "1)",
		"values": "values " + strings.Repeat("(1, 'a'), ", n) + "(2, 'b')",
		"union":  strings.Repeat("select 1 union all ", n/10) + "select 2",
		"items":  "select " + strings.Repeat("a, ", n) + "b",
		"joins":  "select * from a" + strings.Repeat(" join b on true", n/10),
		"casts":  "select a" + strings.Repeat("::int", n/10),
	} {
		if _, err := Parse(sql); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := Parse("select " + strings.Repeat("a and ", n) + "b")
	if err != nil {
		t.Fatal(err)
	}
	depth := 0
	x := s[0].(*ast.Query).Body.(*ast.Select).Items[0].X
	for b, ok := x.(*ast.Binary); ok; b, ok = b.L.(*ast.Binary) {
		depth++
	}
	if depth > 30 {
		t.Errorf("the tree of a long AND is %d deep", depth)
	}
}

// TestTPCH parses the benchmark's queries.
func TestTPCH(t *testing.T) {
	files, _ := filepath.Glob("../../testdata/tpch/queries/*.sql")
	if len(files) != 22 {
		t.Fatalf("%d queries", len(files))
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := outcome(t, string(text)); strings.HasPrefix(got, "error") {
			t.Errorf("%s: %s", f, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, block := range strings.Split(string(text), "\n\n") {
			sql, _, _ := strings.Cut(block, "\n----\n")
			f.Add(sql)
		}
	}
	f.Fuzz(func(t *testing.T, sql string) {
		list, err := Parse(sql)
		if err != nil {
			e := fault.As(err)
			if e.Code == fault.CodeInternal || e.Pos < 1 || e.Pos > len([]rune(sql))+1 {
				t.Fatalf("error %v at %d", err, e.Pos)
			}
			return
		}
		pieces, err := Split(sql)
		if err != nil || len(pieces) != len(list) {
			t.Fatalf("%d statements, %d pieces, %v", len(list), len(pieces), err)
		}
		for _, s := range list {
			text := ast.Text(s)
			again, err := ParseOne(text)
			if fault.Is(err, fault.CodeStatementTooComplex) {
				return // the normal form has more parentheses
			}
			if err != nil || again == nil {
				t.Fatalf("normal form %q: %v", text, err)
			}
			if second := ast.Text(again); second != text {
				t.Fatalf("normal form %q becomes %q", text, second)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := func(name string) string {
		q, err := os.ReadFile("../../testdata/tpch/queries/" + name)
		if err != nil {
			b.Fatal(err)
		}
		return string(q)
	}
	var in strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&in, "%d, ", i)
	}
	for name, sql := range map[string]string{"q01": text("q01.sql"), "q07": text("q07.sql"), "in_300KB": "select * from t where a in (" + in.String() + "1)"} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(sql)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(sql); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
