package fn

import (
	"encoding/binary"
	"math"

	"github.com/cespare/xxhash/v2"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// checksumAgg is Trino's checksum: the sum of the values' XXH64 hashes times a
// prime, which does not depend on the order of rows. NULLs add the prime.
type checksumAgg struct{}

type checksumState struct {
	seen int64
	sum  uint64
}

// checksumPrime is the first prime of XXH64.
const checksumPrime = 0x9E3779B185EBCA87

// StateSize implements Aggregator.
func (checksumAgg) StateSize() int { return 16 }

// Update implements Aggregator.
func (checksumAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	h := checksumHasher{}
	for i, g := range groups {
		p := i
		if sel != nil {
			p = int(sel[i])
		}
		s := state[checksumState](st, g)
		s.seen = 1
		s.sum += h.row(args[0], p)
	}
	return nil
}

// UpdateOne implements Aggregator.
func (a checksumAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	return a.Update(st, make([]uint32, selCount(sel, n)), args, sel)
}

// Merge implements Aggregator.
func (checksumAgg) Merge(st States, groups []uint32, _ Aggregator, fst States, from []uint32) error {
	for i, g := range groups {
		s, o := state[checksumState](st, g), state[checksumState](fst, from[i])
		s.seen |= o.seen
		s.sum += o.sum
	}
	return nil
}

// Final implements Aggregator.
func (checksumAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	for _, g := range groups {
		s := state[checksumState](st, g)
		if s.seen == 0 {
			out.AppendNull()
			continue
		}
		out.AppendBytes(binary.LittleEndian.AppendUint64(nil, s.sum))
	}
	return nil
}

// MemoryBytes implements Aggregator.
func (checksumAgg) MemoryBytes() int64 { return 0 }

// checksumHasher hashes values as Trino's types do: what is a number in 64 bits as
// those, what is a text as its bytes, lists by 31.
type checksumHasher struct{ buf []byte }

func (h *checksumHasher) row(v *vector.Vector, i int) uint64 {
	if v.Type.Kind == types.Unknown || v.IsNull(i) {
		return checksumPrime
	}
	return h.value(vector.ValueAt(v, i)) * checksumPrime
}

func (h *checksumHasher) value(v types.Value) uint64 {
	switch v.Type.Phys() {
	case types.PhysBytes:
		return xxhash.Sum64String(v.S)
	case types.PhysList, types.PhysStruct:
		var sum uint64
		for _, k := range v.Kids {
			sum *= 31
			if !k.Null {
				sum += h.value(k)
			}
		}
		return sum
	}
	h.buf = h.buf[:0]
	switch v.Type.Kind {
	case types.Real:
		h.buf = binary.LittleEndian.AppendUint64(h.buf, uint64(int64(int32(math.Float32bits(float32(v.F))))))
	case types.Double:
		h.buf = binary.LittleEndian.AppendUint64(h.buf, math.Float64bits(v.F))
	case types.Decimal, types.UUID, types.Interval:
		var opt kernel.TextOptions
		h.buf = opt.AppendText(h.buf, vector.ConstOf(v, 1), 0)
	default:
		h.buf = binary.LittleEndian.AppendUint64(h.buf, uint64(v.I))
	}
	return xxhash.Sum64(h.buf)
}

func checksumEntries() []*Entry {
	impl := &aggImpl{new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) { return checksumAgg{}, nil }}
	return []*Entry{{Names: []string{"checksum"}, Kind: plan.AggregateFunc, Doc: "A hash of all values, whatever their order.",
		overs: []overload{{sig: "checksum(T) varbinary", agg: impl, lenient: true}}}}
}
