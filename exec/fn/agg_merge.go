package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// mergers are the aggregates that put together the results of others.
var mergers = map[string]struct {
	name string
	impl *aggImpl
}{
	"sum": {"sum", newSum(false)}, "count": {"sum", newSum(false)}, "count_if": {"sum", newSum(false)}, "regr_count": {"sum", newSum(false)},
	"min": {"min", newMinMax(false)}, "max": {"max", newMinMax(true)},
	"bool_and": {"bool_and", newBool(false)}, "every": {"every", newBool(false)}, "bool_or": {"bool_or", newBool(true)},
	"moments": {"moments", newMomentsMerge()},
}

// Merge implements plan.Functions.
func (r *Registry) Merge(f *plan.Func) *plan.Func {
	m, ok := mergers[f.Name]
	if !ok {
		return nil
	}
	return &plan.Func{Name: m.name, Kind: plan.AggregateFunc, Params: []types.Type{f.Ret}, Ret: f.Ret, Volatility: f.Volatility,
		Strict: true, Dialect: f.Dialect, Impl: m.impl}
}
