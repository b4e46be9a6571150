package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// kind is what the generator knows of a type: within one, everything compares.
type kind int

const (
	integer kind = iota
	decimal
	float
	text
	date
	timestamp
	boolean
	clock // a time of day
	list  // of integers; never a result, as what follows
	document
)

// shown is how many kinds that a column of a result may have.
const shown = int(list)

// column is something in scope that an expression can name.
type column struct {
	sql  string
	kind kind
}

// gen makes random queries. What the engines define differently, as division of
// integers, it doesn't make, or makes in a form that means the same in both.
type gen struct {
	*rand.Rand
	scope []column // innermost names
	outer []column // names of enclosing queries
	names int
	depth int      // of queries
	tame  bool     // only columns and literals: for aggregates' sums and sort keys
	keys  []string // columns that make every row of FROM another one; nil: there are none
	pg    bool     // for PostgreSQL: no maps, rows, lambdas, QUALIFY
}

func (g *gen) pick(s ...string) string { return s[g.IntN(len(s))] }

func (g *gen) chance(percent int) bool { return g.IntN(100) < percent }

func (g *gen) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

// col gives a column of a kind, now and then of an enclosing query, or "".
func (g *gen) col(k kind) string {
	from := g.scope
	if len(g.outer) > 0 && g.chance(15) {
		from = g.outer
	}
	var found []string
	for _, c := range from {
		if c.kind == k {
			found = append(found, c.sql)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return g.pick(found...)
}

// literal gives a constant of a kind.
func (g *gen) literal(k kind) string {
	if g.chance(4) {
		return "cast(NULL as " + typeName(k) + ")"
	}
	switch k {
	case integer:
		return g.pick("0", "1", "2", "3", "(-1)", "7", "20", "(-5)", "100", "1000", "cast(1 as bigint)")
	case decimal:
		return g.pick("0.00", "1.5", "(-2.25)", "100.0", "12345.6789", "0.001", "cast(3.125 as decimal(20,3))")
	case float:
		return g.pick("cast(0 as double)", "cast(1.5 as double)", "cast(-20.25 as double)", "cast(100 as double)")
	case text:
		return "'" + g.pick("", "a", "ab", "Abc", "b%", "x_y", "é", "日本語", "aaa", "key1", "key200", "zz", "😀b") + "'"
	case date:
		return "date '" + g.pick("2000-01-01", "2000-02-29", "1999-12-31", "2001-03-04", "2000-07-15") + "'"
	case timestamp:
		return "timestamp '" + g.pick("1970-01-01 00:00:00", "1969-12-28 10:30:00.5", "1970-01-03 23:59:59.999") + "'"
	}
	switch k {
	case clock:
		return "time '" + g.pick("00:00:00", "12:30:00.25", "23:59:59.999", "06:00:01") + "'"
	case list:
		return g.pick("ARRAY[1, 2, 3]", "ARRAY[0]", "ARRAY[3, NULL, 3, 5]", "ARRAY[-1, 20]")
	}
	return g.pick("true", "false")
}

func typeName(k kind) string {
	return [...]string{"bigint", "decimal(18,3)", "double", "varchar", "date", "timestamp", "boolean", "time", "integer[]"}[k]
}

// expr gives an expression of a kind, nested at most deep levels.
func (g *gen) expr(k kind, deep int) string {
	if deep <= 0 || g.tame || g.chance(30) {
		if c := g.col(k); c != "" && !g.chance(15) {
			return c
		}
		return g.literal(k)
	}
	d := deep - 1
	e := func(k kind) string { return g.expr(k, d) }
	switch g.IntN(12) {
	case 0:
		return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", g.pred(d), e(k), e(k))
	case 1:
		return fmt.Sprintf("CASE WHEN %s THEN %s WHEN %s THEN %s END", g.pred(d), e(k), g.pred(d), e(k))
	case 2:
		return fmt.Sprintf("coalesce(%s, %s)", e(k), e(k))
	case 3:
		return fmt.Sprintf("nullif(%s, %s)", e(k), e(k))
	case 4:
		if k != boolean && k != list {
			return fmt.Sprintf("%s(%s, %s)", g.pick("greatest", "least"), e(k), e(k))
		}
	case 5:
		if k == list {
			return g.lists(e)
		}
		j := kind(g.IntN(int(date)))
		return fmt.Sprintf("CASE %s WHEN %s THEN %s WHEN %s THEN %s ELSE %s END", e(j), g.literal(j), e(k), g.literal(j), g.literal(k), e(k))
	case 6:
		if g.depth < 2 && g.chance(30) && k != list {
			return g.scalar(k)
		}
	}
	return g.special(k, e)
}

// special gives an expression with an operator or function of a kind.
func (g *gen) special(k kind, e func(kind) string) string {
	switch k {
	case integer:
		return g.integers(e)
	case decimal:
		switch g.IntN(5) {
		case 0:
			return fmt.Sprintf("cast(%s as decimal(12,3))", e(integer))
		case 1:
			return fmt.Sprintf("abs(%s)", e(decimal))
		case 2:
			return fmt.Sprintf("(%s * %s)", e(decimal), g.pick("2", "1.5", "(-0.1)", "0"))
		case 3:
			return fmt.Sprintf("(-%s)", e(decimal))
		}
		return fmt.Sprintf("(%s %s %s)", e(decimal), g.pick("+", "-"), e(decimal))
	case float:
		switch g.IntN(5) {
		case 0:
			return fmt.Sprintf("cast(%s as double)", e(integer))
		case 1:
			return fmt.Sprintf("%s(%s)", g.pick("floor", "ceil", "abs"), e(float))
		case 2:
			return fmt.Sprintf("(%s * %s)", e(float), g.pick("cast(2 as double)", "cast(0.5 as double)", "cast(-1 as double)"))
		}
		return fmt.Sprintf("(%s %s %s)", e(float), g.pick("+", "-"), e(float))
	case text:
		return g.texts(e)
	case date:
		switch g.IntN(4) {
		case 0:
			return fmt.Sprintf("cast(date_trunc('%s', %s) as date)", g.pick("month", "year", "week", "quarter"), e(date))
		case 1:
			return fmt.Sprintf("cast(%s as date)", e(timestamp))
		case 2:
			return fmt.Sprintf("cast(%s %s interval '%s' as date)", e(date), g.pick("+", "-"), g.pick("1 day", "1 month", "3 months", "1 year"))
		}
		return fmt.Sprintf("(%s %s %s)", e(date), g.pick("+", "-"), g.pick("1", "30", "366"))
	case timestamp:
		switch g.IntN(3) {
		case 0:
			return fmt.Sprintf("date_trunc('%s', %s)", g.pick("hour", "day", "month", "minute", "second"), e(timestamp))
		case 1:
			return fmt.Sprintf("cast(%s as timestamp)", e(date))
		}
		return fmt.Sprintf("(%s %s interval '%s')", e(timestamp), g.pick("+", "-"), g.pick("1 day", "1 month", "90 minutes", "1 second"))
	case clock:
		return fmt.Sprintf("cast(%s as time)", e(timestamp))
	case list:
		return g.lists(e)
	}
	return "(" + g.pred(1) + ")"
}

func (g *gen) integers(e func(kind) string) string {
	switch g.IntN(18) {
	case 9, 10, 11:
		return g.ofList(e)
	case 12:
		return g.json(integer, e)
	case 13:
		return fmt.Sprintf("cast(extract(%s from %s) as bigint)", g.pick("hour", "minute"), e(clock))
	case 14:
		return fmt.Sprintf("position(%s in %s)", g.literal(text), e(text))
	case 15:
		return fmt.Sprintf("cast(sign(%s) as bigint)", e(integer))
	case 0:
		return fmt.Sprintf("abs(%s)", e(integer))
	case 1:
		return fmt.Sprintf("(cast(%s as bigint) * %s)", e(integer), g.pick("2", "(-3)", "10"))
	case 2:
		return fmt.Sprintf("(%s %% %s)", e(integer), g.pick("3", "7", "(-4)", "10"))
	case 3:
		return fmt.Sprintf("length(%s)", e(text))
	case 4:
		return fmt.Sprintf("cast(extract(%s from %s) as bigint)", g.pick("year", "month", "day", "dow", "doy", "quarter", "week"), e(date))
	case 5:
		return fmt.Sprintf("(%s - %s)", e(date), e(date))
	case 6:
		return fmt.Sprintf("cast(%s as bigint)", e(decimal))
	case 7:
		return fmt.Sprintf("strpos(%s, %s)", e(text), g.literal(text))
	case 8:
		return fmt.Sprintf("cast(extract(%s from %s) as bigint)", g.pick("hour", "minute", "year"), e(timestamp))
	}
	return fmt.Sprintf("(cast(%s as bigint) %s %s)", e(integer), g.pick("+", "-"), e(integer))
}

func (g *gen) texts(e func(kind) string) string {
	switch g.IntN(14) {
	case 8:
		return g.json(text, e)
	case 9:
		l, by := e(list), g.pick(",", "", "-é")
		joined := fmt.Sprintf("array_to_string(%s, '%s')", l, by)
		return g.alt(joined, fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN coalesce(%s, '') END", l, joined)) // DuckDB joins nulls alone to NULL
	case 10:
		return fmt.Sprintf("%s(%s, %s, '%s')", g.pick("lpad", "rpad"), e(text), g.pick("1", "6", "12"), g.pick("x", "é.", "-"))
	case 11:
		return fmt.Sprintf("regexp_replace(%s, '%s', '%s')", e(text), g.pick("[aeiou]", "[0-9]+", "^.", "é|本"), g.pick("", "#", "zz"))
	case 12:
		return fmt.Sprintf("translate(%s, 'abké', 'xy')", e(text))
	case 13:
		return fmt.Sprintf("repeat(%s, %s)", e(text), g.pick("0", "1", "3"))
	case 0:
		return fmt.Sprintf("%s(%s)", g.pick("upper", "lower", "trim", "reverse", "ltrim", "rtrim"), e(text))
	case 1:
		return fmt.Sprintf("substr(%s, %s, %s)", e(text), g.pick("1", "2", "4"), g.pick("0", "1", "3", "50"))
	case 2:
		return fmt.Sprintf("cast(%s as varchar)", e(kind(g.pickKind(integer, decimal, date, timestamp))))
	case 3:
		return fmt.Sprintf("replace(%s, %s, %s)", e(text), g.pick("'a'", "'é'", "'key'", "'本'"), g.pick("''", "'xx'", "'ü'"))
	case 4:
		return fmt.Sprintf("concat(%s, %s)", e(text), e(text))
	case 5:
		return fmt.Sprintf("%s(%s, %s)", g.pick("left", "right"), e(text), g.pick("1", "2", "30"))
	case 6:
		return fmt.Sprintf("split_part(%s, %s, %s)", e(text), g.pick("'a'", "'_'", "'本'"), g.pick("1", "2", "3"))
	}
	return fmt.Sprintf("(%s || %s)", e(text), e(text))
}

func (g *gen) pickKind(ks ...kind) kind { return ks[g.IntN(len(ks))] }

// anyKind gives a kind that has a column in scope, mostly.
func (g *gen) anyKind() kind {
	if len(g.scope) > 0 && g.chance(80) {
		if k := g.scope[g.IntN(len(g.scope))].kind; int(k) < shown {
			return k
		}
	}
	return kind(g.IntN(shown))
}

// pred gives a condition.
func (g *gen) pred(deep int) string {
	if deep > 0 && !g.tame && g.chance(35) {
		switch g.IntN(4) {
		case 0:
			return "NOT (" + g.pred(deep-1) + ")"
		case 1:
			return "(" + g.pred(deep-1) + " OR " + g.pred(deep-1) + ")"
		}
		return "(" + g.pred(deep-1) + " AND " + g.pred(deep-1) + ")"
	}
	if g.depth < 2 && !g.tame && g.chance(8) {
		return g.subqueryPred()
	}
	k := g.anyKind()
	e := func() string { return g.expr(k, deep-1) }
	switch g.IntN(15) {
	case 12:
		return g.listPred(func(k kind) string { return g.expr(k, deep-1) })
	case 13:
		if !g.pg {
			return fmt.Sprintf("regexp_%s(%s, '%s')", g.alt("like", "matches"), g.expr(text, deep-1), g.pick("a", "^k", "[0-9]{2}$", "(é|b)"))
		}
		return fmt.Sprintf("%s ~ '%s'", g.expr(text, deep-1), g.pick("a", "^k", "[0-9]{2}$", "(é|b)"))
	case 14: // DuckDB compares rows with NULLs as if these were values
		if !g.pg {
			return fmt.Sprintf("(%s, %s) %s (%s, %s)", g.expr(integer, 0), e(), "IS DISTINCT FROM", g.expr(integer, 0), e())
		}
		return fmt.Sprintf("(%s, %s) %s (%s, %s)", g.expr(integer, 0), e(), g.pick("=", "<>", "<", ">="), g.expr(integer, 0), e())
	case 0:
		return e() + " IS " + g.pick("", "NOT ") + "NULL"
	case 1:
		return fmt.Sprintf("%s IS %sDISTINCT FROM %s", e(), g.pick("", "NOT "), e())
	case 2:
		return fmt.Sprintf("%s %sBETWEEN %s AND %s", e(), g.pick("", "NOT "), g.literal(k), e())
	case 3, 4:
		list := make([]string, 1+g.IntN(5))
		for i := range list {
			if list[i] = g.literal(k); g.chance(10) {
				list[i] = e()
			}
		}
		if g.chance(8) {
			list = append(list, "NULL")
		}
		return fmt.Sprintf("%s %sIN (%s)", e(), g.pick("", "NOT "), strings.Join(list, ", "))
	case 5:
		return fmt.Sprintf("%s %s%s '%s'", g.expr(text, deep-1), g.pick("", "NOT "), g.pick("LIKE", "LIKE", "ILIKE"),
			g.pick("%a%", "a%", "_b%", "%", "", "%y", "key1_", "key%1%", "日%", "_", "A%", "%a%b%"))
	case 6:
		b := g.expr(boolean, deep-1)
		return g.pick(b, "("+b+") IS TRUE", "("+b+") IS NOT FALSE", "("+b+") IS NOT TRUE", "("+b+") IS FALSE")
	}
	return fmt.Sprintf("%s %s %s", e(), g.pick("=", "=", "<>", "<", "<=", ">", ">="), e())
}
