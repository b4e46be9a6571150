package kernel

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/glauxdb/glaux/formats/vector"
)

// Needle is a text that is looked for in many others. Three of its bytes, those that
// texts have least, are looked for at their distances, many places at a time; the rest
// is compared where all three are.
type Needle struct {
	text       []byte
	a, b, c    byte // bytes of it, in its order
	at         int  // where a is
	gapB, gapC int  // how far behind a the others are
}

// NewNeedle makes a needle of text, which it keeps.
func NewNeedle(text []byte) Needle {
	n := Needle{text: text}
	if len(text) < 2 {
		return n
	}
	rarest := make([]int, len(text))
	for i := range rarest {
		rarest[i] = i
	}
	slices.SortStableFunc(rarest, func(i, j int) int { return cmp.Compare(rarity[text[j]], rarity[text[i]]) })
	rarest = rarest[:min(3, len(rarest))]
	slices.Sort(rarest)
	a, b, c := rarest[0], rarest[1], rarest[len(rarest)-1]
	n.a, n.b, n.c = text[a], text[b], text[c]
	n.at, n.gapB, n.gapC = a, b-a, c-a
	return n
}

// rarity tells how rare a byte is in texts: what is not named is rarest.
var rarity = func() (r [256]uint8) {
	const common = " etaoinsrhldcumfpgwybv" + "0123456789" + "kxjqz" + "-./_,:=&?%@\"'()ETAOINSRHLDCUMFPGWYBVKXJQZ"
	for i := range r {
		r[i] = 255
	}
	for i := range len(common) {
		r[common[i]] = uint8(i)
	}
	return r
}()

// indexBlock is how many places indexTriple tries at a time, and has to have.
const indexBlock = 32

// Empty reports whether there is nothing to look for.
func (n *Needle) Empty() bool { return len(n.text) == 0 }

// Index gives the first place of the needle in s, -1 if there is none.
func (n *Needle) Index(s []byte) int {
	if len(n.text) < 2 || len(s) < len(n.text)+indexBlock {
		return bytes.Index(s, n.text)
	}
	end := len(s) - (len(n.text) - n.at - n.gapC - 1) // c lies before it
	from := 0                                         // no match begins before
	for misses := 0; ; misses++ {
		rest := s[from+n.at : end]
		if len(rest) < n.gapC+indexBlock || misses > 4+from/16 {
			k := bytes.Index(s[from:], n.text) // a tail, or bytes that are everywhere
			if k >= 0 {
				k += from
			}
			return k
		}
		k := indexTriple(rest, n.a, n.b, n.c, n.gapB, n.gapC)
		if k < 0 {
			return -1
		}
		from += k
		if string(s[from:from+len(n.text)]) == string(n.text) {
			return from
		}
		from++
	}
}

// indexTripleGo is indexTriple for any processor.
func indexTripleGo(s []byte, a, b, c byte, gapB, gapC int) int {
	for i := 0; i+gapC < len(s); i++ {
		k := bytes.IndexByte(s[i:len(s)-gapC], a)
		if k < 0 {
			return -1
		}
		if i += k; s[i+gapB] == b && s[i+gapC] == c {
			return i
		}
	}
	return -1
}

// Search looks for a needle in rows of a string vector, which are asked about in
// ascending order. Rows that lie in their buffer one after the other are searched as
// one text: what is between two matches is not looked at row by row.
type Search struct {
	s      *Strings
	needle *Needle
	next   int // the first match in what was searched; limit: none
	limit  int // end of the rows' text; 0: each row is searched by itself
}

// NewSearch makes the search of rows of sel (nil: the first n), none of them NULL. An
// empty needle is in each of them.
func NewSearch(s *Strings, needle *Needle, sel vector.Sel, n int) Search {
	f := Search{s: s, needle: needle}
	if s.codes != nil || s.one || needle.Empty() {
		return f
	}
	first, end, held := -1, 0, 0
	ordered := func(r vector.Range) bool {
		if r.Len == 0 {
			return true // may lie anywhere
		}
		if first < 0 {
			first, end = int(r.Off), int(r.Off)
		}
		if int(r.Off) < end {
			return false
		}
		end = int(r.Off) + int(r.Len)
		held += int(r.Len)
		return true
	}
	if sel == nil {
		for _, r := range s.rs[:n] {
			if !ordered(r) {
				return f
			}
		}
	}
	for _, p := range sel {
		if !ordered(s.rs[p]) {
			return f
		}
	}
	if first < 0 || end-first > 3*held {
		return f
	}
	f.limit, f.next = end, first
	f.find(first)
	return f
}

func (f *Search) find(from int) {
	if k := f.needle.Index(f.s.data[from:f.limit]); k >= 0 {
		f.next = from + k
	} else {
		f.next = f.limit
	}
}

// Has reports whether row i holds the needle.
func (f *Search) Has(i int) bool {
	if f.limit == 0 {
		return f.needle.Index(f.s.At(i)) >= 0
	}
	r := f.s.rs[i]
	if int(r.Len) < len(f.needle.text) {
		return false
	}
	if f.next < int(r.Off) {
		f.find(int(r.Off))
	}
	return f.next+len(f.needle.text) <= int(r.Off)+int(r.Len)
}
