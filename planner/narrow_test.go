package planner_test

import (
	"strings"
	"testing"

	"github.com/glauxdb/glaux/planner"
)

// TestNarrow adds a condition at the first table of a name.
func TestNarrow(t *testing.T) {
	cases := []struct{ sql, where, statement string }{
		{"SELECT a FROM t", "dt = 1", "select a from t where (dt = 1)"},
		{"SELECT a FROM d.t WHERE b OR c", "dt = 1 AND (b or c)", "select a from d.t where ((dt = 1) and (b or c))"},
		{"SELECT a FROM t x, u", "x.dt = 1", "select a from t as x, u where (x.dt = 1)"},
		{"SELECT a FROM u LEFT JOIN t ON u.k = t.k WHERE a > 1", "t.dt = 1 AND (a > 1)", ""},
		{"WITH c AS (SELECT * FROM t) SELECT * FROM c, c d", "dt = 1", ""},
		{"SELECT (SELECT max(a) FROM t) FROM u", "dt = 1", ""},
		{"EXPLAIN (ESTIMATE) SELECT a FROM t", "dt = 1", "select a from t where (dt = 1)"},
		{"DECLARE c CURSOR FOR SELECT a FROM t", "dt = 1", ""},
		{"CREATE TABLE n AS SELECT a FROM t", "dt = 1", ""},
		{"UNLOAD (SELECT a FROM t) TO 's3://b/x/' WITH (format = 'PARQUET')", "dt = 1", ""},
		{"SELECT a FROM t AS x (a, b)", "", ""}, // its columns have other names
		{"TABLE t", "", ""},
		{"SELECT a FROM t WHERE", "", ""},
	}
	for _, c := range cases {
		at := strings.Index(c.sql, " t")
		if strings.HasPrefix(c.sql, "SELECT a FROM d.t") {
			at = strings.Index(c.sql, " d.t")
		}
		n := planner.Narrowing{Pos: at + 2, Table: "t", Condition: func(prefix string) string { return prefix + "dt = 1" }}
		statement, wheres, ok := planner.Narrow(c.sql, []planner.Narrowing{n})
		if ok != (c.where != "") {
			t.Errorf("%s: %v %q", c.sql, ok, wheres)
			continue
		}
		if ok && (wheres[0] != c.where || c.statement != "" && statement != c.statement) {
			t.Errorf("%s:\n%s\n%s", c.sql, wheres[0], statement)
		}
	}
}

// FuzzNarrow checks that what comes out is a statement that narrows in the same way
// again.
func FuzzNarrow(f *testing.F) {
	f.Add("SELECT a FROM t WHERE b = 'x' OR NOT c", 15)
	f.Add("WITH c AS (SELECT * FROM t) SELECT * FROM c JOIN t USING (a)", 26)
	f.Fuzz(func(t *testing.T, sql string, pos int) {
		n := planner.Narrowing{Pos: pos, Table: "t", Condition: func(prefix string) string { return prefix + "dt = 1" }}
		if statement, _, ok := planner.Narrow(sql, []planner.Narrowing{n}); ok {
			if err := planner.New(planner.Config{}).CheckSyntax(statement); err != nil {
				t.Errorf("%q became %q: %v", sql, statement, err)
			}
		}
	})
}
