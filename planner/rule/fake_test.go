package rule_test

import (
	"context"
	"errors"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// functions is a small registry: enough for the statements of these tests.
type functions struct{}

var aggregates = map[string]types.Type{"count": types.TBigInt, "sum": {}, "avg": types.TDouble, "min": {}, "max": {}, "array_agg": {}}

func (functions) Kind(name string) (plan.FuncKind, bool) {
	if _, ok := aggregates[name]; ok {
		return plan.AggregateFunc, true
	}
	if name == "generate_series" {
		return plan.TableFunc, true
	}
	return plan.Scalar, true
}

func (functions) LambdaParams(string, []plan.Arg, int) ([]types.Type, error) {
	return nil, errors.New("no lambdas here")
}

func (functions) Resolve(name string, kind plan.FuncKind, args []plan.Arg, _ plan.Dialect) (*plan.Func, error) {
	f := &plan.Func{Name: name, Kind: kind, Strict: true}
	for _, a := range args {
		t := a.Type
		if t.Kind == types.Unknown {
			t = types.TVarchar
		}
		f.Params = append(f.Params, t)
	}
	if kind == plan.AggregateFunc {
		if f.Ret = aggregates[name]; f.Ret.Kind == types.Unknown {
			f.Ret = f.Params[0]
		}
		return f, nil
	}
	f.Ret = types.TVarchar
	if len(f.Params) > 0 {
		f.Ret = f.Params[0]
	}
	switch name {
	case "+", "-", "*", "/":
		t, ok := types.Common(f.Params[0], f.Params[1])
		switch {
		case f.Params[0].IsDatetime():
			t = f.Params[0]
		case !ok:
			return nil, fault.New(fault.CodeUndefinedFunction, "operator does not exist: %s", name)
		default:
			f.Params = []types.Type{t, t}
		}
		f.Ret = t
	case "like", "not like":
		f.Ret = types.TBoolean
	case "extract":
		f.Ret = types.TBigInt
	case "random":
		f.Ret, f.Volatility = types.TDouble, plan.Volatile
	case "generate_series":
		f.Ret = types.TBigInt
	}
	return f, nil
}

// evaluator knows nothing yet.
type evaluator struct{}

var errNotHere = errors.New("not evaluated in this test")

func (evaluator) Fold(*plan.Session, plan.Expr) (types.Value, error) {
	return types.Value{}, errNotHere
}

func (evaluator) Filter(*plan.Session, plan.Expr, map[plan.ColID]*vector.Vector, int) ([]uint32, error) {
	return nil, errNotHere
}

func (evaluator) Predicate(*plan.Session, plan.Expr, []plan.ColID) (formats.Predicate, error) {
	return maybe{}, nil
}

type maybe struct{}

func (maybe) Columns() []int                                           { return nil }
func (maybe) KeepBounds(func(int) formats.Bounds) formats.Tri          { return formats.Maybe }
func (maybe) KeepDict(int, *vector.Vector) (vector.Bitmap, bool, bool) { return nil, false, false }
func (maybe) Keep(_ *vector.Batch, sel vector.Sel) (vector.Sel, error) { return sel, nil }

// fakeLake has one file per table or partition, with made-up statistics.
type fakeLake struct{ rows map[string]int64 }

func newLake() *fakeLake {
	return &fakeLake{rows: map[string]int64{"region": 5, "nation": 25, "supplier": 10_000, "part": 200_000, "partsupp": 800_000,
		"customer": 150_000, "orders": 1_500_000, "lineitem": 6_000_000, "web_logs": 10_000, "odd": 100}}
}

func (l *fakeLake) Files(_ context.Context, t *catalog.Table, parts *catalog.Partitions, selected []uint32) ([]*lake.File, error) {
	schema := &types.Schema{}
	for _, c := range t.Columns {
		schema.Fields = append(schema.Fields, types.Field{Name: c.Name, Type: c.Type})
	}
	one := func(key string) *lake.File {
		return &lake.File{Info: store.Info{Key: key, Size: 1000}, Options: formats.Options{Schema: schema}, Partition: -1}
	}
	if parts == nil || parts.N == 0 {
		return []*lake.File{one(t.Name)}, nil
	}
	if selected == nil {
		for i := range parts.N {
			selected = append(selected, uint32(i))
		}
	}
	var out []*lake.File
	for _, i := range selected {
		f := one(t.Name)
		f.Partition = int(i)
		for k := range parts.Keys {
			f.Keys = append(f.Keys, parts.Value(k, int(i)))
		}
		out = append(out, f)
	}
	return out, nil
}

func (l *fakeLake) Open(_ context.Context, f *lake.File) (formats.File, error) {
	return &fakeFile{schema: f.Options.Schema, rows: l.rows[f.Info.Key]}, nil
}

type fakeFile struct {
	schema *types.Schema
	rows   int64
}

func (f *fakeFile) Schema() *types.Schema        { return f.schema }
func (f *fakeFile) Splits(int64) []formats.Split { return []formats.Split{{Rows: f.rows}} }
func (f *fakeFile) Close() error                 { return nil }
func (f *fakeFile) Scan(context.Context, formats.ScanRequest) (formats.Source, error) {
	return nil, errNotHere
}

// Stats makes keys (names ending in key) run from 1 to the size of their table.
func (f *fakeFile) Stats() *formats.Stats {
	sizes := map[string]int64{"regionkey": 5, "nationkey": 25, "suppkey": 10_000, "partkey": 200_000, "custkey": 150_000, "orderkey": 6_000_000}
	distinct := map[string]int64{"r_name": 5, "n_name": 25, "c_mktsegment": 5, "p_brand": 25, "p_type": 150, "p_container": 40, "l_shipmode": 7,
		"l_returnflag": 3, "l_linestatus": 2, "o_orderpriority": 5, "o_orderstatus": 3, "l_shipinstruct": 4}
	s := &formats.Stats{Rows: f.rows}
	for _, c := range f.schema.Fields {
		b := formats.Bounds{Rows: f.rows, HasNulls: true, Distinct: distinct[c.Name]}
		for suffix, n := range sizes {
			if len(c.Name) > len(suffix) && c.Name[len(c.Name)-len(suffix):] == suffix {
				b.HasMinMax, b.MinExact, b.MaxExact = true, true, true
				b.Min, b.Max = types.IntOf(c.Type, 1), types.IntOf(c.Type, n)
			}
		}
		if c.Type.Kind == types.Date {
			b.HasMinMax, b.MinExact, b.MaxExact = true, true, true
			b.Min, b.Max = types.IntOf(c.Type, 8035), types.IntOf(c.Type, 10591)
		}
		s.Columns = append(s.Columns, b)
		s.Bytes = append(s.Bytes, f.rows*4)
	}
	return s
}
