package sketch

import (
	"bytes"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"os"
	"sort"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

func fillHLL(bits, from, to int) *HLL {
	h := NewHLL(bits)
	for i := from; i < to; i++ {
		h.AddHash(HashInt64(int64(i)))
	}
	return h
}

// TestHLLError holds the estimates of every size against the standard error, as the
// mean of many sketches: a bias would show, wherever estimators take turns.
func TestHLLError(t *testing.T) {
	const rounds = 30
	for _, bits := range []int{4, 8, 11, 12} {
		m := 1 << bits
		want := 1.04 / math.Sqrt(float64(m))
		for _, n := range []int{1, m / 8, m / 2, m, 2 * m, 3 * m, 6 * m, 20 * m} {
			var sum, square float64
			for r := range rounds {
				x := float64(fillHLL(bits, r*1_000_000, r*1_000_000+n).Cardinality())/float64(n) - 1
				sum, square = sum+x, square+x*x
			}
			if mean := sum / rounds; math.Abs(mean) > 4*want/math.Sqrt(rounds) {
				t.Errorf("%d values in %d buckets: a bias of %.4f, the standard error is %.4f", n, m, mean, want)
			}
			if dev := math.Sqrt(square / rounds); dev > 1.6*want {
				t.Errorf("%d values in %d buckets: an error of %.4f, want about %.4f", n, m, dev, want)
			}
		}
	}
}

// TestHLLAddHashes: many at once are the same as one after the other.
func TestHLLAddHashes(t *testing.T) {
	for _, bits := range []int{1, 11, MaxHLLBits} {
		h := NewHLL(bits)
		var xs []uint64
		for i := range 100_000 {
			if xs = append(xs, HashInt64(int64(i))); len(xs) == 1000 {
				h.AddHashes(xs)
				xs = xs[:0]
			}
		}
		if want := fillHLL(bits, 0, 100_000); !bytes.Equal(h.AppendTo(nil), want.AppendTo(nil)) {
			t.Errorf("%d bits: %d, want %d", bits, h.Cardinality(), want.Cardinality())
		}
	}
}

// TestHLLMerge: a merged sketch is the sketch of all values, byte by byte.
func TestHLLMerge(t *testing.T) {
	for _, c := range [][4]int{{0, 100, 50, 150}, {0, 100, 50, 5000}, {50, 5000, 0, 100}, {0, 5000, 3000, 8000}, {0, 0, 0, 5}, {0, 300, 300, 600}, {0, 400000, 200000, 600000}} {
		a, b := fillHLL(11, c[0], c[1]), fillHLL(11, c[2], c[3])
		all := fillHLL(11, c[0], c[1])
		for i := c[2]; i < c[3]; i++ {
			all.AddHash(HashInt64(int64(i)))
		}
		if err := a.Merge(b); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.AppendTo(nil), all.AppendTo(nil)) || a.Cardinality() != all.Cardinality() {
			t.Errorf("%v: merged %d, of all %d", c, a.Cardinality(), all.Cardinality())
		}
		back, err := DecodeHLL(a.AppendTo(nil))
		if err != nil || !bytes.Equal(back.AppendTo(nil), a.AppendTo(nil)) {
			t.Errorf("%v: it does not come back: %v", c, err)
		}
	}
	if err := NewHLL(11).Merge(NewHLL(12)); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Errorf("sketches of two sizes merge: %v", err)
	}
}

// TestHLLLayout compares with bytes made by hand from airlift's description.
func TestHLLLayout(t *testing.T) {
	h := NewHLL(12)
	h.AddHash(0xFFFFFFC000000001) // 26 bits of ones, then 37 zeros
	h.AddHash(0x0000000000000000) // 38 zeros behind the first 26 bits, and a marker
	if got, want := hex.EncodeToString(h.AppendTo(nil)), "020c0200"+"26000000"+"e5ffffff"; got != want {
		t.Errorf("sparse: %s, want %s", got, want)
	}
	d := NewHLL(4)
	d.MakeDense()
	for i := range 16 {
		d.raise(i, uint8(3+i*2)) // the least is 3, the last eight need more than 15
	}
	want := "030403" + "02468aceffffffff" + "0800" + "08000900" + "0a000b00" + "0c000d00" + "0e000f00" + "01030507090b0d0f"
	got := d.AppendTo(nil)
	if hex.EncodeToString(got) != want {
		t.Errorf("dense: %x, want %s", got, want)
	}
	back, err := DecodeHLL(got)
	if err != nil || !bytes.Equal(back.regs, d.regs) {
		t.Errorf("dense: %v, %v", back, err)
	}
	old := append([]byte{1, 4, 3}, got[3:11]...)
	old = append(old, 15, 0, 3) // of bucket 15 the one overflow
	back, err = DecodeHLL(old)
	if err != nil || back.regs[15] != 3+15+3 || back.regs[14] != 18 {
		t.Errorf("dense, first version: %v, %v", back, err)
	}
	none := append(old[:11:11], 0xff, 0xff, 0)
	if back, err = DecodeHLL(none); err != nil || back.regs[15] != 18 {
		t.Errorf("dense, first version without overflow: %v, %v", back, err)
	}
}

func TestTDigestAirlift(t *testing.T) {
	raw, err := os.ReadFile("testdata/airlift/unmergeable-tdigest")
	if err != nil {
		t.Fatal(err)
	}
	d, err := DecodeTDigest(raw)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	before := math.Inf(-1)
	d.Centroids(func(mean, weight float64) {
		if n++; mean < before {
			t.Errorf("centroid %d: %v is less than %v", n, mean, before)
		}
		before = mean
	})
	if n != (len(raw)-37)/16 || d.Compression() != 100 {
		t.Errorf("%d centroids of %d bytes, compression %v", n, len(raw), d.Compression())
	}
	least, most, _ := d.Bounds()
	count := d.Count()
	if v := d.ValueAt(0.5); !(v >= least && v < most) {
		t.Errorf("the median of [%v, %v] is %v", least, most, v)
	}
	if back, err := DecodeTDigest(d.AppendTo(nil)); err != nil || math.Abs(back.Count()-count) > 1e-6*count {
		t.Errorf("it comes back with %v of %v: %v", back, count, err)
	}
}

func TestTDigestQuantiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() float64{"uniform": rng.Float64, "normal": rng.NormFloat64, "exponential": rng.ExpFloat64, "few": func() float64 { return float64(rng.IntN(4)) }} {
		values := make([]float64, 20000)
		parts := make([]*TDigest, 4)
		for i := range parts {
			parts[i], _ = NewTDigest(DefaultCompression)
		}
		for i := range values {
			values[i] = draw()
			if err := parts[i%4].Add(values[i], 1); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range parts[1:] {
			q, err := DecodeTDigest(p.AppendTo(nil))
			if err != nil {
				t.Fatal(err)
			}
			parts[0].Merge(q)
		}
		sort.Float64s(values)
		d, n := parts[0], float64(len(values))
		for _, q := range []float64{0, 0.0001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.9999, 1} {
			v := d.ValueAt(q)
			lo := float64(sort.SearchFloat64s(values, math.Nextafter(v, math.Inf(-1)))) / n
			hi := float64(sort.Search(len(values), func(i int) bool { return values[i] > v })) / n
			if slack := 0.02*math.Sqrt(q*(1-q)) + 2/n; name != "few" && (q < lo-slack || q > hi+slack) {
				t.Errorf("%s: the value at %v is %v, whose rank is %v to %v", name, q, v, lo, hi)
			}
			if back := d.QuantileAt(v); name != "few" && math.Abs(back-q) > 0.01 {
				t.Errorf("%s: %v stands at %v, want %v", name, v, back, q)
			}
		}
		if v := d.ValueAt(0); v != values[0] {
			t.Errorf("%s: least %v, want %v", name, v, values[0])
		}
		if v := d.ValueAt(1); v != values[len(values)-1] {
			t.Errorf("%s: greatest %v, want %v", name, v, values[len(values)-1])
		}
		mean := 0.0
		for _, v := range values[len(values)/10 : len(values)*9/10] {
			mean += v / (n * 0.8)
		}
		if got := d.TrimmedMean(0.1, 0.9); math.Abs(got-mean) > 0.01*math.Max(1, math.Abs(mean)) {
			t.Errorf("%s: trimmed mean %v, want %v", name, got, mean)
		}
	}
}

func TestTDigestSmall(t *testing.T) {
	d, _ := NewTDigest(DefaultCompression)
	if !math.IsNaN(d.ValueAt(0.5)) || !math.IsNaN(d.QuantileAt(1)) || !math.IsNaN(d.TrimmedMean(0, 1)) {
		t.Error("an empty digest has values")
	}
	for _, bad := range [][2]float64{{math.NaN(), 1}, {math.Inf(1), 1}, {1, 0}, {1, -1}, {1, math.NaN()}, {1, math.Inf(1)}} {
		if err := d.Add(bad[0], bad[1]); !fault.Is(err, fault.CodeInvalidParameter) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	for _, x := range []float64{1, 2, 3, 4} {
		if err := d.Add(x, 1); err != nil {
			t.Fatal(err)
		}
	}
	for q, want := range map[float64]float64{0: 1, 0.25: 2, 0.5: 3, 0.75: 4, 1: 4} {
		if got := d.ValueAt(q); got != want {
			t.Errorf("the value at %v of 1, 2, 3, 4 is %v, want %v", q, got, want)
		}
	}
	for x, want := range map[float64]float64{0: 0, 1: 0.0625, 2: 0.375, 3: 0.625, 5: 1} {
		if got := d.QuantileAt(x); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v stands at %v, want %v", x, got, want)
		}
	}
}

func TestQDigestQuantiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for name, draw := range map[string]func() int64{
		"small": func() int64 { return rng.Int64N(100) }, "wide": rng.Int64, "signed": func() int64 { return rng.Int64N(1<<40) - 1<<39 },
		"ends": func() int64 { return []int64{math.MinInt64, math.MaxInt64, 0, -1}[rng.IntN(4)] },
	} {
		values := make([]int64, 20000)
		a, _ := NewQDigest(DefaultAccuracy)
		b, _ := NewQDigest(DefaultAccuracy)
		for i := range values {
			values[i] = draw()
			d := a
			if i%3 == 0 {
				d = b
			}
			if err := d.Add(values[i], 1); err != nil {
				t.Fatal(err)
			}
		}
		b, err := DecodeQDigest(b.AppendTo(nil))
		if err != nil {
			t.Fatal(err)
		}
		a.Merge(b)
		if a, err = DecodeQDigest(a.AppendTo(nil)); err != nil {
			t.Fatal(err)
		}
		if a.total != float64(len(values)) {
			t.Errorf("%s: counts %v", name, a.total)
		}
		sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
		for _, q := range []float64{0, 0.01, 0.25, 0.5, 0.9, 1} {
			v, _ := a.ValueAt(q)
			lo := float64(sort.Search(len(values), func(i int) bool { return values[i] >= v })) / float64(len(values))
			hi := float64(sort.Search(len(values), func(i int) bool { return values[i] > v })) / float64(len(values))
			if q < lo-0.02 || q > hi+0.02 {
				t.Errorf("%s: the value at %v is %d, whose rank is %v to %v", name, q, v, lo, hi)
			}
			if at, ok := a.QuantileAt(v); !ok || at < lo-0.02 || at > hi+0.02 {
				t.Errorf("%s: %d stands at %v, %v", name, v, at, ok)
			}
		}
		if a.nodes > 65*300 || len(a.AppendTo(nil)) != 45+17*a.nodes {
			t.Errorf("%s: %d nodes, %d bytes", name, a.nodes, len(a.AppendTo(nil)))
		}
	}
}

func TestSetDigest(t *testing.T) {
	fill := func(from, to int) *SetDigest {
		s := NewSetDigest()
		for i := from; i < to; i++ {
			s.AddHash(HashInt64(int64(i)))
		}
		return s
	}
	for _, c := range []struct{ a, b, c, d, both int }{{0, 10, 5, 15, 5}, {0, 8191, 8000, 9000, 191}, {0, 100000, 50000, 150000, 50000}, {0, 100000, 99900, 100000, 100}, {0, 0, 0, 10, 0}} {
		x, y := fill(c.a, c.b), fill(c.c, c.d)
		back, err := DecodeSetDigest(x.AppendTo(nil))
		if err != nil || !bytes.Equal(back.AppendTo(nil), x.AppendTo(nil)) {
			t.Errorf("%v: it does not come back: %v", c, err)
		}
		exact := c.b-c.a < 8192 && c.d-c.c < 8192
		if exact && x.Cardinality() != int64(c.b-c.a) {
			t.Errorf("%v: %d values", c, x.Cardinality())
		}
		union := float64(c.b - c.a + c.d - c.c - c.both)
		if j := x.Jaccard(y); c.a < c.b && !exact && math.Abs(j-float64(c.both)/union) > 0.03 {
			t.Errorf("%v: Jaccard %v", c, j)
		}
		n, err := x.Intersection(y)
		if err != nil || exact && n != int64(c.both) || math.Abs(float64(n-int64(c.both))) > 0.1*union {
			t.Errorf("%v: %d in both, %v", c, n, err)
		}
	}
	s := NewSetDigest()
	for range 40000 {
		s.AddHash(7)
	}
	if s.Count(7) != math.MaxInt16 {
		t.Errorf("a hash is counted %d times", s.Count(7))
	}
}

func TestMurmur3(t *testing.T) {
	for _, x := range []int64{0, 1, -1, math.MinInt64, 1 << 40} {
		var b [8]byte
		for i := range b {
			b[i] = byte(uint64(x) >> (8 * i))
		}
		if HashInt64(x) != Hash64(b[:]) {
			t.Errorf("the hash of %d is not that of its bytes", x)
		}
	}
	if h, _ := Murmur3([]byte("abc")); h != 0xb4963f3f3fad7867 {
		t.Errorf("abc: %x", h)
	}
}

// decoders are the ways in for bytes; each gives the bytes back.
var decoders = map[string]func(b []byte) ([]byte, error){
	"hll": func(b []byte) ([]byte, error) {
		h, err := DecodeHLL(b)
		if err != nil {
			return nil, err
		}
		h.AddHash(1)
		h.Cardinality()
		return h.AppendTo(nil), h.Merge(h)
	},
	"tdigest": func(b []byte) ([]byte, error) {
		d, err := DecodeTDigest(b)
		if err != nil {
			return nil, err
		}
		d.ValueAt(0.5)
		d.QuantileAt(1)
		return d.AppendTo(nil), nil
	},
	"qdigest": func(b []byte) ([]byte, error) {
		q, err := DecodeQDigest(b)
		if err != nil {
			return nil, err
		}
		q.ValueAt(0.5)
		if err := q.Add(1, 1); err != nil {
			return nil, err
		}
		return q.AppendTo(nil), nil
	},
	"setdigest": func(b []byte) ([]byte, error) {
		s, err := DecodeSetDigest(b)
		if err != nil {
			return nil, err
		}
		s.AddHash(1)
		return s.AppendTo(nil), nil
	},
}

func samples() map[string][]byte {
	d, _ := NewTDigest(DefaultCompression)
	q, _ := NewQDigest(DefaultAccuracy)
	s := NewSetDigest()
	for i := range 50 {
		_ = d.Add(float64(i*i), 1)
		_ = q.Add(int64(i*i), 1)
		s.AddHash(HashInt64(int64(i)))
	}
	return map[string][]byte{"hll": fillHLL(4, 0, 50).AppendTo(nil), "tdigest": d.AppendTo(nil), "qdigest": q.AppendTo(nil), "setdigest": s.AppendTo(nil)}
}

// TestTruncated: no prefix of a sketch is a sketch, nor is one with a byte too many.
func TestTruncated(t *testing.T) {
	for name, b := range samples() {
		for n := range len(b) {
			if _, err := decoders[name](b[:n]); err == nil {
				t.Errorf("%s: %d of %d bytes are read", name, n, len(b))
			}
		}
		if _, err := decoders[name](append(bytes.Clone(b), 0)); err == nil {
			t.Errorf("%s: a byte is left over", name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range samples() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for name, decode := range decoders {
			out, err := decode(b)
			if err != nil {
				if f := fault.As(err); f.Code != fault.CodeInvalidBinary && f.Code != fault.CodeFeatureNotSupported {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if _, err := decode(out); err != nil {
				t.Errorf("%s: what it writes is not read: %v", name, err)
			}
		}
	})
}
