package parquet

import (
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
)

var _ formats.Measurer = (*File)(nil)

// ScanBytes implements formats.Measurer: the column chunks of every leaf that the
// columns are read from. A column that cannot be read counts for nothing: its
// scan is an error.
func (f *File) ScanBytes(cols []formats.Projection) int64 {
	leaves := map[int]bool{}
	for _, p := range cols {
		if p.Column < 0 || p.Column >= len(f.binds) {
			continue
		}
		b, err := f.project(f.binds[p.Column], p.Path, p.Type)
		if b != nil && b.text {
			b, err = f.project(f.binds[p.Column], p.Path, b.node.typ)
		}
		if err == nil {
			addLeaves(leaves, b)
		}
	}
	n := int64(0)
	for g := range f.meta.groups {
		if f.meta.groups[g].rows == 0 {
			continue
		}
		for l := range leaves {
			n += f.meta.groups[g].chunks[l].compressed
		}
	}
	return n
}

// addLeaves adds the leaves that newScanCol reads a binding from.
func addLeaves(leaves map[int]bool, b *binding) {
	switch {
	case b.node == nil || b.node.kind == kindLeaf && b.conv.Op == convert.OpNone:
	case b.flat() != nil:
		leaves[b.node.elem.index] = true
	default:
		addNested(leaves, b)
	}
}

// addNested goes as nestedReader.build does, and reports whether it found a leaf.
func addNested(leaves map[int]bool, b *binding) bool {
	if b == nil || b.node == nil {
		return false
	}
	if b.node.kind == kindLeaf {
		leaves[b.node.elem.index] = true
		return true
	}
	found := false
	for _, k := range b.kids {
		found = addNested(leaves, k) || found
	}
	if !found {
		leaves[b.node.firstLeaf().index] = true
	}
	return true
}
