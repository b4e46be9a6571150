package parquet

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	pq "github.com/parquet-go/parquet-go"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/vector"
)

// some is a predicate that keeps a share of the rows by chance, without a look at them.
type some struct {
	share float64
	r     *rand.Rand
	kept  []int // by number
	seen  int
}

func (*some) Columns() []int { return nil }

func (*some) KeepBounds(func(int) formats.Bounds) formats.Tri { return formats.Maybe }

func (*some) KeepDict(int, *vector.Vector) (vector.Bitmap, bool, bool) { return nil, false, false }

func (p *some) Keep(b *vector.Batch, _ vector.Sel) (vector.Sel, error) {
	out := vector.Sel{}
	for i := range b.N {
		if p.r.Float64() < p.share {
			out, p.kept = append(out, uint16(i)), append(p.kept, p.seen+i)
		}
	}
	p.seen += b.N
	return out, nil
}

// TestPick compares rows that were picked one by one with those of a whole scan, in files
// of all encodings and types.
func TestPick(t *testing.T) {
	files := map[string][]byte{
		"pages": makeTable(t, 6000, 2500),
		"v1":    makeTable(t, 6000, 6000, pq.DataPageVersion(1), pq.PageBufferSize(1<<16)),
	}
	for _, name := range goldenNames(t) {
		files[name] = formattest.Data(t, name+".parquet")
	}
	r := rand.New(rand.NewPCG(7, 8))
	for name, data := range files {
		f, _ := openBytes(t, data, formats.Options{})
		f.minIndexed = 1 << 40 // a survey would ask twice
		all, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, share := range []float64{0.002, 0.02, 0.1, 0.5} {
			for _, size := range []int{4096, 300} {
				f.batchRows = size
				p := &some{share: share, r: r}
				got, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f), Pred: p})
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				var want [][]types.Value
				for _, i := range p.kept {
					want = append(want, all[i])
				}
				if d := cmp.Diff(renderRows(want), renderRows(got)); d != "" { // NaN is NaN as it is written
					t.Fatalf("%s: %v of the rows, batches of %d (-want +got):\n%.2000s", name, share, size, d)
				}
			}
		}
	}
}

func TestHybridPick(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for w := uint(0); w <= 32; w++ {
		vals := make([]uint32, 1000)
		for i := range vals {
			if vals[i] = uint32(r.Uint64() & (1<<w - 1)); i > 0 && r.IntN(2) == 0 {
				vals[i] = vals[i-1]
			}
		}
		var h hybrid
		if err := h.reset(encodeHybrid(r, vals, w), w); err != nil {
			t.Fatal(err)
		}
		for from := 0; from < len(vals); from += 100 {
			var at, want []uint32
			for i := range 100 {
				if r.IntN(10) == 0 {
					at, want = append(at, uint32(i)), append(want, vals[from+i])
				}
			}
			got := make([]uint32, len(at))
			if err := h.pick(got, at, 100); err != nil || !slices.Equal(got, want) {
				t.Fatalf("width %d, %v from %d: %v, %v; want %v", w, at, from, got, err, want)
			}
		}
		if err := h.pick(nil, nil, 100); err == nil {
			t.Fatalf("width %d: values past the end", w)
		}
	}
}

// stepped asks the terms of an and one by one, the last first.
type stepped struct {
	and
	steps []formats.Step
}

func (p *stepped) Steps() []formats.Step {
	p.steps = p.steps[:0]
	for i := len(p.terms) - 1; i >= 0; i-- {
		p.steps = append(p.steps, formats.Step{Part: i, Cols: []int{p.terms[i].col}, Dict: !p.noDict})
	}
	return p.steps
}

func (p *stepped) KeepStep(s formats.Step, b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	one := and{terms: p.terms[s.Part : s.Part+1]}
	return one.Keep(b, sel)
}
