package orc

import "github.com/glauxdb/glaux/formats"

var _ formats.Measurer = (*File)(nil)

// ScanBytes implements formats.Measurer: the streams of the columns in every
// stripe with rows. A column that cannot be read counts for nothing: its scan is
// an error.
func (f *File) ScanBytes(cols []formats.Projection) int64 { return f.scanBytes(cols, nil) }

// scanBytes is ScanBytes with columns of the file that are read besides.
func (f *File) scanBytes(cols []formats.Projection, besides []int) int64 {
	if f.feet == nil {
		return f.info.Size
	}
	read := map[uint64]bool{}
	for _, c := range besides {
		read[uint64(c)] = true
	}
	var list []int
	for _, p := range cols {
		if p.Column < 0 || p.Column >= len(f.binds) {
			continue
		}
		b, err := f.project(f.binds[p.Column], p.Path, p.Type)
		if b != nil && b.text {
			b, err = f.project(f.binds[p.Column], p.Path, b.node.typ)
		}
		if err != nil {
			continue
		}
		list = b.columns(list[:0])
		for _, c := range list {
			read[uint64(c)] = true
		}
	}
	n := int64(0)
	for i, foot := range f.feet {
		if f.foot.stripes[i].rows == 0 {
			continue
		}
		for _, s := range foot.streams {
			if s.kind < uint64(numStreams) && read[s.column] {
				n += s.length
			}
		}
	}
	return n
}
