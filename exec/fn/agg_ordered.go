package fn

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Ordered-set aggregates get the sort key of WITHIN GROUP as their first
// argument, in that order, and what stands in the parentheses behind it.

// fraction checks one of a percentile's fractions.
func fraction(f float64) error {
	if f >= 0 && f <= 1 {
		return nil
	}
	return fault.New(fault.CodeNumericOutOfRange, "percentile value %v is not between 0 and 1", f)
}

// finishFractions appends what pick gives for the fraction in the first row's
// second argument, or for each of them as an array. A NULL among them is NULL.
func finishFractions(pick func(a *collector, rows []uint32, f float64, out *vector.Vector) error) func(a *collector, rows []uint32, out *vector.Vector) error {
	return func(a *collector, rows []uint32, out *vector.Vector) error {
		if len(rows) == 0 || a.cols[1].IsNull(int(rows[0])) {
			out.AppendNull()
			return nil
		}
		wanted := vector.ValueAt(a.cols[1], int(rows[0]))
		if wanted.Type.Kind != types.Array {
			if err := fraction(wanted.F); err != nil {
				return err
			}
			return pick(a, rows, wanted.F, out)
		}
		at := out.Kids[0].Len
		for _, f := range wanted.Kids {
			if f.Null {
				out.Kids[0].AppendNull()
				continue
			}
			if err := fraction(f.F); err != nil {
				return err
			}
			if err := pick(a, rows, f.F, out.Kids[0]); err != nil {
				return err
			}
		}
		i := out.Len
		out.Resize(i + 1)
		out.Ranges()[i] = vector.Range{Off: uint32(at), Len: uint32(len(wanted.Kids))}
		return nil
	}
}

// pickDiscrete gives the first value whose position is not below the fraction.
func pickDiscrete(a *collector, rows []uint32, f float64, out *vector.Vector) error {
	k := int(math.Ceil(f*float64(len(rows)))) - 1
	k = min(max(k, 0), len(rows)-1)
	out.AppendIdx(a.cols[0], rows[k:k+1])
	return nil
}

// pickContinuous interpolates between the two values around the fraction.
func pickContinuous(a *collector, rows []uint32, f float64, out *vector.Vector) error {
	at := f * float64(len(rows)-1)
	low, part := int(at), at-math.Floor(at)
	l := vector.ValueAt(a.cols[0], int(rows[low]))
	h := vector.ValueAt(a.cols[0], int(rows[min(low+1, len(rows)-1)]))
	switch {
	case part == 0 || l.Compare(h) == 0:
	case l.Type.Kind == types.Interval:
		x, y := l.Interval, h.Interval
		add, err := scaleInterval(int64(y.Months)-int64(x.Months), int64(y.Days)-int64(x.Days), y.Micros-x.Micros, func(x float64) float64 { return x * part })
		if err != nil {
			return err
		}
		l.Interval = types.IntervalValue{Months: x.Months + add.Months, Days: x.Days + add.Days, Micros: x.Micros + add.Micros}
	default:
		l.F += (h.F - l.F) * part
	}
	out.AppendValue(l)
	return nil
}

// finishMode gives the value that occurs most often; of several, the first in
// order.
func finishMode(a *collector, rows []uint32, out *vector.Vector) error {
	if len(rows) == 0 {
		out.AppendNull()
		return nil
	}
	best, most, from := rows[0], 0, 0
	for i := range rows {
		if kernel.CompareRows(a.cols[0], int(rows[from]), a.cols[0], int(rows[i])) != 0 {
			from = i
		}
		if n := i - from + 1; n > most {
			best, most = rows[i], n
		}
	}
	out.AppendIdx(a.cols[0], []uint32{best})
	return nil
}

func orderedSetEntries() []*Entry {
	set := func(name, doc string, finish func(*collector, []uint32, *vector.Vector) error, sigs ...string) *Entry {
		e := &Entry{Names: []string{name}, Kind: plan.OrderedSetFunc, Doc: doc}
		for _, sig := range sigs {
			e.overs = append(e.overs, overload{sig: sig, agg: newCollector(true, finish)})
		}
		return e
	}
	continuous, discrete := finishFractions(pickContinuous), finishFractions(pickDiscrete)
	return []*Entry{
		set("percentile_cont", "`percentile_cont(fraction) WITHIN GROUP (ORDER BY x)`: the value at the fraction (or at each of an array) of the sorted values, between two of them where it falls there.",
			continuous, "percentile_cont(double, double) double", "percentile_cont(interval, double) interval",
			"percentile_cont(double, array(double)) array(double)", "percentile_cont(interval, array(double)) array(interval)"),
		set("percentile_disc", "`percentile_disc(fraction) WITHIN GROUP (ORDER BY x)`: the first of the sorted values whose position is at the fraction or behind it.",
			discrete, "percentile_disc(T, double) T", "percentile_disc(T, array(double)) array(T)"),
		set("mode", "`mode() WITHIN GROUP (ORDER BY x)`: the value that occurs most often, the first in order of several.", finishMode, "mode(T) T"),
	}
}
