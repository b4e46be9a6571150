package crawler

import (
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
)

// partitionIndex finds partitions of a snapshot by the texts of their keys, as
// values: 01 finds 1 of an integer key. Each text is parsed once.
type partitionIndex struct {
	keys  []catalog.Column
	codes []map[string]uint32 // of a key's texts, and of its values as spell spells them
	rows  map[string]int      // by packed codes
	buf   []byte
}

// unseen is the code of a text that no partition of the snapshot has.
const unseen = ^uint32(0)

// newPartitionIndex indexes a snapshot whose values are typed as was for keys
// that are typed as keys.
func newPartitionIndex(keys, was []catalog.Column, ps *catalog.Partitions) *partitionIndex {
	x := &partitionIndex{keys: keys, codes: make([]map[string]uint32, len(keys)), rows: make(map[string]int, ps.N)}
	retyped := make([]bool, len(keys))
	for k := range keys {
		retyped[k] = !keys[k].Type.Equal(was[k].Type)
		x.codes[k] = make(map[string]uint32, len(ps.Keys[k].Values))
		for code, v := range ps.Keys[k].Values {
			if !retyped[k] {
				x.codes[k][spell(v)] = uint32(code)
			}
		}
	}
	for i := range ps.N {
		x.buf = x.buf[:0]
		for k := range keys {
			code := ps.Keys[k].Codes[i]
			if retyped[k] {
				code = x.recode(k, partition.Texts(ps, i)[k])
			}
			x.pack(code)
		}
		x.rows[string(x.buf)] = i
	}
	return x
}

// recode gives the code of a text by the new type of its key, a new one if its
// value is new. A text that is no value of that type is one of its own.
func (x *partitionIndex) recode(k int, text string) uint32 {
	codes := x.codes[k]
	if code, ok := codes[text]; ok {
		return code
	}
	spelled := text
	if v, err := partition.ParseValue(x.keys[k].Type, text); err == nil {
		spelled = spell(v)
	}
	code, ok := codes[spelled]
	if !ok {
		code = uint32(len(codes))
	}
	codes[text], codes[spelled] = code, code
	return code
}

func (x *partitionIndex) pack(c uint32) {
	x.buf = append(x.buf, byte(c), byte(c>>8), byte(c>>16), byte(c>>24))
}

// spell gives a value a text that no other value of its key has. It begins with
// a character that key texts cannot have.
func spell(v types.Value) string {
	if v.Null {
		return "\x00null"
	}
	return "\x00" + string(types.AppendValue(nil, v))
}

// row gives the partition with these texts, -1 if there is none. An error says
// why they cannot be those of a partition.
func (x *partitionIndex) row(values []string) (int, error) {
	if len(values) != len(x.keys) {
		return -1, fmt.Errorf("it has %d values for %d keys", len(values), len(x.keys))
	}
	x.buf = x.buf[:0]
	missing := false
	for k, text := range values {
		code, ok := x.codes[k][text]
		if !ok {
			var err error
			if code, err = x.parse(k, text); err != nil {
				return -1, err
			}
			x.codes[k][text] = code
		}
		missing = missing || code == unseen
		x.pack(code)
	}
	if missing {
		return -1, nil
	}
	if i, ok := x.rows[string(x.buf)]; ok {
		return i, nil
	}
	return -1, nil
}

// maxValue is the length of a key's text that catalogs take, as in Glue.
const maxValue = 1024

func (x *partitionIndex) parse(k int, text string) (uint32, error) {
	if strings.Contains(text, "\x00") || len(text) > maxValue {
		return 0, fmt.Errorf("the value of %s is longer than %d bytes or holds a null character", x.keys[k].Name, maxValue)
	}
	v, err := partition.ParseValue(x.keys[k].Type, text)
	if err != nil {
		return 0, err
	}
	if code, ok := x.codes[k][spell(v)]; ok {
		return code, nil
	}
	return unseen, nil
}

// has reports whether there is a partition with these texts.
func (x *partitionIndex) has(values []string) bool {
	i, err := x.row(values)
	return err == nil && i >= 0
}
