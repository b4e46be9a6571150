package bind

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// sampled binds TABLESAMPLE. BERNOULLI keeps each row with the given chance, which
// is a filter; SYSTEM each split of a table's files, so that the others are not
// read. What has no files is sampled by rows under either name.
func (b *binder) sampled(e *ast.Sampled, left *scope, env *cteEnv) (*fromItem, error) {
	f, err := b.tableExpr(e.Table, left, env)
	if err != nil {
		return nil, err
	}
	percent, err := b.percent(e, env)
	if err != nil {
		return nil, err
	}
	var seed *int64
	if e.Seed != nil {
		if seed, err = b.seed(e, env); err != nil {
			return nil, err
		}
	}
	if scan, ok := f.node.(*plan.Scan); ok && e.Method == "system" && scan.Mode == plan.ScanRows {
		s := &plan.ScanSample{Percent: percent, Seed: int64(b.newID()), Repeatable: seed != nil}
		if seed != nil {
			s.Seed = *seed
		}
		scan.Sample = s
		return f, nil
	}
	cond, err := b.chance(e, f, percent, seed)
	if err != nil {
		return nil, err
	}
	f.node = &plan.Filter{Input: f.node, Conds: []plan.Expr{cond}}
	return f, nil
}

// percent gives the argument of BERNOULLI and SYSTEM, a constant.
func (b *binder) percent(e *ast.Sampled, env *cteEnv) (float64, error) {
	x, err := b.expr(&exprCtx{sc: &scope{env: env}, clause: "TABLESAMPLE"}, e.Percent)
	if err != nil {
		return 0, err
	}
	pos := e.Percent.Position()
	if !x.Type().IsNumeric() && !b.isUnknown(x) {
		return 0, b.fail(pos, fault.CodeDatatypeMismatch, "argument of TABLESAMPLE must be a number, not type %s", x.Type())
	}
	k, err := b.constant(x, types.TDouble, pos, "TABLESAMPLE")
	if err != nil {
		return 0, err
	}
	if k.Null || math.IsNaN(k.F) || k.F < 0 || k.F > 100 {
		return 0, b.fail(pos, fault.CodeInvalidSample, "sample percentage must be between 0 and 100")
	}
	return k.F, nil
}

func (b *binder) seed(e *ast.Sampled, env *cteEnv) (*int64, error) {
	x, err := b.expr(&exprCtx{sc: &scope{env: env}, clause: "REPEATABLE"}, e.Seed)
	if err != nil {
		return nil, err
	}
	k, err := b.constant(x, types.TDouble, e.Seed.Position(), "REPEATABLE")
	if err != nil {
		return nil, err
	}
	if k.Null {
		return nil, b.fail(e.Seed.Position(), fault.CodeInvalidSampleRepeat, "TABLESAMPLE REPEATABLE parameter cannot be null")
	}
	seed := int64(math.Float64bits(k.F))
	return &seed, nil
}

// constant folds an expression over nothing to a value of type t.
func (b *binder) constant(x plan.Expr, t types.Type, pos ast.Pos, clause string) (types.Value, error) {
	if k, ok := x.(*plan.Const); ok && k.Value.Type.IsInteger() && !k.Value.Null && t.Kind == types.Double {
		return types.FloatOf(t, float64(k.Value.I)), nil
	}
	x, err := b.coerce(x, t, pos)
	if err != nil {
		return types.Value{}, err
	}
	if k, ok := x.(*plan.Const); ok {
		return k.Value, nil
	}
	variable := plan.IsVolatile(x)
	plan.Rewrite(x, func(e plan.Expr) plan.Expr {
		_, isParam := e.(*plan.Param)
		variable = variable || isParam
		return e
	})
	if b.cfg.Evaluator == nil || variable || readsColumns([]plan.Expr{x}) {
		return types.Value{}, b.unsupported(pos, "the argument of %s must be a constant", clause)
	}
	v, err := b.cfg.Evaluator.Fold(b.s, x)
	if err != nil {
		return types.Value{}, b.located(err, pos)
	}
	return v, nil
}

// chance makes the condition that keeps a row of f. With a seed it is decided by the
// row's file and its place there.
func (b *binder) chance(e *ast.Sampled, f *fromItem, percent float64, seed *int64) (plan.Expr, error) {
	if seed == nil {
		random, err := b.apply(e.Pos, "random", nil)
		if err != nil {
			return nil, err
		}
		return b.compare(plan.LT, random, &plan.Const{Value: types.FloatOf(types.TDouble, percent/100)}, e.Pos)
	}
	if len(f.rels) != 1 || f.rels[0].scan == nil || f.rels[0].scan.Mode != plan.ScanRows {
		return nil, b.unsupported(e.Pos, "TABLESAMPLE ... REPEATABLE is only supported for tables of files")
	}
	r := f.rels[0]
	args := []plan.Expr{b.hidden(r, "$path"), &plan.Const{Value: types.StringOf(types.TVarchar, " ")}, nil, &plan.Const{Value: types.IntOf(types.TBigInt, *seed)}}
	for i, x := range []plan.Expr{b.hidden(r, "$row_position"), args[3]} {
		args[2+i] = &plan.Cast{X: x, To: types.TVarchar, Dialect: b.dialect}
	}
	x, err := b.apply(e.Pos, "concat", args)
	for _, name := range []string{"to_utf8", "xxhash64", "from_big_endian_64"} {
		if err != nil {
			return nil, err
		}
		x, err = b.apply(e.Pos, name, []plan.Expr{x})
	}
	if err != nil || percent >= 100 {
		return trueConst(), err
	}
	limit := int64(math.MinInt64) + int64(uint64(percent/100*(1<<63))<<1)
	return b.compare(plan.LT, x, &plan.Const{Value: types.IntOf(types.TBigInt, limit)}, e.Pos)
}
