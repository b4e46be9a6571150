package keytab

import "unsafe"

// Parts are tables that share one layout, each for the keys whose hashes end with
// its number: they can be filled in parallel.
type Parts struct {
	Tables []*Table
	mask   uint64 // hash & mask is the number
}

// PartOf gives the number of the part, of 1<<bits, that a hash belongs to. Tables place
// keys by the upper half of their hashes: what cuts keys into parts has to go by the
// lower half, as this does, or a part's keys all start in one corner of its table.
func PartOf(hash uint64, bits int) int { return int(hash & (1<<bits - 1)) }

// NewParts makes 1<<bits empty tables.
func NewParts(l *Layout, stateBytes, bits int) *Parts {
	p := &Parts{Tables: make([]*Table, 1<<bits), mask: 1<<bits - 1}
	for i := range p.Tables {
		p.Tables[i] = NewTable(l, stateBytes)
	}
	return p
}

// Of gives the number of the table that a hash belongs to.
func (p *Parts) Of(hash uint64) int { return int(hash & p.mask) }

// Len counts the keys of all tables.
func (p *Parts) Len() int {
	n := 0
	for _, t := range p.Tables {
		n += t.n
	}
	return n
}

// MemoryBytes counts what the tables hold.
func (p *Parts) MemoryBytes() int64 {
	var n int64
	for _, t := range p.Tables {
		n += t.MemoryBytes()
	}
	return n
}

// Pick makes e hold those keys of src that belong to part of p, and gives their
// positions in src, which are valid until the next Pick into the same buffer.
func (p *Parts) Pick(e, src *Encoder, part int, at []uint32) []uint32 {
	at = at[:0]
	for k, h := range src.hash[:src.n] {
		if int(h&p.mask) == part {
			at = append(at, uint32(k))
		}
	}
	e.pick(src, at)
	return at
}

// pick makes e the keys of src at the positions in idx.
func (e *Encoder) pick(src *Encoder, idx []uint32) {
	w := e.lay.words
	e.n = len(idx)
	e.img, e.hash = grow(e.img, e.n*w), grow(e.hash, e.n)
	for k, p := range idx {
		e.hash[k] = src.hash[p]
		copy(e.img[k*w:k*w+w], src.img[int(p)*w:])
	}
	for i := range e.strs {
		from, to := &src.strs[i], &e.strs[i]
		to.ranges, to.data, to.long = grow(to.ranges, e.n), from.data, from.long
		for k, p := range idx {
			to.ranges[k] = from.ranges[p]
		}
	}
	for i := range e.sides {
		from, to := &src.sides[i], &e.sides[i]
		to.vec, to.pos = from.vec, grow(to.pos, e.n)
		for k, p := range idx {
			to.pos[k] = from.pos[p]
		}
	}
}

// FindState32 gives, for each key that e holds, the first four bytes of its row's
// state, or 0 where the key is unknown. The lookup goes in phases over the whole
// batch (slots, then keys), so that cache misses overlap. cur is scratch of the
// caller's, e.Len() long. It changes nothing: many may call it at once.
func (p *Parts) FindState32(e *Encoder, cur []uint64, out []uint32) {
	n := e.n
	out, cur = out[:n], cur[:n]
	if len(p.Tables) == 1 {
		t := p.Tables[0]
		t.Find(e, cur, out)
		for k, r := range out {
			if r != 0 {
				out[k] = *t.state32(int(r - 1))
			}
		}
		return
	}
	for k, h := range e.hash[:n] {
		t := p.Tables[h&p.mask]
		cur[k] = 0
		if t.n > 0 {
			cur[k] = t.slots[h>>(t.shift&63)]
		}
	}
	fast := p.Tables[0].lay.words == 1 && !p.Tables[0].anyLong(e)
	for k, s := range cur {
		h := e.hash[k]
		t := p.Tables[h&p.mask]
		for at := h >> (t.shift & 63); s != 0; s = t.slots[at] {
			if (s^h)&saltMask == 0 {
				r := int(uint32(s) - 1)
				if fast && t.rows[r*t.words] == e.img[k] || !fast && t.equal(r, e, k) {
					break
				}
			}
			at = (at + 1) & t.mask
		}
		out[k] = 0
		if s != 0 {
			out[k] = *t.state32(int(uint32(s) - 1))
		}
	}
}

func (t *Table) state32(r int) *uint32 {
	return (*uint32)(unsafe.Pointer(&t.rows[r*t.words+t.state/8]))
}

// State32 gives the first four bytes of row r's state, to be read or written.
func (t *Table) State32(r uint32) *uint32 { return t.state32(int(r)) }
