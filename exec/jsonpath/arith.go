package jsonpath

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/glauxdb/glaux/catalog/fault"
)

func errDivisionByZero() error { return fault.New(fault.CodeDivisionByZero, "division by zero") }

// arith applies a binary operator.
func (e *Eval) arith(o op, a, b number) (number, error) {
	switch {
	case a.form == formFloat || b.form == formFloat:
		return floatArith(o, a.float(), b.float())
	case a.form == formInt && b.form == formInt:
		if n, ok, err := e.intArith(o, a.i, b.i); ok || err != nil {
			return n, err
		}
	}
	x, s := a.decimal()
	y, t := b.decimal()
	out := number{form: formDecimal}
	switch o {
	case opAdd:
		out.s = max(s, t)
		out.u = new(big.Int).Add(rescale(x, s, out.s), rescale(y, t, out.s))
	case opSub:
		out.s = max(s, t)
		out.u = new(big.Int).Sub(rescale(x, s, out.s), rescale(y, t, out.s))
	case opMul:
		out.s = s + t
		out.u = new(big.Int).Mul(x, y)
	default:
		if y.Sign() == 0 {
			return out, errDivisionByZero()
		}
		if o == opMod {
			out.s = max(s, t)
			out.u = new(big.Int).Rem(rescale(x, s, out.s), rescale(y, t, out.s))
			break
		}
		out.s = divisionScale(x, s, y, t)
		out.u = quotient(x, s, y, t, out.s)
	}
	if out.u.BitLen() > 4*maxDigits {
		return out, errNumber()
	}
	return out.small(), nil
}

// maxDigits bounds the digits of a result: more than PostgreSQL's numeric has.
const maxDigits = 150000

// intArith computes with integers; not ok means that the result is none: it takes
// more than 64 bits, or is a fraction.
func (e *Eval) intArith(o op, a, b int64) (number, bool, error) {
	r, ok := int64(0), true
	switch o {
	case opAdd:
		r = a + b
		ok = (r > a) == (b > 0)
	case opSub:
		r = a - b
		ok = (r < a) == (b > 0)
	case opMul:
		hi, lo := bits.Mul64(abs(a), abs(b))
		r, ok = a*b, hi == 0 && lo <= math.MaxInt64
	default:
		switch {
		case b == 0:
			return number{}, false, errDivisionByZero()
		case a == math.MinInt64 && b == -1:
			ok = false
		case o == opMod:
			r = a % b
		default:
			r, ok = a/b, !e.path.opts.Postgres
		}
	}
	if !ok && !e.path.opts.Postgres {
		return number{}, false, fault.New(fault.CodeNumericOutOfRange, "bigint out of range")
	}
	return number{i: r}, ok, nil
}

func abs(i int64) uint64 {
	if i < 0 {
		return uint64(-i)
	}
	return uint64(i)
}

func floatArith(o op, a, b float64) (number, error) {
	n := number{form: formFloat}
	switch o {
	case opAdd:
		n.f = a + b
	case opSub:
		n.f = a - b
	case opMul:
		n.f = a * b
	case opDiv:
		n.f = a / b
	case opMod:
		n.f = math.Mod(a, b)
	}
	return n, nil
}

// divisionScale chooses the digits of a quotient as PostgreSQL's numeric does
// (select_div_scale): at least 16 significant ones, counted in groups of four.
func divisionScale(x *big.Int, s int, y *big.Int, t int) int {
	w1, d1 := leadingGroup(x, s)
	w2, d2 := leadingGroup(y, t)
	q := w1 - w2
	if d1 <= d2 {
		q--
	}
	return min(max(16-q*4, s, t, 0), 1000)
}

// leadingGroup gives the weight and the value of the first digit in base 10000.
func leadingGroup(u *big.Int, s int) (weight, digit int) {
	if u.Sign() == 0 {
		return 0, 0
	}
	text := new(big.Int).Abs(u).String()
	top := len(text) - s - 1 // the power of ten of the first digit
	weight = floorDiv(top, 4)
	for i := range top - weight*4 + 1 {
		digit *= 10
		if i < len(text) {
			digit += int(text[i] - '0')
		}
	}
	return weight, digit
}

func floorDiv(a, b int) int {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// quotient gives x/y with scale digits, rounded half away from zero.
func quotient(x *big.Int, s int, y *big.Int, t, scale int) *big.Int {
	n, d := new(big.Int).Set(x), new(big.Int).Set(y)
	if k := scale + t - s; k >= 0 {
		n.Mul(n, pow10(k))
	} else {
		d.Mul(d, pow10(-k))
	}
	q, r := new(big.Int).QuoRem(n, d, new(big.Int))
	if r.Abs(r).Lsh(r, 1).CmpAbs(d) >= 0 {
		q.Add(q, big.NewInt(int64(n.Sign()*d.Sign())))
	}
	return q
}

// negate, magnitude, ceil and floor are the operations on one number.
func negate(n number) (number, error) {
	switch n.form {
	case formInt:
		if n.i == math.MinInt64 {
			return number{form: formDecimal, u: new(big.Int).Neg(big.NewInt(n.i))}, nil
		}
		n.i = -n.i
	case formFloat:
		n.f = -n.f
	default:
		n.u = new(big.Int).Neg(n.u)
	}
	return n, nil
}

func magnitude(n number) (number, error) {
	if n.form == formFloat {
		n.f = math.Abs(n.f)
		return n, nil
	}
	if n.sign() < 0 {
		return negate(n)
	}
	return n, nil
}

func ceil(n number) (number, error)  { return integral(n, math.Ceil, 1), nil }
func floor(n number) (number, error) { return integral(n, math.Floor, -1), nil }

// integral rounds up (dir 1) or down (dir -1).
func integral(n number, f func(float64) float64, dir int) number {
	switch {
	case n.form == formFloat:
		n.f = f(n.f)
		return n
	case n.form == formInt:
		return n
	}
	q, r := new(big.Int).QuoRem(n.u, pow10(n.s), new(big.Int))
	if r.Sign() == dir {
		q.Add(q, big.NewInt(int64(dir)))
	}
	return number{form: formDecimal, u: q}.small()
}
