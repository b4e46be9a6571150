package keytab

import (
	"bytes"
	"math"
	"math/bits"
	"unsafe"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/vector"
)

// Table maps keys to rows 0, 1, 2 ... in the order in which they were first
// seen. Each row has room for a caller's state behind its key.
type Table struct {
	lay   *Layout
	words int // of a row
	state int // byte offset of the state in a row
	n     int
	rows  []uint64
	slots []uint64 // 0: free; else the hash's upper half and row+1
	mask  uint64   // len(slots)-1
	shift uint     // a hash's first slot is hash >> shift
	arena []byte   // long strings
	sides []*vector.Vector
	epoch uint64

	cur []uint64 // scratch: the slot that each key of a batch starts at
}

// minSlots is the size of a new table's slot array.
const minSlots = 1024

// NewTable makes an empty table whose rows carry stateBytes bytes of state.
func NewTable(l *Layout, stateBytes int) *Table {
	t := &Table{lay: l, words: l.rowWords(stateBytes)}
	t.state = (t.words - (stateBytes+7)/8) * 8
	t.sides = make([]*vector.Vector, l.sides)
	for i := range l.cols {
		if c := &l.cols[i]; c.side >= 0 {
			t.sides[c.side] = vector.New(c.typ, 0)
		}
	}
	return t
}

// Len gives the number of rows.
func (t *Table) Len() int { return t.n }

// MemoryBytes counts what the table holds.
func (t *Table) MemoryBytes() int64 {
	n := int64(cap(t.rows)+len(t.slots)+cap(t.cur))*8 + int64(cap(t.arena))
	for _, s := range t.sides {
		n += vector.MemoryBytes(s)
	}
	return n
}

// RowBytes gives the width of a row in bytes; StateOffset where its state starts.
func (t *Table) RowBytes() int { return t.words * 8 }

// StateOffset gives the byte offset of the state within a row.
func (t *Table) StateOffset() int { return t.state }

// Rows gives the memory of all rows, RowBytes each. It moves when rows are added.
func (t *Table) Rows() []byte { return bytesOf(t.rows[:t.n*t.words]) }

// Epoch changes when the table is reset: until then a key keeps its row.
func (t *Table) Epoch() uint64 { return t.epoch }

// Reset empties the table and keeps its memory.
func (t *Table) Reset() {
	t.epoch++
	t.n, t.arena = 0, t.arena[:0]
	clear(t.slots)
	for i, s := range t.sides {
		t.sides[i] = vector.New(s.Type, 0)
	}
}

// Room gives the number of rows that there is memory for.
func (t *Table) Room() int { return len(t.rows) / t.words }

// Reserve makes room for n rows in all, so that the table does not grow on the way.
func (t *Table) Reserve(n int) {
	if need := n * t.words; need > len(t.rows) {
		rows := make([]uint64, need)
		copy(rows, t.rows[:t.n*t.words])
		t.rows = rows
	}
	if size := slotsFor(n); size > len(t.slots) {
		t.rehash(size)
	}
}

// TakeSlots gives t, which is empty, the slots of a table whose rows from now on
// are only viewed: it finds no key any more.
func (t *Table) TakeSlots(from *Table) {
	t.slots, t.mask, t.shift, from.slots = from.slots, from.mask, from.shift, nil
	clear(t.slots)
}

// FindOrInsert gives the row of each key that e holds, adding rows with a
// cleared state for those that are new. out must have room for e.Len() numbers.
func (t *Table) FindOrInsert(e *Encoder, out []uint32) error {
	n := e.n
	if err := t.makeRoom(n); err != nil {
		return err
	}
	t.start(e)
	long := t.anyLong(e)
	out = out[:n]
	switch {
	case t.lay.words == 1 && !long:
		t.insert1(e, out)
	case t.lay.words == 2 && !long:
		t.insert2(e, out)
	case t.lay.words == 3 && !long:
		t.insert3(e, out)
	default:
		return t.insertN(e, out)
	}
	return nil
}

// Append adds a row for each key that e holds without looking whether there is one.
// The table finds nothing any more: it can only be viewed, or reset.
func (t *Table) Append(e *Encoder, out []uint32) error {
	if err := t.roomForRows(e.n); err != nil {
		return err
	}
	for k := range out[:e.n] {
		if err := t.checkArena(e, k); err != nil {
			return err
		}
		out[k] = t.add(e, k)
	}
	return nil
}

// start looks up the first slot of every key, so that the cache misses of one
// batch overlap.
func (t *Table) start(e *Encoder) {
	t.cur = grow(t.cur, e.n)
	slots, cur, shift := t.slots, t.cur, t.shift&63
	for k, h := range e.hash[:e.n] {
		cur[k] = slots[h>>shift]
	}
}

func (t *Table) anyLong(e *Encoder) bool {
	for i := range e.strs {
		if e.strs[i].long || t.lay.sides > 0 {
			return true
		}
	}
	return false
}

const saltMask = ^uint64(math.MaxUint32)

func (t *Table) insert1(e *Encoder, out []uint32) {
	slots, mask, shift, w := t.slots, t.mask, t.shift&63, t.words
	img := e.img[:len(out)]
	hash := e.hash[:len(out)]
	for k := range out {
		h, key := hash[k], img[k]
		p, s := h>>shift, t.cur[k]
		for {
			if s == 0 {
				s = slots[p]
			}
			if s == 0 {
				out[k] = t.add(e, k)
				slots[p] = h&saltMask | uint64(t.n)
				break
			}
			if (s^h)&saltMask == 0 && t.rows[int(uint32(s)-1)*w] == key {
				out[k] = uint32(s) - 1
				break
			}
			p = (p + 1) & mask
			s = slots[p]
		}
	}
}

func (t *Table) insert2(e *Encoder, out []uint32) {
	slots, mask, shift, w := t.slots, t.mask, t.shift&63, t.words
	hash := e.hash[:len(out)]
	for k := range out {
		h, a, b := hash[k], e.img[2*k], e.img[2*k+1]
		p, s := h>>shift, t.cur[k]
		for {
			if s == 0 {
				s = slots[p]
			}
			if s == 0 {
				out[k] = t.add(e, k)
				slots[p] = h&saltMask | uint64(t.n)
				break
			}
			if (s^h)&saltMask == 0 {
				if r := int(uint32(s)-1) * w; t.rows[r] == a && t.rows[r+1] == b {
					out[k] = uint32(s) - 1
					break
				}
			}
			p = (p + 1) & mask
			s = slots[p]
		}
	}
}

func (t *Table) insert3(e *Encoder, out []uint32) {
	slots, mask, shift, w := t.slots, t.mask, t.shift&63, t.words
	hash := e.hash[:len(out)]
	for k := range out {
		h, key := hash[k], e.img[3*k:3*k+3]
		a, b, c := key[0], key[1], key[2]
		p, s := h>>shift, t.cur[k]
		for {
			if s == 0 {
				s = slots[p]
			}
			if s == 0 {
				out[k] = t.add(e, k)
				slots[p] = h&saltMask | uint64(t.n)
				break
			}
			if (s^h)&saltMask == 0 {
				r := int(uint32(s)-1) * w
				if row := t.rows[r : r+3]; row[0] == a && row[1] == b && row[2] == c {
					out[k] = uint32(s) - 1
					break
				}
			}
			p = (p + 1) & mask
			s = slots[p]
		}
	}
}

func (t *Table) insertN(e *Encoder, out []uint32) error {
	t.guess(e, out)
	slots, mask, shift := t.slots, t.mask, t.shift&63
	for k, g := range out {
		if g != 0 {
			out[k] = g - 1
			continue
		}
		h := e.hash[k]
		p := h >> shift
		for {
			s := slots[p]
			if s == 0 {
				if err := t.checkArena(e, k); err != nil {
					return err
				}
				out[k] = t.add(e, k)
				slots[p] = h&saltMask | uint64(t.n)
				break
			}
			if (s^h)&saltMask == 0 && t.equal(int(uint32(s)-1), e, k) {
				out[k] = uint32(s) - 1
				break
			}
			p = (p + 1) & mask
		}
	}
	return nil
}

// equal compares row r with the encoder's key k.
func (t *Table) equal(r int, e *Encoder, k int) bool {
	w := t.lay.words
	a := t.rows[r*t.words : r*t.words+w]
	b := e.img[k*w : k*w+w]
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	for i := range e.strs {
		s := e.strs[i].ranges[k]
		if s.Len <= inlineLen {
			continue
		}
		at := t.place(r, i)
		if !bytes.Equal(t.arena[at.Off:at.Off+at.Len], e.strs[i].data[s.Off:s.Off+s.Len]) {
			return false
		}
	}
	return true
}

// rangeOf is the place that a word of a row holds.
func rangeOf(word uint64) vector.Range { return *(*vector.Range)(unsafe.Pointer(&word)) }

// place gives where string i of row r lies in the arena.
func (t *Table) place(r, i int) *vector.Range {
	return (*vector.Range)(unsafe.Pointer(&t.rows[r*t.words+t.lay.words+i]))
}

// sideIndex gives where row r keeps its index into side vector i.
func (t *Table) sideIndex(r, i int) *uint32 {
	base := &t.rows[r*t.words+t.lay.words+t.lay.strs+i/2]
	return (*uint32)(unsafe.Add(unsafe.Pointer(base), i%2*4))
}

// add appends a row for the encoder's key k and gives its number.
func (t *Table) add(e *Encoder, k int) uint32 {
	r, w := t.n, t.lay.words
	t.n++
	row := t.rows[r*t.words : t.n*t.words]
	img := row[:w]
	//lint:ignore S1001 a call of memmove takes longer than the move of a few words
	for i, x := range e.img[k*w : k*w+w] {
		img[i] = x
	}
	rest := row[w:]
	for i := range rest {
		rest[i] = 0
	}
	for i := range e.strs {
		if !e.strs[i].long {
			continue
		}
		if s := e.strs[i].ranges[k]; s.Len > inlineLen {
			*t.place(r, i) = vector.Range{Off: uint32(len(t.arena)), Len: s.Len}
			if need := len(t.arena) + int(s.Len); need > cap(t.arena) {
				t.growArena(need)
			}
			t.arena = append(t.arena, e.strs[i].data[s.Off:s.Off+s.Len]...)
		}
	}
	for i := range e.sides {
		*t.sideIndex(r, i) = uint32(t.sides[i].Len)
		sd := &e.sides[i]
		t.sides[i].AppendIdx(sd.vec, sd.pos[k:k+1])
	}
	return uint32(r)
}

// growArena doubles the arena: append would make it larger by a quarter, and move all
// strings each time.
func (t *Table) growArena(need int) {
	arena := make([]byte, len(t.arena), max(need, 2*cap(t.arena), 1<<10))
	copy(arena, t.arena)
	t.arena = arena
}

// checkArena refuses a key whose string would not be addressable any more.
func (t *Table) checkArena(e *Encoder, k int) error {
	need := uint64(len(t.arena))
	for i := range e.strs {
		need += uint64(e.strs[i].ranges[k].Len)
	}
	if need > math.MaxUint32 {
		return fault.New(fault.CodeOutOfMemory, "out of memory: the keys of one hash table take more than 4 GiB")
	}
	return nil
}

// makeRoom sees that n more rows fit: memory for the rows, and slots at most
// half full.
func (t *Table) makeRoom(n int) error {
	if err := t.roomForRows(n); err != nil {
		return err
	}
	if size := slotsFor(t.n + n); size > len(t.slots) {
		// A batch of few distinct keys must not blow up the slots: grow to what
		// the batch could need, but by a factor of four while that is not much memory.
		if old := len(t.slots); old >= 1<<14 && old <= 1<<20 {
			size = max(size, 4*old)
		}
		t.rehash(size)
	}
	return nil
}

func (t *Table) roomForRows(n int) error {
	if uint64(t.n)+uint64(n) >= math.MaxUint32 {
		return fault.New(fault.CodeOutOfMemory, "out of memory: more than 4 billion keys in one hash table")
	}
	if need := (t.n + n) * t.words; need > len(t.rows) {
		rows := make([]uint64, max(need, 2*len(t.rows)))
		copy(rows, t.rows[:t.n*t.words])
		t.rows = rows
	}
	return nil
}

func slotsFor(n int) int {
	size := minSlots
	for size < 2*n {
		size *= 2
	}
	return size
}

// rehash makes the slots size many. A slot has the hash's upper half, which
// says where it goes: old ones are read in order, and new ones are written nearly so.
func (t *Table) rehash(size int) {
	old := t.slots
	t.slots = make([]uint64, size)
	t.mask, t.shift = uint64(size-1), uint(65-bits.Len(uint(size)))
	for _, s := range old {
		if s == 0 {
			continue
		}
		p := s >> t.shift
		for t.slots[p] != 0 {
			p = (p + 1) & t.mask
		}
		t.slots[p] = s
	}
}

// View makes e hold the keys of m rows of t from row `from` on, as if they had
// been encoded, so that they can be looked up in or added to another table.
func (t *Table) View(e *Encoder, from, m int) {
	e.codes = grow(e.codes, m)
	for k := range e.codes {
		e.codes[k] = uint32(from + k)
	}
	t.ViewRows(e, e.codes)
}

// copyImages copies the images of the given rows. Short ones are moved word by
// word: a call of memmove would take longer than the move.
func (t *Table) copyImages(dst []uint64, rows []uint32) {
	src, words := t.rows, t.words
	switch w := t.lay.words; w {
	case 1:
		for k, r := range rows {
			dst[k] = src[int(r)*words]
		}
	case 2:
		for k, r := range rows {
			p := src[int(r)*words : int(r)*words+2]
			dst[2*k], dst[2*k+1] = p[0], p[1]
		}
	case 3:
		for k, r := range rows {
			p, q := src[int(r)*words:int(r)*words+3], dst[3*k:3*k+3]
			q[0], q[1], q[2] = p[0], p[1], p[2]
		}
	case 4:
		for k, r := range rows {
			p, q := src[int(r)*words:int(r)*words+4], dst[4*k:4*k+4]
			q[0], q[1], q[2], q[3] = p[0], p[1], p[2], p[3]
		}
	default:
		for k, r := range rows {
			p, q := src[int(r)*words:int(r)*words+w], dst[k*w:k*w+w]
			for i := range q {
				q[i] = p[i]
			}
		}
	}
}

// ViewRows is View for any rows.
func (t *Table) ViewRows(e *Encoder, rows []uint32) {
	m, w := len(rows), t.lay.words
	e.n = m
	e.img, e.hash = grow(e.img, m*w), grow(e.hash, m)
	t.copyImages(e.img, rows)
	hashImages(e.img, w, e.hash)
	for i := range e.strs {
		s := &e.strs[i]
		s.ranges, s.data, s.long = grow(s.ranges, m), t.arena, false
		for k, r := range rows {
			s.ranges[k] = *t.place(int(r), i)
			s.long = s.long || s.ranges[k].Len > 0
		}
	}
	for i := range e.sides {
		sd := &e.sides[i]
		sd.vec, sd.pos = t.sides[i], grow(sd.pos, m)
		for k, r := range rows {
			sd.pos[k] = *t.sideIndex(int(r), i)
		}
	}
}

// Find gives the row of each key that e holds plus one, 0 where there is none.
// It does not change the table; cur is scratch of the caller's, e.Len() long.
func (t *Table) Find(e *Encoder, cur []uint64, out []uint32) {
	n := e.n
	out, cur = out[:n], cur[:n]
	if t.n == 0 {
		clear(out)
		return
	}
	slots, shift := t.slots, t.shift&63
	for k, h := range e.hash[:n] {
		cur[k] = slots[h>>shift]
	}
	if t.lay.words == 1 && !t.anyLong(e) {
		t.find1(e, cur, out)
		return
	}
	for k, s := range cur {
		h := e.hash[k]
		for p := h >> shift; s != 0; s = slots[p] {
			if (s^h)&saltMask == 0 && t.equal(int(uint32(s)-1), e, k) {
				break
			}
			p = (p + 1) & t.mask
		}
		out[k] = uint32(s)
	}
}

func (t *Table) find1(e *Encoder, cur []uint64, out []uint32) {
	slots, mask, shift, w := t.slots, t.mask, t.shift&63, t.words
	img, hash := e.img[:len(out)], e.hash[:len(out)]
	for k, s := range cur {
		h := hash[k]
		for p := h >> shift; s != 0; s = slots[p] {
			if (s^h)&saltMask == 0 && t.rows[int(uint32(s)-1)*w] == img[k] {
				break
			}
			p = (p + 1) & mask
		}
		out[k] = uint32(s)
	}
}
