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
