package rule_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestOracleRandom sends random statements, mostly correlated subqueries within
// joins within subqueries, through the rules and compares with the oracle.
func TestOracleRandom(t *testing.T) {
	n := uint64(150)
	if testing.Short() {
		n = 40
	}
	done := 0
	for seed := range n {
		g := generator{r: rand.New(rand.NewPCG(seed, 11))}
		if newWorld(seed%13).compare(t, g.query(nil, 3, false)) {
			done++
		}
	}
	t.Logf("%d of %d statements compared", done, n)
	if done < int(n)/2 {
		t.Errorf("only %d of %d statements could be compared", done, n)
	}
}

// generator writes statements. Scopes hold the columns that may be read.
type generator struct {
	r     *rand.Rand
	alias int
}

var generated = []struct {
	name string
	cols []string
}{{"t", []string{"a", "b", "c"}}, {"u", []string{"a", "b", "d"}}, {"v", []string{"x", "y"}}, {"p", []string{"a", "b", "k"}}}

func pick[T any](g *generator, xs ...T) T { return xs[g.r.IntN(len(xs))] }

// table gives "name alias" and its columns.
func (g *generator) table() (string, []string) {
	t := generated[g.r.IntN(len(generated))]
	g.alias++
	alias := fmt.Sprintf("q%d", g.alias)
	var cols []string
	for _, c := range t.cols {
		cols = append(cols, alias+"."+c)
	}
	return t.name + " " + alias, cols
}

// query writes a SELECT. With one it has a single column.
func (g *generator) query(outer []string, depth int, one bool) string {
	from, cols := g.from(outer, depth)
	scope := append(cols[:len(cols):len(cols)], outer...)
	where := ""
	if g.r.IntN(4) > 0 {
		where = " WHERE " + g.cond(scope, outer, depth)
	}
	items := []string{g.value(scope, depth)}
	if !one {
		items = append(items, g.value(scope, depth), pick(g, cols...))
	}
	switch g.r.IntN(6) {
	case 0:
		return "SELECT DISTINCT " + strings.Join(items, ", ") + " FROM " + from + where
	case 1:
		key := pick(g, cols...)
		agg := pick(g, "count(*)", "sum("+pick(g, cols...)+")", "avg("+pick(g, cols...)+")", "sum(CASE WHEN "+g.simple(cols)+" THEN "+pick(g, cols...)+" ELSE 0 END)",
			"count("+pick(g, cols...)+") FILTER (WHERE "+g.simple(cols)+")", "max("+pick(g, cols...)+")", "count(DISTINCT "+pick(g, cols...)+")")
		having := pick(g, "", " HAVING count(*) > 1", " HAVING "+agg+" > 1")
		if one {
			return "SELECT " + agg + " FROM " + from + where + " GROUP BY " + key + having
		}
		return "SELECT " + key + ", " + agg + " FROM " + from + where + " GROUP BY " + key + having
	case 2:
		if !one {
			sets := pick(g, "ROLLUP", "CUBE") + " (" + pick(g, cols...) + ", " + pick(g, cols...) + ")"
			return "SELECT " + pick(g, "count(*)", "count("+pick(g, cols...)+")", "sum("+pick(g, cols...)+")", "avg("+pick(g, cols...)+")") + ", max(" + pick(g, cols...) + ") FROM " + from + where + " GROUP BY " + sets
		}
	}
	return "SELECT " + strings.Join(items, ", ") + " FROM " + from + where
}

func (g *generator) from(outer []string, depth int) (string, []string) {
	from, cols := g.table()
	for g.r.IntN(3) == 0 {
		var right string
		var more []string
		if depth > 1 && g.r.IntN(3) == 0 {
			g.alias++
			alias := fmt.Sprintf("s%d", g.alias)
			right, more = "("+g.query(nil, depth-1, true)+") AS "+alias+"(z)", []string{alias + ".z"}
		} else {
			right, more = g.table()
		}
		all := append(cols[:len(cols):len(cols)], more...)
		kind := pick(g, "JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")
		on := pick(g, cols...) + " = " + pick(g, more...)
		if g.r.IntN(2) == 0 && kind != "FULL JOIN" {
			on += " AND " + g.simple(all)
		}
		from, cols = from+" "+kind+" "+right+" ON "+on, all
	}
	_ = outer
	return from, cols
}

// value writes a column, a sum or a scalar subquery.
func (g *generator) value(scope []string, depth int) string {
	switch g.r.IntN(6) {
	case 0:
		return pick(g, scope...) + " + " + pick(g, scope...)
	case 1:
		if depth > 0 {
			return g.scalar(scope, depth)
		}
	}
	return pick(g, scope...)
}

// scalar writes a subquery that has at most one row, by an aggregate or a limit.
func (g *generator) scalar(outer []string, depth int) string {
	from, cols := g.from(outer, depth-1)
	scope := append(cols[:len(cols):len(cols)], outer...)
	where := " WHERE " + g.cond(scope, outer, depth-1)
	if g.r.IntN(4) == 0 {
		col := pick(g, cols...)
		return "(SELECT " + col + " FROM " + from + where + " ORDER BY " + col + " LIMIT 1)"
	}
	arg := pick(g, cols...)
	agg := pick(g, "count(*)", "count("+arg+")", "sum("+arg+")", "min("+arg+") + 1", "coalesce(max("+arg+"), 5)", "sum("+pick(g, scope...)+" + "+arg+")")
	return "(SELECT " + agg + " FROM " + from + where + ")"
}

// simple writes a comparison.
func (g *generator) simple(scope []string) string {
	switch g.r.IntN(6) {
	case 0:
		return pick(g, scope...) + pick(g, " IS NULL", " IS NOT NULL")
	case 1:
		return fmt.Sprintf("%s IN (%d, %d)", pick(g, scope...), g.r.IntN(4), g.r.IntN(4))
	case 2:
		return pick(g, scope...) + " = " + pick(g, scope...)
	}
	return pick(g, scope...) + pick(g, " = ", " < ", " <> ", " >= ", " IS NOT DISTINCT FROM ") + pick(g, pick(g, scope...), fmt.Sprint(g.r.IntN(4)))
}

// cond writes a condition; in subqueries it likes to be correlated.
func (g *generator) cond(scope, outer []string, depth int) string {
	if len(outer) > 0 && g.r.IntN(2) == 0 {
		first := pick(g, scope[:len(scope)-len(outer)]...) + pick(g, " = ", " = ", " = ", " > ") + pick(g, outer...)
		return first + pick(g, "", " AND "+g.cond(scope, nil, depth))
	}
	switch g.r.IntN(8) {
	case 0:
		return "(" + g.cond(scope, outer, depth) + " OR " + g.cond(scope, outer, depth) + ")"
	case 1:
		return "NOT (" + g.cond(scope, outer, depth) + ")"
	case 2:
		return g.cond(scope, outer, depth) + " AND " + g.cond(scope, outer, depth)
	case 3:
		if depth > 0 {
			return pick(g, "", "NOT ") + "EXISTS (" + g.query(scope, depth-1, true) + ")"
		}
	case 4:
		if depth > 0 {
			return pick(g, scope...) + pick(g, " IN ", " NOT IN ") + "(" + g.query(scope, depth-1, true) + ")"
		}
	case 5:
		if depth > 0 {
			return pick(g, scope...) + pick(g, " = ", " < ") + g.scalar(scope, depth)
		}
	}
	return g.simple(scope)
}
