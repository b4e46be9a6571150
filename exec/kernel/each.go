package kernel

import "github.com/glauxdb/glaux/formats/vector"

// Each calls f for every selected row (sel nil: the first n). It costs a call per
// row: for kernels whose work on a value is much more than that.
func Each(sel vector.Sel, n int, f func(i int)) { each(sel, n, f) }

// EachErr is Each that stops at the first error.
func EachErr(sel vector.Sel, n int, f func(i int) error) error { return eachErr(sel, n, f) }

// TextOut writes strings into the rows of a flat vector.
type TextOut struct {
	w textWriter
}

// NewTextOut starts writing into out, a flat string vector as a Kernel gets it.
func NewTextOut(out *vector.Vector) TextOut { return TextOut{newTextWriter(out)} }

// Put makes row i a copy of s.
func (t *TextOut) Put(i int, s []byte) {
	from := len(t.w.out.Data)
	t.w.out.Data = append(t.w.out.Data, s...)
	t.w.end(i, from)
}

// Start gives the buffer to append row i's text to; End takes it back.
func (t *TextOut) Start() []byte { return t.w.out.Data }

// End makes row i what was appended to b since Start. It refuses (54000) to let a
// batch's text grow without bound.
func (t *TextOut) End(i int, b []byte) error {
	from := len(t.w.out.Data)
	t.w.out.Data = b
	t.w.end(i, from)
	if len(b) > maxVectorBytes {
		return errTooMuchText()
	}
	return nil
}

// Range gives the place of value i in Data, for kernels whose results are parts of
// their argument and need no copy.
func (s *Strings) Range(i int) vector.Range {
	if s.codes != nil {
		i = int(s.codes[i])
	} else if s.one {
		i = 0
	}
	return s.rs[i]
}

// Data gives the bytes that the ranges point into.
func (s *Strings) Data() []byte { return s.data }

// Fixed reads fixed-width values of a vector of any form.
type Fixed[T vector.Fixed] struct {
	vals  []T
	codes []uint32
	one   bool
}

// FixedOf makes the reader of v.
func FixedOf[T vector.Fixed](v *vector.Vector) Fixed[T] {
	switch v.Form {
	case vector.Dict:
		return Fixed[T]{vals: vector.Values[T](v.Base), codes: v.Codes}
	case vector.Const:
		return Fixed[T]{vals: vector.Values[T](v), one: true}
	}
	return Fixed[T]{vals: vector.Values[T](v)}
}

// At gives value i, which must not be NULL.
func (f *Fixed[T]) At(i int) T {
	if f.codes != nil {
		i = int(f.codes[i])
	} else if f.one {
		i = 0
	}
	return f.vals[i]
}
