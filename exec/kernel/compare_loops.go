package kernel

import (
	"bytes"

	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// The loops of comparisons. Each writes the position of every candidate and
// advances only if it passes, so that there is no branch to mispredict. A NaN is
// equal to itself and above every number, so "greater" is "not less or equal".

// number is a value with Go's ordering operators.
type number interface {
	int8 | int16 | int32 | int64 | uint32 | float32 | float64
}

// selConst selects v[i] op c; c is not NaN.
func selConst[T number](op plan.CompareOp, v []T, c T, sel, out vector.Sel) vector.Sel {
	out = out[:cap(out)]
	if sel == nil {
		return out[:selConstAll(op, v, c, out)]
	}
	return out[:selConstSel(op, v, c, sel, out)]
}

func selConstAll[T number](op plan.CompareOp, v []T, c T, out vector.Sel) (k int) {
	if len(v) == 0 {
		return 0
	}
	_ = out[len(v)-1]
	switch op {
	case plan.EQ:
		for i, x := range v {
			out[k] = uint16(i)
			k += b2i(x == c)
		}
	case plan.NE:
		for i, x := range v {
			out[k] = uint16(i)
			k += b2i(x != c)
		}
	case plan.LT:
		for i, x := range v {
			out[k] = uint16(i)
			k += b2i(x < c)
		}
	case plan.LE:
		for i, x := range v {
			out[k] = uint16(i)
			k += b2i(x <= c)
		}
	case plan.GT:
		for i, x := range v {
			out[k] = uint16(i)
			k += b2i(!(x <= c))
		}
	case plan.GE:
		for i, x := range v {
			out[k] = uint16(i)
			k += b2i(!(x < c))
		}
	}
	return k
}

func selConstSel[T number](op plan.CompareOp, v []T, c T, sel, out vector.Sel) (k int) {
	switch op {
	case plan.EQ:
		for _, p := range sel {
			out[k] = p
			k += b2i(v[p] == c)
		}
	case plan.NE:
		for _, p := range sel {
			out[k] = p
			k += b2i(v[p] != c)
		}
	case plan.LT:
		for _, p := range sel {
			out[k] = p
			k += b2i(v[p] < c)
		}
	case plan.LE:
		for _, p := range sel {
			out[k] = p
			k += b2i(v[p] <= c)
		}
	case plan.GT:
		for _, p := range sel {
			out[k] = p
			k += b2i(!(v[p] <= c))
		}
	case plan.GE:
		for _, p := range sel {
			out[k] = p
			k += b2i(!(v[p] < c))
		}
	}
	return k
}

// less orders with NaN last.
func less[T number](a, b T) bool { return a < b || b != b && a == a }

// same is equality with NaN equal to itself.
func same[T number](a, b T) bool { return a == b || a != a && b != b }

// selCols selects a[i] op b[i].
func selCols[T number](op plan.CompareOp, a, b []T, sel, out vector.Sel) vector.Sel {
	switch op {
	case plan.GT, plan.LE:
		a, b, op = b, a, op.Flip()
	}
	out = out[:cap(out)]
	k := 0
	if sel != nil {
		return out[:selColsSel(op, a, b, sel, out)]
	}
	b = b[:len(a)]
	switch op {
	case plan.EQ:
		for i, x := range a {
			out[k] = uint16(i)
			k += b2i(same(x, b[i]))
		}
	case plan.NE:
		for i, x := range a {
			out[k] = uint16(i)
			k += b2i(!same(x, b[i]))
		}
	case plan.LT:
		for i, x := range a {
			out[k] = uint16(i)
			k += b2i(less(x, b[i]))
		}
	case plan.GE:
		for i, x := range a {
			out[k] = uint16(i)
			k += b2i(!less(x, b[i]))
		}
	}
	return out[:k]
}

func selColsSel[T number](op plan.CompareOp, a, b []T, sel, out vector.Sel) (k int) {
	switch op {
	case plan.EQ:
		for _, p := range sel {
			out[k] = p
			k += b2i(same(a[p], b[p]))
		}
	case plan.NE:
		for _, p := range sel {
			out[k] = p
			k += b2i(!same(a[p], b[p]))
		}
	case plan.LT:
		for _, p := range sel {
			out[k] = p
			k += b2i(less(a[p], b[p]))
		}
	case plan.GE:
		for _, p := range sel {
			out[k] = p
			k += b2i(!less(a[p], b[p]))
		}
	}
	return k
}

// cmpMask has bit c+1 set if a comparison that gave c (-1, 0, 1) passes.
var cmpMask = [...]uint8{plan.EQ: 0b010, plan.NE: 0b101, plan.LT: 0b001, plan.LE: 0b011, plan.GT: 0b100, plan.GE: 0b110}

// selStringsConst selects rows of a string vector (any form but Const) by their
// comparison with c.
func selStringsConst(op plan.CompareOp, v *vector.Vector, n int, c []byte, sel, out vector.Sel) vector.Sel {
	s := StringsOf(v)
	out = out[:cap(out)]
	k := 0
	if op == plan.EQ || op == plan.NE {
		eq := op == plan.EQ
		if sel == nil {
			for i := range n {
				out[k] = uint16(i)
				k += b2i(string(s.At(i)) == string(c) == eq)
			}
			return out[:k]
		}
		for _, p := range sel {
			out[k] = p
			k += b2i(string(s.At(int(p))) == string(c) == eq)
		}
		return out[:k]
	}
	mask := cmpMask[op]
	if sel == nil {
		for i := range n {
			out[k] = uint16(i)
			k += int(mask >> (bytes.Compare(s.At(i), c) + 1) & 1)
		}
		return out[:k]
	}
	for _, p := range sel {
		out[k] = p
		k += int(mask >> (bytes.Compare(s.At(int(p)), c) + 1) & 1)
	}
	return out[:k]
}

// selStrings selects rows by comparing two string vectors of any form.
func selStrings(op plan.CompareOp, a, b *vector.Vector, n int, sel, out vector.Sel) vector.Sel {
	x, y := StringsOf(a), StringsOf(b)
	out = copySel(out, sel, n)
	k := 0
	if op == plan.EQ || op == plan.NE {
		eq := op == plan.EQ
		for _, p := range out {
			out[k] = p
			k += b2i(string(x.At(int(p))) == string(y.At(int(p))) == eq)
		}
		return out[:k]
	}
	mask := cmpMask[op]
	for _, p := range out {
		out[k] = p
		k += int(mask >> (bytes.Compare(x.At(int(p)), y.At(int(p))) + 1) & 1)
	}
	return out[:k]
}

// selRows selects by a row-wise comparison, for types without loops of their own.
func selRows(op plan.CompareOp, a, b *vector.Vector, n int, sel, out vector.Sel) vector.Sel {
	mask := cmpMask[op]
	out = copySel(out, sel, n)
	k := 0
	for _, p := range out {
		out[k] = p
		k += int(mask >> (sign(CompareRows(a, int(p), b, int(p))) + 1) & 1)
	}
	return out[:k]
}

func sign(c int) int {
	switch {
	case c < 0:
		return -1
	case c > 0:
		return 1
	}
	return 0
}

// Strings reads the values of a bytes vector of any form.
type Strings struct {
	rs    []vector.Range
	data  []byte
	codes []uint32
	one   bool
}

// StringsOf makes the reader of v, whose physical form is bytes.
func StringsOf(v *vector.Vector) Strings {
	switch v.Form {
	case vector.Dict:
		return Strings{rs: v.Base.Ranges(), data: v.Base.Data, codes: v.Codes}
	case vector.Const:
		return Strings{rs: v.Ranges(), data: v.Data, one: true}
	}
	return Strings{rs: v.Ranges(), data: v.Data}
}

// At gives value i, which must not be NULL. It aliases the vector.
func (s *Strings) At(i int) []byte {
	if s.codes != nil {
		i = int(s.codes[i])
	} else if s.one {
		i = 0
	}
	r := s.rs[i]
	return s.data[r.Off : r.Off+r.Len : r.Off+r.Len]
}
