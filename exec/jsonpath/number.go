package jsonpath

import (
	"bytes"
	"math"
	"math/big"
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
)

// form is how a number is held.
type form uint8

const (
	formInt     form = iota
	formDecimal      // u * 10^-s
	formFloat        // Trino's double
)

// number is a number for arithmetic. big.Ints are never written after the number has
// been made.
type number struct {
	form form
	i    int64
	f    float64
	u    *big.Int
	s    int
}

func errNumber() error { return fault.New(fault.CodeNumericOutOfRange, "numeric value out of range") }

// number gives the value of a numeric item. In Trino's dialect a number that a
// document writes with a point or an exponent is a double.
func (e *Eval) number(it Item) (number, error) {
	if it.num != nil {
		return *it.num, nil
	}
	raw := it.raw
	if len(raw) <= 18 {
		if i, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
			if it.double && !e.path.opts.Postgres {
				return number{form: formFloat, f: float64(i)}, nil
			}
			return number{i: i}, nil
		}
	}
	if !e.path.opts.Postgres && (it.double || !it.exact && bytes.ContainsAny(raw, ".eE")) {
		f, err := strconv.ParseFloat(string(raw), 64)
		if err != nil {
			return number{}, errNumber()
		}
		return number{form: formFloat, f: f}, nil
	}
	d, ok := jsontext.ParseDecimal(raw, nil)
	if !ok {
		return number{}, errNumber()
	}
	u, ok := new(big.Int).SetString(string(bytes.ReplaceAll(d.Append(nil), []byte("."), nil)), 10)
	if !ok {
		return number{}, errNumber()
	}
	return number{form: formDecimal, u: u, s: d.Scale}.small(), nil
}

// small makes an integer that fits one.
func (n number) small() number {
	if n.form == formDecimal && n.s == 0 && n.u.IsInt64() {
		return number{i: n.u.Int64()}
	}
	return n
}

// decimal gives an exact number as u and s.
func (n number) decimal() (*big.Int, int) {
	if n.form == formInt {
		return big.NewInt(n.i), 0
	}
	return n.u, n.s
}

func (n number) float() float64 {
	switch n.form {
	case formInt:
		return float64(n.i)
	case formFloat:
		return n.f
	}
	f, _ := strconv.ParseFloat(string(n.append(nil)), 64)
	return f
}

// append writes the number as JSON has it.
func (n number) append(b []byte) []byte {
	switch n.form {
	case formInt:
		return strconv.AppendInt(b, n.i, 10)
	case formFloat:
		if math.IsNaN(n.f) || math.IsInf(n.f, 0) {
			return append(append(append(b, '"'), types.AppendFloat(nil, n.f, 64, types.TrinoStyle)...), '"')
		}
		return types.AppendFloat(b, n.f, 64, types.TrinoStyle)
	}
	text := n.u.String()
	if n.s == 0 {
		return append(b, text...)
	}
	if text[0] == '-' {
		b, text = append(b, '-'), text[1:]
	}
	for len(text) <= n.s {
		text = "0" + text
	}
	b = append(b, text[:len(text)-n.s]...)
	return append(append(b, '.'), text[len(text)-n.s:]...)
}

func (n number) sign() int {
	switch n.form {
	case formInt:
		return cmp(n.i, 0)
	case formFloat:
		return cmp(n.f, 0)
	}
	return n.u.Sign()
}

func cmp[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// compare orders two numbers: as doubles if one is a double.
func (n number) compare(m number) int {
	switch {
	case n.form == formInt && m.form == formInt:
		return cmp(n.i, m.i)
	case n.form == formFloat || m.form == formFloat:
		return cmp(n.float(), m.float())
	}
	a, s := n.decimal()
	c, t := m.decimal()
	return rescale(a, s, max(s, t)).Cmp(rescale(c, t, max(s, t)))
}

// rescale gives u with to >= s digits behind the point.
func rescale(u *big.Int, s, to int) *big.Int {
	if to == s {
		return u
	}
	return new(big.Int).Mul(u, pow10(to-s))
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func (n number) item() Item { return Item{kind: Num, num: &n} }

// trunc gives the integer part, for subscripts.
func (n number) trunc() (int64, bool) {
	switch n.form {
	case formInt:
		return n.i, true
	case formFloat:
		return int64(n.f), math.Abs(n.f) < math.MaxInt64/2
	}
	q := new(big.Int).Quo(n.u, pow10(n.s))
	return q.Int64(), q.IsInt64()
}
