package jsontext

import (
	"errors"
	"sort"
)

// ErrSyntax says that a text is not JSON.
var ErrSyntax = errors.New("invalid JSON text")

// Merge appends x || y: objects merged (y wins), arrays and scalars joined.
func Merge(b, x, y []byte) ([]byte, error) {
	if Kind(x) == '{' && Kind(y) == '{' {
		members := map[string][]byte{}
		add := func(k, v []byte) bool { members[string(k)] = v; return true }
		if !Each(x, add) || !Each(y, add) {
			return b, ErrSyntax
		}
		keys := make([]string, 0, len(members))
		for k := range members {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, k...), ':'), members[k]...)
		}
		return append(b, '}'), nil
	}
	b = append(b, '[')
	first := true
	for _, part := range [][]byte{x, y} {
		put := func(_, v []byte) bool {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(b, v...)
			return true
		}
		if Kind(part) != '[' {
			put(nil, part)
		} else if !Each(part, put) {
			return b, ErrSyntax
		}
	}
	return append(b, ']'), nil
}
