package main

import "fmt"

// lambda is a function of an integer of a list, for both engines.
func (g *gen) lambda(body func(x string) string) string {
	x := g.name("x")
	return g.alt(x+" -> ", "lambda "+x+": ") + body(x)
}

// lists gives an expression that is a list of integers.
func (g *gen) lists(e func(kind) string) string {
	if g.pg {
		switch g.IntN(4) {
		case 0:
			return fmt.Sprintf("array_append(%s, 7)", e(list))
		case 1:
			return fmt.Sprintf("array_remove(%s, %s)", e(list), g.pick("1", "2", "3"))
		case 2:
			return fmt.Sprintf("(%s)[%s:%s]", e(list), g.pick("1", "2"), g.pick("1", "2", "5"))
		}
		return fmt.Sprintf("array_cat(%s, %s)", e(list), e(list))
	}
	switch g.IntN(8) {
	case 0:
		f := g.lambda(func(x string) string {
			return fmt.Sprintf("%s %s %s", x, g.pick("+", "*", "-"), g.pick("1", "2", "10"))
		})
		return fmt.Sprintf("%s(%s, %s)", g.alt("transform", "list_transform"), e(list), f)
	case 1:
		f := g.lambda(func(x string) string {
			return fmt.Sprintf("%s %s %s", x, g.pick(">", "<>", "="), g.pick("1", "2", "3"))
		})
		return fmt.Sprintf("%s(%s, %s)", g.alt("filter", "list_filter"), e(list), f)
	case 2:
		l := e(list)
		return g.alt("array_sort("+l+")", "list_sort("+l+", 'ASC', 'NULLS LAST')")
	case 3:
		return fmt.Sprintf("%s(%s)", g.alt("reverse", "list_reverse"), e(list))
	case 4:
		l, from, n := e(list), 1+g.IntN(3), g.IntN(4)
		return g.alt(fmt.Sprintf("slice(%s, %d, %d)", l, from, n), fmt.Sprintf("list_slice(%s, %d, %d)", l, from, from+n-1))
	case 5:
		return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", g.pred(0), e(list), e(list))
	}
	l, r := e(list), e(list)
	return g.alt("("+l+" || "+r+")", fmt.Sprintf("CASE WHEN %s IS NOT NULL OR %s IS NOT NULL THEN list_concat(coalesce(%s, []), coalesce(%s, [])) END", l, r, l, r))
}

// ofList gives an integer that is made of a list.
func (g *gen) ofList(e func(kind) string) string {
	l := e(list)
	if g.pg {
		return g.pick("cardinality("+l+")", "("+l+")[1]", "("+l+")[2]", "array_position("+l+", 3)", "array_length("+l+", 1)")
	}
	x := g.name("x")
	s := g.name("s")
	return g.pick(
		g.alt("cardinality("+l+")", "len("+l+")"),
		"("+l+")[1]", "("+l+")["+g.pick("2", "3", "9")+"]",
		g.alt("element_at("+l+", -1)", "list_extract("+l+", -1)"),
		g.alt("array_max("+g.noNull(l)+")", "list_max("+g.noNull(l)+")"),
		g.alt("array_min("+g.noNull(l)+")", "list_min("+g.noNull(l)+")"),
		g.alt(fmt.Sprintf("reduce(%s, 0, (%s, %s) -> %s * 2 + coalesce(%s, 5), %s -> %s)", l, s, x, s, x, s, s),
			fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN list_reduce(list_prepend(0, %s), lambda %s, %s: %s * 2 + coalesce(%s, 5)) END", l, l, s, x, s, x)),
	)
}

// noNull leaves the NULLs of a list out: the engines differ in what they make of
// them.
func (g *gen) noNull(l string) string {
	x := g.name("x")
	return g.alt(fmt.Sprintf("filter(%s, %s -> %s IS NOT NULL)", l, x, x), fmt.Sprintf("list_filter(%s, lambda %s: %s IS NOT NULL)", l, x, x))
}

// listPred gives a condition on a list.
func (g *gen) listPred(e func(kind) string) string {
	l := e(list)
	if g.pg {
		return g.pick(fmt.Sprintf("%s = ANY (%s)", e(integer), l), fmt.Sprintf("%s < ALL (%s)", e(integer), l), l+" IS NULL",
			fmt.Sprintf("%s @> ARRAY[1]", l), fmt.Sprintf("%s = %s", l, e(list)))
	}
	x := g.name("x")
	p := fmt.Sprintf("%s %s %s", x, g.pick(">", "=", "<>"), g.pick("0", "2", "4"))
	return g.pick(
		g.alt("contains("+g.noNull(l)+", 2)", "list_contains("+g.noNull(l)+", 2)"),
		g.alt(fmt.Sprintf("any_match(%s, %s -> %s)", g.noNull(l), x, p), fmt.Sprintf("len(list_filter(%s, lambda %s: %s)) > 0", g.noNull(l), x, p)),
		l+" IS NOT NULL",
		fmt.Sprintf("%s = %s", l, e(list)),
	)
}

// json gives a value out of a JSON text, or out of a map.
func (g *gen) json(k kind, e func(kind) string) string {
	j := g.col(document)
	if j == "" {
		return g.literal(k)
	}
	if k == integer {
		return fmt.Sprintf("cast(%s as bigint)", g.scalarOf(j, "a"))
	}
	switch g.IntN(4) {
	case 0:
		return g.scalarOf(j, "b", "1")
	case 1:
		return g.scalarOf(j, "c", "d")
	case 2:
		return g.scalarOf(j, "nothing")
	}
	return g.scalarOf(j, "b", "0")
}

// scalarOf gives the text at a path of a JSON text.
func (g *gen) scalarOf(j string, path ...string) string {
	if g.pg {
		list := ""
		for i, p := range path {
			if i > 0 {
				list += ", "
			}
			list += "'" + p + "'"
		}
		return fmt.Sprintf("json_extract_path_text(cast(%s as json), %s)", j, list)
	}
	text := "$"
	for _, p := range path {
		if p >= "0" && p <= "9" {
			text += "[" + p + "]"
		} else {
			text += "." + p
		}
	}
	return g.alt(fmt.Sprintf("json_extract_scalar(%s, '%s')", j, text), fmt.Sprintf("json_extract_string(%s, '%s')", j, text))
}
