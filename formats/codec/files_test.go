package codec

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/pierrec/lz4/v4"

	"github.com/glauxdb/glaux/catalog/fault"
)

type zipFile struct{ name, text string }

// zipOf writes an archive with sizes in the local headers (method 0), or
// behind the data (others), as the library does for streams.
func zipOf(t testing.TB, method uint16, files ...zipFile) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		var fw io.Writer
		var err error
		if method == 0 {
			h := &zip.FileHeader{Name: f.name, CompressedSize64: uint64(len(f.text)), UncompressedSize64: uint64(len(f.text)), CRC32: crcOf(f.text)}
			fw, err = w.CreateRaw(h)
		} else {
			fw, err = w.CreateHeader(&zip.FileHeader{Name: f.name, Method: method})
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(fw, f.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestZip(t *testing.T) {
	long := strings.Repeat("1,2,3,some text\n", 50_000)
	for _, c := range []struct {
		name   string
		method uint16
		files  []zipFile
		want   string
		code   fault.Code // "": no error
	}{
		{"deflated", 8, []zipFile{{"a.csv", long}}, long, ""},
		{"stored", 0, []zipFile{{"a.csv", long}}, long, ""},
		{"empty file", 8, []zipFile{{"a.csv", ""}}, "", ""},
		{"empty archive", 8, nil, "", ""},
		{"in a folder", 8, []zipFile{{"x/", ""}, {"x/a.csv", "1,2\n"}, {"__MACOSX/x/._a.csv", "fork"}}, "1,2\n", ""},
		{"two files", 8, []zipFile{{"a.csv", "1\n"}, {"b.csv", "2\n"}}, "", fault.CodeFeatureNotSupported},
		{"two stored files", 0, []zipFile{{"a.csv", "1\n"}, {"b.csv", "2\n"}}, "", fault.CodeFeatureNotSupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := zipOf(t, c.method, c.files...)
			if got := Detect(data); got != Zip {
				t.Fatalf("detected as %s", got)
			}
			for _, r := range []io.Reader{bytes.NewReader(data), iotest.OneByteReader(bytes.NewReader(data))} {
				got, err := readAll(Zip, r)
				if c.code != "" {
					if !fault.Is(err, c.code) || !strings.Contains(err.Error(), c.files[1].name) {
						t.Fatalf("%v, want %s", err, c.code)
					}
					continue
				}
				if err != nil || string(got) != c.want {
					t.Fatalf("%d bytes, %v", len(got), err)
				}
			}
		})
	}
}

func TestZipDamaged(t *testing.T) {
	for _, method := range []uint16{0, 8} {
		data := zipOf(t, method, zipFile{"a.csv", strings.Repeat("some text\n", 100)})
		end := bytes.LastIndex(data, []byte("PK\x01\x02"))
		for cut := range end {
			if _, err := readAll(Zip, bytes.NewReader(data[:cut])); !fault.Is(err, fault.CodeDataCorrupted) {
				t.Fatalf("method %d cut to %d of %d: %v", method, cut, len(data), err)
			}
		}
	}
	stored := zipOf(t, 0, zipFile{"a.csv", "some text"})
	for at, want := range map[int]fault.Code{6: fault.CodeFeatureNotSupported /* encrypted */, 8: fault.CodeFeatureNotSupported, /* method 1 */
		14: fault.CodeDataCorrupted /* crc */, 18: fault.CodeDataCorrupted /* length */, 36: fault.CodeDataCorrupted /* the text */} {
		bad := slices.Clone(stored)
		bad[at] ^= 1
		if _, err := readAll(Zip, bytes.NewReader(bad)); !fault.Is(err, want) {
			t.Errorf("byte %d changed: %v, want %s", at, err, want)
		}
	}
}

func TestRawSnappy(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	mixed := make([]byte, 5<<20)
	for i := range mixed {
		mixed[i] = byte(r.IntN(3)) + byte(i>>12)
	}
	all := samples()
	all["mixed"] = mixed
	for name, data := range all {
		packed := packSnappy(data)
		for _, src := range []io.Reader{bytes.NewReader(packed), iotest.HalfReader(bytes.NewReader(packed))} {
			got, err := readAll(Snappy, src)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: %d of %d bytes, %v", name, len(got), len(data), err)
			}
		}
		if len(data) < 2 {
			continue
		}
		d, err := NewReader(Snappy, bytes.NewReader(packed[:len(packed)/2]))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(d) // what the crawler sees of a long file
		if !fault.Is(err, fault.CodeDataCorrupted) || !bytes.HasPrefix(data, got) || name == "text" && len(got) == 0 {
			t.Errorf("half of %s: %d bytes, %v", name, len(got), err)
		}
	}
	for _, bad := range []string{"\x05\x01\x01", "\x05\x00a\x02\x09\x00", "\x01\xfc\xff\xff\xff\xff", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x01\x00ab"} {
		if _, err := readAll(Snappy, strings.NewReader(bad)); !fault.Is(err, fault.CodeDataCorrupted) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// skippable is a frame that decoders of zstd and LZ4 must pass over.
const skippable = "\x51\x2a\x4d\x18\x03\x00\x00\x00abc"

func TestManyFrames(t *testing.T) {
	for _, c := range []Codec{Gzip, Zstd, LZ4} {
		var all bytes.Buffer
		want := ""
		for i := range 3 {
			if c != Gzip {
				all.WriteString(skippable)
			}
			w, _ := NewWriter(c, &all)
			part := strings.Repeat(fmt.Sprintf("part %d ", i), 100)
			io.WriteString(w, part)
			w.Close()
			want += part
		}
		if c != Gzip {
			all.WriteString(skippable)
		}
		if got := Judge(None, all.Bytes()); got != c {
			t.Errorf("%s is detected as %s", c, got)
		}
		got, err := readAll(c, bytes.NewReader(all.Bytes()))
		if err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v", c, len(got), err)
		}
	}
	var legacy bytes.Buffer
	w := lz4.NewWriter(&legacy)
	if err := w.Apply(lz4.LegacyOption(true)); err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "legacy legacy legacy")
	w.Close()
	got, err := readAll(LZ4, bytes.NewReader(legacy.Bytes()))
	if err != nil || string(got) != "legacy legacy legacy" || Detect(legacy.Bytes()) != LZ4 {
		t.Errorf("legacy frame: %q, %v", got, err)
	}
}

func TestJudge(t *testing.T) {
	gz, _ := Compress(Gzip, nil, []byte("x"))
	zl, _ := Compress(Zlib, nil, []byte("some text"))
	for _, c := range []struct {
		name string
		head []byte
		want Codec
	}{
		{"a.csv", []byte("a,b"), None},
		{"a.csv.gz", []byte("a,b\xc3"), None}, // plain text under a wrong name, cut inside a letter
		{"a.csv.gz", []byte("1\x012\n"), None},
		{"a.csv.gz", []byte("\x1f\x8c\x08\x00\x00\x00"), Gzip}, // damaged
		{"a.csv", gz, Gzip},
		{"a.csv.zst", gz, Gzip},
		{"a.csv.br", gz, Brotli},
		{"a.csv.snappy", gz, Gzip},
		{"a.csv.gz", nil, Gzip},
		{"a.snappy", packSnappy([]byte("a,b")), Snappy},
		{"a.br", []byte("anything"), Brotli},
		{"a", zl, None}, // a letter and Hive's delimiter begin so too,
		{"a", []byte("\xfd7zXZ\x00\x00"), XZ},
		{"a.lzo_deflate", []byte("\x00\x00\x00\x05\x00"), LZO},
		{"a.txt", []byte("Packed in PK"), None},
		{"a.txt", []byte("\x50\x2a\x4d\x18\xff\xff\xff\xff"), None},
	} {
		if got := Judge(ByExtension(c.name), c.head); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.name, c.head, got, c.want)
		}
	}
}

func TestAppend(t *testing.T) {
	prefix := []byte("before ")
	for _, c := range blockCodecs {
		for name, data := range samples() {
			packed, err := Compress(c, nil, data)
			if err != nil {
				t.Fatal(err)
			}
			for _, dst := range [][]byte{slices.Clone(prefix), append(make([]byte, 0, len(data)+100), prefix...)} {
				got, err := Append(c, dst, packed, len(data))
				if err != nil || string(got) != string(prefix)+string(data) {
					t.Errorf("%s/%s: %d bytes, %v", c, name, len(got), err)
				}
			}
			if len(data) > 1 {
				if _, err := Append(c, nil, packed, len(data)-1); !fault.Is(err, fault.CodeProgramLimit) {
					t.Errorf("%s/%s over the limit: %v", c, name, err)
				}
				if c == None || c == LZ4Raw { // a cut block of LZ4 may be one
					continue
				}
				if _, err := Append(c, nil, packed[:len(packed)/2], 1<<30); !fault.Is(err, fault.CodeDataCorrupted) {
					t.Errorf("%s/%s cut: %v", c, name, err)
				}
			}
		}
	}
	if _, err := Append(LZ4Hadoop, nil, nil, 1); !fault.Is(err, fault.CodeFeatureNotSupported) {
		t.Error(err)
	}
}

// FuzzAppend checks that no block panics or grows past the limit, and that
// what Decompress takes Append takes too.
func FuzzAppend(f *testing.F) {
	for i, c := range blockCodecs {
		packed, err := Compress(c, nil, []byte("seed seed seed seed"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), packed)
	}
	f.Fuzz(func(t *testing.T, n byte, src []byte) {
		const limit = 1 << 20
		c := blockCodecs[int(n)%len(blockCodecs)]
		got, err := Append(c, []byte("x"), src, limit)
		if err != nil {
			return
		}
		if len(got) > limit+1 || got[0] != 'x' {
			t.Fatalf("%d bytes over a limit of %d", len(got), limit)
		}
		again, err := Decompress(c, nil, src, len(got)-1)
		if err != nil || !bytes.Equal(again, got[1:]) {
			t.Errorf("%s: Decompress gives %d bytes, %v", c, len(again), err)
		}
	})
}

func crcOf(s string) uint32 { return crc32.ChecksumIEEE([]byte(s)) }
