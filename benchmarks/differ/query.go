package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// table is a table of the lake that the queries read. Its size bounds what it
// is joined with: 0 few rows, 1 hundreds, 2 thousands.
type table struct {
	name string
	size int
	cols []column
}

var plain = []column{{"id", integer}, {"u", integer}, {"k", integer}, {"b", integer}, {"s", integer}, {"t", integer}, {"d1", decimal}, {"d2", decimal}, {"d3", decimal},
	{"f", float}, {"g", float}, {"o", boolean}, {"dt", date}, {"ts", timestamp}, {"v", text}, {"w", text},
	{"tm", clock}, {"l", list}, {"j", document}, {"l[1]", integer}, {"l[3]", integer}, {"m[1]", text}}

// common adds what PostgreSQL does not hold.
var common = append(slices.Clip(plain), column{"p.x", integer}, column{"p.y", text}, column{"p.z.q", float}, column{"mp.a", integer}, column{"mp.b", integer})

var tables = []table{
	{"tiny", 0, common}, {"tiny", 0, common}, {"nothing", 0, common}, {"mid", 1, common}, {"mid", 1, common}, {"big", 2, common},
	{"parts", 2, append([]column{{"part", integer}, {"zone", text}, {"part", integer}}, common...)},
}

// source is an item of FROM with the names it brings.
type source struct {
	sql  string
	size int
	cols []column
	keys []string // columns that no two rows have alike
}

// named gives the columns of a table under its alias.
func named(alias string, cols []column) []column {
	out := make([]column, len(cols))
	for i, c := range cols {
		out[i] = column{alias + "." + c.sql, c.kind}
		if key, ok := strings.CutPrefix(c.sql, "mp."); ok {
			out[i].sql = altOpen + "element_at(" + alias + ".mp, '" + key + "')" + altBar + alias + ".mp['" + key + "']" + altClose
		}
		// The nested field of a qualified column needs no other spelling.
		if strings.HasPrefix(c.sql, "p.") {
			out[i].sql = "(" + alias + ".p)" + c.sql[1:]
		}
	}
	return out
}

// from gives a table, a derived table or a list of values.
func (g *gen) from(most int) source {
	alias := g.name("t")
	for {
		switch n := g.IntN(10); {
		case n < 7:
			t := tables[g.IntN(len(tables))]
			if t.size > most {
				continue
			}
			cols := t.cols
			if g.pg {
				cols = slices.DeleteFunc(slices.Clone(cols), func(c column) bool { return strings.HasPrefix(c.sql, "p.") || strings.HasPrefix(c.sql, "mp.") })
			}
			return source{t.name + " " + alias, t.size, named(alias, cols), []string{alias + ".u"}}
		case n == 7:
			return source{fmt.Sprintf("(VALUES (1, 'a', 1.50), (2, NULL, -2.25), (NULL, 'é', NULL), (3, 'aaa', 0.00)) %s (a, b, c)", alias), 0,
				[]column{{alias + ".a", integer}, {alias + ".b", text}, {alias + ".c", decimal}}, nil}
		case g.depth < 2:
			sql, cols, _ := g.selectQuery(most)
			return source{"(" + sql + ") " + alias, most, named(alias, cols), nil}
		}
	}
}

// joins gives FROM's text and its columns.
func (g *gen) joins(most int) (string, []column, []string) {
	s := g.from(most)
	sql, cols, size, keys := s.sql, s.cols, s.size, s.keys
	n := g.pickInt(0, 0, 0, 1, 1, 1, 2, 3)
	for range n {
		limit := 2 - size
		equi := size == 2 || g.chance(60)
		if equi {
			limit = max(limit, 1)
		}
		r := g.from(min(limit, most))
		if keys = append(keys, r.keys...); r.keys == nil || len(keys) == len(r.keys) {
			keys = nil
		}
		equi = equi || size+r.size > 2
		kindOf := g.pick("JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN")
		if kindOf == "CROSS JOIN" && size+r.size > 2 {
			kindOf = "JOIN"
		}
		if size = max(size, r.size); !equi || kindOf == "CROSS JOIN" {
			size = min(2, max(size, 1)+1)
		}
		if kindOf == "CROSS JOIN" {
			sql, cols = sql+" CROSS JOIN "+r.sql, append(cols, r.cols...)
			continue
		}
		if size < 2 && g.depth < 2 && g.chance(12) {
			var l source
			sql, l = g.lateral(sql, cols)
			cols, keys = append(cols, l.cols...), nil
		}
		on := g.joinCondition(cols, r.cols, equi || kindOf == "FULL JOIN")
		cols = append(cols, r.cols...)
		if kindOf != "FULL JOIN" && g.chance(25) {
			on += " AND " + g.with(cols, func() string { return g.pred(1) })
		}
		sql += " " + kindOf + " " + r.sql + " ON " + on
	}
	if g.chance(8) {
		if l := lists(cols); len(l) > 0 {
			u := g.name("u")
			sql += fmt.Sprintf(" CROSS JOIN unnest(%s) %s (x)", g.pick(l...), u)
			cols, keys = append(cols, column{u + ".x", integer}), nil
		}
	}
	return sql, cols, keys
}

// lateral joins a query that names columns of what stands before it.
func (g *gen) lateral(sql string, cols []column) (string, source) {
	alias := g.name("la")
	old := g.scope
	g.scope = cols
	k, k2 := g.anyKind(), g.anyKind()
	inner := g.correlated(func(string) string {
		return g.aggregate(k) + " AS a, count(" + g.expr(k2, 1) + ") AS b"
	})
	g.scope = old
	join := g.pick(" CROSS JOIN LATERAL (%s) %s", " LEFT JOIN LATERAL (%s) %s ON true")
	return sql + fmt.Sprintf(join, inner, alias), source{cols: []column{{alias + ".a", k}, {alias + ".b", integer}}}
}

// lists gives the array columns that l[1] in scope tells of.
func lists(cols []column) []string {
	var out []string
	for _, c := range cols {
		if s, ok := strings.CutSuffix(c.sql, ".l[1]"); ok {
			out = append(out, s+".l")
		}
	}
	return out
}

func (g *gen) pickInt(n ...int) int { return n[g.IntN(len(n))] }

// with runs f with other names in scope.
func (g *gen) with(cols []column, f func() string) string {
	old := g.scope
	g.scope = cols
	defer func() { g.scope = old }()
	return f()
}

// joinCondition compares columns of both sides; an equality of keys with many
// values comes first where the sides are large.
func (g *gen) joinCondition(l, r []column, equi bool) string {
	var conds []string
	for range g.pickInt(1, 1, 2) {
		a := l[g.IntN(len(l))]
		var same []column
		for _, c := range r {
			if c.kind == a.kind && c.kind != boolean && c.kind < list {
				same = append(same, c)
			}
		}
		if len(same) == 0 {
			continue
		}
		b := same[g.IntN(len(same))]
		op := g.pick("=", "=", "=", "IS NOT DISTINCT FROM", "<", ">=", "<>")
		if equi && len(conds) == 0 {
			op = g.pick("=", "=", "IS NOT DISTINCT FROM")
		}
		conds = append(conds, a.sql+" "+op+" "+b.sql)
	}
	if len(conds) == 0 && equi {
		return "false"
	}
	if len(conds) == 0 {
		return g.pick("true", "false", "1 = 1")
	}
	return strings.Join(conds, " AND ")
}

// block is one SELECT ... without ORDER BY: its text and its columns, named
// c1, c2, ...; the kinds are given, or chosen where want is nil.
func (g *gen) block(most int, want []kind) (string, []column) {
	outerScope, outerOuter, outerKeys := g.scope, g.outer, g.keys
	g.outer = append(append([]column(nil), g.outer...), g.scope...)
	g.depth++
	defer func() { g.scope, g.outer, g.keys = outerScope, outerOuter, outerKeys; g.depth-- }()
	if !g.chance(25) || g.depth == 1 {
		g.outer = nil
	}
	from, cols, keys := g.joins(most)
	g.scope, g.keys = cols, keys
	where := ""
	if g.chance(60) {
		where = " WHERE " + g.pred(3)
	}
	if want == nil {
		want = make([]kind, 1+g.IntN(4))
		for i := range want {
			want[i] = g.anyKind()
		}
	}
	if g.chance(40) {
		return g.grouped(from, where, want)
	}
	return g.plainSelect(from, where, want), outputs(want)
}

// plainSelect gives a SELECT without groups, now and then with calls over windows.
func (g *gen) plainSelect(from, where string, want []kind) string {
	items := make([]string, len(want))
	windows := g.chance(30)
	for i, k := range want {
		item := ""
		if windows && g.chance(60) && k < boolean {
			item = g.window(k)
		} else {
			item = g.expr(k, 2)
		}
		items[i] = fmt.Sprintf("%s AS c%d", item, i+1)
	}
	tail := ""
	distinct := g.pick("", "", "", "DISTINCT ")
	switch {
	case windows && !g.pg && g.chance(25):
		distinct = ""
		tail = fmt.Sprintf(" QUALIFY %s %s %s", g.window(integer), g.pick("<=", "=", ">"), g.pick("1", "2", "10"))
	case !windows && len(g.keys) > 0 && g.depth == 1 && g.chance(8):
		on := g.noPosition(g.expr(g.anyKind(), 0))
		distinct = "DISTINCT ON (" + on + ") "
		return "(SELECT " + distinct + strings.Join(items, ", ") + " FROM " + from + where + " ORDER BY " + on + ", " + strings.Join(g.keys, ", ") + ")"
	}
	return "SELECT " + distinct + strings.Join(items, ", ") + " FROM " + from + where + tail
}

// noPosition makes a number that would be a column's position an expression: DuckDB takes
// it for another column than the one there, and passes over one that is not there.
func (g *gen) noPosition(key string) string {
	if _, err := strconv.Atoi(strings.Trim(key, "()")); err == nil && !g.pg {
		return "(" + key + " + 0)"
	}
	return key
}

func outputs(want []kind) []column {
	cols := make([]column, len(want))
	for i, k := range want {
		cols[i] = column{fmt.Sprintf("c%d", i+1), k}
	}
	return cols
}

// grouped gives a SELECT with GROUP BY or with aggregates alone.
func (g *gen) grouped(from, where string, want []kind) (string, []column) {
	var keys, items []string
	grouping := ""
	var keyCols []column
	for range g.IntN(4) {
		k := g.anyKind()
		key := g.expr(k, 1)
		if strings.Contains(key, "SELECT") { // DuckDB computes such a key again where a grouping set leaves it out
			key = g.expr(k, 0)
		}
		key = g.noPosition(key)
		keys = append(keys, key)
		keyCols = append(keyCols, column{keys[len(keys)-1], k})
	}
	for i, k := range want {
		item := ""
		for _, c := range keyCols {
			if c.kind == k && g.chance(50) {
				item = c.sql
			}
		}
		if item == "" {
			if item = g.aggregate(k); k == integer && len(keyCols) > 0 && g.chance(15) {
				grouping = keyCols[g.IntN(len(keyCols))].sql
				item = "grouping(" + grouping + ")"
			}
		}
		items = append(items, fmt.Sprintf("%s AS c%d", item, i+1))
	}
	sql := "SELECT " + strings.Join(items, ", ") + " FROM " + from + where
	if len(keys) > 0 {
		// PostgreSQL folds keys to constants before it makes them NULL.
		folds := g.pg && slices.ContainsFunc(keys, func(k string) bool { return strings.Contains(k, "(") })
		list := strings.Join(keys, ", ")
		switch {
		case folds:
		case len(keys) > 1 && g.chance(25):
			list = g.pick("ROLLUP", "CUBE") + " (" + list + ")"
		case g.chance(15):
			list = g.groupingSets(keys)
		}
		sql += " GROUP BY " + list
	}
	if g.chance(30) {
		k := kind(g.IntN(int(boolean)))
		sql += fmt.Sprintf(" HAVING %s %s %s", g.aggregate(k), g.pick("<", ">=", "<>", "IS DISTINCT FROM"), g.literal(k))
	}
	return sql, outputs(want)
}

// groupingSets gives some sets of the keys; all keys are in one of them.
func (g *gen) groupingSets(keys []string) string {
	sets := []string{"(" + strings.Join(keys, ", ") + ")"}
	for range 1 + g.IntN(3) {
		var set []string
		for _, k := range keys {
			if g.chance(50) {
				set = append(set, k)
			}
		}
		sets = append(sets, "("+strings.Join(set, ", ")+")")
	}
	return "GROUPING SETS (" + strings.Join(sets, ", ") + ")"
}

// aggregate gives an aggregate, now and then of some rows only.
func (g *gen) aggregate(k kind) string {
	agg := g.plainAggregate(k)
	if g.chance(20) {
		agg += " FILTER (WHERE " + g.pred(1) + ")"
	}
	return agg
}

// plainAggregate gives an aggregate whose value is of a kind.
func (g *gen) plainAggregate(k kind) string {
	agg := ""
	switch k {
	case integer:
		j := g.anyKind()
		agg = g.pick("count(*)", "count("+g.expr(j, 1)+")", "count(DISTINCT "+g.expr(j, 1)+")", "sum("+g.expr(integer, 1)+")",
			"min("+g.expr(integer, 2)+")", "max("+g.expr(integer, 2)+")", "sum(DISTINCT "+g.expr(integer, 1)+")")
	case float:
		if g.chance(20) {
			return g.pick("avg("+g.expr(integer, 1)+")", "percentile_cont(0.25) WITHIN GROUP (ORDER BY "+g.expr(float, 1)+")")
		}
		agg = g.pick("sum", "min", "max")
		x := g.expr(k, 1)
		if agg == "sum" { // PostgreSQL adds reals as reals, in the order they come; DuckDB's sum is a double
			x = "cast(" + x + " as double)"
		}
		agg += "(" + x + ")"
	case decimal:
		x := g.expr(k, 1)
		if agg = g.pick("sum", "min", "max"); agg == "sum" && !g.pg { // DuckDB's sums have 38 digits, and no room for another's scale
			x = "cast(" + x + " as decimal(30,6))"
		}
		agg += "(" + x + ")"
	case boolean:
		agg = g.pick("bool_and", "bool_or") + "(" + g.pred(1) + ")"
	case text:
		if len(g.keys) > 0 && g.chance(20) {
			return fmt.Sprintf("string_agg(%s, ',' ORDER BY %s)", g.expr(text, 1), strings.Join(g.keys, ", "))
		}
		agg = g.pick("min", "max") + "(" + g.expr(k, 1) + ")"
	default:
		agg = g.pick("min", "max") + "(" + g.expr(k, 1) + ")"
	}
	return agg
}

// scalar gives a subquery with one value, often correlated.
func (g *gen) scalar(k kind) string {
	return "(" + g.correlated(func(string) string { return g.aggregate(k) }) + ")"
}

// correlated gives a SELECT of one item from a small table, with a condition
// that often names a column of the query around it.
func (g *gen) correlated(item func(alias string) string) string {
	scope, outer := g.scope, g.outer
	g.depth++
	defer func() { g.scope, g.outer = scope, outer; g.depth-- }()
	alias := g.name("s")
	t := tables[g.IntN(5)]
	inner := named(alias, t.cols)
	if g.pg {
		inner = named(alias, plain)
	}
	outerKeys := g.keys
	g.keys = []string{alias + ".u"}
	defer func() { g.keys = outerKeys }()
	conds := []string{}
	if len(scope) > 0 && g.chance(70) {
		conds = append(conds, g.joinCondition(inner, scope, true))
	}
	g.scope, g.outer = inner, nil
	if g.chance(40) {
		conds = append(conds, g.pred(1))
	}
	sql := "SELECT " + item(alias) + " FROM " + t.name + " " + alias
	if len(conds) > 0 {
		sql += " WHERE " + strings.Join(conds, " AND ")
	}
	return sql
}

// subqueryPred gives EXISTS, IN, NOT IN or a comparison with ANY or ALL.
func (g *gen) subqueryPred() string {
	k := g.anyKind()
	left := g.expr(k, 0)
	sub := g.correlated(func(string) string { return g.expr(k, 0) })
	switch g.IntN(6) {
	case 0:
		return "EXISTS (" + sub + ")"
	case 1:
		return "NOT EXISTS (" + sub + ")"
	case 2:
		return left + " NOT IN (" + sub + ")"
	case 3:
		return left + " " + g.pick("=", "<", ">=", "<>") + " " + g.pick("ANY", "ALL") + " (" + sub + ")"
	}
	return left + " IN (" + sub + ")"
}

// selectQuery gives a block or a set operation of blocks, often with ORDER BY
// over all its columns and a LIMIT. ordered tells that its rows have an order.
func (g *gen) selectQuery(most int) (sql string, cols []column, ordered bool) {
	sql, cols = g.block(most, nil)
	if g.chance(15) {
		want := make([]kind, len(cols))
		for i, c := range cols {
			want[i] = c.kind
		}
		for range g.pickInt(1, 1, 2) {
			right, _ := g.block(min(most, 1), want)
			sql = "(" + sql + ") " + g.pick("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL") + " (" + right + ")"
		}
	}
	if g.chance(40) {
		ordered = true
		sql += " ORDER BY " + g.order(len(cols))
		if g.chance(60) {
			sql += fmt.Sprintf(" LIMIT %d", g.pickInt(0, 1, 3, 10, 100, 5000))
			if g.chance(40) {
				sql += fmt.Sprintf(" OFFSET %d", g.pickInt(0, 1, 7, 90, 2500, 100000))
			}
		}
	}
	return sql, cols, ordered
}

// order sorts by every column, so that ties are of equal rows.
func (g *gen) order(n int) string {
	keys := make([]string, n)
	for i, c := range g.Perm(n) {
		keys[i] = fmt.Sprintf("%d%s%s", c+1, g.pick("", " ASC", " DESC"), g.pick("", "", " NULLS FIRST", " NULLS LAST"))
	}
	return strings.Join(keys, ", ")
}

// query gives a whole statement and whether its rows come in a known order.
func (g *gen) query() (string, bool) {
	g.scope, g.outer, g.names, g.depth = nil, nil, 0, 0
	if g.chance(3) {
		return g.recursion(), false
	}
	if g.chance(12) {
		body, cols := g.block(1, nil)
		join := fmt.Sprintf("a.%s %s b.%s", cols[0].sql, g.pick("=", "IS NOT DISTINCT FROM"), cols[0].sql)
		return fmt.Sprintf("WITH q AS (%s) SELECT count(*), count(a.c1), count(b.c1), min(a.c1), max(b.c1) FROM q a %s q b ON %s",
			body, g.pick("JOIN", "LEFT JOIN", "FULL JOIN"), join), false
	}
	sql, _, ordered := g.selectQuery(2)
	return sql, ordered
}

// recursion counts, or walks a graph of k and id.
func (g *gen) recursion() string {
	if g.chance(50) {
		from, by, to := g.IntN(3), 1+g.IntN(3), g.pickInt(0, 5, 50, 700)
		return fmt.Sprintf("WITH RECURSIVE r (n, s) AS (SELECT %d, cast(0 as bigint) UNION ALL SELECT n + %d, s + n %% 7 FROM r WHERE n < %d) SELECT n, s FROM r%s",
			from, by, to, g.pick("", " WHERE s > 20", " JOIN tiny ON tiny.id = n"))
	}
	t := g.pick("mid", "tiny")
	return fmt.Sprintf("WITH RECURSIVE r (a) AS (SELECT cast(%d as integer) UNION SELECT cast(t.k as integer) FROM r JOIN %s t ON t.id = r.a + %d WHERE t.k IS NOT NULL) SELECT %s FROM r",
		g.IntN(5), t, g.IntN(4), g.pick("a", "count(*), sum(a)"))
}
