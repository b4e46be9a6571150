package rule

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// foldPattern makes an equality of a pattern that only one text matches: LIKE
// without wildcards, a regular expression that is literal text between ^ and $.
// Clients look up names in the catalog like that; statistics, dictionaries,
// partition keys and indexes answer equalities.
func (c *Ctx) foldPattern(e *plan.Call) plan.Expr {
	if len(e.Args) != 2 {
		return e
	}
	k, ok := e.Args[1].(*plan.Const)
	if !ok || k.Value.Null || !k.Value.Type.IsString() || !e.Args[0].Type().IsString() {
		return e
	}
	text := ""
	switch e.Fn.Name {
	case "like", "~~":
		text, ok = literalLike(k.Value.S, e.Fn.Dialect == plan.Postgres)
	case "~":
		text, ok = literalRegexp(k.Value.S)
	default:
		return e
	}
	if !ok {
		return e
	}
	x := e.Args[0]
	t := types.TVarchar
	if x.Type().Kind == types.Name && len(text) < 64 {
		t = types.TName
	} else if x.Type().Kind != types.Varchar {
		return e
	}
	return c.foldCompare(&plan.Compare{Pos: e.Pos, Op: plan.EQ, L: x,
		R: &plan.Const{Pos: plan.Pos(e.Args[1].Position()), Value: types.StringOf(t, text)}})
}

// literalLike gives the one text that a LIKE pattern matches; false for one
// with wildcards, or that the matcher would refuse.
func literalLike(pattern string, backslash bool) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '%', '_':
			return "", false
		case '\\':
			if backslash {
				if i++; i == len(pattern) {
					return "", false
				}
			}
		}
		b.WriteByte(pattern[i])
	}
	return b.String(), true
}

// literalRegexp gives the text between ^ and $, with or without parentheses
// (as psql writes its patterns), if nothing in it means anything.
func literalRegexp(pattern string) (string, bool) {
	s, ok1 := strings.CutPrefix(pattern, "^")
	s, ok2 := strings.CutSuffix(s, "$")
	if !ok1 || !ok2 {
		return "", false
	}
	if in, ok := strings.CutPrefix(s, "("); ok {
		if s, ok = strings.CutSuffix(in, ")"); !ok {
			return "", false
		}
	}
	return s, s != "" && !strings.ContainsAny(s, `\.[]{}()*+?|^$`+"\n")
}
