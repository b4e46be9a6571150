package parquet

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

// levelBlock is how many levels are decoded at once; maxBatchLevels bounds the
// list entries of one batch (runs of nulls take no bytes in a file, but do in
// memory).
const (
	levelBlock     = 4096
	maxBatchLevels = 1 << 26
)

// records reads one leaf of a nested column: levels and dense values of whole
// records (rows of the table).
type records struct {
	c   *column
	row int64 // next record

	winD, winR []uint8 // decoded levels of the page, from win on not yet used
	win        int
	blockD     []uint8
	blockR     []uint8

	defs, reps []uint8 // the batch's levels
}

func (r *records) rewind() {
	r.row, r.win, r.winD, r.winR = 0, 0, nil, nil
	r.c.cur, r.c.state.loaded = 0, false
}

// refill makes levels available; false at the end of the chunk, or at a page's
// end where the next page is known to begin with a new record and more says
// that no further one is wanted.
func (r *records) refill(more bool) (bool, error) {
	c, s := r.c, &r.c.state
	for !s.loaded || s.left == 0 {
		next := c.cur
		if s.loaded {
			next++
		}
		if next >= len(c.pages) || !more && c.pages[next].row >= 0 {
			return false, nil
		}
		if err := c.detach(); err != nil {
			return false, err
		}
		c.cur = next
		if err := c.load(next); err != nil {
			return false, err
		}
	}
	k := min(s.left, levelBlock)
	r.blockD, r.blockR = growSlice(r.blockD, k), growSlice(r.blockR, k)
	r.win, r.winD, r.winR = 0, r.blockD, r.blockR
	if c.leaf.maxRep > 0 {
		if err := s.reps.levels(r.winR); err != nil {
			return false, err
		}
	} else {
		clear(r.winR)
	}
	if c.leaf.maxDef > 0 {
		if err := s.defs.levels(r.winD); err != nil {
			return false, err
		}
	} else {
		clear(r.winD)
	}
	s.left -= k
	return true, nil
}

// records consumes n records and hands their levels to use, in pieces.
func (r *records) records(n int64, use func(defs, reps []uint8, nn int) error) error {
	c := r.c
	seen := int64(0)
	for {
		if r.win == len(r.winD) {
			if seen == n && c.leaf.maxRep == 0 {
				break
			}
			ok, err := r.refill(seen < n)
			if err != nil {
				return err
			}
			if !ok {
				break
			}
		}
		defs, reps := r.winD[r.win:], r.winR[r.win:]
		k := 0
		for ; k < len(reps); k++ {
			if reps[k] == 0 {
				if seen == n {
					break
				}
				seen++
			} else if seen == 0 {
				return errLevels // a record that has no beginning
			}
		}
		if k == 0 {
			break
		}
		nn := 0
		for _, d := range defs[:k] {
			if d > c.leaf.maxDef {
				return errLevels
			}
			if d == c.leaf.maxDef {
				nn++
			}
		}
		r.win += k
		if err := use(defs[:k], reps[:k], nn); err != nil {
			return err
		}
		if k < len(reps) {
			break
		}
	}
	if seen != n {
		return errRows
	}
	r.row += n
	return nil
}

// seek passes over the records before row, whole pages at a time where their
// first rows are known.
func (r *records) seek(row int64) error {
	c := r.c
	if row < r.row {
		return errRows
	}
	to := -1
	for i := c.cur; i < len(c.pages) && c.pages[i].row >= 0 && c.pages[i].row <= row; i++ {
		to = i
	}
	if to >= 0 && c.pages[to].row > r.row {
		c.cur, c.state.loaded = to, false
		r.row, r.win, r.winD, r.winR = c.pages[to].row, 0, nil, nil
	}
	if r.row == row {
		return nil
	}
	return r.records(row-r.row, func(_, _ []uint8, nn int) error { return c.skipValues(nn) })
}

// read collects the levels and dense values of n records.
func (r *records) read(row, n int64) error {
	c := r.c
	r.defs, r.reps = r.defs[:0], r.reps[:0]
	c.begin(false, 0, 0, 0)
	if err := r.seek(row); err != nil {
		return err
	}
	w := c.outWidth()
	return r.records(n, func(defs, reps []uint8, nn int) error {
		if len(r.defs)+len(defs) > maxBatchLevels {
			return fault.New(fault.CodeProgramLimit, "%d rows hold more than %d list entries", n, maxBatchLevels)
		}
		// Two levels, and what the node above makes of them: a range and a bit.
		if err := c.holds(holdEntries, (len(r.defs)+len(defs))*(2+8+w)); err != nil {
			return err
		}
		r.defs, r.reps = append(r.defs, defs...), append(r.reps, reps...)
		if c.conv.Op == convert.OpNone {
			return c.skipValues(nn)
		}
		c.out.raw = growKeep(c.out.raw, (c.out.nn+nn)*w)
		return c.dense(nn, false)
	})
}

// growKeep gives n bytes that begin with b's.
func growKeep(b []byte, n int) []byte {
	if cap(b) >= n {
		return b[:n]
	}
	out := make([]byte, n, n+n/2+padding)
	copy(out, b)
	return out
}

// slots makes the vector of the leaf: one row for every entry whose definition
// level is at least above, null where it is below the leaf's.
func (r *records) slots(v *vector.Vector, above uint8) error {
	c, o := r.c, &r.c.out
	n := 0
	o.valid = growSlice(o.valid, (len(r.defs)+63)/64)
	clear(o.valid)
	full := c.leaf.maxDef
	for _, d := range r.defs {
		if d < above {
			continue
		}
		if d == full {
			o.valid.Set(n)
		}
		n++
	}
	if c.conv.Op == convert.OpNone {
		*v = *vector.Null(c.conv.To, n)
		return nil
	}
	w := c.outWidth()
	if o.nn < n {
		o.raw = growKeep(o.raw, n*w)
		spreadRaw(o.raw, o.valid, 0, n, o.nn, w)
	}
	v.Reset(c.conv.To, 0)
	v.Len = n
	v.SetRaw(o.raw[:n*w])
	v.SetData(o.text)
	if o.nn < n {
		v.Valid = o.valid
	}
	return nil
}
