package main

import "strings"

// The engines write some things differently: a query holds both texts, and each
// engine gets its own.
const (
	altOpen  = "\x01"
	altBar   = "\x02"
	altClose = "\x03"
)

// alt is a piece of text that Glaux and DuckDB write differently. PostgreSQL gets
// Glaux's.
func (g *gen) alt(glaux, duckdb string) string {
	if g.pg {
		return glaux
	}
	return altOpen + glaux + altBar + duckdb + altClose
}

// sides gives the query's text for Glaux and for the other engine.
func sides(sql string) (glaux, other string) {
	var a, b strings.Builder
	split(sql, &a, &b)
	return a.String(), b.String()
}

// split writes both texts up to the end of sql, or to the bar or the end of the
// alternative that it begins in, and gives what is left.
func split(sql string, a, b *strings.Builder) (rest string) {
	for sql != "" {
		i := strings.IndexAny(sql, altOpen+altBar+altClose)
		if i < 0 {
			i = len(sql)
		}
		a.WriteString(sql[:i])
		b.WriteString(sql[:i])
		if sql = sql[i:]; sql == "" || sql[:1] != altOpen {
			return sql
		}
		var left, right, none strings.Builder
		sql = split(sql[1:], &left, &none)
		none.Reset()
		sql = split(sql[1:], &none, &right)
		a.WriteString(left.String())
		b.WriteString(right.String())
		sql = sql[1:]
	}
	return ""
}
