package window

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/vector"
)

// none stands for NULL among row numbers, fallback for the row's default.
const (
	none     = ^uint32(0)
	fallback = none - 1
)

// value computes the functions that give the argument of another row: first the row
// numbers, then one gather.
type value struct {
	c      *Call
	pick   func(v *value, m *Morsel) error
	framer framer
	idx    []uint32
	solid  solid
}

// values are the functions, by name.
var values = map[string]func(v *value, m *Morsel) error{
	"lead": func(v *value, m *Morsel) error { return v.shift(m, 1) },
	"lag":  func(v *value, m *Morsel) error { return v.shift(m, -1) },
	"first_value": func(v *value, m *Morsel) error {
		return v.nth(m, func(int) (int64, bool, error) { return 1, true, nil })
	},
	"last_value": func(v *value, m *Morsel) error {
		return v.nth(m, func(int) (int64, bool, error) { return -1, true, nil })
	},
	"nth_value": nthValue,
}

func (v *value) Eval(m *Morsel, out *vector.Vector) error {
	v.idx = grow(v.idx, m.N)
	arg := m.Cols[v.c.Args[0]]
	if v.c.IgnoreNulls {
		v.solid.find(arg, m.N)
	}
	if err := v.pick(v, m); err != nil {
		return err
	}
	base := out.Len
	var nulls, defaults []uint32
	for i, r := range v.idx {
		switch r {
		case none:
			nulls = append(nulls, uint32(i))
			v.idx[i] = 0
		case fallback:
			defaults = append(defaults, uint32(i))
			v.idx[i] = 0
		}
	}
	if len(defaults) > 0 {
		arg = withDefaults(arg, m.Cols[v.c.Args[2]], v.idx, defaults, m.N)
	}
	out.AppendIdx(arg, v.idx)
	for _, i := range nulls {
		out.SetNull(base + int(i))
	}
	return nil
}

// withDefaults gives a vector with the defaults behind the values, and makes idx
// lead there.
func withDefaults(arg, def *vector.Vector, idx, at []uint32, n int) *vector.Vector {
	both := vector.New(arg.Type, 0)
	both.AppendRange(arg, 0, n)
	both.AppendIdx(def, at)
	for k, i := range at {
		idx[i] = uint32(n + k)
	}
	return both
}

// solid finds the rows whose value is not NULL.
type solid struct {
	rows   []uint32 // them, in order
	before []uint32 // how many there are before row i; one more at the end
}

func (s *solid) find(v *vector.Vector, n int) {
	s.rows, s.before = s.rows[:0], grow(s.before, n+1)
	for i := range n {
		s.before[i] = uint32(len(s.rows))
		if !v.IsNull(i) {
			s.rows = append(s.rows, uint32(i))
		}
	}
	s.before[n] = uint32(len(s.rows))
}

// nth gives the k-th of the rows from to to that count, from the back for k < 0.
// What is left to skip comes back if there are not so many.
func (v *value) nthIn(from, to uint32, k int64) (row uint32, left int64) {
	n := int64(to) - int64(from)
	if v.c.IgnoreNulls {
		from, to = v.solid.before[from], v.solid.before[to]
		n = int64(to) - int64(from)
	}
	switch {
	case k > n:
		return none, k - n
	case k < -n:
		return none, k + n
	case k < 0:
		row = to - uint32(-k)
	default:
		row = from + uint32(k-1)
	}
	if v.c.IgnoreNulls {
		row = v.solid.rows[row]
	}
	return row, 0
}

// nth finds the row that which names, in each frame; its second result is false
// for NULL.
func (v *value) nth(m *Morsel, which func(row int) (int64, bool, error)) error {
	v.framer.find(m)
	spans := v.framer.spans()
	for i := range v.idx {
		v.idx[i] = none
		k, ok, err := which(i)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		for s := range spans {
			sp := &spans[s]
			if k < 0 {
				sp = &spans[len(spans)-1-s]
			}
			row := none
			if row, k = v.nthIn(sp.lo[i], sp.hi[i], k); row != none {
				v.idx[i] = row
				break
			}
		}
	}
	return nil
}

func nthValue(v *value, m *Morsel) error {
	n := m.Cols[v.c.Args[1]]
	vals := vector.Values[int64](n)
	return v.nth(m, func(i int) (int64, bool, error) {
		if n.IsNull(i) {
			return 0, false, nil
		}
		if vals[i] <= 0 {
			return 0, false, fault.New("22016", "argument of nth_value must be greater than zero")
		}
		return vals[i], true, nil
	})
}

// shift is lead and lag: direction 1 and -1.
func (v *value) shift(m *Morsel, direction int64) error {
	var off *vector.Vector
	if len(v.c.Args) > 1 {
		off = m.Cols[v.c.Args[1]]
	}
	outside := none
	if len(v.c.Args) > 2 {
		outside = fallback
	}
	parts := m.Starts(v.c.Partition)
	for p := 0; p+1 < len(parts); p++ {
		from, to := parts[p], parts[p+1]
		for i := from; i < to; i++ {
			steps := direction
			if off != nil {
				if off.IsNull(int(i)) {
					v.idx[i] = none
					continue
				}
				steps = direction * vector.Values[int64](off)[i]
			}
			if v.idx[i] = v.moved(i, from, to, steps); v.idx[i] == none {
				v.idx[i] = outside
			}
		}
	}
	return nil
}

// moved gives the row so many steps from row i within from to to.
func (v *value) moved(i, from, to uint32, steps int64) uint32 {
	if v.c.IgnoreNulls && steps != 0 {
		row := none
		if steps > 0 {
			row, _ = v.nthIn(i+1, to, steps)
		} else {
			row, _ = v.nthIn(from, i, steps)
		}
		return row
	}
	if r := int64(i) + steps; r >= int64(from) && r < int64(to) && (steps > 0) == (r > int64(i)) {
		return uint32(r)
	} else if steps == 0 {
		return i
	}
	return none
}
