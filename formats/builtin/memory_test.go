package builtin

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// budget is an account with a limit.
type budget struct {
	mu                sync.Mutex
	limit, used, peak int64
}

func (b *budget) Reserve(n int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used+n > b.limit {
		return fault.New(fault.CodeOutOfMemory, "out of memory: %d bytes more", n)
	}
	b.used += n
	b.peak = max(b.peak, b.used)
	return nil
}

func (b *budget) Release(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= n
}

func allocated() int64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}

// readWithin reads a file with a limit and gives what it allocated in all.
func readWithin(t *testing.T, name string, data []byte, b *budget) (rows int, bytes int64, err error) {
	t.Helper()
	format, err := Registry().Get(strings.TrimPrefix(filepath.Ext(name), "."))
	if err != nil {
		t.Fatal(err)
	}
	m := store.NewMemory("t")
	info := m.Set(name, data)
	from := allocated()
	ctx := context.Background()
	f, err := format.Open(ctx, m, info, formats.Options{})
	if err != nil {
		return 0, allocated() - from, err
	}
	defer f.Close()
	rows, err = drain(t, f, formats.ScanRequest{Columns: formattest.All(f), Memory: b}, b)
	return rows, allocated() - from, err
}

func bombs(t *testing.T) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/bombs/*.*")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, n := range names {
		if filepath.Ext(n) == ".py" {
			continue
		}
		if out[filepath.Base(n)], err = os.ReadFile(n); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestMemoryLimit reads files of a few KiB that hold 100 MiB and more: with a
// limit of 64 MiB all are refused before that memory is made. Growing by doubling
// allocates twice what is held in the end, and decoders have windows.
func TestMemoryLimit(t *testing.T) {
	const limit = 64 << 20
	for name, data := range bombs(t) {
		t.Run(name, func(t *testing.T) {
			b := &budget{limit: limit}
			rows, bytes, err := readWithin(t, name, data, b)
			var f *fault.Error
			switch {
			case !errors.As(err, &f) || f.Code != fault.CodeOutOfMemory:
				t.Errorf("%d rows and the error %v, want SQLSTATE %s", rows, err, fault.CodeOutOfMemory)
			case !strings.Contains(f.Object, name):
				t.Errorf("the error names %q", f.Object)
			}
			if bytes > 3*limit {
				t.Errorf("%d bytes were allocated with a limit of %d", bytes, limit)
			}
		})
	}
}

// TestMemoryIsEnough reads the same files where there is room for them.
func TestMemoryIsEnough(t *testing.T) {
	if testing.Short() {
		t.Skip("it holds some GiB")
	}
	for _, name := range []string{"page.parquet", "stripe.orc", "block_zstandard.avro", "body_lz4.arrow"} {
		b := &budget{limit: 4 << 30}
		rows, _, err := readWithin(t, name, bombs(t)[name], b)
		if err != nil || rows == 0 {
			t.Errorf("%s: %d rows, %v", name, rows, err)
		}
		if b.peak < 90<<20 {
			t.Errorf("%s: no more than %d bytes were charged", name, b.peak)
		}
	}
}

// TestMemoryClaims changes what headers say of sizes to 2 GiB: there is no memory
// made for it, with a limit or without.
func TestMemoryClaims(t *testing.T) {
	const claim = 1<<31 - 1
	const size = 128<<20 + 4 // of the text and its length; levels come before it
	all := bombs(t)
	for name, bad := range map[string][]byte{
		"page.parquet":      replaced(t, all["page.parquet"], binary.AppendUvarint(nil, 2*(size+6)), binary.AppendUvarint(nil, 2*claim)),
		"page_gzip.parquet": replaced(t, all["page_gzip.parquet"], binary.AppendUvarint(nil, 2*(size+2)), binary.AppendUvarint(nil, 2*claim)),
		"dict.parquet":      replaced(t, all["dict.parquet"], binary.AppendUvarint(nil, 2*size), binary.AppendUvarint(nil, 2*claim)),
		"body_lz4.arrow":    replaced(t, all["body_lz4.arrow"], binary.LittleEndian.AppendUint64(nil, 96<<20), binary.LittleEndian.AppendUint64(nil, claim)),
		"body_zstd.arrow":   replaced(t, all["body_zstd.arrow"], binary.LittleEndian.AppendUint64(nil, 96<<20), binary.LittleEndian.AppendUint64(nil, claim)),
	} {
		b := &budget{limit: 64 << 20}
		rows, bytes, err := readWithin(t, name, bad, b)
		if !fault.Is(err, fault.CodeOutOfMemory) && !fault.Is(err, fault.CodeDataCorrupted) {
			t.Errorf("%s: %d rows and the error %v", name, rows, err)
		}
		if bytes > 64<<20 {
			t.Errorf("%s: %d bytes were allocated", name, bytes)
		}
	}
}

// replaced changes the first place of some bytes.
func replaced(t *testing.T, data, old, by []byte) []byte {
	t.Helper()
	if !bytes.Contains(data, old) || len(old) != len(by) {
		t.Fatalf("no %x to be replaced", old)
	}
	return bytes.Replace(data, old, by, 1)
}

// drain counts the rows of a scan; behind it nothing is charged any more.
func drain(t *testing.T, f formats.File, r formats.ScanRequest, b *budget) (rows int, err error) {
	t.Helper()
	err = formattest.Each(t.Context(), f, r, func(b *vector.Batch) error {
		rows += b.Rows()
		return nil
	})
	if b != nil && b.used != 0 {
		t.Errorf("%d bytes are still charged", b.used)
	}
	return rows, err
}
