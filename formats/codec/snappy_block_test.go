package codec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/snappy"
)

// columnsOf are pages as they stand in files: numbers of eight bytes with and
// without order, of four, text, dictionary codes, runs.
func columnsOf(n int) map[string][]byte {
	r := rand.New(rand.NewPCG(7, 8))
	out := map[string][]byte{}
	eights := func(name string, value func(i int) uint64) {
		b := make([]byte, 0, 8*n)
		for i := range n {
			b = binary.LittleEndian.AppendUint64(b, value(i))
		}
		out[name] = b
	}
	eights("keys in order", func(i int) uint64 { return uint64(i) * 3 })
	eights("keys of 200000", func(int) uint64 { return r.Uint64N(200_000) })
	eights("prices", func(int) uint64 { return 90_000 + r.Uint64N(10_000_000) })
	eights("doubles", func(int) uint64 { return r.Uint64() })
	eights("constant", func(int) uint64 { return 77 })
	eights("negative", func(int) uint64 { return -r.Uint64N(1000) })
	words := []string{"carefully", "furiously", "deposits", "requests", "accounts", "the", "ly", "even", "pending ideas", "sleep", "a", "among"}
	var text, ints, codes []byte
	for len(text) < 4*n {
		text = append(append(text, words[r.IntN(len(words))]...), ' ')
	}
	for range n {
		ints = binary.LittleEndian.AppendUint32(ints, uint32(8000+r.IntN(2500)))
		codes = append(codes, byte(r.IntN(7)*36), byte(r.IntN(3)))
	}
	out["text"], out["ints"], out["codes"], out["zeros"] = text, ints, codes, make([]byte, 3*n)
	return out
}

// TestSnappyBlock decodes blocks of all lengths: their last elements come near the
// ends in every way.
func TestSnappyBlock(t *testing.T) {
	for name, data := range columnsOf(20_000) {
		for n := 0; n < len(data); n += 1 + n/5 {
			sameSnappy(t, name, snappy.Encode(nil, data[:n]))
		}
	}
}

// TestSnappyElements decodes random elements, most of which a writer of numbers or
// text would not make: all kinds, lengths and offsets, and some that reach back too
// far.
func TestSnappyElements(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 4000 {
		sameSnappy(t, "elements", randomElements(r))
	}
}

// randomElements makes a block that is valid, or almost.
func randomElements(r *rand.Rand) []byte {
	var b []byte
	n, far := 0, []int{1 << 4, 1 << 8, 1 << 11, 1 << 16}[r.IntN(4)]
	for range r.IntN(400) {
		off := 1 + r.IntN(max(min(n, far-1), 1))
		if r.IntN(3000) == 0 {
			off = r.IntN(far)
		}
		switch r.IntN(5) {
		case 0, 1:
			k := 1 + r.IntN([]int{4, 16, 60}[r.IntN(3)])
			b = append(b, byte(k-1)<<2)
			for range k {
				b = append(b, byte(r.Uint32()))
			}
			n += k
		case 2:
			k := 4 + r.IntN(8)
			if off &= 1<<11 - 1; off == 0 {
				off = 1
			}
			b = append(b, byte(k-4)<<2|byte(off>>8)<<5|1, byte(off))
			n += k
		case 3:
			k := 1 + r.IntN([]int{8, 64}[r.IntN(2)])
			b = append(b, byte(k-1)<<2|2, byte(off), byte(off>>8))
			n += k
		default:
			if r.IntN(8) > 0 {
				continue
			}
			k := 1 + r.IntN(64)
			b = append(b, byte(k-1)<<2|3, byte(off), byte(off>>8), 0, 0)
			n += k
		}
	}
	return append(binary.AppendUvarint(nil, uint64(n)), b...)
}

// sameSnappy demands what the library gives, from memory that begins and ends as
// the block does.
func sameSnappy(t *testing.T, name string, src []byte) {
	t.Helper()
	n, err := snappy.DecodedLen(src)
	if err != nil || n > 1<<24 {
		return
	}
	want, wantErr := snappy.Decode(nil, src)
	const guard = 160
	mem := bytes.Repeat([]byte{0xa5}, n+2*guard)
	got, err := unsnappy(mem[guard:guard+n:guard+n], src)
	if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
		t.Fatalf("%s, %d bytes: %v, want %v; equal: %v", name, len(src), err, wantErr, bytes.Equal(got, want))
	}
	for i := range guard {
		if mem[i] != 0xa5 || mem[guard+n+i] != 0xa5 {
			t.Fatalf("%s: wrote outside of its memory", name)
		}
	}
}

// TestSnappyIsOurs keeps the fallback from hiding that ordinary blocks are refused.
func TestSnappyIsOurs(t *testing.T) {
	for name, data := range columnsOf(5000) {
		src := snappy.Encode(nil, data)
		_, head := binary.Uvarint(src)
		dst := make([]byte, len(data))
		if !snappyElements(dst, src[head:]) || !bytes.Equal(dst, data) {
			t.Errorf("%s: not decoded", name)
		}
	}
}

func FuzzSnappyBlock(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		f.Add(randomElements(r))
	}
	for _, data := range columnsOf(300) {
		f.Add(snappy.Encode(nil, data))
	}
	f.Fuzz(func(t *testing.T, src []byte) { sameSnappy(t, "fuzz", src) })
}

// BenchmarkSnappy decodes a page of each kind, with the library beside it.
func BenchmarkSnappy(b *testing.B) {
	decoders := []struct {
		name   string
		decode func(dst, src []byte) ([]byte, error)
	}{{"ours", unsnappy}, {"library", snappy.Decode}}
	for name, data := range columnsOf(131_072) {
		src := snappy.Encode(nil, data)
		for _, d := range decoders {
			b.Run(fmt.Sprintf("%s/%s", name, d.name), func(b *testing.B) {
				dst := make([]byte, len(data))
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					if _, err := d.decode(dst, src); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
