package lines

import (
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// Splits cuts a file of size bytes into about equal splits of at most target
// bytes. An empty file has none.
func Splits(size, target int64) []formats.Split {
	if size <= 0 {
		return nil
	}
	target = max(target, 1)
	n := (size-1)/target + 1
	out := make([]formats.Split, n)
	for i := range out {
		lo, hi := cut(size, int64(i), n), cut(size, int64(i)+1, n)
		out[i] = formats.Split{Range: store.Range{Off: lo, Len: hi - lo}, Rows: -1}
	}
	return out
}

// cut gives the start of part i of n without overflow.
func cut(size, i, n int64) int64 { return size/n*i + size%n*i/n }
