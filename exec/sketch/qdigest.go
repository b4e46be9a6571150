package sketch

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/glauxdb/glaux/catalog/fault"
)

const (
	// DefaultAccuracy is that of Trino's qdigest_agg.
	DefaultAccuracy = 0.01
	qdigestFormat   = 0
	hasLeft         = 1
	hasRight        = 2
	noWeight        = 1e-5 // what counts as none
)

// QDigest summarizes integers by a binary tree over their 64 bits whose light
// leaves are counted in their parents (Shrivastava, Buragohain, Agrawal, Suri 2004),
// as airlift has it. A quantile's rank is wrong by at most the accuracy.
type QDigest struct {
	accuracy float64
	total    float64
	min, max int64
	root     *qnode
	nodes    int
}

// qnode covers the values whose bits from level on are those of bits. Children are
// of lower levels.
type qnode struct {
	bits  uint64 // of a value under it, ordered as unsigned
	count float64
	child [2]*qnode // by the highest bit below level
	level uint8     // 0: one value; 64: all
}

// NewQDigest makes an empty digest; 22023 if the accuracy is not within 0 and 1.
func NewQDigest(accuracy float64) (*QDigest, error) {
	if !(accuracy > 0 && accuracy < 1) {
		return nil, fault.New(fault.CodeInvalidParameter, "accuracy must be between 0 and 1, not %v", accuracy)
	}
	return &QDigest{accuracy: accuracy, min: math.MaxInt64, max: math.MinInt64}, nil
}

// sortable orders integers as unsigned bits; it is its own inverse.
func sortable(x int64) uint64 { return uint64(x) ^ 1<<63 }

func unsortable(b uint64) int64 { return int64(b ^ 1<<63) }

// DecodeQDigest reads airlift's format. Digests that forget with time are not
// supported.
func DecodeQDigest(b []byte) (*QDigest, error) {
	r := &reader{what: "qdigest", b: b}
	format := r.u8()
	q := &QDigest{accuracy: r.f64()}
	decay := r.f64()
	r.u64() // the moment that decay counts from
	q.min, q.max = int64(r.u64()), int64(r.u64())
	n := int(r.u32())
	switch {
	case r.bad || len(r.b) < 17*n:
		r.take(17 * n)
		return nil, r.end()
	case format != qdigestFormat:
		return nil, r.fail("format %d is not known", format)
	case !(q.accuracy >= 0 && q.accuracy <= 1):
		return nil, r.fail("its accuracy is %v", q.accuracy)
	case decay != 0:
		return nil, fault.New(fault.CodeFeatureNotSupported, "a qdigest whose values lose weight with time is not supported")
	}
	if err := q.readNodes(r, n); err != nil {
		return nil, err
	}
	return q, r.end()
}

// readNodes reads the nodes, each behind its children.
func (q *QDigest) readNodes(r *reader, n int) error {
	var stack []*qnode
	for i := range n {
		shape := r.u8()
		x := &qnode{level: shape >> 2, count: r.f64(), bits: r.u64()}
		if shape&(hasLeft|hasRight) != 0 {
			x.level++
		}
		if !(x.count >= 0) || math.IsInf(x.count, 0) {
			return r.fail("node %d counts %v values", i, x.count)
		}
		for side := 1; side >= 0; side-- {
			if shape>>side&1 == 0 {
				continue
			}
			top := len(stack) - 1
			if top < 0 || stack[top].level >= x.level || !sameSubtree(stack[top].bits, x.bits, x.level) || x.side(stack[top].bits) != side {
				return r.fail("node %d has a child that does not belong to it", i)
			}
			x.child[side], stack = stack[top], stack[:top]
		}
		q.total += x.count
		stack = append(stack, x)
	}
	if q.nodes = n; len(stack) > 1 {
		return r.fail("it has several roots")
	}
	if len(stack) == 1 {
		q.root = stack[0]
	}
	return nil
}

func sameSubtree(a, b uint64, level uint8) bool { return level == 64 || a>>level == b>>level }

// side says under which child of x, which is no leaf, a value belongs.
func (x *qnode) side(v uint64) int { return int(v >> (x.level - 1) & 1) }

// AppendTo appends the digest in airlift's format.
func (q *QDigest) AppendTo(b []byte) []byte {
	q.compress()
	b = appendF64(appendF64(append(b, qdigestFormat), q.accuracy), 0)
	b = binary.LittleEndian.AppendUint64(b, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(q.min))
	b = binary.LittleEndian.AppendUint64(b, uint64(q.max))
	at := len(b)
	b = binary.LittleEndian.AppendUint32(b, 0)
	n := uint32(0)
	q.root.walk(false, func(x *qnode) bool {
		shape := min(x.level, 63) << 2 // of a leaf; airlift writes one level less of leaves too, and reads them as if it had not
		if x.child[0] != nil || x.child[1] != nil {
			shape = (x.level - 1) << 2
		}
		if x.child[0] != nil {
			shape |= hasLeft
		}
		if x.child[1] != nil {
			shape |= hasRight
		}
		b = binary.LittleEndian.AppendUint64(appendF64(append(b, shape), x.count), x.bits)
		n++
		return true
	})
	binary.LittleEndian.PutUint32(b[at:], n)
	return b
}

// Size gives the bytes that the digest takes in memory, about.
func (q *QDigest) Size() int { return 64 + 48*q.nodes }

// walk visits nodes behind their children, from the left or the right, until f
// says no.
func (x *qnode) walk(fromRight bool, f func(x *qnode) bool) bool {
	if x == nil {
		return true
	}
	first, second := x.child[0], x.child[1]
	if fromRight {
		first, second = second, first
	}
	return first.walk(fromRight, f) && second.walk(fromRight, f) && f(x)
}

// Add adds a value; 22023 if the weight is not positive.
func (q *QDigest) Add(x int64, weight float64) error {
	if !(weight > 0) || math.IsInf(weight, 0) {
		return fault.New(fault.CodeInvalidParameter, "weight must be positive and finite, not %v", weight)
	}
	q.min, q.max = min(q.min, x), max(q.max, x)
	before := q.total
	if weight >= noWeight {
		q.insert(sortable(x), weight)
	}
	// Beyond the next multiple of the factor every node may be lighter than allowed.
	if k := q.factor(); math.Trunc(before/k) != math.Trunc(q.total/k) {
		q.compress()
	}
	return nil
}

// factor is what the weight is divided by to find how light a node is merged.
func (q *QDigest) factor() float64 {
	if q.root == nil {
		return 1
	}
	return max(math.Trunc(math.Min(float64(q.root.level+1)/q.accuracy, math.MaxInt32)), 1)
}

// insert looks for the value's leaf and makes it, and a parent where it branches
// off, if it is not there.
func (q *QDigest) insert(v uint64, weight float64) {
	q.total += weight
	at := &q.root
	for *at != nil {
		x := *at
		switch {
		case !sameSubtree(v, x.bits, x.level):
			*at = q.siblings(x, q.node(v, 0, weight))
			return
		case x.level == 0:
			x.count += weight
			return
		}
		at = &x.child[x.side(v)]
	}
	*at = q.node(v, 0, weight)
}

func (q *QDigest) node(v uint64, level uint8, count float64) *qnode {
	q.nodes++
	return &qnode{bits: v, level: level, count: count}
}

// siblings puts two nodes under a new one, where their bits part.
func (q *QDigest) siblings(a, b *qnode) *qnode {
	x := q.node(a.bits, uint8(64-bits.LeadingZeros64(a.bits^b.bits)), 0)
	x.child[x.side(a.bits)], x.child[x.side(b.bits)] = a, b
	return x
}

// compress counts light children in their parents.
func (q *QDigest) compress() {
	bound := math.Floor(q.total / q.factor())
	q.root.walk(false, func(x *qnode) bool {
		weight := x.count
		for _, c := range x.child {
			if c != nil {
				weight += c.count
			}
		}
		for side, c := range x.child {
			if c != nil && (weight < bound || c.count < noWeight) {
				x.count += c.count
				x.child[side] = q.emptied(c)
			}
		}
		return true
	})
	if q.root != nil && q.root.count < noWeight {
		q.root = q.emptied(q.root)
	}
}

// emptied takes a node's weight away, and the node if it does not hold two
// children together.
func (q *QDigest) emptied(x *qnode) *qnode {
	if x.child[0] != nil && x.child[1] != nil {
		x.count = 0
		return x
	}
	q.nodes--
	if x.child[0] != nil {
		return x.child[0]
	}
	return x.child[1]
}

// Merge adds what another digest has seen.
func (q *QDigest) Merge(o *QDigest) {
	q.root = q.merge(q.root, o.root)
	q.total += o.total
	q.min, q.max = min(q.min, o.min), max(q.max, o.max)
	q.compress()
}

// merge gives a tree of the values of two, of which the second is left as it is.
func (q *QDigest) merge(a, b *qnode) *qnode {
	switch {
	case b == nil:
		return a
	case a == nil:
		x := q.node(b.bits, b.level, b.count)
		x.child = [2]*qnode{q.merge(nil, b.child[0]), q.merge(nil, b.child[1])}
		return x
	case !sameSubtree(a.bits, b.bits, max(a.level, b.level)):
		return q.siblings(a, q.merge(nil, b))
	case a.level > b.level:
		side := a.side(b.bits)
		a.child[side] = q.merge(a.child[side], b)
		return a
	case a.level < b.level:
		x, side := q.node(b.bits, b.level, b.count), b.side(a.bits)
		x.child[side], x.child[1-side] = q.merge(a, b.child[side]), q.merge(nil, b.child[1-side])
		return x
	}
	a.count += b.count
	for side := range a.child {
		a.child[side] = q.merge(a.child[side], b.child[side])
	}
	return a
}

// bounds gives the range of values that a node stands for.
func (x *qnode) bounds() (lo, hi int64) {
	mask := uint64(math.MaxUint64)
	if x.level < 64 {
		mask = 1<<x.level - 1
	}
	return unsortable(x.bits &^ mask), unsortable(x.bits | mask)
}

// ValueAt gives the value at a quantile between 0 and 1; ok is false of an empty
// digest.
func (q *QDigest) ValueAt(quantile float64) (value int64, ok bool) {
	sum, out := 0.0, q.max
	q.root.walk(false, func(x *qnode) bool {
		sum += x.count
		if sum > quantile*q.total {
			_, hi := x.bounds()
			out = min(hi, q.max)
			return false
		}
		return true
	})
	return out, q.total > 0
}

// QuantileAt gives the part of the values that is less than v, about; ok is false if
// v is outside of what was seen.
func (q *QDigest) QuantileAt(v int64) (quantile float64, ok bool) {
	if q.total == 0 || v < q.min || v > q.max {
		return 0, false
	}
	sum := 0.0
	q.root.walk(false, func(x *qnode) bool {
		if lo, hi := x.bounds(); hi < v || x.level > 0 && lo < v {
			sum += x.count
		}
		return true
	})
	return sum / q.total, true
}
