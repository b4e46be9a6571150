package keytab

import "github.com/glauxdb/glaux/formats/vector"

// Sorted makes a table of all of t's rows, in the given order, whose memory is just
// what they take. It has no slots: it finds nothing and takes no more rows, but can be
// viewed and its states merged.
func (t *Table) Sorted(order []uint32) *Table {
	s := &Table{lay: t.lay, words: t.words, state: t.state, n: len(order), sides: make([]*vector.Vector, len(t.sides))}
	s.rows = make([]uint64, len(order)*t.words)
	s.arena = make([]byte, 0, len(t.arena))
	t.sortRows(s.rows, order)
	for r := 0; r < s.n && t.lay.strs > 0; r++ {
		for i := range t.lay.strs {
			at := s.place(r, i)
			if at.Len == 0 {
				continue
			}
			from := *at
			at.Off = uint32(len(s.arena))
			s.arena = append(s.arena, t.arena[from.Off:from.Off+from.Len]...)
		}
	}
	for i := range t.sides {
		s.sortSide(t, i, order)
	}
	return s
}

// sortRows copies rows as they are.
func (t *Table) sortRows(dst []uint64, order []uint32) {
	src, w := t.rows, t.words
	if w == 4 { // the most common width of a string's row
		for k, r := range order {
			p, q := src[int(r)*4:][:4], dst[4*k:][:4]
			q[0], q[1], q[2], q[3] = p[0], p[1], p[2], p[3]
		}
		return
	}
	for k, r := range order {
		p, q := src[int(r)*w:][:w], dst[k*w:][:w]
		for i := range q {
			q[i] = p[i]
		}
	}
}

// sortSide gathers the values of a side key, in the order of the rows.
func (t *Table) sortSide(from *Table, i int, order []uint32) {
	at := make([]uint32, len(order))
	for k, r := range order {
		at[k] = *from.sideIndex(int(r), i)
		*t.sideIndex(k, i) = uint32(k)
	}
	t.sides[i] = &vector.Vector{}
	vector.Gather(t.sides[i], from.sides[i], at)
}
