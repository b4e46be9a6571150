package op

import (
	"sort"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// picker puts rows of several batches into one, in any order, without an append of
// each row alone: what is wanted of a batch is taken at once, and all of it put in
// order in the end.
type picker struct {
	n     int
	from  []pickedFrom // that rows were wanted of
	slot  []int        // in from of a batch, -1 for none
	at    []pickedAt   // of each wanted row
	perm  []uint32
	parts []*vector.Vector
	out   []*vector.Vector
}

type pickedFrom struct {
	batch int
	rows  []uint32
	base  uint32
}

type pickedAt struct{ from, k uint32 }

func newPicker(ts []types.Type, batches int) *picker {
	p := &picker{slot: make([]int, batches), parts: newVectors(len(ts)), out: newVectors(len(ts))}
	for i := range p.slot {
		p.slot[i] = -1
	}
	for i, t := range ts {
		p.parts[i].Reset(t, 0)
	}
	return p
}

// want adds a row of a batch.
func (p *picker) want(batch int, row uint32) {
	s := p.slot[batch]
	if s < 0 {
		s = len(p.from)
		if s < cap(p.from) {
			p.from = p.from[:s+1]
			p.from[s].rows = p.from[s].rows[:0]
		} else {
			p.from = append(p.from, pickedFrom{})
		}
		p.from[s].batch = batch
		p.slot[batch] = s
	}
	f := &p.from[s]
	p.at = append(p.at, pickedAt{uint32(s), uint32(len(f.rows))})
	f.rows = append(f.rows, row)
	p.n++
}

// take makes b the wanted rows, in the order in which they were wanted, and begins
// anew. cols gives the flat columns of a batch. b is valid until the next take.
func (p *picker) take(b *vector.Batch, cols func(batch int) []*vector.Vector) {
	for i, v := range p.parts {
		v.Reset(v.Type, 0)
		for k := range p.from {
			f := &p.from[k]
			v.AppendIdx(cols(f.batch)[i], f.rows)
		}
	}
	base := uint32(0)
	for k := range p.from {
		f := &p.from[k]
		f.base = base
		base += uint32(len(f.rows))
		p.slot[f.batch] = -1
	}
	if len(p.from) == 1 {
		setCols(b, p.n, nil, p.parts...)
	} else {
		p.perm = grow(p.perm, p.n)
		for i, a := range p.at {
			p.perm[i] = p.from[a.from].base + a.k
		}
		for i, v := range p.parts {
			vector.Gather(p.out[i], v, p.perm)
		}
		setCols(b, p.n, nil, p.out...)
	}
	p.from, p.at, p.n = p.from[:0], p.at[:0], 0
}

// chunkIndex finds rows of a store by their number.
type chunkIndex struct{ ends []int }

func indexChunks(chunks []*vector.Batch) chunkIndex {
	x := chunkIndex{make([]int, len(chunks))}
	end := 0
	for i, c := range chunks {
		end += c.N
		x.ends[i] = end
	}
	return x
}

// find gives the chunk of a row and its place there.
func (x chunkIndex) find(row int) (chunk int, at uint32) {
	chunk = sort.SearchInts(x.ends, row+1)
	if chunk > 0 {
		row -= x.ends[chunk-1]
	}
	return chunk, uint32(row)
}
