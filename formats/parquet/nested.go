package parquet

import "github.com/glauxdb/glaux/formats/vector"

type nestedReader struct{ leaves []*column }

func newNestedReader(f *File, b *binding) *nestedReader { return &nestedReader{} }
func (n *nestedReader) rewind()                         {}
func (n *nestedReader) read(row int64, lo, k, total int) (*vector.Vector, error) {
	return nil, errEncoding
}
