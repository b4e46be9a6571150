package fn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/slttest"
	"github.com/glauxdb/glaux/planner/plan"
)

// clauses are ways to write an aggregate, %[1]s with its arguments %[2]s, over the rows
// of t (r has them from the last to the first; both have the columns id, g and the
// arguments' a0, a1 ...), each beside another way that has to give the same.
var clauses = []struct {
	name, sql, same string
	distinct        bool // the arguments' types have to be comparable
	ordered         bool // the order of rows is given, so that lists are the same to the letter
}{
	{name: "FILTER", sql: "SELECT %[1]s(%[2]s) FILTER (WHERE id %% 3 <> 1) FROM t", same: "SELECT %[1]s(%[2]s) FROM (SELECT * FROM t WHERE id %% 3 <> 1) u"},
	{name: "FILTER of nothing", sql: "SELECT %[1]s(%[2]s) FILTER (WHERE NULL) FROM t", same: "SELECT %[1]s(%[2]s) FROM (SELECT * FROM t WHERE id < 0) u"},
	{name: "DISTINCT", sql: "SELECT %[1]s(DISTINCT %[2]s) FROM t", same: "SELECT %[1]s(%[2]s) FROM (SELECT DISTINCT %[3]s FROM t) u", distinct: true},
	{name: "DISTINCT with FILTER", sql: "SELECT %[1]s(DISTINCT %[2]s) FILTER (WHERE id > 2) FROM t", same: "SELECT %[1]s(%[2]s) FROM (SELECT DISTINCT %[3]s FROM t WHERE id > 2) u", distinct: true},
	{name: "DISTINCT in groups", sql: "SELECT g, %[1]s(DISTINCT %[2]s), count(*) FROM t GROUP BY g ORDER BY g",
		same: "SELECT g, %[1]s(%[2]s), sum(n) FROM (SELECT g, %[3]s, count(*) AS n FROM t GROUP BY g, %[3]s) u GROUP BY g ORDER BY g", distinct: true},
	{name: "ORDER BY", sql: "SELECT %[1]s(%[2]s ORDER BY id DESC) FROM t", same: "SELECT %[1]s(%[2]s) FROM r", ordered: true},
	{name: "ORDER BY of what is in order", sql: "SELECT %[1]s(%[2]s ORDER BY id) FROM t", same: "SELECT %[1]s(%[2]s) FROM t", ordered: true},
	{name: "ORDER BY with FILTER", sql: "SELECT %[1]s(%[2]s ORDER BY id DESC) FILTER (WHERE g = 1) FROM t", same: "SELECT %[1]s(%[2]s) FROM r WHERE g = 1", ordered: true},
	{name: "ORDER BY in groups", sql: "SELECT g, %[1]s(%[2]s ORDER BY id DESC) FROM t GROUP BY g ORDER BY g", same: "SELECT g, %[1]s(%[2]s) FROM r GROUP BY g ORDER BY g", ordered: true},
	{name: "groups", sql: "SELECT %[1]s(%[2]s) FROM t GROUP BY g ORDER BY g", same: "SELECT (SELECT %[1]s(%[2]s) FROM t WHERE t.g = x.g) FROM (VALUES 0, 1, 2) x(g) ORDER BY g"},
	{name: "grouping sets", sql: "SELECT g, %[1]s(%[2]s) FROM t GROUP BY GROUPING SETS ((g), ()) ORDER BY g NULLS LAST",
		same: "SELECT * FROM (SELECT g, %[1]s(%[2]s) FROM t GROUP BY g UNION ALL SELECT NULL, %[1]s(%[2]s) FROM t) u ORDER BY 1 NULLS LAST"},
	{name: "window", sql: "SELECT %[1]s(%[2]s) OVER () FROM t WHERE id > 0 LIMIT 1", same: "SELECT %[1]s(%[2]s) FROM t WHERE id > 0"},
	{name: "window of a group", sql: "SELECT * FROM (SELECT g, id, %[1]s(%[2]s) OVER (PARTITION BY g) FROM t) u WHERE id < 3 ORDER BY g", same: "SELECT g, g, %[1]s(%[2]s) FROM t GROUP BY g ORDER BY g"},
	{name: "two workers", sql: "SELECT %[1]s(%[2]s) FROM (SELECT * FROM t WHERE id < 4 UNION ALL SELECT * FROM t WHERE id >= 4) u", same: "SELECT %[1]s(%[2]s) FROM t"},
	{name: "groups of two workers", sql: "SELECT g, %[1]s(%[2]s), count(*) FROM (SELECT * FROM t WHERE id < 4 UNION ALL SELECT * FROM t WHERE id >= 4) u GROUP BY g ORDER BY g",
		same: "SELECT g, %[1]s(%[2]s), count(*) FROM t GROUP BY g ORDER BY g"},
}

// refusedClauses are what one of the two ways may be refused with: JSON of the athena
// dialect cannot be grouped.
var refusedClauses = map[fault.Code]bool{fault.CodeFeatureNotSupported: true, fault.CodeUndefinedFunction: true, fault.CodeDatatypeMismatch: true, fault.CodeSyntax: true}

// TestAggregateClauses computes every overload of every aggregate with FILTER, DISTINCT
// and ORDER BY, in groups, grouping sets and windows, and in parts that are put
// together, in batches of three rows; each has to give what another way of writing
// it gives.
func TestAggregateClauses(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	x := &clauseTester{t: t, told: map[string]bool{}}
	x.sessions[plan.Postgres], x.sessions[plan.Athena] = sessionsWith(t, 2, map[string]string{"batch_rows": "3"})
	fn.EachConcrete(plan.AggregateFunc, func(c fn.Concrete) {
		if c.Func().Volatility == plan.Immutable {
			x.calls++
			x.aggregate(c)
		}
	})
	t.Logf("%d calls, %d comparisons, %d of them of errors; %d statements that are refused", x.calls, x.compared, x.errors, x.refused)
	if x.compared < 3000 {
		t.Errorf("only %d comparisons", x.compared)
	}
}

type clauseTester struct {
	t                                *testing.T
	sessions                         [2]slttest.Session
	told                             map[string]bool
	calls, compared, errors, refused int
}

func (x *clauseTester) aggregate(c fn.Concrete) {
	rows := suited(c.Func(), append(c.UsualRows(), c.UsualRows()[1:3]...))
	var args, cols []string
	for i, p := range c.Func().Params {
		arg := fmt.Sprintf("a%d", i)
		if k := c.Constant(i); k != nil {
			arg = k.String()
		}
		args, cols = append(args, arg), append(cols, fmt.Sprintf("a%d", i))
		if p.Kind == types.Opaque {
			return // no literals
		}
	}
	with := "WITH " + valuesOf("t", cols, rows, false) + ", " + valuesOf("r", cols, rows, true) + " "
	for _, cl := range clauses {
		if cl.distinct && len(cols) == 0 {
			continue
		}
		text := func(sql string) string {
			return with + fmt.Sprintf(strings.ReplaceAll(sql, "%[3]s", strings.Join(cols, ", ")), c.Func().Name, strings.Join(args, ", "))
		}
		if len(cols) == 0 {
			cl.sql, cl.same = strings.ReplaceAll(cl.sql, "%[2]s ORDER", "* ORDER"), strings.ReplaceAll(cl.same, "(%[2]s)", "(*)")
		}
		x.compare(c, cl.name, text(cl.sql), text(cl.same), cl.ordered)
	}
}

// suited puts in place of arguments that fail whatever the rows some that do not:
// weights above zero, numbers of buckets, accuracies, percentiles, names that are there.
func suited(f *plan.Func, rows [][]types.Value) [][]types.Value {
	constant := func(i int, x float64) {
		for _, row := range rows {
			if i >= len(row) {
				continue
			}
			switch t := f.Params[i]; t.Kind {
			case types.Array:
				row[i] = types.Value{Type: t, Kids: []types.Value{types.FloatOf(t.Elem(), x), types.FloatOf(t.Elem(), 1-x)}}
			case types.Double:
				row[i] = types.FloatOf(t, x)
			default:
				row[i] = types.IntOf(t, int64(x))
			}
		}
	}
	switch last := len(f.Params) - 1; f.Name {
	case "approx_set":
		constant(1, 0.05)
	case "qdigest_agg":
		constant(1, 3)
		constant(2, 0.02)
	case "tdigest_agg":
		constant(1, 2)
		constant(2, 50)
	case "numeric_histogram":
		constant(0, 3)
		constant(2, 2)
	case "approx_most_frequent":
		constant(0, 3)
		constant(2, 10)
	case "approx_percentile":
		constant(1, 1)
		constant(last, 0.25)
	case "json_object_agg", "jsonb_object_agg":
		rows = slices.DeleteFunc(rows, func(row []types.Value) bool { return row[0].Null })
	}
	return rows
}

// valuesOf is a common table of rows with an id and a group before the arguments.
func valuesOf(name string, cols []string, rows [][]types.Value, back bool) string {
	var lines []string
	for i, row := range rows {
		line := fmt.Sprintf("(%d, %d", i, i%3)
		for _, v := range row {
			if line += ", CAST(NULL AS " + v.Type.String() + ")"; !v.Null {
				line = strings.TrimSuffix(line, "CAST(NULL AS "+v.Type.String()+")") + "CAST(" + v.String() + " AS " + v.Type.String() + ")"
			}
		}
		lines = append(lines, line+")")
	}
	if back {
		slices.Reverse(lines)
	}
	return name + "(" + strings.Join(append([]string{"id", "g"}, cols...), ", ") + ") AS (VALUES " + strings.Join(lines, ", ") + ")"
}

func (x *clauseTester) compare(c fn.Concrete, name, sql, same string, ordered bool) {
	s := x.sessions[c.Dialect]
	got, err := s.Query(x.t.Context(), sql)
	want, err2 := s.Query(x.t.Context(), same)
	problem := ""
	switch {
	case err != nil && err2 != nil && fault.As(err).Code == fault.As(err2).Code:
		x.errors++
	case err != nil && refusedClauses[fault.As(err).Code], err2 != nil && refusedClauses[fault.As(err2).Code]:
		x.refused++
		return
	case err != nil || err2 != nil:
		problem = fmt.Sprintf("%v, not %v", err, err2)
	case !x.agree(c, strings.Join(got, "; "), strings.Join(want, "; "), ordered):
		problem = fmt.Sprintf("%s, not %s", got, want)
	}
	x.compared++
	if key := c.Func().Name + name; problem != "" && !x.told[key] {
		x.told[key] = true
		x.t.Errorf("%s %s %v with %s: %s\n%s", c.Dialect, c.Func().Name, c.Func().Params, name, fn.ShortText(problem), sql)
	}
}

// agree compares results. Where no order is given, lists may have any.
func (x *clauseTester) agree(c fn.Concrete, a, b string, ordered bool) bool {
	if a == b {
		return true
	}
	if !ordered || c.Approximate() {
		x, y := []byte(a), []byte(b)
		slices.Sort(x)
		slices.Sort(y)
		if string(x) == string(y) {
			return true
		}
	}
	if !c.Approximate() {
		return false
	}
	as, bs := strings.FieldsFunc(a, isSeparator), strings.FieldsFunc(b, isSeparator)
	return slices.EqualFunc(as, bs, c.Close)
}

func isSeparator(r rune) bool { return strings.ContainsRune(";| ", r) }
