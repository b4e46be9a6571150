package csv

import (
	"bytes"
	"math/bits"
)

// splitter finds where the fields of records end. The result of scan is row
// by row: start[r] is the offset of record r's first byte, ends[r*width+c] that
// of the byte behind its field c. Field c+1 starts behind the delimiter, which is
// at the end of field c; a start behind the end marks a field that the record
// lacks.
type splitter struct {
	d     *dialect
	width int // how many fields of each record are noted
	rest  int // if not 0, the field of this number, from 1, goes on to the record's end

	start []uint32
	ends  []uint32
	rows  int

	unclosed int // start of the record whose quote is open at the end of the file; -1: none
}

// scan splits the records of b that begin before limit, at most maxRows of
// them, and gives how many bytes they take. The last record must be complete:
// eof says that it ends with b.
func (s *splitter) scan(b []byte, limit, maxRows int, eof bool) (used int) {
	s.rows, s.unclosed = 0, -1
	if len(s.start) < maxRows {
		s.start = make([]uint32, maxRows)
	}
	if len(s.ends) < maxRows*s.width {
		s.ends = make([]uint32, maxRows*s.width)
	}
	if limit <= 0 || maxRows <= 0 {
		return 0
	}
	st := state{s: s, b: b, limit: min(limit, len(b)), maxRows: maxRows, eof: eof}
	switch {
	case s.d.fixed != nil:
		st.runFixed()
	case s.d.general():
		st.runGeneral()
	default:
		st.run()
	}
	return st.rec
}

// state is a scan under way.
type state struct {
	s       *splitter
	b       []byte
	limit   int
	maxRows int
	eof     bool

	i     int // next byte to look at
	rec   int // start of the record
	field int // start of the field
	col   int
	out   int // next place in ends
}

// run looks at a piece of the text at a time for the few bytes that mean something,
// and then only at these.
func (t *state) run() {
	var m marks
	b, what := t.b, t.s.d.meaning()
	plain := t.s.d.line == nil && what.line != what.delim
	for t.i+64 <= len(b) {
		at, words := t.i, min((len(b)-t.i)/64, pieceWords)
		m.find(b[at:], words, what)
		m.n = 0
		from := 0 // the first delimiter that has not been seen
		for w := range words {
			fields, others, base := m.fields[w], m.others[w], at+64*w
			if base < t.i { // what is quoted or escaped means nothing
				seen := ^uint64(0) << uint(t.i-base)
				fields &= seen
				others &= seen
			}
			before := m.n
			m.note(fields, uint32(base))
			for others != 0 {
				bit := others & -others
				others ^= bit
				p, upTo := base+bits.TrailingZeros64(bit), before+bits.OnesCount64(fields&(bit-1))
				t.delimiters(m.at[from:upTo])
				from = upTo
				if b[p] == '\n' && plain {
					if !t.end(t.lineEnd(p), p+1) {
						return
					}
					continue
				}
				next, ok := t.meet(p)
				if !ok {
					return
				}
				if next > 0 {
					t.i = next
					rest := ^uint64(0) << uint(next-base)
					others &= rest
					from = before + bits.OnesCount64(fields&^rest)
				}
			}
		}
		t.delimiters(m.at[from:m.n])
		t.i = max(t.i, at+64*words)
	}
	t.tail()
}

// delimiters ends fields of one record.
func (t *state) delimiters(at []uint32) {
	if len(at) == 0 {
		return
	}
	if n := min(len(at), t.s.width-t.col); n > 0 {
		copy(t.s.ends[t.out:], at[:n])
		t.out += n
	}
	t.col += len(at)
	t.field = int(at[len(at)-1]) + 1
}

// tail looks at the last bytes one by one and ends the last record.
func (t *state) tail() {
	d, b := t.s.d, t.b
	for t.i < len(b) {
		p := t.i
		t.i++
		switch c := b[p]; {
		case c == d.delim:
			t.delimited(p)
			t.field = p + 1
		case c == '\n' || d.quote != 0 && c == d.quote || d.outside != 0 && c == d.outside:
			next, ok := t.meet(p)
			if !ok {
				return
			}
			if next > 0 {
				t.i = next
			}
		}
	}
	t.last()
}

// last ends the last record of the file.
func (t *state) last() {
	if t.eof && t.rec < len(t.b) {
		t.end(t.lineEnd(len(t.b)), len(t.b))
	}
}

// delimited ends a field at p.
func (t *state) delimited(p int) {
	if t.col < t.s.width {
		t.s.ends[t.out] = uint32(p)
		t.out++
	}
	t.col++
}

// lineEnd gives the end of a record's last field, where its line ends at e.
func (t *state) lineEnd(e int) int {
	if t.s.d.line == nil && e > t.field && t.b[e-1] == '\r' {
		e--
	}
	return e
}

// meet handles a line break, quote or escape at p. It gives where to go on if
// that is not the next byte, and false to stop: enough records, or the rest is
// not there yet.
func (t *state) meet(p int) (next int, ok bool) {
	d := t.s.d
	switch c := t.b[p]; {
	case c == '\n' && d.line == nil:
		return 0, t.end(t.lineEnd(p), p+1)
	case c == d.quote && d.quote != 0:
		if p != t.field {
			return 0, true // only at a field's start is it more than a character
		}
		q := closing(d, t.b, p+1, t.eof)
		if q < 0 && t.eof {
			t.s.unclosed = t.rec
		}
		return q, q >= 0
	}
	switch {
	case bytes.HasPrefix(t.b[p+1:], d.ending()):
		return 0, true // lines end whatever stands before, as for Hive
	case !t.eof && begins(t.b[p+1:], d.ending()):
		return 0, false
	}
	return p + 2, true // escaped: the next byte is plain
}

// end finishes a record whose last field ends at e; the next begins at next.
// It reports whether to go on.
func (t *state) end(e, next int) bool {
	s := t.s
	if blank := t.col == 0 && e == t.rec; !blank || s.d.keepBlank {
		for ; t.col < s.width; t.col++ {
			s.ends[t.out] = uint32(e)
			t.out++
		}
		if s.rest > 0 && t.col >= s.rest {
			for c := s.rest - 1; c < s.width; c++ {
				s.ends[s.rows*s.width+c] = uint32(e)
			}
		}
		s.start[s.rows] = uint32(t.rec)
		s.rows++
	}
	t.rec, t.field, t.col, t.out = next, next, 0, s.rows*s.width
	return s.rows < t.maxRows && next < t.limit
}

// closing gives the offset behind the quote that closes the field whose text
// begins at p; -1 if it is not in b, or if the next byte must be known to tell.
// With multiline=false a quote that its line does not close means nothing.
func closing(d *dialect, b []byte, p int, eof bool) int {
	from, end := p, len(b)
	if d.multi == multiNo {
		n := bytes.Index(b[p:], d.ending())
		if n < 0 && !eof {
			return -1
		}
		if n >= 0 {
			end, eof = p+n, true
		}
	}
	for {
		j := bytes.IndexByte(b[p:end], d.quote)
		if j < 0 {
			if d.multi == multiNo && eof {
				return from
			}
			return -1
		}
		p += j
		if d.escape != d.quote && escaped(b[from:p], d.escape) {
			p++
			continue
		}
		if p+1 == end {
			if !eof {
				return -1
			}
			return end
		}
		if b[p+1] != d.quote {
			return p + 1
		}
		p += 2
		from = p // an escape before a doubled quote does not reach behind it
	}
}

// escaped reports whether the byte behind text is escaped: an odd number of
// escape characters precedes it.
func escaped(text []byte, esc byte) bool {
	n := 0
	for i := len(text) - 1; i >= 0 && text[i] == esc; i-- {
		n++
	}
	return n%2 == 1
}
