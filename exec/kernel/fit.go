package kernel

import (
	"bytes"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// FitText gives texts as a column of type t stores them: blanks beyond a length
// are cut, char(n) is padded. bad is the first selected row whose text is longer
// than that allows, -1 if there is none. Other types, and texts that fit, come
// back as they are.
func FitText(v *vector.Vector, t types.Type, b *vector.Batch) (out *vector.Vector, bad int) {
	limit := int(t.P)
	if t.Kind != types.Varchar && t.Kind != types.Char || limit == 0 || v.Type.Kind == types.Unknown {
		return v, -1
	}
	texts := StringsOf(v)
	fits := eachRow(b, func(row int) bool {
		if v.IsNull(row) {
			return true
		}
		s := texts.At(row)
		if t.Kind == types.Char {
			return utf8.RuneCount(s) == limit
		}
		return len(s) <= limit || utf8.RuneCount(s) <= limit
	})
	if fits {
		return v, -1
	}
	out = vector.New(t, 0)
	for row := range b.N {
		if v.IsNull(row) {
			out.AppendNull()
			continue
		}
		s, ok := fitted(texts.At(row), t)
		if !ok && !eachRow(b, func(r int) bool { return r != row }) {
			return nil, row
		}
		out.AppendBytes(s)
	}
	return out, -1
}

// eachRow calls f for the selected rows until it gives false.
func eachRow(b *vector.Batch, f func(row int) bool) bool {
	for k := range b.Rows() {
		row := k
		if b.Sel != nil {
			row = int(b.Sel[k])
		}
		if !f(row) {
			return false
		}
	}
	return true
}

// fitted cuts blanks beyond the length and pads char(n); ok is false if more
// than blanks would be cut.
func fitted(s []byte, t types.Type) (out []byte, ok bool) {
	limit := int(t.P)
	n := utf8.RuneCount(s)
	for n > limit && s[len(s)-1] == ' ' {
		s, n = s[:len(s)-1], n-1
	}
	if n < limit && t.Kind == types.Char {
		s = append(s[:len(s):len(s)], bytes.Repeat([]byte{' '}, limit-n)...)
	}
	return s, n <= limit
}
