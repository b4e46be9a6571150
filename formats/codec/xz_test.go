package codec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/glauxdb/glaux/catalog/fault"
)

// xzOf compresses with another writer: blocks of some bytes, a kind of check,
// a dictionary.
func xzOf(t testing.TB, data []byte, block int64, check byte, dict int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := xz.WriterConfig{BlockSize: block, CheckSum: check, NoCheckSum: check == xz.None, DictCap: dict}.NewWriter(&b)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestXZ(t *testing.T) {
	for name, data := range samples() {
		for _, check := range []byte{xz.None, xz.CRC32, xz.CRC64, xz.SHA256} {
			for _, block := range []int64{0, 10_000, 99_999} {
				if block == 10_000 && len(data) > 1<<20 {
					continue
				}
				packed := xzOf(t, data, block, check, 64<<10)
				got, err := Append(XZ, []byte("before"), packed, len(data))
				if err != nil || string(got[:6]) != "before" || !bytes.Equal(got[6:], data) {
					t.Fatalf("%s, check %d, blocks of %d: %v", name, check, block, err)
				}
				if len(data) > 0 {
					if _, err := Append(XZ, nil, packed, len(data)-1); !fault.Is(err, fault.CodeProgramLimit) {
						t.Errorf("%s: %v", name, err)
					}
				}
			}
		}
	}
}

// TestXZDictionary: a block takes the memory that its bytes need, not what its
// header says, also if it is not the first.
func TestXZDictionary(t *testing.T) {
	data := bytes.Repeat([]byte("a row of a block\n"), 200)
	packed := xzOf(t, data, 1000, xz.CRC32, 8<<20)
	blocks := DivideTail(XZ, packed, int64(len(packed))).blocks
	for _, b := range blocks {
		at := int(b.at)
		size := (int(packed[at]) + 1) * 4
		dict := bytes.Index(packed[at:at+size], []byte{0x21, 1}) + 2
		packed[at+dict] = maxXZDictBits
		binary.LittleEndian.PutUint32(packed[at+size-4:], crc32.ChecksumIEEE(packed[at:at+size-4]))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := Append(XZ, nil, packed, 1<<20)
	runtime.ReadMemStats(&after)
	if err != nil || !bytes.Equal(got, data) || len(blocks) != 4 {
		t.Fatalf("%d blocks, %v", len(blocks), err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

// TestXZDamaged: every bit is covered by a check, so nothing that was changed
// is read.
func TestXZDamaged(t *testing.T) {
	data := []byte("some text, some text, some other text, and the end of it")
	for _, check := range []byte{xz.CRC32, xz.CRC64, xz.SHA256} {
		packed := xzOf(t, data, 20, check, 4096)
		for i := range packed {
			if _, err := Append(XZ, nil, packed[:i], 1<<20); !fault.Is(err, fault.CodeDataCorrupted) {
				t.Fatalf("cut at %d: %v", i, err)
			}
			for bit := range 8 {
				bad := bytes.Clone(packed)
				bad[i] ^= 1 << bit
				if got, err := Append(XZ, nil, bad, 1<<20); err == nil {
					t.Fatalf("bit %d of byte %d changed: %q", bit, i, got)
				}
			}
		}
		if _, err := Append(XZ, nil, append(packed, 0), 1<<20); !fault.Is(err, fault.CodeDataCorrupted) {
			t.Errorf("a byte more: %v", err)
		}
	}
}

func FuzzXZ(f *testing.F) {
	for _, check := range []byte{xz.None, xz.CRC32, xz.CRC64, xz.SHA256} {
		f.Add(xzOf(f, []byte("some text, some text, some other text"), 20, check, 4096))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := Append(XZ, nil, data, 1<<20); err != nil && fault.As(err).Code == fault.CodeInternal || len(got) > 1<<20 {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
	})
}

func BenchmarkXZ(b *testing.B) {
	data := bytes.Repeat([]byte("2024-01-01,north,customer 17,12.50\n"), 400)
	packed := xzOf(b, data, 0, xz.CRC64, 8<<20)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var dst []byte
	for b.Loop() {
		var err error
		if dst, err = Append(XZ, dst[:0], packed, 1<<20); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkXZStream(b *testing.B) {
	var data []byte
	for i := range 40000 {
		data = fmt.Appendf(data, "2024-01-%02d,north,customer %d,%d.50\n", i%28+1, i*7919%1000, i*31%977)
	}
	packed := xzOf(b, data, 0, xz.CRC64, 8<<20)
	for _, from := range []string{"stream", "memory"} {
		b.Run(from, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			var dst []byte
			for b.Loop() {
				if from == "memory" {
					dst, _ = Append(XZ, dst[:0], packed, 10<<20)
					continue
				}
				r, err := NewReader(XZ, bytes.NewReader(packed))
				if err == nil {
					_, err = io.Copy(io.Discard, r)
				}
				if err != nil {
					b.Fatal(err)
				}
				_ = r.Close()
			}
		})
	}
}
