package json

import (
	"bytes"
	"strings"
)

// naming says how the keys of objects name columns and fields.
type naming struct {
	mapping   map[string]string   // lower-case column or field -> key
	paths     map[string][]string // lower-case column -> the keys that lead to it from the record
	exactCase bool
	dots      bool // dots in keys are underscores in names
}

// key gives the key that holds a column or field.
func (k *naming) key(name string) string {
	if to, ok := k.mapping[strings.ToLower(name)]; ok {
		return to
	}
	return name
}

// path gives the keys that lead to a column, or to a field below it.
func (k *naming) path(column string, below []string) []string {
	way := k.paths[strings.ToLower(column)]
	if way == nil {
		way = []string{k.key(column)}
	}
	out := append(make([]string, 0, len(way)+len(below)), way...)
	for _, f := range below {
		out = append(out, k.key(f))
	}
	return out
}

// same gives what is equal of keys that name the same.
func (k *naming) same(key string) string {
	if k.exactCase {
		return key
	}
	return strings.ToLower(key)
}

// undotted gives a key with underscores for its dots; nil if it has none.
func undotted(key []byte) []byte {
	if bytes.IndexByte(key, '.') < 0 {
		return nil
	}
	return bytes.ReplaceAll(key, []byte{'.'}, []byte{'_'})
}
