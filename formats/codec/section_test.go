package codec

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"github.com/glauxdb/glaux/catalog/fault"
)

// divide looks at a file as its readers do.
func divide(name string, data []byte) *Division {
	if c := ByExtension(name); c == Zstd || c == XZ {
		return DivideTail(c, data[max(0, len(data)-64<<10):], int64(len(data)))
	}
	return DivideHead(data[:min(64, len(data))])
}

// part gives the text of the blocks that begin in data[from:to].
func part(t testing.TB, d *Division, data []byte, from, to int) ([]byte, error) {
	t.Helper()
	s := d.NewSection(iotest.HalfReader(bytes.NewReader(data[from:])), int64(from), nil)
	var out []byte
	buf := make([]byte, 50_000)
	last := int64(-1)
	for {
		n, err := s.Read(buf)
		if n > 0 {
			if s.At() < last || s.At() < int64(from) {
				t.Fatalf("a block at %d behind one at %d, in a section from %d on", s.At(), last, from)
			}
			if last = s.At(); last >= int64(to) {
				return out, nil
			}
			out = append(out, buf[:n]...)
		}
		if err == io.EOF {
			if _, err := s.Read(buf); err != io.EOF {
				t.Fatalf("behind the end: %v", err)
			}
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
}

// TestSections: wherever a divided file is cut, its sections give its text once.
func TestSections(t *testing.T) {
	want := packersText()
	files := packers(t)
	for name, blocks := range map[string]int{
		"bgzip.gz": 0, "bgzip_and_gzip.gz": 0, "bzip2.bz2": 0, "bzip2_streams.bz2": 0, "pbzip2.bz2": 0, "lbzip2.bz2": 0,
		"xz_blocks.xz": 3, "xz_threads.xz": 3, "zstd_seekable.zst": 5, "zstd_seekable_unchecked.zst": 5,
	} {
		data := files[name]
		d := divide(name, data)
		if d == nil || d.Blocks() != blocks {
			t.Errorf("%s is not divided: %+v", name, d)
			continue
		}
		for _, step := range []int{len(data), len(data)/2 + 1, len(data)/7 + 1, len(data)/31 + 1, 997} {
			if step == 997 && testing.Short() {
				continue
			}
			var got []byte
			for from := 0; from < len(data); from += step {
				p, err := part(t, d, data, from, min(from+step, len(data)))
				if err != nil {
					t.Fatalf("%s from %d: %v", name, from, err)
				}
				got = append(got, p...)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s in parts of %d bytes: %d bytes of %d", name, step, len(got), len(want))
			}
		}
	}
	for _, name := range []string{"gzip.gz", "gzip_members.gz", "pigz.gz", "xz.xz", "xz_streams.xz", "pixz.xz", "zstd.zst", "pzstd.zst", "lz4.lz4"} {
		if d := divide(name, files[name]); d != nil {
			t.Errorf("%s is divided: %+v", name, d)
		}
	}
}

// TestSectionsDamaged cuts and changes divided files: what comes is an error, or
// the text, or where the table itself is gone the file is not divided.
func TestSectionsDamaged(t *testing.T) {
	want := packersText()
	for name, data := range packers(t) {
		if divide(name, data) == nil {
			continue
		}
		check := func(what string, at int, bad []byte, cut bool) {
			d := divide(name, bad)
			if d == nil {
				return
			}
			got, err := part(t, d, bad, 0, len(bad))
			switch {
			case err == nil && cut && !bytes.Equal(got, want) && !(ByExtension(name) == Gzip && bytes.HasPrefix(want, got)):
				t.Errorf("%s %s at %d: %d bytes without an error", name, what, at, len(got))
			case err == nil && !cut && !bytes.Equal(got, want) && at > 20:
				t.Errorf("%s %s at %d: other text without an error", name, what, at)
			case err != nil && !fault.Is(err, fault.CodeDataCorrupted) && !fault.Is(err, fault.CodeFeatureNotSupported) && !fault.Is(err, fault.CodeProgramLimit):
				t.Errorf("%s %s at %d: %v", name, what, at, err)
			}
		}
		for i := range 60 {
			at := 1 + len(data)*i/60
			check("cut", at, data[:at], true)
			bad := bytes.Clone(data)
			bad[at] ^= 1 << (i % 8)
			check("changed", at, bad, false)
		}
	}
}

// FuzzSections checks that no section panics or goes on for ever.
func FuzzSections(f *testing.F) {
	for name, data := range packers(f) {
		if divide(name, data) != nil {
			f.Add(data[:min(len(data), 3000)], uint16(0))
			f.Add(data[max(0, len(data)-3000):], uint16(7))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, off uint16) {
		ds := []*Division{{codec: Gzip}, {codec: Bzip2}, DivideTail(Zstd, data, int64(len(data))), DivideTail(XZ, data, int64(len(data)))}
		from := min(int(off), len(data))
		for _, d := range ds {
			if d == nil {
				continue
			}
			s := d.NewSection(bytes.NewReader(data[from:]), int64(from), nil)
			buf := make([]byte, 64<<10)
			for total := 0; total < 16<<20; {
				n, err := s.Read(buf)
				total += n
				if err != nil {
					break
				}
			}
		}
	})
}
