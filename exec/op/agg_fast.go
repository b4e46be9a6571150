package op

import (
	"unsafe"

	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

func alignedBytes(n int) []byte {
	words := make([]uint64, max((n+7)/8, 1))
	return unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), len(words)*8)
}

// codeGroups finds groups by dictionary codes: with one or two dictionary keys only
// the first row of each combination of values has to be looked up in the table. What
// was found counts for the batches that follow, as long as their dictionaries are the
// same: those of a row group.
type codeGroups struct {
	byCode []uint32 // group+1 by combined code
	tab    *keytab.Table
	epoch  uint64 // of tab
	dicts  [2]dictID
	ready  bool // byCode is theirs

	codes []uint32 // of each selected row
	first vector.Sel
	found []uint32
}

// dictID tells dictionaries apart.
type dictID struct {
	base *vector.Vector
	gen  uint64
	size int
}

// maxCodes is how many combined codes are worth an array: it should stay in a core's
// cache.
const maxCodes = 1 << 18

// find sets l.groups if the keys qualify.
func (c *codeGroups) find(l *aggLocal, b *vector.Batch) (bool, error) {
	if !c.knows(l, b.Rows()) {
		return false, nil
	}
	c.codes, c.first = grow(c.codes, b.Rows()), c.first[:0]
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
	if n := len(c.first); n > 0 {
		c.found = append(c.found[:0], l.groups[:n]...)
		l.enc.Encode(l.keys, c.first, b.N)
		if err := l.t.tab.FindOrInsert(l.enc, l.groups); err != nil {
			c.tab = nil // codes are pending
			return true, err
		}
		for k, code := range c.found {
			c.byCode[code] = l.groups[k] + 1
		}
	}
	groups := l.groups[:len(c.codes)]
	for k, code := range c.codes {
		groups[k] = c.byCode[code] - 1
	}
	return true, nil
}

// knows makes byCode that of the keys' dictionaries and the table. An array that is
// larger than the batch is made only if a second batch has the same dictionaries.
func (c *codeGroups) knows(l *aggLocal, rows int) bool {
	dicts, size, ok := dictsOf(l.keys)
	if !ok || size > maxCodes {
		return false
	}
	tab := l.t.tab
	again := c.tab == tab && c.epoch == tab.Epoch() && c.dicts == dicts
	if !again {
		c.tab, c.epoch, c.dicts, c.ready = tab, tab.Epoch(), dicts, false
	}
	if !c.ready && (again || size <= rows) {
		c.byCode, c.ready = grow(c.byCode, size), true
		clear(c.byCode)
	}
	return c.ready
}

// dictsOf gives the dictionaries of the keys and the number of combined codes, NULLs
// included.
func dictsOf(keys []*vector.Vector) (dicts [2]dictID, size int, ok bool) {
	if len(keys) == 0 || len(keys) > len(dicts) {
		return dicts, 0, false
	}
	size = 1
	for i, v := range keys {
		if v.Form != vector.Dict {
			return dicts, 0, false
		}
		dicts[i] = dictID{v.Base, v.Base.Generation(), v.Base.Len}
		size *= v.Base.Len + 1
	}
	return dicts, size, true
}

// combine computes the combined code of each selected row.
func (c *codeGroups) combine(keys []*vector.Vector, b *vector.Batch) {
	for i, v := range keys {
		size := uint32(v.Base.Len + 1)
		switch {
		case v.Valid == nil && i == 0:
			c.firstCodes(v.Codes, b)
			continue
		case v.Valid == nil:
			for k, p := range selOf(b) {
				c.codes[k] = c.codes[k]*size + v.Codes[p]
			}
			continue
		}
		for k, p := range selOf(b) {
			code := v.Codes[p]
			if !v.Valid.Get(int(p)) {
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

// firstCodes are the codes of the first key's rows, which has no NULL.
func (c *codeGroups) firstCodes(codes []uint32, b *vector.Batch) {
	if b.Sel == nil {
		copy(c.codes, codes)
		return
	}
	for k, p := range b.Sel {
		c.codes[k] = codes[p]
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

// int64sOf views bytes that are aligned to 8 as numbers.
func int64sOf(b []byte) []int64 {
	return unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/8)
}
