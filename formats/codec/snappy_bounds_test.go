//go:build linux

package codec

import (
	"bytes"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"

	"github.com/klauspost/compress/snappy"
)

// fenced gives n bytes with pages before and behind that nobody may touch: close to
// the first, or to the last.
func fenced(t *testing.T, n int, atEnd bool) []byte {
	t.Helper()
	page := os.Getpagesize()
	room := max((n+page-1)/page, 1) * page
	mem, err := syscall.Mmap(-1, 0, room+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(mem) })
	for _, fence := range [][]byte{mem[:page], mem[page+room:]} {
		if err := syscall.Mprotect(fence, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	if atEnd {
		return mem[page+room-n : page+room : page+room]
	}
	return mem[page : page+n : page+n]
}

// TestSnappyStaysInside decodes between pages that end the process if they are read
// or written.
func TestSnappyStaysInside(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	blocks := [][]byte{}
	for range 60 {
		blocks = append(blocks, randomElements(r))
	}
	for _, data := range columnsOf(700) {
		blocks = append(blocks, snappy.Encode(nil, data), snappy.Encode(nil, data[:len(data)/3]))
	}
	for _, block := range blocks {
		n, err := snappy.DecodedLen(block)
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := snappy.Decode(nil, block)
		for _, atEnd := range []bool{false, true} {
			src, dst := fenced(t, len(block), atEnd), fenced(t, n, atEnd)
			copy(src, block)
			got, err := unsnappy(dst, src)
			if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
				t.Fatalf("%v, want %v", err, wantErr)
			}
		}
	}
}
