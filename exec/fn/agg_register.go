package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/planner/plan"
)

// The table of aggregates.
func aggEntries() []*Entry {
	return concatAll(basicAggs(), collectEntries(), orderedSetEntries(), histogramEntries(), checksumEntries(), statEntries(), reduceEntries())
}

func basicAggs() []*Entry {
	first := &aggImpl{new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) { return &pickAgg{}, nil }}
	return []*Entry{
		{Names: []string{"count"}, Kind: plan.AggregateFunc, Doc: "Counts rows, or the rows at which the argument is not NULL.",
			overs: []overload{
				{sig: "count() bigint", agg: newCount(false), lenient: true},
				{sig: "count(any) bigint", agg: newCount(false)},
			}},
		{Names: []string{"count_if"}, Kind: plan.AggregateFunc, Doc: "Counts the rows at which the condition is true.",
			overs: []overload{{sig: "count_if(boolean) bigint", agg: newCount(true)}}},
		{Names: []string{"regr_count"}, Kind: plan.AggregateFunc, Doc: "Counts the rows at which neither argument is NULL.",
			overs: []overload{{sig: "regr_count(double, double) bigint", agg: newCount(false)}}},
		{Names: []string{"sum"}, Kind: plan.AggregateFunc,
			Doc: "Sum. Of bigint it is numeric in the postgres dialect and bigint, with an error on overflow, in the athena dialect; of decimals a decimal of 38 digits.",
			overs: []overload{
				{sig: "sum(number) number", types: sumTypes, agg: newSum(false)},
				{sig: "sum(interval) interval", agg: newSum(false)},
			}},
		{Names: []string{"avg"}, Kind: plan.AggregateFunc,
			Doc: "Average. Of integers it is numeric in the postgres dialect and double in the athena dialect; of decimals numeric with at least 16 fraction digits, or the argument's type.",
			overs: []overload{
				{sig: "avg(number) number", types: avgTypes, agg: newSum(true)},
				{sig: "avg(interval) interval", agg: newSum(true)},
			}},
		{Names: []string{"min"}, Kind: plan.AggregateFunc, Doc: "The least value.",
			overs: []overload{{sig: "min(T) T", agg: newMinMax(false)}}},
		{Names: []string{"max"}, Kind: plan.AggregateFunc, Doc: "The greatest value.",
			overs: []overload{{sig: "max(T) T", agg: newMinMax(true)}}},
		{Names: []string{"bool_and", "every"}, Kind: plan.AggregateFunc, Doc: "Whether all values are true.",
			overs: []overload{{sig: "bool_and(boolean) boolean", agg: newBool(false)}}},
		{Names: []string{"bool_or"}, Kind: plan.AggregateFunc, Doc: "Whether some value is true.",
			overs: []overload{{sig: "bool_or(boolean) boolean", agg: newBool(true)}}},
		{Names: []string{"any_value", "arbitrary", "first"}, Kind: plan.AggregateFunc, Doc: "Some value that is not NULL.",
			overs: []overload{{sig: "any_value(T) T", agg: first}}},
		{Names: []string{"approx_distinct"}, Kind: plan.AggregateFunc, Doc: "About how many distinct values there are, by HyperLogLog with a standard error of 1.6 %. A second argument, the wished error, is accepted and not needed.",
			overs: []overload{{sig: "approx_distinct(T) bigint", agg: newHLL()}, {sig: "approx_distinct(T, double) bigint", agg: newHLL()}}},
		{Names: []string{"bit_and", "bitwise_and_agg"}, Kind: plan.AggregateFunc, Doc: "Bitwise and.",
			overs: []overload{{sig: "bit_and(bigint) bigint", agg: newBits(func(a, b int64) int64 { return a & b })}}},
		{Names: []string{"bit_or", "bitwise_or_agg"}, Kind: plan.AggregateFunc, Doc: "Bitwise or.",
			overs: []overload{{sig: "bit_or(bigint) bigint", agg: newBits(func(a, b int64) int64 { return a | b })}}},
		{Names: []string{"bit_xor"}, Kind: plan.AggregateFunc, Doc: "Bitwise exclusive or.",
			overs: []overload{{sig: "bit_xor(bigint) bigint", agg: newBits(func(a, b int64) int64 { return a ^ b })}}},
	}
}

func oneNumber(args []plan.Arg) (types.Type, bool) {
	if len(args) != 1 {
		return types.Type{}, false
	}
	t := args[0].Type
	if literal(args[0]) || t.Kind == types.Unknown {
		t = types.TDouble
	}
	return t, t.IsNumeric()
}

func sumTypes(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	t, ok := oneNumber(args)
	ret := t
	switch {
	case t.Kind == types.Decimal:
		ret = types.DecimalOf(types.MaxDecimalPrecision, int(t.S))
	case t.Kind == types.BigInt && d == plan.Postgres:
		ret = types.DecimalOf(types.MaxDecimalPrecision, 0)
	case t.IsInteger():
		ret = types.TBigInt
	}
	return []types.Type{t}, ret, ok
}

func avgTypes(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	t, ok := oneNumber(args)
	ret := t
	switch {
	case d == plan.Athena && t.IsInteger():
		ret = types.TDouble
	case d == plan.Athena:
	case t.Kind == types.Decimal:
		ret = types.DecimalOf(types.MaxDecimalPrecision, int(max(t.S, 16)))
	case t.IsInteger():
		ret = types.DecimalOf(types.MaxDecimalPrecision, 16)
	case t.Kind == types.Real:
		ret = types.TDouble
	}
	return []types.Type{t}, ret, ok
}
