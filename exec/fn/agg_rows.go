package fn

import (
	"math/bits"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// liveRows finds the rows of a batch at which no argument is NULL, and gathers
// values densely, in buffers that it reuses: what aggregates do before their loops.
type liveRows struct {
	pos []uint16
	grp []uint32
	idx []uint32
	tmp vector.Vector
}

// identity lists positions 0, 1, 2 ...
var identity = func() (s [vector.MaxBatch]uint16) {
	for i := range s {
		s[i] = uint16(i)
	}
	return s
}()

// hasNulls reports whether some argument may be NULL at a row.
func hasNulls(args []*vector.Vector) bool {
	for _, a := range args {
		switch {
		case a.Type.Kind == types.Unknown:
			return true
		case a.Form == vector.Const:
			if a.IsNull(0) {
				return true
			}
		case !a.Valid.All(a.Len):
			return true
		}
	}
	return false
}

// rows gives the positions of the n selected rows at which no argument is NULL.
func (l *liveRows) rows(args []*vector.Vector, sel vector.Sel, n int) []uint16 {
	src := []uint16(sel)
	if sel == nil {
		src = identity[:n]
	}
	if !hasNulls(args) {
		return src
	}
	l.pos = l.pos[:0]
	if v := args[0]; sel == nil && len(args) == 1 && v.Form == vector.Flat && v.Valid != nil && v.Type.Kind != types.Unknown {
		return l.valid(v.Valid, n)
	}
	for _, p := range src {
		if !anyNull(args, int(p)) {
			l.pos = append(l.pos, p)
		}
	}
	return l.pos
}

// valid lists the bits of the first n that are set, a word at a time.
func (l *liveRows) valid(valid vector.Bitmap, n int) []uint16 {
	for w := 0; w*64 < n; w++ {
		x := valid[w]
		if left := n - w*64; left < 64 {
			x &= 1<<left - 1
		}
		for ; x != 0; x &= x - 1 {
			l.pos = append(l.pos, uint16(w*64+bits.TrailingZeros64(x)))
		}
	}
	return l.pos
}

// groups is rows with the groups that belong to them.
func (l *liveRows) groups(args []*vector.Vector, groups []uint32, sel vector.Sel) ([]uint32, []uint16) {
	src := []uint16(sel)
	if sel == nil {
		src = identity[:len(groups)]
	}
	if !hasNulls(args) {
		return groups, src
	}
	l.pos, l.grp = l.pos[:0], l.grp[:0]
	for i, p := range src {
		if !anyNull(args, int(p)) {
			l.pos, l.grp = append(l.pos, p), append(l.grp, groups[i])
		}
	}
	return l.grp, l.pos
}

func anyNull(args []*vector.Vector, p int) bool {
	for _, a := range args {
		if a.IsNull(p) {
			return true
		}
	}
	return false
}

// own gives a buffer of n groups or codes that may be written to.
func (l *liveRows) own(n int) []uint32 {
	if cap(l.idx) < n {
		l.idx = make([]uint32, n, n+n/4)
	}
	return l.idx[:n]
}

// dense gives the values of v at rows one after the other, as a flat vector. It
// is v itself if that is what it is. The result is valid until the next call.
func (l *liveRows) dense(v *vector.Vector, rows []uint16) *vector.Vector {
	if v.Form == vector.Flat && len(rows) > 0 && len(rows) == v.Len && &rows[0] == &identity[0] {
		return v
	}
	if v.Form == vector.Flat {
		vector.GatherSel(&l.tmp, v, rows)
		return &l.tmp
	}
	if v.Form == vector.Const {
		one := *v
		one.Form, one.Len = vector.Flat, 1
		idx := l.own(len(rows))
		clear(idx)
		vector.Gather(&l.tmp, &one, idx)
		return &l.tmp
	}
	codes := v.Codes
	if !dense(rows) {
		codes = l.own(len(rows))
		for i, p := range rows {
			codes[i] = v.Codes[p]
		}
	}
	vector.Gather(&l.tmp, v.Base, codes[:len(rows)])
	return &l.tmp
}
