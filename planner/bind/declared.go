package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// declared reports whether x has a length, precision or scale that somebody
// wrote down, as PostgreSQL has a type modifier for it: columns of tables,
// casts, and what chooses among such of one type.
func (b *binder) declared(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Col:
		return b.declaredCols[x.ID]
	case *plan.Coalesce:
		return b.allDeclared(x.Typ, x.Args...)
	case *plan.Case:
		results := make([]plan.Expr, 0, len(x.Whens)+1)
		for _, w := range x.Whens {
			results = append(results, w.Result)
		}
		if x.Else != nil {
			results = append(results, x.Else)
		}
		return b.allDeclared(x.Type(), results...)
	}
	return b.declaredExprs[x]
}

func (b *binder) allDeclared(t types.Type, xs ...plan.Expr) bool {
	for _, x := range xs {
		if k, ok := x.(*plan.Const); ok && k.Value.Null {
			continue
		}
		if !x.Type().Equal(t) || !b.declared(x) {
			return false
		}
	}
	return len(xs) > 0
}

// varcharNames are the types without a length that are varchar to PostgreSQL,
// not text.
var varcharNames = map[string]bool{"varchar": true, "_varchar": true, "character varying": true, "character_data": true, "yes_or_no": true}

// declare notes that x is a cast to a type as it was written. A decimal without
// precision has none for the client either.
func (b *binder) declare(x plan.Expr, written *ast.TypeName) {
	t := x.Type()
	for t.Kind == types.Array {
		t = t.Elem()
	}
	for len(written.Args) > 0 && len(written.Params) == 0 {
		written = &written.Args[0]
	}
	if t.Kind == types.Varchar && t.P == 0 && !varcharNames[written.Name[strings.LastIndexByte(written.Name, '.')+1:]] {
		return // text and its kin, which have no length
	}
	if t.Kind != types.Decimal || len(written.Params) > 0 {
		b.declaredExprs[x] = true
	}
}
