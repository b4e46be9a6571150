package fn

import (
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Rewrite reports whether the files of expected results are to be written anew.
func Rewrite() bool { return *rewrite }

// Concrete is a concrete call of an overload, for tests outside of the package.
type Concrete struct {
	variant
	Dialect plan.Dialect
}

// EachConcrete calls f with the concrete calls of a kind's overloads that have no
// lambda; those of one entry follow each other.
func EachConcrete(kind plan.FuncKind, f func(c Concrete)) {
	for _, e := range NewRegistry().list {
		if e.Kind != kind {
			continue
		}
		for i := range e.overs {
			for d := range 2 {
				for _, v := range variants(e, &e.overs[i], plan.Dialect(d)) {
					if !hasLambda(&v) {
						f(Concrete{v, plan.Dialect(d)})
					}
				}
			}
		}
	}
}

// Func is the function that is called.
func (c Concrete) Func() *plan.Func { return c.f }

// Constant is the i-th argument if it has to be a constant.
func (c Concrete) Constant(i int) *types.Value { return c.args[i].Const }

// UsualRows are few rows of arguments, NULLs among them.
func (c Concrete) UsualRows() [][]types.Value { return usualRows(&c.variant) }

// AllRows are rows of the samples of all arguments.
func (c Concrete) AllRows() [][]types.Value { return argRows(&c.variant) }

// Columns are the arguments of rows, column by column.
func (c Concrete) Columns(rows [][]types.Value) []*vector.Vector {
	return (&formsOf{v: &c.variant}).columns(rows, flatColumn)
}

// Whole is the text of the aggregate over rows: its value, or its error.
func (c Concrete) Whole(rows [][]types.Value) string {
	v, err := aggregate(c.f, c.Columns(rows), len(rows))
	v.Type = c.f.Ret
	return outcome{v, err}.String()
}

// New makes an aggregator of the call.
func (c Concrete) New() (Aggregator, error) { return NewAggregator(&kernel.EvalCtx{}, c.f) }

// Approximate reports aggregates whose results depend on how their input was cut, or
// on the order in which floating-point numbers are added.
func (c Concrete) Approximate() bool { return approximates(&c.variant) || holdsFloats(&c.variant) }

// Close compares the texts of two results of an approximate aggregate.
func (c Concrete) Close(a, b string) bool {
	if a == b {
		return true
	}
	x, err := types.ParseValue(strings.TrimSuffix(strings.TrimPrefix(a, "double '"), "'"), types.TDouble, nil)
	y, err2 := types.ParseValue(strings.TrimSuffix(strings.TrimPrefix(b, "double '"), "'"), types.TDouble, nil)
	return err == nil && err2 == nil && closeTo(x, y)
}

// OutcomeText writes a value, or an error, as the files of expected results have them.
func OutcomeText(v types.Value, err error) string { return outcome{v, err}.String() }

// RowText writes arguments.
func RowText(row []types.Value) string { return rowText(row) }

// ShortText cuts a line.
func ShortText(s string) string { return shortText(s) }

// CompareGolden compares with a file of expected results, or writes it.
func CompareGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	compareGolden(t, name, got)
}
