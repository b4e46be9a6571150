package slttest

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
)

// unknownNames are names that nothing has, of each kind, and what the hint says. The
// error's place is that of the mark ‸, which is taken out of the statement.
var unknownNames = []struct {
	kind, sql string
	code      fault.Code
	hint      string // a part of it
}{
	{"column", "SELECT 'ß€😀', ‸r_nme FROM region", fault.CodeUndefinedColumn, `Did you mean "r_name"?`},
	{"column of a table", "SELECT 'ß€😀', ‸region.r_nme FROM region", fault.CodeUndefinedColumn, `Did you mean "region.r_name"?`},
	{"column of an alias", "SELECT 'ß€😀', ‸é.r_nme FROM region é", fault.CodeUndefinedColumn, `Did you mean "é.r_name"?`},
	{"column in WHERE", "SELECT 1 FROM region WHERE 'ß' = 'ß' AND ‸r_regionky = 1", fault.CodeUndefinedColumn, `Did you mean "r_regionkey"?`},
	{"column in GROUP BY", "SELECT count(*) AS \"ñ\" FROM region GROUP BY ‸r_nam", fault.CodeUndefinedColumn, `Did you mean "r_name"?`},
	{"column in ORDER BY", "SELECT r_name AS \"ñ\" FROM region ORDER BY ‸r_nam", fault.CodeUndefinedColumn, `Did you mean "r_name"?`},
	{"column of a join", "SELECT * FROM region JOIN nation ON 'é' = 'é' AND r_regionkey = ‸n_regionky", fault.CodeUndefinedColumn, `Did you mean "n_regionkey"?`},
	{"column of USING", "SELECT 'é' FROM region a JOIN region b USING (‸r_nme)", fault.CodeUndefinedColumn, `Did you mean "r_name"?`},
	{"column of a subquery", "SELECT 'é', ‸nam FROM (SELECT r_name AS name FROM region) t", fault.CodeUndefinedColumn, `Did you mean "name"?`},
	{"field of a row", "SELECT 'é', (r).‸fild FROM (SELECT CAST(ROW(1) AS row(field integer)) AS r) t", fault.CodeUndefinedColumn, `Did you mean "field"?`},
	{"column of EXCEPT", "SELECT 'é', * EXCEPT (‸r_nme) FROM region", fault.CodeUndefinedColumn, `Did you mean "r_name"?`},
	{"relation", "SELECT 'é', ‸regoin.r_name FROM region", fault.CodeUndefinedTable, `Did you mean "region"?`},
	{"table", "SELECT 'é' FROM ‸regoin", fault.CodeUndefinedTable, `Did you mean "region"?`},
	{"table of a database", "SELECT 'é' FROM ‸lake.regoin", fault.CodeUndefinedTable, `Did you mean "region"?`},
	{"common table", "WITH \"ñ\" AS (SELECT 1), totals AS (SELECT 1) SELECT * FROM ‸total", fault.CodeUndefinedTable, `Did you mean "totals"?`},
	{"database", "SELECT 'é' FROM ‸laek.region", fault.CodeInvalidSchemaName, `Did you mean "lake"?`},
	{"database of SHOW", "SHOW TABLES IN ‸laek", fault.CodeInvalidSchemaName, `Did you mean "lake"?`},
	{"function", "SELECT 'é', ‸uper('a')", fault.CodeUndefinedFunction, `Did you mean "upper"?`},
	{"aggregate", "SELECT 'é', ‸approx_distinc(1)", fault.CodeUndefinedFunction, `Did you mean "approx_distinct"?`},
	{"table function", "SELECT 'é' FROM ‸generate_serie(1, 2)", fault.CodeUndefinedFunction, `Did you mean "generate_series"?`},
	{"type", "SELECT 'é', CAST('1' AS ‸integr)", fault.CodeUndefinedObject, `Did you mean "integer"?`},
	{"type of a parameter", "SELECT 'é', CAST(NULL AS array(‸bigin))", fault.CodeUndefinedObject, `Did you mean "bigint"?`},
	{"setting", "SET ‸statement_timeot = 1", fault.CodeUndefinedObject, `Did you mean "statement_timeout"?`},
	{"setting of SHOW", "SHOW ‸statement_timeot", fault.CodeUndefinedObject, `Did you mean "statement_timeout"?`},
	{"workgroup", "SET workgroup = ‸primry", fault.CodeUndefinedObject, `Did you mean "primary"?`},
	{"property of CREATE TABLE AS", "CREATE TABLE é WITH (‸formt = 'PARQUET') AS SELECT 1 AS x", fault.CodeInvalidParameter, `Did you mean "format"?`},
	{"format", "‸CREATE EXTERNAL TABLE é (x int) STORED AS PARQET LOCATION 'x/'", fault.CodeInvalidParameter, `Did you mean PARQUET?`},
	{"format of CREATE TABLE AS", "CREATE TABLE é WITH (‸format = 'PARQET') AS SELECT 1 AS x", fault.CodeInvalidParameter, `Did you mean PARQUET?`},
	{"keyword", "SELECT 'é' FROM region WHER ‸r_name = 'x'", fault.CodeSyntax, `WHERE`},
	{"keyword first", "‸SELEC 'é'", fault.CodeSyntax, `Did you mean SELECT?`},
	{"unit", "SELECT 'é', ‸date_trunc('mont', timestamp '2024-01-01')", fault.CodeInvalidParameter, `Did you mean "month"?`},
	{"window", "SELECT 'é', sum(1) OVER ‸wndow FROM region WINDOW window1 AS ()", fault.CodeUndefinedObject, `Did you mean "window1"?`},
	{"prepared statement", "EXECUTE ‸nowhere", fault.CodeInvalidStatementName, ``},
}

// TestNearestNames: an unknown name of each kind has the nearest known one in its hint,
// and its place is right behind letters of several bytes.
func TestNearestNames(t *testing.T) {
	s := NewSession(t, Lake(t, root+"lake", func(o *exec.Options) { o.Governor = governor(t, o.Catalog.(catalog.Documents)) }))
	for _, c := range unknownNames {
		before, after, _ := strings.Cut(c.sql, "‸")
		_, err := s.Query(t.Context(), before+after)
		f := fault.As(err)
		if f == nil {
			t.Errorf("%s: %s is accepted", c.kind, c.sql)
			continue
		}
		place := utf8.RuneCountInString(before) + 1
		if f.Pos != 0 && !strings.HasPrefix(c.kind, "setting") && f.Pos != place && f.Pos != len(before)+1 || f.Pos == 0 && c.code != fault.CodeInvalidStatementName && !strings.Contains(c.kind, "setting") && c.kind != "workgroup" {
			t.Errorf("%s: %s: place %d, want %d (%s)", c.kind, c.sql, f.Pos, place, f.Message)
		}
		if c.code != "" && f.Code != c.code || !strings.Contains(f.Hint, c.hint) {
			t.Errorf("%s: %s: %s %s (hint %q), want %s %q", c.kind, c.sql, f.Code, f.Message, f.Hint, c.code, c.hint)
		}
	}
}

// TestAmbiguousNames: what two things have is refused, and the hint lists both.
func TestAmbiguousNames(t *testing.T) {
	s := NewSession(t, Lake(t, root+"lake", nil))
	for _, c := range []struct {
		sql  string
		code fault.Code
		hint []string
	}{
		{"SELECT 'é', ‸r_name FROM region a, region b", fault.CodeAmbiguousColumn, []string{"a.r_name", "b.r_name"}},
		{"SELECT 1 FROM region a JOIN region b ON ‸r_name = 'é'", fault.CodeAmbiguousColumn, []string{"a.r_name", "b.r_name"}},
		{"SELECT ‸x FROM (SELECT 1 AS x, 2 AS x) t", fault.CodeAmbiguousColumn, nil},
		{"SELECT * FROM region a, ‸region a", fault.CodeDuplicateAlias, nil},
		{"WITH q AS (SELECT 'é'), ‸q AS (SELECT 2) SELECT * FROM q", fault.CodeDuplicateAlias, nil},
	} {
		before, after, _ := strings.Cut(c.sql, "‸")
		_, err := s.Query(t.Context(), before+after)
		f := fault.As(err)
		if f == nil || f.Code != c.code || f.Pos != len(before)+1 && f.Pos != utf8.RuneCountInString(before)+1 {
			t.Errorf("%s: %+v, want %s at %d", c.sql, f, c.code, len(before)+1)
			continue
		}
		for _, h := range c.hint {
			if !strings.Contains(f.Hint+f.Message, h) {
				t.Errorf("%s: hint %q lacks %s", c.sql, f.Hint, h)
			}
		}
	}
}

// TestLimitsOfStatements: statements of many parts are planned, or refused with their
// class, and none takes long.
func TestLimitsOfStatements(t *testing.T) {
	e := Lake(t, root+"lake", nil)
	s := NewSession(t, e)
	many := func(n int, sep, item string) string { return strings.TrimSuffix(strings.Repeat(item+sep, n), sep) }
	numbered := func(n int, item func(i string) string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(item(string(rune('a'+i%26)) + strings.Repeat("z", i/26%26) + string(rune('a'+i/676))))
		}
		return b.String()
	}
	for _, c := range []struct {
		name, sql string
		code      fault.Code // "": answered
	}{
		{"columns", "SELECT " + many(1600, ", ", "1"), ""},
		{"more columns", "SELECT " + many(20_000, ", ", "1"), ""},
		{"common tables", "WITH " + numbered(300, func(i string) string { return "t" + i + " AS (SELECT 1 AS x)" }) + " SELECT 1", ""},
		{"joins", "SELECT count(*) FROM " + numbered(60, func(i string) string { return "region r" + i }) + " WHERE FALSE", ""},
		{"unions", many(2000, " UNION ALL ", "SELECT 1"), ""},
		{"terms", "SELECT " + many(20_000, " + ", "1"), ""},
		{"conditions", "SELECT 1 FROM region WHERE " + many(5000, " OR ", "r_regionkey = 77"), ""},
		{"list", "SELECT 1 FROM region WHERE r_regionkey IN (" + many(50_000, ", ", "7") + ")", ""},
		{"rows of VALUES", "SELECT count(*) FROM (VALUES " + many(20_000, ", ", "(1, 'a')") + ") t", ""},
		{"nesting", "SELECT " + strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000), fault.CodeStatementTooComplex},
		{"nested calls", "SELECT " + strings.Repeat("abs(", 5000) + "1" + strings.Repeat(")", 5000), fault.CodeStatementTooComplex},
		{"nested queries", strings.Repeat("SELECT * FROM (", 3000) + "SELECT 1" + strings.Repeat(") t", 3000), fault.CodeStatementTooComplex},
		{"nested CASE", "SELECT " + strings.Repeat("CASE WHEN TRUE THEN ", 3000) + "1" + strings.Repeat(" END", 3000), fault.CodeStatementTooComplex},
		{"nested types", "SELECT CAST(NULL AS " + strings.Repeat("array(", 3000) + "integer" + strings.Repeat(")", 3000) + ")", fault.CodeStatementTooComplex},
		{"arguments", "SELECT concat(" + many(500, ", ", "'a'") + ")", ""},
		{"a long text", "SELECT length('" + strings.Repeat("é", 1<<20) + "')", ""},
		{"a long name", "SELECT 1 AS \"" + strings.Repeat("x", 100_000) + "\"", ""},
		{"many parameters", "SELECT $65536", fault.CodeUndefinedParameter},
	} {
		begin := time.Now()
		_, err := s.Query(t.Context(), c.sql)
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s: takes %v", c.name, took)
		}
		got := fault.Code("")
		if err != nil {
			got = fault.As(err).Code
		}
		if got != c.code {
			t.Errorf("%s: %.200v, want %q", c.name, err, c.code)
		}
	}
	a, err := e.NewSession(exec.SessionOptions{User: "test", Database: "lake", Settings: map[string]string{"dialect": "athena"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	if _, err := (Session{a}).Query(t.Context(), "SELECT concat("+many(128, ", ", "'a'")+")"); !fault.Is(err, fault.CodeTooManyArguments) {
		t.Errorf("128 arguments in the athena dialect: %v, want %s", err, fault.CodeTooManyArguments)
	}
}
