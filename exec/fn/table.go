package fn

import (
	"context"
	"io"
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// tableImpl is what plan.Func.Impl holds for a table function: it makes a
// generator of rows for the values of the arguments.
type tableImpl struct {
	open tableOpener
	// fresh, if set instead, makes an opener with a state of its own, for one goroutine:
	// what it found out in one call may serve the next.
	fresh func() tableOpener
}

// tableOpener calls a table function.
type tableOpener func(c *kernel.EvalCtx, f *plan.Func, args []types.Value) (generator, error)

func (im *tableImpl) opener() tableOpener {
	if im.fresh != nil {
		return im.fresh()
	}
	return im.open
}

// generator appends up to n rows to the flat columns and tells how many; 0 ends.
type generator func(cols []*vector.Vector, n int) (int, error)

// OpenTable calls a table function. cols are the types of its columns, without
// the ordinality that is asked for as one more bigint column.
func OpenTable(_ context.Context, c *kernel.EvalCtx, f *plan.Func, args []types.Value, cols []types.Type, ordinality bool) (formats.Source, error) {
	im, ok := f.Impl.(*tableImpl)
	if !ok {
		return nil, fault.New(fault.CodeInternal, "%s is not a table function of this registry", f.Name)
	}
	next := generator(func([]*vector.Vector, int) (int, error) { return 0, nil })
	null := false
	for _, a := range args {
		null = null || a.Null
	}
	if !null || !f.Strict {
		g, err := im.opener()(c, f, args)
		if err != nil {
			return nil, err
		}
		next = g
	}
	s := &tableSource{next: next, ordinality: ordinality}
	for _, t := range cols {
		s.cols = append(s.cols, vector.New(t, 0))
	}
	if ordinality {
		s.ord = vector.New(types.TBigInt, 0)
	}
	return s, nil
}

type tableSource struct {
	next       generator
	cols       []*vector.Vector
	ord        *vector.Vector
	ordinality bool
	rows       int64
}

func (s *tableSource) Next(ctx context.Context, b *vector.Batch) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	for _, c := range s.cols {
		c.Reset(c.Type, 0)
	}
	n, err := s.next(s.cols, vector.BatchSize)
	if err != nil {
		return err
	}
	if n == 0 {
		return io.EOF
	}
	b.N, b.Sel = n, nil
	b.Cols = append(b.Cols[:0], s.cols...)
	if s.ordinality {
		s.ord.Reset(types.TBigInt, n)
		vals := vector.Values[int64](s.ord)
		for i := range vals {
			s.rows++
			vals[i] = s.rows
		}
		b.Cols = append(b.Cols, s.ord)
	}
	return nil
}

func (s *tableSource) Close() error { return nil }

func tableEntries() []*Entry {
	ints := &tableImpl{open: intSeries}
	return concatAll(tableListEntries(), []*Entry{
		jsonTableEntry(),
		{Names: []string{"table_sequence"}, Kind: plan.TableFunc, Doc: "What TABLE(sequence(start, stop, step)) calls: the numbers from start to stop, both included, in steps that lead there.",
			overs: []overload{{sig: "table_sequence(bigint, bigint, bigint) bigint", table: &tableImpl{open: sequenceRows}, lenient: true}}},
		{Names: []string{"generate_series"}, Kind: plan.TableFunc, Doc: "The values from start to stop, both included, in steps (1 by default).",
			overs: []overload{
				{sig: "generate_series(integer, integer) integer", table: ints},
				{sig: "generate_series(integer, integer, integer) integer", table: ints},
				{sig: "generate_series(bigint, bigint) bigint", table: ints},
				{sig: "generate_series(bigint, bigint, bigint) bigint", table: ints},
				{sig: "generate_series(decimal, decimal) decimal", types: decimalSeriesTypes(2), table: &tableImpl{open: decimalSeries}},
				{sig: "generate_series(decimal, decimal, decimal) decimal", types: decimalSeriesTypes(3), table: &tableImpl{open: decimalSeries}},
				{sig: "generate_series(timestamp, timestamp, interval) timestamp", types: timeSeriesTypes(types.Timestamp), table: &tableImpl{open: timeSeries}},
				{sig: "generate_series(timestamptz, timestamptz, interval) timestamptz", types: timeSeriesTypes(types.TimestampTZ), table: &tableImpl{open: timeSeries}},
			}},
	})
}

func errZeroStep() error {
	return fault.New(fault.CodeInvalidParameter, "step size cannot equal zero")
}

func intSeries(_ *kernel.EvalCtx, f *plan.Func, args []types.Value) (generator, error) {
	at, stop, step := args[0].I, args[1].I, int64(1)
	if len(args) == 3 {
		step = args[2].I
	}
	if step == 0 {
		return nil, errZeroStep()
	}
	done := false
	return func(cols []*vector.Vector, n int) (int, error) {
		rows := 0
		for ; rows < n && !done && (step > 0 && at <= stop || step < 0 && at >= stop); rows++ {
			cols[0].AppendValue(types.IntOf(f.Ret, at))
			if step > 0 && at > math.MaxInt64-step || step < 0 && at < math.MinInt64-step {
				done = true
			}
			at += step
		}
		return rows, nil
	}, nil
}

// sequenceRows is generate_series as Trino's table function sequence is: what leads
// nowhere is refused.
func sequenceRows(c *kernel.EvalCtx, f *plan.Func, args []types.Value) (generator, error) {
	for i, name := range []string{"start", "stop", "step"} {
		if args[i].Null {
			return nil, fault.New(fault.CodeInvalidParameter, "the argument %s of sequence is NULL", name)
		}
	}
	start, stop, step := args[0].I, args[1].I, args[2].I
	switch {
	case start < stop && step <= 0:
		return nil, fault.New(fault.CodeInvalidParameter, "Step must be positive for sequence [%d, %d]", start, stop)
	case start > stop && step >= 0:
		return nil, fault.New(fault.CodeInvalidParameter, "Step must be negative for sequence [%d, %d]", start, stop)
	case start == stop:
		args = []types.Value{args[0], args[1], types.IntOf(types.TBigInt, 1)}
	}
	return intSeries(c, f, args)
}

func decimalSeriesTypes(n int) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) != n {
			return nil, types.Type{}, false
		}
		t, some := types.DecimalOf(1, 0), false
		for _, a := range args {
			if !a.Type.IsInteger() && a.Type.Kind != types.Decimal {
				return nil, t, false
			}
			some = some || a.Type.Kind == types.Decimal
			t, _ = types.Common(t, decimalOfArg(a))
		}
		t = types.DecimalOf(types.MaxDecimalPrecision, int(t.S))
		params := make([]types.Type, n)
		for i := range params {
			params[i] = t
		}
		return params, t, some
	}
}

func decimalSeries(_ *kernel.EvalCtx, f *plan.Func, args []types.Value) (generator, error) {
	at, stop, step := args[0].Dec(), args[1].Dec(), types.Pow10x128[f.Ret.S]
	if len(args) == 3 {
		step = args[2].Dec()
	}
	if step.Sign() == 0 {
		return nil, errZeroStep()
	}
	done := false
	return func(cols []*vector.Vector, n int) (int, error) {
		rows := 0
		for ; rows < n && !done && at.Cmp(stop)*step.Sign() <= 0; rows++ {
			cols[0].AppendValue(types.DecOf(f.Ret, at))
			next := at.Add(step)
			done = at.Sign() == step.Sign() && next.Sign() != at.Sign() // 128 bits cannot hold it
			at = next
		}
		return rows, nil
	}, nil
}

// timeSeriesTypes makes both ends of one precision, which is that of the values.
func timeSeriesTypes(kind types.Kind) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		t := types.Type{Kind: kind, P: 6}
		if len(args) != 3 {
			return nil, t, false
		}
		for _, a := range args[:2] {
			if a.Type.Kind == kind {
				t.P = max(t.P, a.Type.P)
			}
		}
		return []types.Type{t, t, types.TInterval}, t, true
	}
}

func timeSeries(c *kernel.EvalCtx, f *plan.Func, args []types.Value) (generator, error) {
	at, stop, step := args[0].I, args[1].I, args[2].Interval
	t := f.Ret
	dir := step.Compare(types.IntervalValue{})
	if dir == 0 {
		return nil, errZeroStep()
	}
	return func(cols []*vector.Vector, n int) (int, error) {
		rows := 0
		for ; rows < n && (dir > 0 && at <= stop || dir < 0 && at >= stop); rows++ {
			cols[0].AppendValue(types.IntOf(t, at))
			next, ok := addInterval(at, step, t.UnitsPerSecond())
			if t.Kind == types.TimestampTZ {
				next, ok = addToInstant(c, at, step, t)
			}
			if !ok || next == at {
				return rows, errTimeRange("timestamp")
			}
			at = next
		}
		return rows, nil
	}, nil
}
