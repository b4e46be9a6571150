package main

import (
	"fmt"
	"strings"
)

// window gives a call over a window whose value is of a kind. What depends on the
// order of ties is asked only where the rows have keys.
func (g *gen) window(k kind) string {
	by := ""
	if g.chance(60) {
		by = "PARTITION BY " + g.expr(g.anyKind(), 0) + " "
	}
	exact := len(g.keys) > 0 && g.chance(70)
	order := g.windowOrder(exact)
	call, framed := g.windowCall(k, exact)
	frame := ""
	if framed && g.chance(60) {
		frame = g.frame(&order, exact, strings.Contains(call, "_value("))
	}
	return fmt.Sprintf("%s OVER (%sORDER BY %s%s)", call, by, order, frame)
}

// windowOrder gives the sort keys; with exact they leave no ties.
func (g *gen) windowOrder(exact bool) string {
	var keys []string
	for range 1 + g.IntN(2) {
		keys = append(keys, g.expr(g.anyKind(), 1)+g.pick("", " DESC", " NULLS FIRST", " DESC NULLS LAST"))
	}
	if exact {
		keys = append(keys, g.keys...)
	}
	return strings.Join(keys, ", ")
}

// windowCall gives a call and whether it may have a frame. A filter of a call over
// a window is an aggregate's alone.
func (g *gen) windowCall(k kind, exact bool) (string, bool) {
	arg := g.expr(k, 1)
	ignore := ""
	if !g.pg {
		ignore = g.pick("", "", " IGNORE NULLS")
	}
	if exact && g.chance(60) {
		return g.pick(
			fmt.Sprintf("lag(%s)", arg), fmt.Sprintf("lead(%s, %s)", arg, g.pick("1", "2", "5")),
			fmt.Sprintf("lag(%s, 1, %s)", arg, g.lagDefault(k)),
			fmt.Sprintf("lead(%s%s)", arg, ignore),
		), false
	}
	if exact && g.chance(50) {
		return g.pick(fmt.Sprintf("first_value(%s%s)", arg, ignore), fmt.Sprintf("last_value(%s%s)", arg, ignore),
			fmt.Sprintf("nth_value(%s, %s)", arg, g.pick("1", "2", "4"))), true
	}
	if k == integer && g.chance(50) {
		if exact {
			return g.pick("row_number()", fmt.Sprintf("ntile(%s)", g.pick("1", "3", "7", "100"))), false
		}
		return g.pick("rank()", "dense_rank()"), false
	}
	if k == float && g.chance(40) {
		return g.pick("percent_rank()", "cume_dist()"), false
	}
	keys := g.keys
	g.keys = nil // an aggregate's own order is not for windows
	agg := g.plainAggregate(k)
	g.keys = keys
	if g.chance(15) && !strings.Contains(agg, "DISTINCT") {
		agg += " FILTER (WHERE " + g.pred(0) + ")"
	}
	if strings.Contains(agg, "DISTINCT") || strings.Contains(agg, "WITHIN") {
		if !exact {
			return fmt.Sprintf("max(%s)", arg), true
		}
		return fmt.Sprintf("last_value(%s)", arg), exact
	}
	return agg, true
}

// frame gives a frame. One of ROWS needs an order without ties; one of RANGE with
// an offset has one key that can be added to, and ties: not for the value of one
// row (ofRow).
func (g *gen) frame(order *string, exact, ofRow bool) string {
	exclude := g.pick("", "", "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES", " EXCLUDE NO OTHERS")
	mode := g.pick("ROWS", "RANGE", "GROUPS")
	if mode == "ROWS" && !exact {
		mode = "GROUPS"
	}
	if !exact && strings.Contains(exclude, "CURRENT") {
		exclude = ""
	}
	offset := func() string { return g.pick("0", "1", "2", "5") }
	if mode == "RANGE" {
		k := g.pickKind(integer, date)
		c := g.col(k)
		if c == "" || ofRow || g.chance(40) {
			return " RANGE " + g.pick("UNBOUNDED PRECEDING", "BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", "BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
				"CURRENT ROW") + exclude
		}
		if *order = c + g.pick("", " DESC", " NULLS FIRST"); k == date {
			offset = func() string { return "interval '" + g.pick("1 day", "1 month", "40 days") + "'" }
		}
	}
	// The start is never behind the end: some frames are then errors in one engine.
	ends := []string{"UNBOUNDED PRECEDING", "%s PRECEDING", "CURRENT ROW", "%s FOLLOWING", "UNBOUNDED FOLLOWING"}
	i := g.IntN(4)
	j := max(1, i+g.IntN(5-i))
	side := func(s string) string {
		if strings.Contains(s, "%s") {
			return fmt.Sprintf(s, offset())
		}
		return s
	}
	return fmt.Sprintf(" %s BETWEEN %s AND %s%s", mode, side(ends[i]), side(ends[j]), exclude)
}

// lagDefault gives a third argument of lag. DuckDB rounds decimals to the first one's
// scale, PostgreSQL and Glaux widen both: they get one that fits all scales.
func (g *gen) lagDefault(k kind) string {
	if text := g.literal(k); k != decimal {
		return text
	}
	return "7"
}
