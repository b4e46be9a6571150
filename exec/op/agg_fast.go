package op

import (
	"unsafe"

	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/formats/vector"
)

func alignedBytes(n int) []byte {
	words := make([]uint64, max((n+7)/8, 1))
	return unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), len(words)*8)
}

// codeGroups finds groups by dictionary codes: with one or two dictionary keys
// of few values, a batch has few different keys, and only the first row of each
// has to be looked up in the table.
type codeGroups struct {
	byCode []uint32 // group+1 by combined code
	codes  []uint32 // of each selected row
	first  vector.Sel
	found  []uint32
}

// maxCodes is how many combined codes are worth a table that is cleared for
// every batch.
const maxCodes = 4096

// find sets l.groups if the keys qualify.
func (c *codeGroups) find(l *aggLocal, b *vector.Batch) (bool, error) {
	size, ok := codeSpace(l.keys)
	if !ok || size > maxCodes || size > b.Rows() {
		return false, nil
	}
	c.byCode, c.codes, c.first = grow(c.byCode, size), grow(c.codes, b.Rows()), c.first[:0]
	clear(c.byCode)
	c.combine(l.keys, b)
	const pending = ^uint32(0)
	sel := selOf(b)
	for k, code := range c.codes {
		if c.byCode[code] == 0 {
			c.byCode[code] = pending
			c.first = append(c.first, sel[k])
			l.groups[len(c.first)-1] = code // kept here until the groups are known
		}
	}
	n := len(c.first)
	c.found = append(c.found[:0], l.groups[:n]...)
	l.enc.Encode(l.keys, c.first, b.N)
	if err := l.t.tab.FindOrInsert(l.enc, l.groups); err != nil {
		return true, err
	}
	for k, code := range c.found {
		c.byCode[code] = l.groups[k] + 1
	}
	for k, code := range c.codes {
		l.groups[k] = c.byCode[code] - 1
	}
	return true, nil
}

// codeSpace gives the number of combined codes, NULLs included.
func codeSpace(keys []*vector.Vector) (int, bool) {
	if len(keys) == 0 || len(keys) > 2 {
		return 0, false
	}
	size := 1
	for _, v := range keys {
		if v.Form != vector.Dict {
			return 0, false
		}
		size *= v.Base.Len + 1
	}
	return size, true
}

// combine computes the combined code of each selected row.
func (c *codeGroups) combine(keys []*vector.Vector, b *vector.Batch) {
	sel := selOf(b)
	for i, v := range keys {
		size := uint32(v.Base.Len + 1)
		for k, p := range sel {
			code := v.Codes[p]
			if v.Valid != nil && !v.Valid.Get(int(p)) {
				code = size - 1
			}
			if i == 0 {
				c.codes[k] = code
			} else {
				c.codes[k] = c.codes[k]*size + code
			}
		}
	}
}

// fewGroups cuts a batch's rows by group when there are few groups, so that each
// aggregate adds up whole runs in registers instead of a state in memory per row.
type fewGroups struct {
	sels [maxFew]vector.Sel
	n    int
}

// maxFew is the most groups, and minCalls the fewest aggregates, for which the
// cutting is worth its time.
const (
	maxFew   = 8
	minCalls = 2
)

// split cuts the rows of b; it reports whether it did.
func (f *fewGroups) split(t *aggTable, groups []uint32, b *vector.Batch, calls int) bool {
	if t.tab == nil || t.tab.Len() > maxFew || calls < minCalls || b.Rows() < 64 {
		return false
	}
	f.n = t.tab.Len()
	for g := range f.n {
		f.sels[g] = f.sels[g][:0]
	}
	if f.n == 1 {
		f.sels[0] = append(f.sels[0], selOf(b)...)
		return true
	}
	for k, p := range selOf(b) {
		g := groups[k]
		f.sels[g] = append(f.sels[g], p)
	}
	return true
}

func (f *fewGroups) update(a fn.Aggregator, st fn.States, args []*vector.Vector, n int) error {
	for g := range f.n {
		if len(f.sels[g]) == 0 {
			continue
		}
		one := fn.States{Rows: st.Rows[g*st.Stride:], Stride: st.Stride, Off: st.Off}
		if err := a.UpdateOne(one, args, f.sels[g], n); err != nil {
			return err
		}
	}
	return nil
}
