package sketch

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
)

// The formats of airlift's HyperLogLog, by its first byte. The first sparse one is
// no longer read by anybody: its errors added up when sketches were merged.
const (
	hllSparseV1 = 0
	hllDenseV1  = 1
	hllSparse   = 2
	hllDense    = 3
)

const (
	// extendedBits of a hash are kept of each value while the sketch is sparse; the
	// zeros behind them are counted in the other valueBits of an entry.
	extendedBits = 26
	valueBits    = 6
	// MaxHLLBits is the largest number of bits of a bucket's index.
	MaxHLLBits = 16
)

// HLL counts distinct values by their hashes: HyperLogLog (Flajolet, Fusy,
// Gandouet, Meunier 2007) with the sparse beginnings of HyperLogLog++ (Heule,
// Nunkesser, Hall 2013). Its error is about 1.04/sqrt(buckets).
type HLL struct {
	bits    int      // of a bucket's index
	entries []uint32 // sparse: the first 26 bits of hashes, then the zeros behind them, by bucket
	regs    []uint8  // dense: of each bucket the longest run of zeros plus one; nil while sparse
}

// NewHLL makes an empty sketch of 1<<bits buckets, 1 <= bits <= MaxHLLBits.
func NewHLL(bits int) *HLL { return &HLL{bits: bits} }

// HLLBits gives the index bits of a sketch with a standard error of at most e, by
// Trino's formula. 22023 if e is not within Trino's limits.
func HLLBits(e float64) (int, error) {
	const least, most = 0.0040625, 0.26
	if !(e >= least && e <= most) {
		return 0, fault.New(fault.CodeInvalidParameter, "standard error must be between %v and %v, not %v", least, most, e)
	}
	return bits.Len(uint(math.Ceil(1.0816/(e*e))) - 1), nil
}

// DecodeHLL reads a sketch of any format but the first sparse one.
func DecodeHLL(b []byte) (*HLL, error) {
	r := &reader{what: "HyperLogLog", b: b}
	format, n := r.u8(), int(r.u8())
	if !r.bad && (format > hllDense || format == hllSparseV1) {
		return nil, r.fail("format %d is not known", format)
	}
	if !r.bad && (n < 1 || n > MaxHLLBits) {
		return nil, r.fail("%d index bits", n)
	}
	h := NewHLL(n)
	if r.bad {
		return nil, r.end()
	}
	if format == hllSparse {
		return h, h.readSparse(r)
	}
	return h, h.readDense(r, format)
}

func (h *HLL) readSparse(r *reader) error {
	n := int(r.u16())
	raw := r.take(4 * n)
	if err := r.end(); err != nil {
		return err
	}
	h.entries = make([]uint32, n)
	for i := range h.entries {
		h.entries[i] = binary.LittleEndian.Uint32(raw[4*i:])
		if i > 0 && h.entries[i]>>valueBits <= h.entries[i-1]>>valueBits {
			return r.fail("its entries are not in order")
		}
		if h.entries[i]&(1<<valueBits-1) > 64-extendedBits {
			return r.fail("entry %d counts too many zeros", i)
		}
	}
	return nil
}

func (h *HLL) readDense(r *reader, format uint8) error {
	h.regs = make([]uint8, 1<<h.bits)
	base, deltas := r.u8(), r.take(len(h.regs)/2)
	for i, d := range deltas {
		h.regs[2*i], h.regs[2*i+1] = base+d>>4, base+d&15
	}
	n := 1
	if format == hllDense {
		n = int(r.u16())
	}
	buckets, over := r.take(2*n), r.take(n)
	if err := r.end(); err != nil {
		return err
	}
	for i, o := range over {
		at := int(binary.LittleEndian.Uint16(buckets[2*i:]))
		if format == hllDenseV1 && (at >= 1<<15 || int8(o) <= 0) {
			continue // no overflow
		}
		if at >= len(h.regs) || deltas[at/2]>>(4*(1-at&1))&15 != 15 || o == 0 {
			return r.fail("an overflow belongs to no bucket")
		}
		h.regs[at] = base + 15 + min(o, 64)
	}
	if slices.Max(h.regs) > uint8(65-h.bits) || base > 64 {
		return r.fail("a bucket counts too many zeros")
	}
	return nil
}

// AppendTo appends the sketch in airlift's current formats.
func (h *HLL) AppendTo(b []byte) []byte {
	if h.regs == nil {
		b = binary.LittleEndian.AppendUint16(append(b, hllSparse, byte(h.bits)), uint16(len(h.entries)))
		for _, e := range h.entries {
			b = binary.LittleEndian.AppendUint32(b, e)
		}
		return b
	}
	base := slices.Min(h.regs)
	b = append(b, hllDense, byte(h.bits), base)
	var over []int
	for i := 0; i < len(h.regs); i += 2 {
		b = append(b, min(h.regs[i]-base, 15)<<4|min(h.regs[i+1]-base, 15))
	}
	for i, r := range h.regs {
		if r-base > 15 {
			over = append(over, i)
		}
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(over)))
	for _, i := range over {
		b = binary.LittleEndian.AppendUint16(b, uint16(i))
	}
	for _, i := range over {
		b = append(b, h.regs[i]-base-15)
	}
	return b
}

// Size gives the bytes that the sketch takes in memory.
func (h *HLL) Size() int { return 64 + 4*cap(h.entries) + len(h.regs) }

// Bits gives the index bits.
func (h *HLL) Bits() int { return h.bits }

// AddHash adds a value by its 64-bit hash (Hash64).
func (h *HLL) AddHash(x uint64) {
	if h.regs != nil {
		h.raise(int(x>>(64-h.bits)), uint8(leadingZeros(x, h.bits)+1))
		return
	}
	e := uint32(x>>(64-extendedBits))<<valueBits | uint32(leadingZeros(x, extendedBits))
	at, found := slices.BinarySearchFunc(h.entries, e, func(a, b uint32) int { return int(a>>valueBits) - int(b>>valueBits) })
	if found {
		h.entries[at] = max(h.entries[at], e)
		return
	}
	h.entries = slices.Insert(h.entries, at, e)
	h.densify()
}

// AddHashes adds many values by their hashes.
func (h *HLL) AddHashes(xs []uint64) {
	if h.regs == nil {
		for _, x := range xs {
			h.AddHash(x)
		}
		return
	}
	regs, n := h.regs, h.bits
	down := uint(64-n) & 63
	for _, x := range xs {
		// Registers hardly ever grow: a branch costs less than a store each.
		if r, v := &regs[x>>down], uint8(leadingZeros(x, n)+1); *r < v {
			*r = v
		}
	}
}

// leadingZeros counts the zeros of a hash behind its first n bits.
func leadingZeros(x uint64, n int) int { return bits.LeadingZeros64(x<<n | 1<<(n-1)) }

func (h *HLL) raise(bucket int, v uint8) { h.regs[bucket] = max(h.regs[bucket], v) }

// densify goes over to buckets when entries take as much room.
func (h *HLL) densify() {
	if 4*len(h.entries) >= 1<<h.bits/2 {
		h.MakeDense()
	}
}

// MakeDense goes over to buckets.
func (h *HLL) MakeDense() {
	if h.regs != nil {
		return
	}
	h.regs = make([]uint8, 1<<h.bits)
	h.raiseAll(h.entries)
	h.entries = nil
}

// raiseAll adds sparse entries to the buckets.
func (h *HLL) raiseAll(entries []uint32) {
	between := extendedBits - h.bits
	for _, e := range entries {
		zeros := bits.LeadingZeros32(e << h.bits)
		if zeros >= between {
			zeros = between + int(e&(1<<valueBits-1))
		}
		h.raise(int(e>>(32-h.bits)), uint8(zeros+1))
	}
}

// Merge adds what another sketch has seen; 22023 if it has another number of
// buckets.
func (h *HLL) Merge(o *HLL) error {
	if h.bits != o.bits {
		return fault.New(fault.CodeInvalidParameter, "cannot merge HyperLogLogs with different numbers of buckets: %d and %d", 1<<h.bits, 1<<o.bits)
	}
	switch {
	case o.regs != nil:
		h.MakeDense()
		for i, r := range o.regs {
			h.raise(i, r)
		}
	case h.regs != nil:
		h.raiseAll(o.entries)
	default:
		h.entries = mergeEntries(h.entries, o.entries)
		h.densify()
	}
	return nil
}

func mergeEntries(a, b []uint32) []uint32 {
	out := make([]uint32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		x, y := a[0]>>valueBits, b[0]>>valueBits
		switch {
		case x < y:
			out, a = append(out, a[0]), a[1:]
		case x > y:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, max(a[0], b[0])), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// Cardinality estimates the number of distinct values. While the sketch is sparse,
// and while more than two fifths of its buckets are empty, it counts the empty ones
// (linear counting); far beyond the number of buckets it is HyperLogLog's raw
// estimate. These are airlift's answers to the digit. Between them, where airlift
// corrects the raw estimate by measured tables, it is Ertl's estimator, which needs
// none.
func (h *HLL) Cardinality() int64 {
	if h.regs == nil {
		return linearCount(1<<extendedBits, 1<<extendedBits-len(h.entries))
	}
	m := float64(len(h.regs))
	var counts [66]float64
	for _, r := range h.regs {
		counts[r]++
	}
	if counts[0] > 0.4*m {
		return linearCount(len(h.regs), int(counts[0]))
	}
	sum := 0.0
	for k, c := range counts {
		sum += math.Ldexp(c, -k)
	}
	if raw := alpha(h.bits) * m * m / sum; raw > 5*m {
		return int64(math.Round(raw))
	}
	return int64(math.Round(ertl(counts[:65-h.bits+1], m)))
}

func linearCount(total, empty int) int64 {
	return int64(math.Round(float64(total) * math.Log(float64(total)/float64(empty))))
}

func alpha(bits int) float64 {
	switch bits {
	case 4:
		return 0.673
	case 5:
		return 0.697
	case 6:
		return 0.709
	}
	return 0.7213 / (1 + 1.079/float64(int(1)<<bits))
}

// ertl is the improved raw estimator of Otmar Ertl, "New cardinality estimation
// algorithms for HyperLogLog sketches" (2017), algorithm 6. counts[k] is the number
// of buckets of value k; the last one is what no longer run can exceed.
func ertl(counts []float64, m float64) float64 {
	q := len(counts) - 2
	z := m * ertlTau(1-counts[q+1]/m)
	for k := q; k >= 1; k-- {
		z = (z + counts[k]) / 2
	}
	z += m * ertlSigma(counts[0]/m)
	return m * m / (2 * math.Ln2 * z)
}

func ertlSigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for {
		x *= x
		before := z
		z += x * y
		y += y
		if z == before {
			return z
		}
	}
}

func ertlTau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for {
		x = math.Sqrt(x)
		before := z
		y /= 2
		z -= (1 - x) * (1 - x) * y
		if z == before {
			return z / 3
		}
	}
}
