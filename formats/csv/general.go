package csv

import (
	"bytes"
	"unicode/utf8"
)

// runGeneral is run where the delimiter or what ends records has several bytes,
// or where records end with another byte than a line break.
func (t *state) runGeneral() {
	d, b := t.s.d, t.b
	delim, line := d.delimiter(), d.ending()
	var mean [256]bool
	mean[delim[0]], mean[line[0]] = true, true
	mean[d.quote] = mean[d.quote] || d.quote != 0
	mean[d.outside] = mean[d.outside] || d.outside != 0
	for t.i < len(b) {
		p := t.i
		t.i++
		if !mean[b[p]] {
			continue
		}
		rest := b[p:]
		switch {
		case !t.eof && (begins(rest, line) || begins(rest, delim)):
			return // whether it is one shows when more is there
		case bytes.HasPrefix(rest, line):
			if t.i = p + len(line); !t.end(t.lineEnd(p), t.i) {
				return
			}
		case bytes.HasPrefix(rest, delim):
			t.delimited(p)
			t.i = p + len(delim)
			t.field = t.i
		case b[p] == d.quote && d.quote != 0 || b[p] == d.outside && d.outside != 0:
			next, ok := t.meet(p)
			if !ok {
				return
			}
			t.i = max(t.i, next)
		}
	}
	t.last()
}

// begins reports whether b is the beginning of a mark, but not all of it.
func begins(b, mark []byte) bool { return len(b) < len(mark) && bytes.HasPrefix(mark, b) }

// runFixed cuts lines into fields of fixed widths.
func (t *state) runFixed() {
	line := t.s.d.ending()
	for t.rec < len(t.b) {
		n := bytes.Index(t.b[t.rec:], line)
		if n < 0 {
			if t.eof {
				t.widths(t.lineEnd(len(t.b)))
				t.end(t.lineEnd(len(t.b)), len(t.b))
			}
			return
		}
		e := t.lineEnd(t.rec + n)
		t.widths(e)
		if !t.end(e, t.rec+n+len(line)) {
			return
		}
	}
}

// widths notes the ends of the fields of the record that ends at e.
func (t *state) widths(e int) {
	at := t.rec
	for c := 0; c < t.s.width && c < len(t.s.d.fixed) && at < e; c++ {
		at = advance(t.b[:e], at, t.s.d.fixed[c])
		t.delimited(at)
	}
}

// advance gives the offset behind n characters from at on. A byte that is no
// UTF-8 is a character.
func advance(b []byte, at, n int) int {
	for ; n > 0 && at < len(b); n-- {
		if b[at] < utf8.RuneSelf {
			at++
			continue
		}
		_, w := utf8.DecodeRune(b[at:])
		at += w
	}
	return at
}
