package parquet

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

// packBits is the slow twin: value i takes bits [i*w, i*w+w), least first.
func packBits(vals []uint32, w uint) []byte {
	out := make([]byte, (len(vals)*int(w)+7)/8)
	for i, v := range vals {
		for k := range int(w) {
			if v>>k&1 != 0 {
				bit := i*int(w) + k
				out[bit/8] |= 1 << (bit % 8)
			}
		}
	}
	return out
}

// encodeHybrid mixes runs at random.
func encodeHybrid(r *rand.Rand, vals []uint32, w uint) []byte {
	var out []byte
	for len(vals) > 0 {
		if n := 1 + r.IntN(20); r.IntN(2) == 0 && n <= len(vals) {
			same := 1
			for same < len(vals) && vals[same] == vals[0] {
				same++
			}
			out = binary.AppendUvarint(out, uint64(same)<<1)
			for k := range int(w+7) / 8 {
				out = append(out, byte(vals[0]>>(8*k)))
			}
			vals = vals[same:]
			continue
		}
		groups := min(1+r.IntN(5), (len(vals)+7)/8)
		n := min(groups*8, len(vals))
		part := append(slices.Clone(vals[:n]), make([]uint32, groups*8-n)...)
		out = binary.AppendUvarint(out, uint64(groups)<<1|1)
		out = append(out, packBits(part, w)...)
		vals = vals[n:]
	}
	return slices.Clip(out)
}

func TestHybrid(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for w := uint(0); w <= 32; w++ {
		for range 20 {
			vals := make([]uint32, r.IntN(300))
			for i := range vals {
				if vals[i] = uint32(r.Uint64() & (1<<w - 1)); i > 0 && r.IntN(2) == 0 {
					vals[i] = vals[i-1]
				}
			}
			src := encodeHybrid(r, vals, w)
			var h hybrid
			if err := h.reset(src, w); err != nil {
				t.Fatal(err)
			}
			for at := 0; at < len(vals); {
				n := min(1+r.IntN(50), len(vals)-at)
				if r.IntN(4) == 0 {
					if err := h.skip(n); err != nil {
						t.Fatal(err)
					}
					at += n
					continue
				}
				got := make([]uint32, n)
				if err := h.next(got); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, vals[at:at+n]) {
					t.Fatalf("width %d at %d: %v, want %v", w, at, got, vals[at:at+n])
				}
				at += n
			}
			if err := h.next(make([]uint32, 300)); err == nil {
				t.Fatalf("width %d: values past the end", w)
			}
		}
	}
}

func TestHybridBitmap(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		vals := make([]uint32, 1+r.IntN(400))
		for i := range vals {
			if vals[i] = r.Uint32() & 1; i > 0 && r.IntN(3) > 0 {
				vals[i] = vals[i-1]
			}
		}
		src := encodeHybrid(r, vals, 1)
		var h hybrid
		_ = h.reset(src, 1)
		pre := r.IntN(len(vals))
		ones, err := h.count(pre)
		if err != nil {
			t.Fatal(err)
		}
		at := r.IntN(100)
		bm := vector.NewBitmap(at + len(vals) - pre)
		more, err := h.bitmap(bm, at, len(vals)-pre)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for i, v := range vals {
			want += int(v)
			if i >= pre && bm.Get(at+i-pre) != (v != 0) {
				t.Fatalf("bit %d of %v", i, vals)
			}
		}
		if ones+more != want || bm.Count(at) != 0 {
			t.Fatalf("%d + %d ones, want %d", ones, more, want)
		}
	}
}

// TestBitPackedLevels: the deprecated encoding fills bytes from the top.
func TestBitPackedLevels(t *testing.T) {
	// Encodings.md: 0..7 with three bits is 00000101 00111001 01110111.
	packed, used, err := repackLevels(nil, []byte{0b00000101, 0b00111001, 0b01110111, 0xff}, 3, 8)
	if err != nil || used != 3 {
		t.Fatal(used, err)
	}
	var h hybrid
	h.resetPacked(packed, 3, 8)
	got := make([]uint8, 8)
	if err := h.levels(got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]uint8{0, 1, 2, 3, 4, 5, 6, 7}, got); d != "" {
		t.Error(d)
	}
	packed, used, err = repackLevels(nil, []byte{0b10110000}, 1, 4)
	h.resetPacked(packed, 1, 4)
	got = got[:4]
	if err != nil || used != 1 || h.levels(got) != nil || !slices.Equal(got, []uint8{1, 0, 1, 1}) {
		t.Error(got, used, err)
	}
	if _, _, err := repackLevels(nil, []byte{1}, 3, 8); err == nil {
		t.Error("short levels were taken")
	}
	body := append([]byte{0b10100000}, 5, 0, 0, 0, 6, 0, 0, 0)
	c := testColumn(physInt32, element{converted: -1}, 1, types.TInteger)
	c.pages = []page{{body: body, rows: 3, hdr: pageHeader{typ: pageData, values: 3, uncompressed: int32(len(body)), defEnc: encBitPacked}}}
	v, err := c.read(0, 0, 3, 3)
	if err != nil || v.IsNull(0) || !v.IsNull(1) || vector.Values[int32](v)[2] != 6 {
		t.Errorf("page with bit-packed levels: %+v, %v", v, err)
	}
}

// testColumn makes a column reader without a file around it.
func testColumn(p physType, el element, maxDef uint8, to types.Type) *column {
	l := &leaf{path: "c", phys: p, el: el, maxDef: maxDef, width: []int{1, 4, 8, 12, 4, 8, 0, int(el.typeLen)}[p]}
	naturalType(l)
	cv, ok := convert.Plan(l.source(), to)
	if !ok {
		panic("no conversion from " + l.String() + " to " + to.String())
	}
	return &column{file: &File{url: "mem"}, leaf: l, conv: cv, groupRows: 1 << 40, meta: &chunkMeta{}}
}

// encodeDelta is the slow twin of decodeDelta for one block size.
func encodeDelta(vals []int64, block, minis int) []byte {
	out := binary.AppendUvarint(nil, uint64(block))
	out = binary.AppendUvarint(out, uint64(minis))
	out = binary.AppendUvarint(out, uint64(len(vals)))
	if len(vals) == 0 {
		return binary.AppendVarint(out, 0)
	}
	out = binary.AppendVarint(out, vals[0])
	deltas := make([]int64, 0, len(vals))
	for i := 1; i < len(vals); i++ {
		deltas = append(deltas, vals[i]-vals[i-1])
	}
	for len(deltas) > 0 {
		part := deltas[:min(block, len(deltas))]
		deltas = deltas[len(part):]
		least := slices.Min(part)
		out = binary.AppendVarint(out, least)
		per := block / minis
		widths, data := make([]byte, minis), []byte{}
		for m := 0; m*per < len(part); m++ {
			mini := make([]uint64, per)
			top := uint64(0)
			for i, d := range part[m*per : min(len(part), m*per+per)] {
				mini[i] = uint64(d - least)
				top |= mini[i]
			}
			w := 64
			for w > 0 && top>>(w-1) == 0 {
				w--
			}
			widths[m] = byte(w)
			bits := make([]byte, per*w/8)
			for i, v := range mini {
				for k := range w {
					if v>>k&1 != 0 {
						bits[(i*w+k)/8] |= 1 << ((i*w + k) % 8)
					}
				}
			}
			data = append(data, bits...)
		}
		out = append(append(out, widths...), data...)
	}
	return slices.Clip(out)
}

func TestDelta(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		vals := make([]int64, r.IntN(600))
		for i := range vals {
			switch r.IntN(3) {
			case 0:
				vals[i] = int64(r.Uint64())
			case 1:
				vals[i] = int64(i) * 3
			default:
				vals[i] = r.Int64N(1000)
			}
		}
		shape := [][2]int{{128, 4}, {32, 1}, {256, 2}, {1024, 8}}[r.IntN(4)]
		src := encodeDelta(vals, shape[0], shape[1])
		got, rest, err := decodeDelta([]int64{}, append(src, 'r')[:len(src)+1], len(vals))
		if err != nil || len(rest) != 1 || !slices.Equal(got, vals) {
			t.Fatalf("%d values in blocks of %v: %v, %d bytes left, equal %v", len(vals), shape, err, len(rest), slices.Equal(got, vals))
		}
		narrow := make([]int32, len(vals))
		for i, v := range vals {
			narrow[i] = int32(v)
		}
		got32, _, err := decodeDelta([]int32{}, src, len(vals))
		if err != nil || !slices.Equal(got32, narrow) {
			t.Fatalf("32 bits: %v", err)
		}
		if len(vals) > 1 {
			if _, _, err := decodeDelta([]int64{}, src, len(vals)-1); err == nil {
				t.Fatal("more values than the page has were taken")
			}
			if len(vals) > shape[0] {
				if _, _, err := decodeDelta([]int64{}, src[:len(src)/2], len(vals)); err == nil {
					t.Fatal("half of the bytes were enough")
				}
			}
		}
	}
}

// TestDecimalBytes reads decimals in BYTE_ARRAY and in long FIXED values.
func TestDecimalBytes(t *testing.T) {
	for _, c := range []struct {
		b    []byte
		want string
		ok   bool
	}{
		{nil, "0", true},
		{[]byte{0x7f}, "127", true},
		{[]byte{0xff}, "-1", true},
		{[]byte{0x80, 0, 0}, "-8388608", true},
		{[]byte{0, 0, 0, 0, 0, 0, 0, 0, 1}, "1", true},
		{[]byte{1, 0, 0, 0, 0, 0, 0, 0, 0}, "18446744073709551616", true},
		{append([]byte{0xff, 0xff}, slices.Repeat([]byte{0xff}, 16)...), "-1", true},
		{append([]byte{0, 1}, make([]byte, 16)...), "", false},
		{append([]byte{0xff, 0x7f}, make([]byte, 15)...), "", false},
	} {
		v, ok := convert.BigEndian(c.b)
		if got := string(types.AppendDecimal(nil, v, 0)); ok != c.ok || ok && got != c.want {
			t.Errorf("%x is %s, %v; want %s, %v", c.b, got, ok, c.want, c.ok)
		}
	}
	el := element{converted: convDecimal, precision: 20, scale: 2}
	for _, to := range []types.Type{types.DecimalOf(20, 2), types.DecimalOf(38, 4), types.TDouble} {
		c := testColumn(physByteArray, el, 0, to)
		body := []byte{2, 0, 0, 0, 0xff, 0x38, 0, 0, 0, 0, 1, 0, 0, 0, 99}
		c.pages = []page{{body: body, rows: 3, hdr: pageHeader{values: 3, uncompressed: int32(len(body))}}}
		v, err := c.read(0, 0, 3, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []float64{-2, 0, 0.99} {
			x := vector.ValueAt(v, i)
			got := x.F
			if to.Kind == types.Decimal {
				got = x.Dec().Float64() / math.Pow10(int(to.S))
			}
			if math.Abs(got-want) > 1e-12 {
				t.Errorf("value %d as %s: %v, want %v", i, to, got, want)
			}
		}
	}
}

func TestInt96(t *testing.T) {
	raw := func(day int32, nanos uint64) []byte {
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(nil, nanos), uint32(day))
	}
	body := slices.Concat(raw(convert.JulianEpoch, 0), raw(convert.JulianEpoch-1, 1_500), raw(convert.JulianEpoch+20_000, 86_399_999_999_999))
	for to, want := range map[int][]int64{
		6: {0, -86_400_000_000 + 1, 20_000*86_400_000_000 + 86_399_999_999},
		9: {0, -86_400_000_000_000 + 1500, 20_000*86_400_000_000_000 + 86_399_999_999_999},
	} {
		c := testColumn(physInt96, element{converted: -1}, 0, types.TimestampOf(to))
		c.pages = []page{{body: body, rows: 3, hdr: pageHeader{values: 3, uncompressed: int32(len(body))}}}
		v, err := c.read(0, 0, 3, 3)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, vector.Values[int64](v)); d != "" {
			t.Errorf("timestamp(%d): %s", to, d)
		}
	}
	c := testColumn(physInt96, element{converted: -1}, 0, types.TimestampOf(9))
	c.pages = []page{{body: raw(2_000_000_000, 0), rows: 1, hdr: pageHeader{values: 1, uncompressed: 12}}}
	if _, err := c.read(0, 0, 1, 1); err == nil {
		t.Error("a day that does not fit was taken")
	}
}

func TestAllBelow(t *testing.T) {
	for _, n := range []int{1, 2, 113, 1 << 20, 1<<31 - 1} {
		for size := 1; size < 20; size++ {
			codes := make([]uint32, size)
			for at := range codes {
				for i := range codes {
					codes[i] = uint32(n - 1)
				}
				if !allBelow(codes, n) {
					t.Fatalf("%v are below %d", codes, n)
				}
				for _, high := range []uint32{uint32(n), 1<<31 - 1 | uint32(n), 1 << 31, 1<<32 - 1} {
					for _, rest := range []uint32{0, uint32(n - 1)} {
						for i := range codes {
							codes[i] = rest
						}
						if codes[at] = high; allBelow(codes, n) {
							t.Fatalf("%v are not below %d", codes, n)
						}
					}
				}
			}
		}
	}
	if allBelow([]uint32{0}, 0) {
		t.Error("there is no code in an empty dictionary")
	}
}
