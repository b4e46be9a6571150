package exec

import (
	"context"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// evaluator runs the planner's expressions with the catalog's names as the
// statement's session sees them.
type evaluator struct{ e *Engine }

func (v evaluator) with(s *plan.Session) *kernel.Evaluator {
	c := &kernel.EvalCtx{Session: s, Catalog: v.e.catalogInfo(s)}
	if s != nil {
		if r, ok := v.e.queries.Load(s.QueryID); ok && r.(*running).ready.Load() {
			ctx := r.(*running).ctx
			c.Done, c.Cause = ctx.Done(), func() error { return context.Cause(ctx) }
		}
	}
	return kernel.NewEvaluator(c)
}

// Fold implements plan.Evaluator.
func (v evaluator) Fold(s *plan.Session, e plan.Expr) (types.Value, error) {
	return v.with(s).Fold(s, e)
}

// Filter implements plan.Evaluator.
func (v evaluator) Filter(s *plan.Session, e plan.Expr, cols map[plan.ColID]*vector.Vector, n int) ([]uint32, error) {
	return v.with(s).Filter(s, e, cols, n)
}

// Predicate implements plan.Evaluator.
func (v evaluator) Predicate(s *plan.Session, e plan.Expr, cols []plan.ColID) (formats.Predicate, error) {
	return v.with(s).Predicate(s, e, cols)
}

// infoProvider is what a set of virtual tables may offer besides: the catalog's
// names and OIDs, for the functions of pg_catalog.
type infoProvider interface {
	Info(ctx context.Context, s *plan.Session) kernel.CatalogInfo
}

// catalogInfo gives the look-ups of a statement's session, or nil. One statement
// keeps one, which reads the catalog once, until forget.
func (e *Engine) catalogInfo(s *plan.Session) kernel.CatalogInfo {
	p, ok := e.o.Virtual.(infoProvider)
	if !ok || s == nil {
		return nil
	}
	if c, ok := e.infos.Load(s); ok {
		return c.(kernel.CatalogInfo)
	}
	c, _ := e.infos.LoadOrStore(s, p.Info(e.ctx, s))
	return c.(kernel.CatalogInfo)
}

// forget lets go of a statement's look-ups.
func (e *Engine) forget(s *plan.Session) { e.infos.Delete(s) }
