package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/snappy"
	"github.com/pierrec/lz4/v4"

	"github.com/glauxdb/glaux/catalog/fault"
)

var blockCodecs = []Codec{None, Snappy, Gzip, Zstd, Brotli, LZ4Raw, Zlib, Deflate}

// samples are bytes that compress well, badly and not at all.
func samples() map[string][]byte {
	r := rand.New(rand.NewPCG(5, 6))
	noise := make([]byte, 100_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	return map[string][]byte{
		"empty": {}, "one": {'x'}, "noise": noise, "zeros": make([]byte, 3<<20),
		"text": bytes.Repeat([]byte("some text that repeats; "), 5000),
	}
}

func TestBlocks(t *testing.T) {
	for _, c := range blockCodecs {
		for name, data := range samples() {
			t.Run(fmt.Sprintf("%s/%s", c, name), func(t *testing.T) {
				packed, err := Compress(c, nil, data)
				if err != nil {
					t.Fatal(err)
				}
				for _, dst := range [][]byte{nil, make([]byte, 3), make([]byte, 0, len(data)+100)} {
					got, err := Decompress(c, dst, packed, len(data))
					if err != nil || !bytes.Equal(got, data) {
						t.Fatalf("%d bytes, %v", len(got), err)
					}
					if c != None && len(data) > 0 && cap(dst) > len(data) && &got[:1][0] != &dst[:1][0] {
						t.Error("dst was large enough and not used")
					}
				}
				for _, size := range []int{len(data) - 1, len(data) + 1, 1 << 40, -1} {
					if _, err := Decompress(c, nil, packed, size); !fault.Is(err, fault.CodeDataCorrupted) {
						t.Errorf("size %d: %v", size, err)
					}
				}
				if c == None || len(data) < 2 {
					return
				}
				for _, cut := range []int{len(packed) - 1, len(packed) / 2, 1} {
					if _, err := Decompress(c, nil, packed[:cut], len(data)); !fault.Is(err, fault.CodeDataCorrupted) {
						t.Errorf("cut to %d of %d: %v", cut, len(packed), err)
					}
				}
			})
		}
	}
	if _, err := Decompress(Zip, nil, nil, 0); !fault.Is(err, fault.CodeFeatureNotSupported) {
		t.Error(err)
	}
}

// hadoop frames blocks as Hadoop does, with chunks blocks in a group.
func hadoop(pack func([]byte) []byte, data []byte, group, chunk int) []byte {
	var out []byte
	for len(data) > 0 {
		g := data[:min(group, len(data))]
		data = data[len(g):]
		out = binary.BigEndian.AppendUint32(out, uint32(len(g)))
		for len(g) > 0 {
			b := pack(g[:min(chunk, len(g))])
			g = g[min(chunk, len(g)):]
			out = binary.BigEndian.AppendUint32(out, uint32(len(b)))
			out = append(out, b...)
		}
	}
	return out
}

func packLZ4(b []byte) []byte {
	out := make([]byte, lz4.CompressBlockBound(len(b)))
	var c lz4.Compressor
	n, err := c.CompressBlock(b, out)
	if err != nil {
		panic(err)
	}
	return out[:n]
}

func packSnappy(b []byte) []byte { return snappy.Encode(nil, b) }

func TestHadoopFraming(t *testing.T) {
	data := samples()["text"]
	for _, sizes := range [][2]int{{1 << 20, 1 << 20}, {50_000, 50_000}, {60_000, 10_000}} {
		framed := hadoop(packLZ4, data, sizes[0], sizes[1])
		got, err := Decompress(LZ4Hadoop, nil, framed, len(data))
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%v: %d bytes, %v", sizes, len(got), err)
		}
		for c, stream := range map[Codec][]byte{LZ4: framed, Snappy: hadoop(packSnappy, data, sizes[0], sizes[1])} {
			r, err := NewReader(c, bytes.NewReader(stream))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s stream %v: %d bytes, %v", c, sizes, len(got), err)
			}
			r.Close()
		}
	}
	got, err := Decompress(LZ4Hadoop, nil, packLZ4(data), len(data)) // a bare block
	if err != nil || !bytes.Equal(got, data) {
		t.Error(err)
	}
	if _, err := Decompress(LZ4Hadoop, nil, []byte("nonsense"), 100); !fault.Is(err, fault.CodeDataCorrupted) {
		t.Error(err)
	}
}

func TestStreams(t *testing.T) {
	for _, c := range []Codec{None, Gzip, Zlib, Deflate, Zstd, Brotli, Snappy, LZ4} {
		for name, data := range samples() {
			t.Run(fmt.Sprintf("%s/%s", c, name), func(t *testing.T) {
				var packed bytes.Buffer
				w, err := NewWriter(c, &packed)
				if err != nil {
					t.Fatal(err)
				}
				w.Write(data)
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				r, err := NewReader(c, iotest.HalfReader(bytes.NewReader(packed.Bytes())))
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				got, err := io.ReadAll(r)
				if err != nil || !bytes.Equal(got, data) {
					t.Errorf("%d bytes, %v", len(got), err)
				}
			})
		}
	}
}

func readAll(c Codec, r io.Reader) ([]byte, error) {
	d, err := NewReader(c, r)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return io.ReadAll(d)
}

func TestStreamErrors(t *testing.T) {
	data := samples()["noise"]
	broken := errors.New("network broke")
	for _, c := range []Codec{Gzip, Zlib, Zstd, Snappy, LZ4, Brotli, Deflate} {
		var packed bytes.Buffer
		w, _ := NewWriter(c, &packed)
		w.Write(data)
		w.Close()
		if _, err := readAll(c, bytes.NewReader(packed.Bytes()[:packed.Len()/2])); !fault.Is(err, fault.CodeDataCorrupted) {
			t.Errorf("%s truncated: %v", c, err)
		}
		if _, err := readAll(c, strings.NewReader("this is no compressed stream")); !fault.Is(err, fault.CodeDataCorrupted) {
			t.Errorf("%s nonsense: %v", c, err)
		}
		r := io.MultiReader(bytes.NewReader(packed.Bytes()[:packed.Len()/2]), iotest.ErrReader(broken))
		if _, err := readAll(c, r); !errors.Is(err, broken) || fault.Is(err, fault.CodeDataCorrupted) {
			t.Errorf("%s over a broken source: %v", c, err)
		}
	}
}

// TestSourceErrors: an error of the source is the stream's, even where a codec
// looks ahead and an empty source is an empty stream.
func TestSourceErrors(t *testing.T) {
	broken := errors.New("the store failed")
	for c := range numCodecs {
		r, err := NewReader(c, iotest.ErrReader(broken))
		if err == nil {
			_, err = io.ReadAll(r)
			r.Close()
		}
		if !errors.Is(err, broken) && !fault.Is(err, fault.CodeFeatureNotSupported) {
			t.Errorf("%s: %v", c, err)
		}
	}
}

func TestGzipMembersAndBzip2(t *testing.T) {
	a, _ := Compress(Gzip, nil, []byte("first "))
	b, _ := Compress(Gzip, nil, []byte("second"))
	got, err := readAll(Gzip, bytes.NewReader(append(a, b...)))
	if err != nil || string(got) != "first second" {
		t.Errorf("%q, %v", got, err)
	}
	// printf hello | bzip2
	bz := "BZh91AY&SY\x19\x31\x65\x3d\x00\x00\x00\x81\x00\x02\x44\xa0\x00\x21\x9a\x68\x33\x4d\x07\x33\x8b\xb9\x22\x9c\x28\x48\x0c\x98\xb2\x9e\x80"
	got, err = readAll(Bzip2, strings.NewReader(bz))
	if err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
	if Detect([]byte(bz)) != Bzip2 || Detect([]byte("BZhello, this is text")) != None {
		t.Error("bzip2 is not told from text")
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]Codec{"a.csv": None, "a.csv.gz": Gzip, "A.GZ": Gzip, "x/a.json.zst": Zstd, "a.bz2": Bzip2,
		"a.snappy": Snappy, "a.lz4": LZ4, "a.deflate": Zlib, "": None, "gz": None} {
		if got := ByExtension(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
	if got := TrimExtension("x/a.csv.gz"); got != "x/a.csv" {
		t.Error(got)
	}
	for c := range numCodecs {
		if got, err := Parse(strings.ToUpper(c.String())); err != nil || got != c {
			t.Errorf("%s parses as %s (%v)", c, got, err)
		}
	}
	if _, err := Parse("lzma"); !fault.Is(err, fault.CodeFeatureNotSupported) {
		t.Error(err)
	}
	for _, c := range []Codec{Gzip, Zstd, LZ4, Snappy} {
		var b bytes.Buffer
		w, _ := NewWriter(c, &b)
		w.Write([]byte("x"))
		w.Close()
		if got := Detect(b.Bytes()); got != c {
			t.Errorf("%s is detected as %s", c, got)
		}
	}
}

// FuzzDecompress checks that no input panics, grows past the declared size, or
// succeeds with another.
func FuzzDecompress(f *testing.F) {
	for i, c := range blockCodecs {
		packed, err := Compress(c, nil, []byte("seed seed seed seed"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), packed, 19)
	}
	f.Add(byte(LZ4Hadoop), hadoop(packLZ4, []byte("seed seed seed seed"), 10, 5), 19)
	f.Fuzz(func(t *testing.T, c byte, src []byte, size int) {
		size = min(size, 1<<22)
		out, err := Decompress(Codec(c%byte(numCodecs)), nil, src, size)
		if err == nil && len(out) != size {
			t.Errorf("%d bytes, %d declared", len(out), size)
		}
	})
}

// FuzzStream checks that no input panics or reads without end.
func FuzzStream(f *testing.F) {
	for _, c := range []Codec{Gzip, Zlib, Zstd, Snappy, LZ4, Brotli} {
		var b bytes.Buffer
		w, _ := NewWriter(c, &b)
		w.Write([]byte("seed seed seed seed"))
		w.Close()
		f.Add(byte(c), b.Bytes())
	}
	f.Add(byte(Snappy), hadoop(packSnappy, []byte("seed seed seed"), 10, 5))
	f.Add(byte(Snappy), packSnappy([]byte("seed seed seed seed seed")))
	f.Add(byte(Zip), zipOf(f, 8, zipFile{"a.csv", "seed seed seed"}))
	f.Add(byte(Zip), zipOf(f, 0, zipFile{"a/", ""}, zipFile{"a/b.csv", "seed"}))
	f.Fuzz(func(t *testing.T, c byte, src []byte) {
		d, err := NewReader(Codec(c%byte(numCodecs)), bytes.NewReader(src))
		if err != nil {
			return
		}
		defer d.Close()
		_, _ = io.Copy(io.Discard, io.LimitReader(d, 1<<22))
	})
}
