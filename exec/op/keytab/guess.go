package keytab

import (
	"bytes"
	"encoding/binary"
)

// guess sets out[k] to the row of key k plus one if the key's first slot, which start
// looked up, is that of its row, else to 0. Most keys that the table knows are found
// so: in phases over the whole batch (rows, then strings), each a short loop whose
// cache misses overlap.
func (t *Table) guess(e *Encoder, out []uint32) {
	hash, cur := e.hash[:len(out)], t.cur[:len(out)]
	for k, s := range cur {
		g := uint32(s)
		if (s^hash[k])&saltMask != 0 {
			g = 0
		}
		out[k] = g // 0 as well where the slot is free
	}
	t.guessImages(e, out)
	for i := range e.strs {
		if e.strs[i].long {
			t.guessStrings(e, i, out)
		}
	}
}

// guessImages takes back the guesses whose rows have other images.
func (t *Table) guessImages(e *Encoder, out []uint32) {
	rows, words := t.rows, t.words
	switch w := t.lay.words; w {
	case 1:
		for k, g := range out {
			if g != 0 && rows[int(g-1)*words] != e.img[k] {
				out[k] = 0
			}
		}
	case 2:
		for k, g := range out {
			if g == 0 {
				continue
			}
			row, img := rows[int(g-1)*words:][:2], e.img[2*k:][:2]
			if row[0] != img[0] || row[1] != img[1] {
				out[k] = 0
			}
		}
	case 3:
		for k, g := range out {
			if g == 0 {
				continue
			}
			row, img := rows[int(g-1)*words:][:3], e.img[3*k:][:3]
			if row[0] != img[0] || row[1] != img[1] || row[2] != img[2] {
				out[k] = 0
			}
		}
	default:
		for k, g := range out {
			if g == 0 {
				continue
			}
			row, img := rows[int(g-1)*words:][:w], e.img[k*w:][:w]
			for i, x := range row {
				if x != img[i] {
					out[k] = 0
					break
				}
			}
		}
	}
}

// guessStrings takes back the guesses whose rows have other bytes of string i. They
// have the same image, so the same length.
func (t *Table) guessStrings(e *Encoder, i int, out []uint32) {
	rows, words, at := t.rows, t.words, t.lay.words+i
	arena, data, ranges := t.arena, e.strs[i].data, e.strs[i].ranges[:len(out)]
	for k, g := range out {
		s := ranges[k]
		if g == 0 || s.Len <= inlineLen {
			continue
		}
		have := rangeOf(rows[int(g-1)*words+at])
		if !equalLong(arena[have.Off:have.Off+have.Len], data[s.Off:s.Off+s.Len]) {
			out[k] = 0
		}
	}
}

// shortString is the length up to which a loop is faster than a call of bytes.Equal.
const shortString = 32

// equalLong tells whether two strings of more than inlineLen bytes are the same.
func equalLong(a, b []byte) bool {
	n := len(a)
	if n > shortString || n != len(b) {
		return bytes.Equal(a, b)
	}
	if n < 8 {
		return false
	}
	last := n - 8
	if binary.NativeEndian.Uint64(a[last:]) != binary.NativeEndian.Uint64(b[last:]) {
		return false
	}
	for i := 0; i < last; i += 8 {
		if binary.NativeEndian.Uint64(a[i:]) != binary.NativeEndian.Uint64(b[i:]) {
			return false
		}
	}
	return true
}
