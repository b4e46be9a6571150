package lines

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
)

// divided gives a file whose blocks can be decompressed alone.
func divided(t testing.TB, m *store.Memory, c codec.Codec, text []byte) (store.Info, Packing) {
	t.Helper()
	o := m.Set("a", formattest.Blocks(t, c, text))
	d := codec.DivideHead(formattest.Blocks(t, c, text))
	if c == codec.Zstd {
		d = codec.DivideTail(c, formattest.Blocks(t, c, text), o.Size)
	}
	if d == nil {
		t.Fatalf("%s is not divided", c)
	}
	p := Packed(c)
	p.division = d
	return o, p
}

// TestDividedSplits: the splits of a compressed file of blocks give each line
// once, wherever they are cut and in whatever order they are read, and what two
// of them need is read once.
func TestDividedSplits(t *testing.T) {
	for _, c := range []codec.Codec{codec.Gzip, codec.Zstd} {
		for _, n := range []int{1_000, 3_000, 60_000} {
			data, want := testLines(n)
			m := store.NewMemory("t")
			o, p := divided(t, m, c, []byte(data))
			for _, parts := range []int64{2, 3, 11, 40} {
				splits := p.Splits(o.Size, o.Size/parts+1)
				for _, back := range []bool{false, true} {
					overlap := formats.NewOverlap(splits)
					got := make([][]string, len(splits))
					meter := &counter{}
					ctx := store.WithMeter(context.Background(), meter)
					for i := range splits {
						if back {
							i = len(splits) - 1 - i
						}
						var err error
						if got[i], err = readLines(ctx, Config{Store: m, Object: o, Packing: p, Split: splits[i].Range, Eager: true, Overlap: overlap}); err != nil {
							t.Fatal(err)
						}
					}
					var all []string
					for _, g := range got {
						all = append(all, g...)
					}
					what := fmt.Sprintf("%s, %d lines in %d splits, back %v", c, n, len(splits), back)
					if !cmp.Equal(want, all) {
						t.Fatalf("%s: %d lines", what, len(all))
					}
					if read := meter.n[store.ReadData].Load(); read != o.Size && o.Size/parts > 64<<10 { // a split has a block
						t.Errorf("%s: %d bytes of %d were read", what, read, o.Size)
					}
				}
			}
		}
	}
}

// TestDividedLineNumbers: a reader in the middle of a compressed file knows the
// numbers of its lines.
func TestDividedLineNumbers(t *testing.T) {
	data, want := testLines(30_000)
	for _, c := range []codec.Codec{codec.Gzip, codec.Zstd} {
		m := store.NewMemory("t")
		o, p := divided(t, m, c, []byte(data))
		ctx := context.Background()
		for _, sp := range p.Splits(o.Size, o.Size/5) {
			r := Open(Config{Store: m, Object: o, Packing: p, Split: sp.Range})
			if ok, err := r.SkipPartial(ctx); err != nil || !ok && r.Partial() {
				t.Fatalf("%v, %v", ok, err)
			}
			if len(r.Bytes()) == 0 {
				if err := r.Fill(ctx); err != nil {
					t.Fatal(err)
				}
			}
			line, _, _ := bytes.Cut(r.Bytes(), newline)
			var number int64
			fmt.Sscanf(string(line), "line %d ", &number)
			if got := r.Line(ctx, r.Offset()); got != number+1 || want[number] != string(line) {
				t.Errorf("%s, split %v: %.30q is line %d, want %d", c, sp.Range, line, got, number+1)
			}
			if at := r.Offset(); c == codec.Zstd && !strings.HasPrefix(data[at:], string(line)) {
				t.Errorf("%s, split %v: %.30q is not at %d", c, sp.Range, line, at)
			}
			r.Close()
		}
	}
}
