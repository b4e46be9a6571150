package builtin

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os/exec"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

// letters are n of them without a break.
type letters struct{ n int64 }

func (l *letters) Read(p []byte) (int, error) {
	if l.n == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), l.n)
	for i := range p[:n] {
		p[i] = 'a'
	}
	l.n -= n
	return int(n), nil
}

// lineBomb is one line of n letters: as CSV, or within the marks of another
// format.
func lineBomb(t *testing.T, c codec.Codec, before string, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch c {
	case codec.Zip:
		z := zip.NewWriter(&b)
		var f io.Writer
		if f, err = z.Create("a"); err == nil {
			w = struct {
				io.Writer
				io.Closer
			}{f, z}
		}
	case codec.Bzip2, codec.XZ:
		return piped(t, c, before, n)
	default:
		w, err = codec.NewWriter(c, &b)
	}
	if err == nil {
		_, err = io.Copy(struct{ io.Writer }{w}, io.MultiReader(bytes.NewReader([]byte(before)), &letters{n}))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// piped compresses with a program.
func piped(t *testing.T, c codec.Codec, before string, n int64) []byte {
	t.Helper()
	path, err := exec.LookPath(c.String())
	if err != nil {
		t.Skipf("%v", err)
	}
	cmd := exec.Command(path, "-c", "-1")
	cmd.Stdin = io.MultiReader(bytes.NewReader([]byte(before)), &letters{n})
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// readTable reads a file of one column of text and tells what was allocated.
func readTable(t *testing.T, format, name string, data []byte, props map[string]string, b *budget) (rows int, bytes int64, err error) {
	t.Helper()
	f, err := Registry().Get(format)
	if err != nil {
		t.Fatal(err)
	}
	m := store.NewMemory("t")
	o := m.Set(name, data)
	from := allocated()
	ctx := context.Background()
	file, err := f.Open(ctx, m, o, formats.Options{Schema: textOptions(t).Schema, Properties: props})
	if err != nil {
		return 0, allocated() - from, err
	}
	defer file.Close()
	req := formats.ScanRequest{Split: file.Splits(1 << 40)[0], Columns: []formats.Projection{{Column: 1, Type: file.Schema().Fields[1].Type}}}
	if b != nil {
		req.Memory = b
	}
	rows, err = drain(t, file, req, b)
	return rows, allocated() - from, err
}

// TestLineBombs reads a line of 80 MiB from files of a few KiB, in
// every codec and in every format of text: with a limit of 32 MiB that is 53200,
// without one the longest record is the limit; neither takes more memory than that.
func TestLineBombs(t *testing.T) {
	const size = 80 << 20
	type bomb struct {
		format, name, before string
		codec                codec.Codec
		props                map[string]string
	}
	var all []bomb
	for c, ext := range map[codec.Codec]string{codec.Gzip: ".gz", codec.Zstd: ".zst", codec.Snappy: ".snappy", codec.LZ4: ".lz4", codec.Brotli: ".br",
		codec.Zlib: ".deflate", codec.Zip: ".zip", codec.Bzip2: ".bz2", codec.XZ: ".xz"} {
		all = append(all, bomb{"csv", "a.csv" + ext, "1,", c, nil})
	}
	all = append(all,
		bomb{"json", "a.json.zst", `{"id":1,"name":"`, codec.Zstd, nil},
		bomb{"json", "array.json.zst", `[{"id":1,"name":"`, codec.Zstd, nil},
		bomb{"xml", "a.xml.zst", "<rows><r><name>", codec.Zstd, map[string]string{"rowtag": "r"}},
		bomb{"ion", "a.ion.zst", `{id:1,name:"`, codec.Zstd, nil},
		bomb{"regex", "a.log.zst", "x", codec.Zstd, map[string]string{"input.regex": "(.)(.*)(.)(.)"}},
		bomb{"bson", "a.bson.zst", "\xff\xff\xff\x02\x02name\x00\xf0\xff\xff\x02", codec.Zstd, nil},
	)
	for _, b := range all {
		t.Run(b.name, func(t *testing.T) {
			data := lineBomb(t, b.codec, b.before, size)
			limit := &budget{limit: 32 << 20}
			rows, used, err := readTable(t, b.format, b.name, data, b.props, limit)
			if !fault.Is(err, fault.CodeOutOfMemory) {
				t.Errorf("with a limit: %d rows, %v", rows, err)
			}
			t.Logf("%d bytes: %d MiB allocated with a limit of 32 MiB", len(data), used>>20)
			most := int64(150 << 20)
			if b.format == "ion" { // what does not end is read again once there is twice as much
				most = 400 << 20
			}
			if used > most {
				t.Errorf("%d MiB were allocated with a limit of 32 MiB", used>>20)
			}
			rows, used, err = readTable(t, b.format, b.name, data, b.props, nil)
			var f *fault.Error
			if !errors.As(err, &f) || rows > 0 || f.Object == "" {
				t.Errorf("without a limit: %d rows, %v", rows, err)
			}
			if used > 4*most {
				t.Errorf("%d MiB were allocated", used>>20)
			}
		})
	}
}

// TestWindowBombs reads files of a few bytes whose headers ask for gigabytes, or
// lie about what they hold.
func TestWindowBombs(t *testing.T) {
	frame := func(window byte) []byte { // a frame of one stored block of "1,a\n" (RFC 8878, section 3.1.1)
		return []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, window, 0x21, 0x00, 0x00, '1', ',', 'a', '\n'}
	}
	xz := func(dict byte) []byte { // a header of a stream and of a block, and an empty chunk
		h := []byte("\xfd7zXZ\x00\x00\x00")
		h = binary.LittleEndian.AppendUint32(h, crc32.ChecksumIEEE(h[6:8]))
		b := []byte{2, 0, 0x21, 1, dict, 0, 0, 0}
		return append(append(h, binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))...), 1, 0, 3, '1', ',', 'a', '\n', 0)
	}
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	raw, err := w.CreateRaw(&zip.FileHeader{Name: "a", Method: zip.Store, CompressedSize64: 1 << 60, UncompressedSize64: 1 << 60, CRC32: 7})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(raw, "1,a\n")
	_ = w.Flush()
	for _, c := range []struct {
		name  string
		data  []byte
		limit int64
		code  fault.Code // "": the row
	}{
		{"small.csv.zst", frame(0x50), 32 << 20, ""},
		{"window_128m.csv.zst", frame(17 << 3), 32 << 20, fault.CodeOutOfMemory},
		{"window_128m.csv.zst", frame(17 << 3), 1 << 30, ""},
		{"window_2g.csv.zst", frame(21 << 3), 1 << 30, fault.CodeDataCorrupted},
		{"dict_64m.csv.xz", xz(28), 32 << 20, fault.CodeOutOfMemory},
		{"dict_1536m.csv.xz", xz(37), 4 << 30, fault.CodeProgramLimit},
		{"dict_4g.csv.xz", xz(40), 8 << 30, fault.CodeProgramLimit},
		{"raw_4g.csv.snappy", []byte("\xff\xff\xff\xff\x0f\x0c1,a\n"), 32 << 20, fault.CodeDataCorrupted},
		{"hadoop_64m.csv.snappy", []byte("\x03\x00\x00\x00\x02\x00\x00\x00\x80\x80\x80\x18"), 32 << 20, fault.CodeOutOfMemory},
		{"hadoop_2g.csv.lz4", []byte("\x7f\xff\xff\xff\x7f\xff\xff\xff"), 32 << 20, fault.CodeDataCorrupted},
		{"stored.zip", z.Bytes(), 32 << 20, fault.CodeDataCorrupted},
	} {
		t.Run(fmt.Sprint(c.name, " ", c.limit>>20), func(t *testing.T) {
			rows, used, err := readTable(t, "csv", c.name, c.data, nil, &budget{limit: c.limit})
			switch {
			case c.code == "" && (err != nil || rows != 1):
				t.Errorf("%d rows, %v", rows, err)
			case c.code != "" && !fault.Is(err, c.code):
				t.Errorf("%d rows, %v, want %s", rows, err, c.code)
			}
			if most := min(c.limit+32<<20, 300<<20); used > most {
				t.Errorf("%d MiB were allocated", used>>20)
			}
		})
	}
}
