package codec

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/glauxdb/glaux/catalog/fault"
)

// packersText is what testdata/packers/pack.py has packed.
func packersText() []byte {
	var b []byte
	for i := range uint64(9000) {
		b = fmt.Appendf(b, "%d,name %d,%05x\n", i, i%97, i*2654435761%(1<<32)>>12)
	}
	return b
}

// packers gives the files that other programs wrote, by name.
func packers(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/packers/*.*")
	if err != nil || len(names) < 30 {
		t.Fatalf("testdata/packers has %d files, %v", len(names), err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		if filepath.Ext(name) == ".py" {
			continue
		}
		if out[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestPackers reads what other programs have packed, and cuts it.
func TestPackers(t *testing.T) {
	want := packersText()
	files := packers(t)
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			c := Judge(ByExtension(name), data)
			if named := ByExtension(name); c != named {
				t.Fatalf("%s is judged as %s", named, c)
			}
			for _, src := range []*bytes.Reader{bytes.NewReader(data), bytes.NewReader(data)} {
				got, err := readAll(c, iotest.HalfReader(src))
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("%d of %d bytes, %v", len(got), len(want), err)
				}
			}
			for i := 1; i < 20; i++ {
				cut := len(data) * i / 20
				got, err := readAll(c, bytes.NewReader(data[:cut]))
				if err != nil && !fault.Is(err, fault.CodeDataCorrupted) {
					t.Errorf("cut to %d bytes: %v", cut, err)
				}
				if !bytes.HasPrefix(want, got) {
					t.Errorf("cut to %d bytes: other text", cut)
				}
				if err == nil && len(got) > 0 && !ends(name) {
					t.Errorf("cut to %d bytes: no error", cut)
				}
			}
		})
	}
	t.Logf("%d of %d files are read", len(files), len(files))
}

// ends reports whether a beginning of a file may be one: the blocks of Hadoop
// have no end.
func ends(name string) bool { return bytes.Contains([]byte(name), []byte("hadoop")) }

// TestDamagedStreams flips bytes of the containers that are parsed here: each has
// checksums, so that what comes is an error or the text.
func TestDamagedStreams(t *testing.T) {
	want := packersText()
	files := packers(t)
	for _, name := range []string{"xz.xz", "xz_blocks.xz", "xz_streams.xz", "lzop.lzo", "lzop_9.lzo"} {
		data := files[name]
		step := 1 + len(data)/60
		for i := 0; i < len(data); i++ {
			if i > 100 && i < len(data)-100 && i%step > 0 {
				continue
			}
			bad := bytes.Clone(data)
			bad[i] ^= 1 << (i % 8)
			got, err := readAll(ByExtension(name), bytes.NewReader(bad))
			if err == nil && !bytes.Equal(got, want) {
				t.Errorf("%s with byte %d changed: %d bytes of other text", name, i, len(got))
			}
			if err != nil && !fault.Is(err, fault.CodeDataCorrupted) && !fault.Is(err, fault.CodeFeatureNotSupported) && !fault.Is(err, fault.CodeProgramLimit) {
				t.Errorf("%s with byte %d changed: %v", name, i, err)
			}
		}
	}
}

// FuzzStreams checks that no stream panics, and that damaged ones end.
func FuzzStreams(f *testing.F) {
	for name, data := range packers(f) {
		f.Add(byte(ByExtension(name)), data[:min(len(data), 3000)])
	}
	f.Fuzz(func(t *testing.T, n byte, data []byte) {
		d, err := NewReader(Codec(n)%numCodecs, bytes.NewReader(data))
		if err != nil {
			return
		}
		defer d.Close()
		buf := make([]byte, 64<<10)
		for total := 0; total < 16<<20; {
			n, err := d.Read(buf)
			total += n
			if err != nil {
				return
			}
		}
	})
}
