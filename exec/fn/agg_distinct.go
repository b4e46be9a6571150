package fn

import (
	"math"
	"math/bits"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// hllAgg is approx_distinct by HyperLogLog (Flajolet, Fusy, Gandouet, Meunier
// 2007) with 4096 registers: a standard error of 1.6 %. Few values are counted
// almost exactly (linear counting). The state is 1 + the index of the group's
// registers.
type hllAgg struct {
	regs   [][]uint8
	hashes []uint64
	live   liveRows
}

const (
	hllBits = 12
	hllSize = 1 << hllBits
)

func newHLL() *aggImpl {
	return &aggImpl{new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) { return &hllAgg{}, nil }}
}

func (a *hllAgg) StateSize() int { return 8 }

func (a *hllAgg) registers(s *uint64) []uint8 {
	if *s == 0 {
		a.regs = append(a.regs, make([]uint8, hllSize))
		*s = uint64(len(a.regs))
	}
	return a.regs[*s-1]
}

func (a *hllAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args[:1], groups, sel)
	a.hash(args[0], rows)
	for i, g := range groups {
		hllAdd(a.registers(state[uint64](st, g)), a.hashes[i])
	}
	return nil
}

func (a *hllAgg) hash(v *vector.Vector, rows []uint16) {
	if cap(a.hashes) < len(rows) {
		a.hashes = make([]uint64, len(rows), vector.MaxBatch)
	}
	a.hashes = a.hashes[:len(rows)]
	kernel.HashColumn(v, rows, 0, a.hashes, false)
}

func hllAdd(regs []uint8, h uint64) {
	h = kernel.Mix(h)
	rank := uint8(bits.LeadingZeros64(h<<hllBits|1<<(hllBits-1)) + 1)
	if r := &regs[h>>(64-hllBits)]; *r < rank {
		*r = rank
	}
}

func (a *hllAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	rows := a.live.rows(args[:1], sel, selCount(sel, n))
	a.hash(args[0], rows)
	regs := a.registers(state[uint64](st, 0))
	for _, h := range a.hashes {
		hllAdd(regs, h)
	}
	return nil
}

func (a *hllAgg) Merge(st States, groups []uint32, from Aggregator, fst States, fgroups []uint32) error {
	o := from.(*hllAgg)
	for i, g := range groups {
		f := *state[uint64](fst, fgroups[i])
		if f == 0 {
			continue
		}
		regs := a.registers(state[uint64](st, g))
		for k, r := range o.regs[f-1] {
			regs[k] = max(regs[k], r)
		}
	}
	return nil
}

func (a *hllAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	for _, g := range groups {
		n := int64(0)
		if s := *state[uint64](st, g); s != 0 {
			n = hllCount(a.regs[s-1])
		}
		out.AppendValue(types.IntOf(types.TBigInt, n))
	}
	return nil
}

func hllCount(regs []uint8) int64 {
	sum, zeros := 0.0, 0
	for _, r := range regs {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			zeros++
		}
	}
	const m = float64(hllSize)
	alpha := 0.7213 / (1 + 1.079/m)
	e := alpha * m * m / sum
	if e <= 2.5*m && zeros > 0 {
		e = m * math.Log(m/float64(zeros))
	}
	return int64(math.Round(e))
}

func (a *hllAgg) MemoryBytes() int64 { return int64(len(a.regs)) * hllSize }
