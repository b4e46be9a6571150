package match

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Finder goes through the partitions of morsels from match to match and gives the rows
// to put out. One goroutine uses it.
type Finder struct {
	spec    *Spec
	m       *Morsel
	s       *search
	part    int // of m.Starts: the partition at work
	at      int // the row at which to search next
	matched int // the last row that is part of a match
	resume  int // of windows: rows before it are skipped
	out     measures

	// What is found but not put out yet.
	rows    []outRow
	matches []found
	classes []int32  // of the rows of matches: variable<<1, and 1 if excluded
	done    int      // of rows
	lo, hi  []uint32 // of windows: the rows of the match of each row of the morsel
}

// found is a match: rows start to start+n, their variables from classes[off] on.
// Navigation sees the rows first to limit.
type found struct {
	start, n, off int
	first, limit  int
	number        int64
}

// outRow is a row to put out: row is the input's, at the one from which measures look
// at the match; match -1: of no match.
type outRow struct {
	row, at uint32
	match   int32
}

// NewFinder makes a finder.
func NewFinder(spec *Spec) (*Finder, error) {
	s, err := newSearch(spec)
	if err != nil {
		return nil, err
	}
	f := &Finder{spec: spec, s: s}
	f.out.init(f)
	return f, nil
}

// Load begins a morsel.
func (f *Finder) Load(m *Morsel) error {
	f.m, f.part, f.at = m, -1, 0
	f.s.held = 0
	f.clear()
	f.lo, f.hi = f.lo[:0], f.hi[:0]
	if m.N == 0 {
		return nil
	}
	if err := f.s.load(m); err != nil {
		return err
	}
	return f.nextPartition()
}

func (f *Finder) nextPartition() error {
	f.part++
	from, to := int(f.m.Starts[f.part]), int(f.m.Starts[f.part+1])
	f.at, f.matched, f.resume = from, -1, from
	return f.s.partition(from, to)
}

func (f *Finder) clear() {
	f.rows, f.matches, f.classes, f.done = f.rows[:0], f.matches[:0], f.classes[:0], 0
}

// Next gives the next rows: of the morsel's rows those to pass on, and the measures'
// vectors. Both are valid until the next call. No rows: the morsel is done.
func (f *Finder) Next() (rows []uint32, measures []*vector.Vector, err error) {
	if f.done == len(f.rows) {
		f.clear()
		if err := f.fill(); err != nil {
			return nil, nil, err
		}
		if len(f.rows) == 0 {
			return nil, nil, nil
		}
		if err := f.out.begin(); err != nil {
			return nil, nil, err
		}
	}
	from := f.done
	f.done = min(from+vector.BatchSize, len(f.rows))
	return f.out.batch(from, f.done)
}

// fill searches until there is a batch of rows.
func (f *Finder) fill() error {
	for len(f.rows) < vector.BatchSize && len(f.classes) < 4*vector.BatchSize {
		for f.m.N > 0 && f.at == f.s.to && f.part+2 < len(f.m.Starts) {
			if err := f.nextPartition(); err != nil {
				return err
			}
		}
		if f.m.N == 0 || f.at == f.s.to {
			return nil
		}
		step := f.step
		if f.spec.Rows == plan.RowsOfWindow {
			step = f.windowStep
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// step searches at one row.
func (f *Finder) step() error {
	ok, err := f.s.find(f.at)
	n := len(f.s.path)
	switch {
	case err != nil:
		return err
	case !ok:
		if f.spec.Rows == plan.AllUnmatched && f.at > f.matched {
			f.rows = append(f.rows, outRow{row: uint32(f.at), match: -1})
		}
		f.at++
		return nil
	case n == 0:
		if f.spec.Rows != plan.AllOmitEmpty {
			f.rows = append(f.rows, outRow{row: uint32(f.at), at: uint32(f.at), match: f.add()})
		}
		f.at++
	default:
		f.put(f.add())
		f.matched = max(f.matched, f.at+n-1)
		if f.at, err = f.skip(f.at); err != nil {
			return err
		}
	}
	f.s.number++
	return nil
}

// add keeps the match that was found.
func (f *Finder) add() int32 {
	s := f.s
	f.matches = append(f.matches, found{start: s.start, n: len(s.path), off: len(f.classes), first: s.first, limit: s.limit, number: s.number})
	for _, at := range s.path {
		in := &f.spec.Program.code[at]
		c := in.variable << 1
		if in.excluded {
			c |= 1
		}
		f.classes = append(f.classes, c)
	}
	s.held = f.base() // of what is kept for later
	return int32(len(f.matches) - 1)
}

func (f *Finder) base() int64 {
	fixed := int64(0)
	for i := range f.s.fixed {
		fixed += 8 * int64(len(f.s.fixed[i].all))
	}
	return fixed + 12*int64(cap(f.rows)) + 56*int64(cap(f.matches)) + 4*int64(cap(f.classes)) + 4*int64(cap(f.lo)+cap(f.hi))
}

// put adds the rows of a match that has some.
func (f *Finder) put(match int32) {
	m := &f.matches[match]
	if f.spec.Rows == plan.OneRow {
		f.rows = append(f.rows, outRow{row: uint32(m.start), at: uint32(m.start + m.n - 1), match: match})
		return
	}
	for i, c := range f.classes[m.off : m.off+m.n] {
		if c&1 == 0 {
			f.rows = append(f.rows, outRow{row: uint32(m.start + i), at: uint32(m.start + i), match: match})
		}
	}
}

// skip gives the row at which to go on after the match; row is the one it was looked for.
func (f *Finder) skip(row int) (int, error) {
	s := f.s
	switch f.spec.Skip {
	case plan.SkipPastLast:
		return s.start + len(s.path), nil
	case plan.SkipToNext:
		return row + 1, nil
	}
	to := none
	for i := range s.path {
		if f.spec.Sets[f.spec.SkipTo][s.variable(i)] {
			if to = i; f.spec.Skip == plan.SkipToFirst {
				break
			}
		}
	}
	switch to {
	case none:
		return 0, fault.New(fault.CodeInvalidParameter, "AFTER MATCH SKIP failed: pattern variable is not present in match")
	case 0:
		return 0, fault.New(fault.CodeInvalidParameter, "AFTER MATCH SKIP failed: cannot skip to first row of match")
	}
	return s.start + to, nil
}

// windowStep finds the match of one row.
func (f *Finder) windowStep() error {
	s, row := f.s, f.at
	f.at++
	if row < f.resume {
		f.putWindow(outRow{row: uint32(row), match: -1}, row, 0)
		return nil
	}
	if err := f.frame(row); err != nil {
		return err
	}
	ok, start := false, row
	for ; start < s.limit && (start == row || f.spec.Seek); start++ {
		var err error
		if ok, err = s.find(start); err != nil {
			return err
		}
		if ok {
			break
		}
	}
	n := len(s.path)
	switch {
	case !ok:
		f.putWindow(outRow{row: uint32(row), match: -1}, row, 0)
		return nil
	case n == 0:
		f.putWindow(outRow{row: uint32(row), at: uint32(start), match: f.add()}, row, 0)
		return nil
	}
	f.putWindow(outRow{row: uint32(row), at: uint32(start + n - 1), match: f.add()}, start, n)
	var err error
	f.resume, err = f.skip(row)
	return err
}

// frame sets what a row's match may see and have.
func (f *Finder) frame(row int) error {
	s, n := f.s, f.spec.Frame
	if k := f.spec.FrameCol; k >= 0 {
		v := f.m.Cols[k]
		if v.IsNull(row) || vector.Values[int64](v)[row] < 0 {
			return fault.New("22013", "Window frame offset value must not be negative or null")
		}
		n = vector.Values[int64](v)[row]
	}
	s.first, s.limit = row, s.to
	if n >= 0 && n < int64(s.to-row) {
		s.limit = row + 1 + int(n)
	}
	return nil
}

// putWindow puts out a row whose match has n rows from start on.
func (f *Finder) putWindow(r outRow, start, n int) {
	f.rows = append(f.rows, r)
	f.lo, f.hi = append(f.lo, uint32(start)), append(f.hi, uint32(start+n))
}

// Frames gives, of windows, the rows of the match of each row of the morsel, as far as
// it is done: lo[i] to hi[i], not included.
func (f *Finder) Frames() (lo, hi []uint32) { return f.lo, f.hi }
