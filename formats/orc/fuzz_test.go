package orc

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/formattest"

	"github.com/glauxdb/glaux/formats"
)

// FuzzFooters decodes arbitrary bytes as each of the messages of a file. What
// can be decoded must be of a bounded size, and a schema that is accepted must
// be one that a table can have.
func FuzzFooters(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.orc")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil || len(data) < 4 || len(data) > 200<<10 {
			continue
		}
		n := int(data[len(data)-1])
		ps, err := decodePostScript(data[max(0, len(data)-1-n) : len(data)-1])
		if err != nil || codecs[ps.compression] != codec.None {
			continue
		}
		at := len(data) - 1 - n - int(ps.footer)
		if at > 0 {
			f.Add(data[at : len(data)-1-n])
			f.Add(data[max(0, at-int(ps.metadata)):at])
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if foot, err := decodeFooter(b); err == nil {
			if root, err := buildSchema(foot.types); err == nil && len(root.typ.String()) > 1<<24 {
				t.Fatalf("%d bytes make a type of %d", len(b), len(root.typ.String()))
			}
		}
		_, _ = decodePostScript(b)
		_, _ = decodeMetadata(b)
		_, _ = decodeStripeFooter(b)
		_, _ = decodeIndex(b)
	})
}

// FuzzBlooms decodes arbitrary bytes as Bloom filters and as the encryption of a
// footer, and asks the filters: they need no more than they are, and answer.
func FuzzBlooms(f *testing.F) {
	file, err := os.ReadFile("testdata/bloom/words.orc")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file[:4<<10], int64(1), "x")
	f.Add([]byte{0x0a, 0x0c, 0x08, 0x03, 0x1a, 0x08, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0}, int64(-7), "word")
	f.Add([]byte{0x0a, 0x0b, 0x08, 0x02, 0x11, 1, 2, 3, 4, 5, 6, 7, 8}, int64(0), "")
	f.Add([]byte{0x12, 0x05, 0x0a, 0x03, 'p', 'i', 'i', 0x1a, 0x04, 0x08, 0x01, 0x10, 0x00}, int64(0), "")
	f.Fuzz(func(t *testing.T, b []byte, n int64, text string) {
		_, _ = decodeEncryption(b)
		blooms, err := decodeBlooms(b)
		if err != nil {
			return
		}
		size := 0
		for _, x := range blooms {
			size += len(x.bits)
			_ = x.hasAny([]uint64{hashLong(n), hashText(text)})
		}
		if size > len(b) {
			t.Fatalf("%d bytes hold filters of %d", len(b), size)
		}
		_ = goodBlooms(text)
	})
}

// FuzzStreams decodes arbitrary bytes as each kind of numbers, at once and in
// pieces with some of them skipped: what comes out must be the same.
func FuzzStreams(f *testing.F) {
	for kind := range byte(8) {
		f.Add(kind, []byte{0x8e, 0x09, 0x2b, 0x21, 0x07, 0xd0, 0x1e, 0x00, 0x14, 0x70, 0x28, 0x32, 0x3c, 0x46, 0x50, 0x5a, 0xfc, 0xe8})
		f.Add(kind, []byte{0xc6, 0x09, 0x02, 0x02, 0x22, 0x42, 0x42, 0x46, 0x61, 0x00, 0x07, 0xfb, 2, 3, 6, 7, 11})
		f.Add(kind, []byte{0x5e, 0x03, 0x5c, 0xa1, 0xab, 0x1e, 0xde, 0xad, 0xbe, 0xef, 0x0a, 0x27, 0x10})
	}
	f.Fuzz(func(t *testing.T, kind byte, b []byte) {
		const most = 4000
		if kind&4 != 0 {
			bits := func() *bools { return &bools{runs: byteRuns{s: &stream{src: slices.Clone(b)}}} }
			all, _ := bits().appendN(nil, most)
			some, part := bits(), []byte(nil)
			for err := error(nil); err == nil && len(part) < most; {
				part, err = some.appendN(part, 7)
			}
			if n := min(len(all), len(part)); !bytes.Equal(all[:n], part[:n]) {
				t.Fatalf("bits in pieces of 7: %v, at once %v", part[:n], all[:n])
			}
			return
		}
		numbers := func() *ints { return &ints{s: &stream{src: slices.Clone(b)}, signed: kind&1 != 0, v2: kind&2 != 0} }
		all, _ := numbers().appendN(nil, most)
		some := numbers()
		for at := 0; at+8 <= len(all); at += 8 {
			if err := some.skip(3); err != nil {
				t.Fatalf("skipping %d of %d: %v", at, len(all), err)
			}
			part, err := some.appendN(nil, 5)
			if err != nil || !slices.Equal(part, all[at+3:at+8]) {
				t.Fatalf("at %d: %v, at once %v, %v", at, part, all[at+3:at+8], err)
			}
		}
	})
}

// TestTruncated cuts files at every hundredth of their length, and changes
// every byte of their footers in several ways: there is an error that names the
// file, or the rows are those of the whole file or of other values, never more.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"union", "nested_dict", "zone", "scalars_v1", "codec_zstd", "apache/over1k_bloom", "apache/orc_split_elim_cpp", "apache/acid5k"} {
		data := formattest.Data(t, name+".orc")
		for i := range 100 {
			cut := len(data) * i / 100
			if cut == 0 {
				continue // a file without any byte is one without rows
			}
			if file, err := formattest.Open(t, Format{}, name, data[:cut], formats.Options{}); err == nil {
				t.Errorf("%s opens with %d of %d bytes: %d rows", name, cut, len(data), file.Stats().Rows)
			} else {
				formattest.Fault(t, err)
			}
		}
	}
}

// TestFooterFlips changes every byte from the last stripe to the end: the
// stripe's footer, metadata, footer and postscript.
func TestFooterFlips(t *testing.T) {
	for _, name := range []string{"union", "zone", "apache/bad_bloom_filter_1.6.0", "apache/decimal64_v2", "apache/TestOrcFile.metaData"} {
		data := formattest.Data(t, name+".orc")
		whole := open(t, data, formats.Options{})
		rows := whole.foot.rows
		last := whole.foot.stripes[len(whole.foot.stripes)-1]
		from := int(last.offset + last.index + last.data)
		if len(data)-from > 1<<10 {
			from = len(data) - 1<<10
		}
		for at := from; at < len(data); at++ {
			for _, flip := range []byte{0x01, 0xff} {
				bad := bytes.Clone(data)
				bad[at] ^= flip
				file, err := formattest.Open(t, Format{}, name, bad, formats.Options{})
				if err == nil {
					err = readAll(t, file)
				}
				switch {
				case err != nil:
					formattest.Fault(t, err)
				case file.Stats().Rows != rows && len(file.(*File).foot.stripes) == len(whole.foot.stripes):
					t.Errorf("%s with byte %d as %#x: %d rows, %d in the whole", name, at, bad[at], file.Stats().Rows, rows)
				}
			}
		}
	}
}
