package types

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

func (a Int128) big() *big.Int {
	b := new(big.Int).SetInt64(a.Hi)
	b.Lsh(b, 64)
	return b.Add(b, new(big.Int).SetUint64(a.Lo))
}

// TestInt128AgainstBig runs every operation on random and edge operands and
// compares with math/big.
func TestInt128AgainstBig(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	edges := []Int128{{}, I128(1), I128(-1), I128(1 << 62), I128(-1 << 63), {Lo: 0, Hi: 1}, {Lo: ^uint64(0), Hi: 0},
		Pow10x128[38], Pow10x128[38].Neg(), Pow10x128[20], {Lo: 5, Hi: -3}}
	pick := func() Int128 {
		if r.IntN(3) == 0 {
			return edges[r.IntN(len(edges))]
		}
		v := Int128{Lo: r.Uint64(), Hi: int64(r.Uint64())}
		if v.Hi == -1<<63 {
			v.Hi++
		}
		switch sh := r.UintN(127); {
		case sh >= 64:
			return I128(int64(v.Lo) >> (sh - 64))
		default:
			return Int128{Lo: v.Lo, Hi: v.Hi >> sh}
		}
	}
	lim := new(big.Int).Lsh(big.NewInt(1), 127)
	for i := 0; i < 200_000; i++ {
		a, b := pick(), pick()
		if got, want := a.Cmp(b), a.big().Cmp(b.big()); got != want {
			t.Fatalf("cmp %v %v = %d, want %d", a.big(), b.big(), got, want)
		}
		p, ok := a.Mul(b)
		want := new(big.Int).Mul(a.big(), b.big())
		if fits := want.CmpAbs(lim) < 0 || ok && want.CmpAbs(lim) == 0; fits != ok || ok && p.big().Cmp(want) != 0 {
			t.Fatalf("%v * %v = %v (%v), want %v", a.big(), b.big(), p.big(), ok, want)
		}
		if b.Sign() != 0 {
			q, m := a.QuoRem(b)
			wq, wm := new(big.Int).QuoRem(a.big(), b.big(), new(big.Int))
			if q.big().Cmp(wq) != 0 || m.big().Cmp(wm) != 0 {
				t.Fatalf("%v / %v = %v rem %v, want %v rem %v", a.big(), b.big(), q.big(), m.big(), wq, wm)
			}
		}
		if got := string(AppendDecimal(nil, a, 0)); got != a.big().String() {
			t.Fatalf("text %s, want %s", got, a.big())
		}
		if a.FitsDecimal(38) {
			s := AppendDecimal(nil, a, r.IntN(39))
			v, sc, ok := ParseDecimal(s)
			if !ok || string(AppendDecimal(nil, v, sc)) != string(s) {
				t.Fatalf("round trip of %s gave %v scale %d %v", s, v.big(), sc, ok)
			}
		}
	}
}

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct {
		in    string
		v     string
		scale int
		ok    bool
	}{
		{"1.50", "150", 2, true}, {"-0.001", "-1", 3, true}, {".5", "5", 1, true}, {"5.", "5", 0, true},
		{"1e3", "1000", 0, true}, {"12e-3", "12", 3, true}, {"", "", 0, false}, {".", "", 0, false},
		{"1e", "", 0, false}, {"1x", "", 0, false}, {"--1", "", 0, false},
		{"99999999999999999999999999999999999999", "99999999999999999999999999999999999999", 0, true},
		{"100000000000000000000000000000000000000", "", 0, false}, {"1e39", "", 0, false},
	} {
		v, sc, ok := ParseDecimal([]byte(c.in))
		if ok != c.ok || ok && (v.big().String() != c.v || sc != c.scale) {
			t.Errorf("ParseDecimal(%q) = %v, %d, %v; want %s, %d, %v", c.in, v.big(), sc, ok, c.v, c.scale, c.ok)
		}
	}
}
