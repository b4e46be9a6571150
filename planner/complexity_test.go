package planner_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/planner/plantest"
)

// TestComplexity binds statements that are long or deep. All must come to an
// end quickly, the hopeless ones with 54001.
func TestComplexity(t *testing.T) {
	p := newPlanner(plantest.NewCatalog())
	list := func(n int, sep string, f func(i int) string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = f(i)
		}
		return strings.Join(parts, sep)
	}
	num := func(i int) string { return fmt.Sprint(i) }
	cases := []struct {
		name, sql string
		code      fault.Code
	}{
		{"and", "select 1 from nation where " + list(30_000, " and ", func(i int) string { return fmt.Sprintf("n_nationkey <> %d", i) }), ""},
		{"or", "select 1 from nation where " + list(30_000, " or ", func(i int) string { return fmt.Sprintf("n_nationkey = %d", i) }), ""},
		{"in", "select 1 from nation where n_nationkey in (" + list(50_000, ",", num) + ")", ""},
		{"plus", "select " + list(15_000, " + ", num), ""},
		{"too many plus", "select " + list(60_000, " + ", num), fault.CodeStatementTooComplex},
		{"union", list(2_000, " union all ", func(i int) string { return "select " + num(i) }), ""},
		{"values", "values " + list(20_000, ",", func(i int) string { return fmt.Sprintf("(%d, 'x%d')", i, i) }), ""},
		{"items", "select " + list(1_600, ",", num), ""},
		{"subqueries", strings.Repeat("select * from (", 300) + "select 1 as a" + list(300, "", func(i int) string { return fmt.Sprintf(") t%d", i) }), ""},
		{"cube", "select count(*) from lineitem group by cube(l_orderkey, l_partkey, l_suppkey, l_linenumber, l_quantity, l_extendedprice, l_discount, " +
			"l_tax, l_returnflag, l_linestatus, l_shipdate, l_commitdate, l_receiptdate)", fault.CodeStatementTooComplex},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			st, err := p.Bind(context.Background(), c.sql, plantest.Session("tpch"), nil)
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("took %v", d)
			}
			if c.code != "" {
				if !fault.Is(err, c.code) {
					t.Fatalf("error %v, want %s", err, c.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := plan.Check(st.(*plan.Query).Root, nil); err != nil {
				t.Fatal(err)
			}
		})
	}
}
