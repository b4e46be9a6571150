package formattest

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"testing"

	"github.com/glauxdb/glaux/formats/codec"
)

// Blocks compresses a text so that its blocks can be found and decompressed alone:
// gzip as bgzip does, zstd in the seekable format.
func Blocks(t testing.TB, c codec.Codec, text []byte) []byte {
	t.Helper()
	var out, table bytes.Buffer
	frames := uint32(0)
	for part := range chunks(text, 40_000) {
		at := out.Len()
		switch c {
		case codec.Gzip:
			w := gzip.NewWriter(&out)
			w.Extra = []byte("BC\x02\x00\x00\x00")
			check(t, w, part)
			binary.LittleEndian.PutUint16(out.Bytes()[at+16:], uint16(out.Len()-at-1))
		case codec.Zstd:
			w, err := codec.NewWriter(c, &out)
			if err != nil {
				t.Fatal(err)
			}
			check(t, w, part)
			_ = binary.Write(&table, binary.LittleEndian, [2]uint32{uint32(out.Len() - at), uint32(len(part))})
		default:
			t.Fatalf("no blocks of %s", c)
		}
		frames++
	}
	if c == codec.Zstd {
		_ = binary.Write(&out, binary.LittleEndian, [2]uint32{0x184D2A5E, uint32(table.Len() + 9)})
		out.Write(table.Bytes())
		_ = binary.Write(&out, binary.LittleEndian, struct {
			Frames uint32
			Flags  byte
			Magic  uint32
		}{frames, 0, 0x8F92EAB1})
	}
	return out.Bytes()
}

func check(t testing.TB, w interface {
	Write([]byte) (int, error)
	Close() error
}, part []byte) {
	t.Helper()
	_, err := w.Write(part)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// chunks gives a text in pieces of n bytes; nothing in one empty piece.
func chunks(text []byte, n int) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for {
			part := text[:min(n, len(text))]
			if !yield(part) {
				return
			}
			if text = text[len(part):]; len(text) == 0 {
				return
			}
		}
	}
}
