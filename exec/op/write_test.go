package op

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
)

// outFiles collects what op.Write writes: rows by partition, and the files.
type outFiles struct {
	mu      sync.Mutex
	rows    map[string][]int64
	files   map[string]int
	open    int
	maxOpen int
	fail    func(file, rows int) error // asked at each write
	made    int
}

type testFile struct {
	o      *outFiles
	id     int
	key    string
	size   int64
	closed bool
}

func (o *outFiles) Open(_ context.Context, keys []string) (OutFile, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := strings.Join(keys, "/")
	o.files[key]++
	o.open++
	o.made++
	o.maxOpen = max(o.maxOpen, o.open)
	return &testFile{o: o, key: key, id: o.made}, nil
}

func (f *testFile) Write(b *vector.Batch) error {
	f.o.mu.Lock()
	defer f.o.mu.Unlock()
	if f.closed {
		return errors.New("written after close")
	}
	if f.o.fail != nil {
		if err := f.o.fail(f.id, b.Rows()); err != nil {
			return err
		}
	}
	flat := vector.Flatten(b.Cols[0])
	for k := range b.Rows() {
		row := k
		if b.Sel != nil {
			row = int(b.Sel[k])
		}
		f.o.rows[f.key] = append(f.o.rows[f.key], vector.Values[int64](flat)[row])
	}
	f.size += int64(b.Rows()) * 8
	return nil
}

func (f *testFile) Size() int64     { return f.size }
func (f *testFile) Buffered() int64 { return 1 << 10 }

func (f *testFile) Close() error {
	f.o.mu.Lock()
	defer f.o.mu.Unlock()
	f.closed = true
	f.o.open--
	return nil
}

// partRows gives n rows: a number, and a key of parts values (one in 50 null).
func partRows(n, parts int, wide string) []*vector.Batch {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	var out []*vector.Batch
	for from := 0; from < n; from += 1000 {
		b := &vector.Batch{Cols: []*vector.Vector{vector.New(types.TBigInt, 0), vector.New(types.TVarchar, 0), vector.New(types.TVarchar, 0)}}
		m := min(1000, n-from)
		b.N = m
		b.Cols[0].Resize(m)
		for i := range m {
			vector.Values[int64](b.Cols[0])[i] = int64(from + i)
			b.Cols[1].AppendBytes([]byte(wide))
			if k := r.IntN(parts * 50 / 49); k < parts {
				b.Cols[2].AppendBytes(fmt.Appendf(nil, "k%d", k))
			} else {
				b.Cols[2].AppendNull()
			}
		}
		out = append(out, b)
	}
	return out
}

func runWrite(t *testing.T, w *Write, workers int, rows []*vector.Batch, memory int64) error {
	t.Helper()
	root := mem.NewRoot(memory)
	w.Mem = root
	w.Names = []string{"n", "wide", "k"}
	q := &Query{ID: "q", Workers: workers, Mem: root}
	p := &Pipeline{Source: &Batches{List: rows}, Sink: w}
	err := p.Run(t.Context(), q)
	if used := root.Used(); err == nil && used != 0 {
		t.Errorf("%d bytes are still charged", used)
	}
	return err
}

// TestWritePartitions checks that every row is written once, to its partition,
// for many shapes of work.
func TestWritePartitions(t *testing.T) {
	wide := strings.Repeat("x", 2000)
	for _, c := range []struct {
		name                 string
		rows, parts, workers int
		target               int64
		maxOpen              int
		memory               int64
		wide                 string
		oneFileEach          bool
	}{
		{"few", 5000, 3, 1, 1 << 30, 8, 0, "", true},
		{"few, four workers", 5000, 3, 4, 1 << 30, 8, 0, "", true},
		{"many partitions", 50_000, 700, 4, 1 << 30, 8, 0, "", true},
		{"large partitions", 30_000, 3, 4, 1 << 30, 8, 0, wide, false},
		{"more than may be open", 60_000, 12, 2, 1 << 30, 3, 0, wide, false},
		{"small files", 30_000, 2, 2, 8 << 10, 4, 0, wide, false},
		{"little memory", 30_000, 100, 2, 1 << 30, 4, 16 << 20, wide, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := &outFiles{rows: map[string][]int64{}, files: map[string]int{}}
			w := &Write{Types: []types.Type{types.TBigInt, types.TVarchar, types.TVarchar}, Data: 2, Open: o.Open, Target: c.target, MaxOpen: c.maxOpen}
			rows := partRows(c.rows, c.parts, c.wide)
			if err := runWrite(t, w, c.workers, rows, c.memory); err != nil {
				t.Fatal(err)
			}
			want := map[string][]int64{}
			for _, b := range rows {
				for i := range b.N {
					k := catalog.HiveNull
					if !b.Cols[2].IsNull(i) {
						k = string(b.Cols[2].Bytes(i))
					}
					want[k] = append(want[k], vector.Values[int64](b.Cols[0])[i])
				}
			}
			if got := slices.Sorted(maps.Keys(o.rows)); !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
				t.Fatalf("partitions %v", got)
			}
			for k, list := range o.rows {
				slices.Sort(list)
				if !slices.Equal(list, want[k]) {
					t.Errorf("partition %s: %d rows, want %d", k, len(list), len(want[k]))
				}
				if c.oneFileEach && o.files[k] != 1 {
					t.Errorf("partition %s has %d files", k, o.files[k])
				}
			}
			if w.Rows.Load() != int64(c.rows) {
				t.Errorf("%d rows counted", w.Rows.Load())
			}
			if o.open != 0 || o.maxOpen > c.maxOpen+c.workers {
				t.Errorf("%d files open at the end, %d at most", o.open, o.maxOpen)
			}
		})
	}
}

// TestWriteKeepsOrder: one worker's rows are in one file in their order.
func TestWriteKeepsOrder(t *testing.T) {
	for _, wide := range []string{"", strings.Repeat("y", 3000)} {
		o := &outFiles{rows: map[string][]int64{}, files: map[string]int{}}
		w := &Write{Types: []types.Type{types.TBigInt, types.TVarchar, types.TVarchar}, Data: 3, Open: o.Open, Target: 1 << 40, MaxOpen: 1}
		if err := runWrite(t, w, 1, partRows(20_000, 5, wide), 0); err != nil {
			t.Fatal(err)
		}
		if got := o.rows[""]; len(got) != 20_000 || !slices.IsSorted(got) || o.files[""] != 1 {
			t.Errorf("%d rows in %d files", len(got), o.files[""])
		}
	}
}

// TestWriteErrors: an error of a file is the pipeline's, wherever it comes.
func TestWriteErrors(t *testing.T) {
	full := fault.New(fault.CodeDiskFull, "no space left")
	for at := 1; at <= 4; at++ {
		writes := 0
		o := &outFiles{rows: map[string][]int64{}, files: map[string]int{}, fail: func(int, int) error {
			if writes++; writes == at {
				return full
			}
			return nil
		}}
		w := &Write{Types: []types.Type{types.TBigInt, types.TVarchar, types.TVarchar}, Data: 2, Open: o.Open, Target: 1 << 40, MaxOpen: 2}
		if err := runWrite(t, w, 2, partRows(20_000, 4, strings.Repeat("z", 2000)), 0); !fault.Is(err, fault.CodeDiskFull) {
			t.Errorf("write %d fails: %v", at, err)
		}
	}
}
