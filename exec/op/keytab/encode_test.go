package keytab

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// TestEncodeOne compares the short way for one number without NULLs with the general
// one, which a column takes that says of each row that it is no NULL.
func TestEncodeOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for round := range 400 {
		typ := []types.Type{types.TBigInt, types.TInteger, types.TDate, types.TTimestamp, types.TSmallInt}[round%5]
		n := 1 + rng.IntN(200)
		v := vector.New(typ, n)
		for i := range v.Raw() {
			v.Raw()[i] = byte(rng.Uint32())
		}
		if rng.IntN(2) == 0 {
			codes := make([]uint32, n)
			for i := range codes {
				codes[i] = uint32(rng.IntN(n))
			}
			v = &vector.Vector{Type: typ, Form: vector.Dict, Base: v, Codes: codes, Len: n}
		}
		var sel vector.Sel
		if rng.IntN(2) == 0 {
			for i := range n {
				if rng.IntN(2) == 0 {
					sel = append(sel, uint16(i))
				}
			}
		}
		lay := NewLayout([]types.Type{typ}, rng.IntN(2) == 0)
		short, general := NewEncoder(lay), NewEncoder(lay)
		short.Encode([]*vector.Vector{v}, sel, n)
		full := *v
		full.Valid = vector.NewBitmap(n)
		full.Valid.SetAll(n)
		general.Encode([]*vector.Vector{&full}, sel, n)
		if !slices.Equal(short.img, general.img) || !slices.Equal(short.Hashes(), general.Hashes()) {
			t.Fatalf("%s, form %d, %d of %d rows: other images or hashes", typ, v.Form, len(sel), n)
		}
	}
}

// TestEncodeStrings compares strings at the end of their buffer with those that have
// others behind them.
func TestEncodeStrings(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 10))
	lay := NewLayout([]types.Type{types.TVarchar}, true)
	last, inner := NewEncoder(lay), NewEncoder(lay)
	for n := range 40 {
		s := make([]byte, n)
		for i := range s {
			s[i] = byte(rng.Uint32())
		}
		v := vector.New(types.TVarchar, 0)
		v.AppendBytes(s)
		v.Data = slices.Clip(v.Data)
		w := vector.New(types.TVarchar, 0)
		w.AppendBytes(s)
		w.Data = append(w.Data, "what is behind a string"...)
		last.Encode([]*vector.Vector{v}, nil, 1)
		inner.Encode([]*vector.Vector{w}, nil, 1)
		if !slices.Equal(last.img, inner.img) || !slices.Equal(last.Hashes(), inner.Hashes()) {
			t.Fatalf("%d bytes: %x, %x", n, last.img, inner.img)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	rng := rand.New(rand.NewPCG(11, 11))
	numbers, words := vector.New(types.TBigInt, vector.BatchSize), vector.New(types.TVarchar, 0)
	for i := range vector.Values[int64](numbers) {
		vector.Values[int64](numbers)[i] = rng.Int64()
		words.AppendBytes(fmt.Appendf(nil, "%d", rng.IntN(1_000_000_000)))
	}
	var half vector.Sel
	for i := range vector.BatchSize / 2 {
		half = append(half, uint16(2*i))
	}
	for _, c := range []struct {
		name  string
		v     *vector.Vector
		sel   vector.Sel
		nulls bool
	}{
		{"number", numbers, nil, false}, {"number/nulls", numbers, nil, true}, {"number/half", numbers, half, false},
		{"string", words, nil, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			enc := NewEncoder(NewLayout([]types.Type{c.v.Type}, c.nulls))
			for b.Loop() {
				enc.Encode([]*vector.Vector{c.v}, c.sel, vector.BatchSize)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(enc.Len()*b.N), "ns/key")
		})
	}
}
