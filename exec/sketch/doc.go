// Package sketch holds summaries of many values: how many distinct ones there are
// (HLL), where their quantiles lie (TDigest of doubles, QDigest of integers), what
// two sets have in common (SetDigest). Each is stored in the bytes that Trino and
// Athena store it in, so that varbinary columns written by one can be read by the
// other: see airlift's documents on the layouts of HyperLogLog, t-digest and qdigest
// and Trino's SetDigest. Integers and doubles are little-endian.
//
//	Decode... ── a sketch ──┬─ Add (values or hashes)
//	                        ├─ Merge (another one)
//	                        ├─ what it knows
//	                        └─ AppendTo (bytes)
//
// A sketch belongs to one goroutine. Decoding checks everything that the methods
// rely on; what is no sketch is an error of class 22P03.
package sketch

import (
	"encoding/binary"
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
)

// reader takes a sketch's bytes apart. After the first read beyond the end it
// gives zeros and is bad.
type reader struct {
	what string
	b    []byte
	bad  bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || len(r.b) < n {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) f64() float64 { return math.Float64frombits(r.u64()) }

func (r *reader) fail(format string, args ...any) error {
	return fault.New(fault.CodeInvalidBinary, "the value is no "+r.what+": "+format, args...)
}

// end reports bytes that are missing or left over.
func (r *reader) end() error {
	switch {
	case r.bad:
		return r.fail("it ends too early")
	case len(r.b) > 0:
		return r.fail("%d bytes are left over", len(r.b))
	}
	return nil
}

func appendF64(b []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
}
