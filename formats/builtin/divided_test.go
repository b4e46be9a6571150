package builtin

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// meter counts what is read as data.
type meter struct {
	mu   sync.Mutex // guards data
	data int64
}

func (m *meter) Reserve(_ context.Context, k store.ReadKind, n int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k == store.ReadData {
		m.data += n
	}
	return nil
}

// scanWith reads a file with some workers and gives how many rows it has, the sum
// of the first column, and how many splits there were.
func scanWith(t testing.TB, ctx context.Context, f formats.File, workers int, target int64) (rows, sum int64, splits int) {
	t.Helper()
	all := f.Splits(target)
	overlap := formats.NewOverlap(all)
	queue := make(chan formats.Split, len(all))
	for _, s := range all {
		queue <- s
	}
	close(queue)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for s := range queue {
				n, of, err := scanSplit(ctx, f, s, overlap)
				mu.Lock()
				rows, sum = rows+n, sum+of
				mu.Unlock()
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return rows, sum, len(all)
}

func scanSplit(ctx context.Context, f formats.File, s formats.Split, o *formats.Overlap) (rows, sum int64, err error) {
	src, err := f.Scan(ctx, formats.ScanRequest{Split: s, Columns: formattest.All(f), Overlap: o})
	if err != nil {
		return 0, 0, err
	}
	defer src.Close()
	for b := (vector.Batch{}); ; {
		err := src.Next(ctx, &b)
		if err == io.EOF {
			return rows, sum, nil
		}
		if err != nil {
			return rows, sum, err
		}
		rows += int64(b.N)
		for i, v := range vector.Values[int64](b.Cols[0])[:b.N] {
			if b.Cols[0].Valid == nil || b.Cols[0].Valid.Get(i) {
				sum += v
			}
		}
	}
}

// packer reads a file that another program has packed (formats/codec/testdata/packers).
func packer(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../codec/testdata/packers/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDividedFiles: compressed files of blocks are read by several workers, in each
// format of lines, and give the rows that one worker finds. The rate of both is
// told.
func TestDividedFiles(t *testing.T) {
	const times = 100
	text := func(line func(b *bytes.Buffer, i int)) []byte {
		var b bytes.Buffer
		for i := range 9000 * times {
			line(&b, i%9000)
		}
		return b.Bytes()
	}
	hash := func(i int) string { return strconv.FormatUint(uint64(i)*2654435761%(1<<32)*2654435761, 36) }
	quoted := text(func(b *bytes.Buffer, i int) { fmt.Fprintf(b, "%d,\"name,\n%d\",%s\n", i, i%97, hash(i*7)) })
	json := text(func(b *bytes.Buffer, i int) {
		fmt.Fprintf(b, `{"id":%d,"name":"name %d","code":"%s"}`+"\n", i, i%97, hash(i*7))
	})
	schema := formattest.Schema(t, "id bigint", "name string", "code string")
	props := func(kv ...string) map[string]string { return map[string]string{kv[0]: kv[1]} }
	for _, c := range []struct {
		format, name string
		data         []byte
		props        map[string]string
	}{
		{"csv", "a.csv.bz2", bytes.Repeat(packer(t, "pbzip2.bz2"), times), props("field.delim", ",")},
		{"csv", "b.csv.bz2", bytes.Repeat(packer(t, "bzip2.bz2"), times), props("separatorchar", ",")},
		{"csv", "a.csv.gz", bytes.Repeat(packer(t, "bgzip.gz"), times), props("field.delim", ",")},
		{"csv", "quoted.csv.gz", formattest.Blocks(t, codec.Gzip, quoted), props("quotechar", `"`)},
		{"csv", "quoted.csv.zst", formattest.Blocks(t, codec.Zstd, quoted), props("quotechar", `"`)},
		{"json", "a.json.gz", formattest.Blocks(t, codec.Gzip, json), nil},
		{"json", "a.json.zst", formattest.Blocks(t, codec.Zstd, json), nil},
		{"regex", "a.log.gz", bytes.Repeat(packer(t, "bgzip.gz"), times), props("input.regex", "([^,]*),([^,]*),([^,]*)")},
	} {
		t.Run(c.format+" "+c.name, func(t *testing.T) {
			f, err := Registry().Get(c.format)
			if err != nil {
				t.Fatal(err)
			}
			m := store.NewMemory("t")
			o := m.Set(c.name, c.data)
			file, err := f.Open(context.Background(), m, o, formats.Options{Schema: schema, Properties: c.props})
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			var rate []string
			for _, workers := range []int{1, 2} {
				count := &meter{}
				ctx := store.WithMeter(context.Background(), count)
				from := time.Now()
				rows, sum, splits := scanWith(t, ctx, file, workers, 1<<20)
				rate = append(rate, fmt.Sprintf("%.1f MB/s", float64(o.Size)/1e6/time.Since(from).Seconds()))
				if rows != 9000*times || sum != 9000*8999/2*times {
					t.Fatalf("%d workers: %d rows, sum %d", workers, rows, sum)
				}
				if splits < 3 {
					t.Errorf("%d splits of %d bytes", splits, o.Size)
				}
				if count.data != o.Size {
					t.Errorf("%d workers: %d bytes of %d were read", workers, count.data, o.Size)
				}
			}
			t.Logf("%d bytes: %s with 1 and 2 workers", o.Size, strings.Join(rate, ", "))
		})
	}
}
