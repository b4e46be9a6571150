package sketch

import (
	"encoding/binary"
	"math"
	"sort"

	"github.com/glauxdb/glaux/catalog/fault"
)

const (
	// DefaultCompression is that of Trino's tdigest_agg: about so many centroids.
	DefaultCompression = 100
	leastCompression   = 10
	mostCompression    = 1e6 // a bound on memory; airlift has none
	tdigestFormat      = 0
)

// TDigest summarizes doubles by centroids that are small at both ends, so that
// quantiles near 0 and 1 are known best: Dunning's merging t-digest (2019) with the
// scale function k2, as airlift has it. Values may have weights.
type TDigest struct {
	compression float64
	min, max    float64
	total       float64
	c           []centroid // ascending up to sorted; behind it in the order of arrival
	sorted      int
	loose       bool // something was added since the last merge
	backwards   bool // the direction of the next merge, which alternates against bias
}

type centroid struct{ mean, weight float64 }

// NewTDigest makes an empty digest; 22023 if the compression is too small or large.
func NewTDigest(compression float64) (*TDigest, error) {
	if !(compression >= leastCompression && compression <= mostCompression) {
		return nil, fault.New(fault.CodeInvalidParameter, "compression must be between %d and %d, not %v", leastCompression, int(mostCompression), compression)
	}
	return &TDigest{compression: compression, min: math.Inf(1), max: math.Inf(-1)}, nil
}

// DecodeTDigest reads airlift's format.
func DecodeTDigest(b []byte) (*TDigest, error) {
	r := &reader{what: "tdigest", b: b}
	format := r.u8()
	t := &TDigest{min: r.f64(), max: r.f64(), compression: r.f64(), total: r.f64()}
	n := int(r.u32())
	if r.bad {
		return nil, r.end()
	}
	if format != tdigestFormat {
		return nil, r.fail("format %d is not known", format)
	}
	if !(t.compression >= leastCompression && t.compression <= mostCompression) {
		return nil, r.fail("its compression is %v", t.compression)
	}
	means, weights := r.take(8*n), r.take(8*n)
	if err := r.end(); err != nil {
		return nil, err
	}
	t.c = make([]centroid, n)
	sum := 0.0
	for i := range t.c {
		c := centroid{math.Float64frombits(binary.LittleEndian.Uint64(means[8*i:])), math.Float64frombits(binary.LittleEndian.Uint64(weights[8*i:]))}
		if math.IsNaN(c.mean) || math.IsInf(c.mean, 0) || !(c.weight > 0) || math.IsInf(c.weight, 0) {
			return nil, r.fail("centroid %d has mean %v and weight %v", i, c.mean, c.weight)
		}
		t.c[i] = c
		sum += c.weight
	}
	if math.Abs(sum-t.total) > 1e-6*math.Max(sum, 1) || n > 0 && !(t.min <= t.max) {
		return nil, r.fail("its weights or its bounds contradict each other")
	}
	t.sort()
	return t, nil
}

// AppendTo appends the digest in airlift's format, reduced to its compression.
func (t *TDigest) AppendTo(b []byte) []byte {
	t.merge(t.compression)
	b = appendF64(append(b, tdigestFormat), t.min)
	b = appendF64(appendF64(appendF64(b, t.max), t.compression), t.total)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.c)))
	for _, c := range t.c {
		b = appendF64(b, c.mean)
	}
	for _, c := range t.c {
		b = appendF64(b, c.weight)
	}
	return b
}

// Size gives the bytes that the digest takes in memory.
func (t *TDigest) Size() int { return 96 + 16*cap(t.c) }

// Add adds a value; 22023 if it or its weight is not finite, or the weight is not
// positive.
func (t *TDigest) Add(x, weight float64) error {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fault.New(fault.CodeInvalidParameter, "a tdigest cannot hold %v", x)
	}
	if !(weight > 0) || math.IsInf(weight, 0) {
		return fault.New(fault.CodeInvalidParameter, "weight must be positive and finite, not %v", weight)
	}
	if len(t.c) >= t.room() {
		t.merge(2 * t.compression)
	}
	t.c = append(t.c, centroid{x, weight})
	t.total += weight
	t.min, t.max, t.loose = math.Min(t.min, x), math.Max(t.max, x), true
	return nil
}

// room is how many centroids are gathered before they are merged.
func (t *TDigest) room() int { return int(6 * (2*t.compression + 10)) }

// Merge adds what another digest has seen.
func (t *TDigest) Merge(o *TDigest) {
	if len(t.c)+len(o.c) > t.room() {
		t.tidy()
		o.tidy()
	}
	t.c = append(t.c, o.c...)
	t.total += o.total
	t.min, t.max, t.loose = math.Min(t.min, o.min), math.Max(t.max, o.max), true
}

func (t *TDigest) sort() {
	if t.sorted < len(t.c) {
		sort.SliceStable(t.c, func(i, j int) bool { return t.c[i].mean < t.c[j].mean })
		t.sorted = len(t.c)
	}
}

func (t *TDigest) tidy() {
	if t.loose {
		t.merge(2 * t.compression)
	}
}

// merge joins neighbours as far as the scale function lets a centroid grow at its
// quantile.
func (t *TDigest) merge(compression float64) {
	t.sort()
	if t.backwards {
		reverse(t.c)
	}
	if len(t.c) > 0 {
		t.c = t.c[:t.join(compression/(4*math.Log(t.total/compression)+24))]
	}
	if t.backwards {
		reverse(t.c)
	}
	t.backwards, t.loose, t.sorted = !t.backwards, false, len(t.c)
}

func (t *TDigest) join(normalizer float64) int {
	limit := func(q float64) float64 { return q * (1 - q) / normalizer }
	last, before, atStart := 0, 0.0, limit(0)
	for _, e := range t.c[1:] {
		c := &t.c[last]
		w := c.weight + e.weight
		if w <= t.total*math.Min(atStart, limit(math.Min((before+w)/t.total, 1))) {
			c.mean += (e.mean - c.mean) * e.weight / w
			c.weight = w
			continue
		}
		before += c.weight
		atStart = limit(before / t.total)
		last++
		t.c[last] = e
	}
	return last + 1
}

func reverse(c []centroid) {
	for i, j := 0, len(c)-1; i < j; i, j = i+1, j-1 {
		c[i], c[j] = c[j], c[i]
	}
}

// Count gives the sum of the weights.
func (t *TDigest) Count() float64 { return t.total }

// Bounds gives the least and greatest value; ok is false of an empty digest.
func (t *TDigest) Bounds() (least, most float64, ok bool) { return t.min, t.max, t.total > 0 }

// Compression gives the compression.
func (t *TDigest) Compression() float64 { return t.compression }

// Centroids calls f for each centroid, by mean.
func (t *TDigest) Centroids(f func(mean, weight float64)) {
	t.tidy()
	for _, c := range t.c {
		f(c.mean, c.weight)
	}
}

// ValueAt gives the value at a quantile between 0 and 1; NaN of an empty digest.
// The outermost values are exact, those between centroids lie on a line.
func (t *TDigest) ValueAt(q float64) float64 {
	t.tidy()
	switch len(t.c) {
	case 0:
		return math.NaN()
	case 1:
		return t.c[0].mean
	}
	first, last := t.c[0], t.c[len(t.c)-1]
	at := q * t.total
	switch {
	case at < 1:
		return t.min
	case at < first.weight/2:
		return t.min + onLine(at, 1, t.min, first.weight/2, first.mean)
	case at <= t.total-1 && t.total-at <= last.weight/2 && last.weight/2 > 1:
		return t.max + onLine(t.total-at, 1, t.max, last.weight/2, last.mean)
	case at >= t.total-1:
		return t.max
	}
	return t.between(at)
}

// between looks for the two centroids around the weight at.
func (t *TDigest) between(at float64) float64 {
	before := t.c[0].weight / 2
	for i := 0; i+1 < len(t.c); i++ {
		l, r := t.c[i], t.c[i+1]
		width := (l.weight + r.weight) / 2
		if before+width <= at {
			before += width
			continue
		}
		offset := at - before
		switch {
		case l.weight == 1 && offset < 0.5: // a single value: its very self
			return l.mean
		case r.weight == 1 && offset >= l.weight/2:
			return r.mean
		case l.weight == 1:
			offset, width = offset-0.5, r.weight/2
		case r.weight == 1:
			width = l.weight / 2
		}
		return l.mean + onLine(offset, 0, l.mean, width, r.mean)
	}
	last := t.c[len(t.c)-1]
	if at <= t.total-1 && last.weight/2 > 1 {
		return t.max + onLine(t.total-at, 1, t.max, last.weight/2, last.mean)
	}
	return t.max
}

// onLine gives how far a line from (x0, y0) to (x1, y1) has risen at x.
func onLine(x, x0, y0, x1, y1 float64) float64 { return (x - x0) / (x1 - x0) * (y1 - y0) }

// QuantileAt gives the part of the values that is less than x, half of those equal
// to it included; NaN of an empty digest.
func (t *TDigest) QuantileAt(x float64) float64 {
	t.tidy()
	switch {
	case len(t.c) == 0:
		return math.NaN()
	case x < t.min:
		return 0
	case x > t.max:
		return 1
	}
	// The middle of each centroid's weight stands at its mean, 0 at the least value and
	// the whole weight at the greatest.
	x0, w0, before := t.min, 0.0, 0.0
	below, equal := math.Inf(-1), 0.0
	for i := 0; i <= len(t.c); i++ {
		x1, w1 := t.max, t.total
		if i < len(t.c) {
			x1, w1 = t.c[i].mean, before+t.c[i].weight/2
			before += t.c[i].weight
		}
		switch {
		case x1 == x && x0 < x:
			below, equal = w1, w1
		case x1 == x:
			below, equal = math.Max(below, w0), w1
			if math.IsInf(below, -1) {
				below = w0
			}
		case x1 > x && x0 < x:
			return (w0 + onLine(x, x0, w0, x1, w1)) / t.total
		}
		x0, w0 = x1, w1
	}
	return (below + equal) / 2 / t.total
}

// TrimmedMean gives the mean of the values between two quantiles; NaN if there are
// none.
func (t *TDigest) TrimmedMean(lo, hi float64) float64 {
	t.tidy()
	from, to := lo*t.total, hi*t.total
	sum, weight, before := 0.0, 0.0, 0.0
	for _, c := range t.c {
		if part := math.Min(to, before+c.weight) - math.Max(from, before); part > 0 {
			sum += c.mean * part
			weight += part
		}
		before += c.weight
	}
	if weight == 0 {
		return math.NaN()
	}
	return sum / weight
}

// Sum gives the sum of the values.
func (t *TDigest) Sum() float64 {
	sum := 0.0
	for _, c := range t.c {
		sum += c.mean * c.weight
	}
	return sum
}
