package codec

import (
	"bytes"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

// lzoEnd is the mark at the end of a block.
const lzoEnd = "\x11\x00\x00"

// TestLZO decodes blocks made by hand, one for each instruction, and cuts each
// of them everywhere. (Blocks of another encoder are in an ORC file of Apache's,
// which package orc reads.)
func TestLZO(t *testing.T) {
	long := "0123456789abc" + strings.Repeat("x", 2057-13) // 18 + 7 * 255 + 0xfe
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"short first run", "\x13ab", "ab"},
		{"long first run", "\x15abcd", "abcd"},
		{"run of 3 + 1", "\x01abcd", "abcd"},
		{"run of 18 + 2", "\x00\x02" + strings.Repeat("x", 20), strings.Repeat("x", 20)},
		{"run of 18 + 255 + 1", "\x00\x00\x01" + strings.Repeat("x", 274), strings.Repeat("x", 274)},
		{"copy of 2 after a short run", "\x13ab\x04\x00", "abab"},
		{"copy of 3 to 4, distance 1 to 2048", "\x15abcd\x6c\x00", "abcdabcd"},
		{"copy of 5 to 8, overlapping, then 2 literals", "\x15abcd\xe2\x00yz", "abcd" + "dddddddd" + "yz"},
		{"copy of 2 + 31 + 1", "\x15abcd\x20\x01\x0c\x00", "abcd" + strings.Repeat("abcd", 9)[:34]},
		{"copy of 3 from 2050 after a run", "\x00" + strings.Repeat("\x00", 7) + "\xfe" + long + "\x04\x00", long + long[7:10]},
	} {
		in := c.in + lzoEnd
		got, err := Append(LZO, []byte("before"), []byte(in), 1<<16)
		if err != nil || string(got) != "before"+c.want {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
		for cut := range in {
			if _, err := Append(LZO, nil, []byte(in[:cut]), 1<<16); !fault.Is(err, fault.CodeDataCorrupted) {
				t.Errorf("%s cut to %d bytes: %v", c.name, cut, err)
			}
		}
		if n := len(c.want); n > 0 {
			if _, err := Append(LZO, nil, []byte(in), n-1); !fault.Is(err, fault.CodeProgramLimit) {
				t.Errorf("%s with a limit of %d: %v", c.name, n-1, err)
			}
		}
	}
	for _, bad := range []string{"\x13ab\x08\x00" + lzoEnd, "\x15abcd\x6c\x01" + lzoEnd, lzoEnd + "x", "\x12\x00\x00"} {
		if _, err := Append(LZO, nil, []byte(bad), 1<<16); !fault.Is(err, fault.CodeDataCorrupted) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzLZO(f *testing.F) {
	f.Add([]byte("\x15abcd\xe2\x00yz" + lzoEnd))
	f.Add([]byte("\x15abcd\x20\x01\x0c\x00" + lzoEnd))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := Append(LZO, nil, in, 1<<20)
		if err == nil && len(out) > 1<<20 || err != nil && len(out) > 0 {
			t.Fatalf("%d bytes, %v", len(out), err)
		}
		again, err2 := Append(LZO, []byte{1, 2, 3}, in, 1<<20)
		if (err == nil) != (err2 == nil) || err == nil && !bytes.Equal(again[3:], out) {
			t.Fatalf("it depends on what stands before: %v, %v", err, err2)
		}
	})
}
