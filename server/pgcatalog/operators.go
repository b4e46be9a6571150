package pgcatalog

import (
	_ "embed" // for the operators and casts of PostgreSQL 15
	"sync"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/server/pgtype"
)

//go:embed data/operators.tsv
var operatorsTSV string

//go:embed data/casts.tsv
var castsTSV string

// operator is a row of pg_operator.
type operator struct {
	oid                                  uint32
	name, kind                           string // b, l
	merges, hashes                       bool
	left, right, result, commute, negate uint32
	code                                 uint32
	rest, join                           string
}

// comparisons are the operators that the planner knows itself.
var comparisons = map[string]bool{"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true}

// operators are those of PostgreSQL over types that Glaux has whose name Glaux
// knows.
var operators = sync.OnceValue(func() []operator {
	var out []operator
	r := fn.NewRegistry()
	for _, f := range lines(operatorsTSV) {
		o := operator{oid: number(f[0]), name: f[1], kind: f[2], merges: f[3] == "t", hashes: f[4] == "t", left: number(f[5]),
			right: number(f[6]), result: number(f[7]), commute: number(f[8]), negate: number(f[9]), code: number(f[10]), rest: f[11], join: f[12]}
		if _, ok := r.Kind(o.name); (ok || comparisons[o.name]) && (o.left == 0 || known(o.left)) && known(o.right) && known(o.result) {
			out = append(out, o)
		}
	}
	return out
})

// known tells whether Glaux has a type of PostgreSQL's.
func known(id uint32) bool {
	_, ok := pgtype.TypeOf(id)
	return ok || id == oidAnyArray || id == oidAnyElement
}

func operatorRows(a *asking) (rowSet, error) {
	return show(a.byName[schemaPG]["pg_operator"], operators(), fields[operator]{
		"oid":          func(o *operator) types.Value { return oid(o.oid) },
		"oprname":      func(o *operator) types.Value { return str(o.name) },
		"oprnamespace": constant[operator](oid(oidPG)),
		"oprowner":     constant[operator](oid(oidOwner)),
		"oprkind":      func(o *operator) types.Value { return str(o.kind) },
		"oprcanmerge":  func(o *operator) types.Value { return flag(o.merges) },
		"oprcanhash":   func(o *operator) types.Value { return flag(o.hashes) },
		"oprleft":      func(o *operator) types.Value { return oid(o.left) },
		"oprright":     func(o *operator) types.Value { return oid(o.right) },
		"oprresult":    func(o *operator) types.Value { return oid(o.result) },
		"oprcom":       func(o *operator) types.Value { return oid(o.commute) },
		"oprnegate":    func(o *operator) types.Value { return oid(o.negate) },
		"oprcode":      func(o *operator) types.Value { return oid(o.code) },
	}), nil
}

// cast is a row of pg_cast.
type cast struct {
	oid, source, target, function uint32
	context, method               string // e, a, i; f, i, b
}

// casts are those of PostgreSQL that Glaux can do, implicit where they are so
// here.
var casts = sync.OnceValue(func() []cast {
	var out []cast
	for _, f := range lines(castsTSV) {
		c := cast{oid: number(f[0]), source: number(f[1]), target: number(f[2]), function: number(f[3]), context: f[4], method: f[5]}
		from, ok1 := pgtype.TypeOf(c.source)
		to, ok2 := pgtype.TypeOf(c.target)
		if !ok1 || !ok2 || !types.CanCast(from, to) {
			continue
		}
		if implicit := types.CoerceCost(from, to) >= 0; implicit {
			c.context = "i"
		} else if c.context == "i" {
			c.context = "a"
		}
		out = append(out, c)
	}
	return out
})

func castRows(a *asking) (rowSet, error) {
	return show(a.byName[schemaPG]["pg_cast"], casts(), fields[cast]{
		"oid":         func(c *cast) types.Value { return oid(c.oid) },
		"castsource":  func(c *cast) types.Value { return oid(c.source) },
		"casttarget":  func(c *cast) types.Value { return oid(c.target) },
		"castfunc":    func(c *cast) types.Value { return oid(c.function) },
		"castcontext": func(c *cast) types.Value { return str(c.context) },
		"castmethod":  func(c *cast) types.Value { return str(c.method) },
	}), nil
}
