package xml

import (
	"bytes"

	"github.com/glauxdb/glaux/catalog/fault"
)

// finder finds the elements that are records, wherever they stand.
type finder struct {
	tag  []byte // the name of a record's element, with or without a prefix
	open int    // elements that have begun and not ended, outside records
}

// find gives the offset of the next record's tag at or behind b[i]; -1 if there
// is none, where the bytes before from need not be looked at again.
func (f *finder) find(b []byte, i int, eof bool) (at, from int, err *fault.Error) {
	for i < len(b) {
		t := next(b, i, eof)
		switch t.kind {
		case tokenMore:
			if b[i] != '<' {
				return -1, len(b), nil // text between tags
			}
			return -1, i, nil
		case tokenBad:
			return -1, i, badTag(b, t)
		case tokenOpen, tokenEmpty:
			if f.is(t.name) {
				return i, i, nil
			}
			if t.kind == tokenOpen {
				f.open++
			}
		case tokenClose:
			f.open--
		}
		i = t.to
	}
	return -1, i, nil
}

func (f *finder) is(name []byte) bool {
	return bytes.Equal(name, f.tag) || bytes.IndexByte(f.tag, ':') < 0 && bytes.Equal(local(name), f.tag)
}
