package store

import (
	"math/bits"
	"sync"
	"unsafe"
)

// Fresh memory costs several times what reading cached bytes into it does, so
// the slices of ReadRanges come from pools by size (powers of two) and go back
// there through Recycle.
const (
	minClass = 12 // 4 KiB
	maxClass = 26 // 64 MiB
)

var buffers [maxClass + 1]sync.Pool // of *byte, each the start of 1<<class bytes

// Buffer gives n bytes of undefined content, from a pool if one fits.
func Buffer(n int) []byte {
	class := max(minClass, bits.Len(uint(max(n, 1)-1)))
	if class > maxClass {
		return make([]byte, n)
	}
	if p, ok := buffers[class].Get().(*byte); ok {
		return unsafe.Slice(p, 1<<class)[:n]
	}
	return make([]byte, n, 1<<class)
}

// Recycle takes back a slice that ReadRanges or Buffer gave, whole, once
// nothing refers to its bytes any more. Handing slices back is optional; a
// slice of another size than the pools keep is left to the collector.
func Recycle(b []byte) {
	class := bits.Len(uint(cap(b))) - 1
	if class < minClass || class > maxClass || cap(b) != 1<<class {
		return
	}
	buffers[class].Put(unsafe.SliceData(b))
}
