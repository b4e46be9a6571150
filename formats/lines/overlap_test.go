package lines

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// TestOverlapReadsOnce reads the splits of files with short and very long lines in
// every order and side by side: each line comes once, each byte is read once.
func TestOverlapReadsOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		m := store.NewMemory("t")
		var b strings.Builder
		for i := 0; b.Len() < 6<<20; i++ {
			n := rng.IntN(200)
			if rng.IntN(1+2000*(round%3)) == 0 {
				n = rng.IntN(3 << 20) // longer than chunks, and than splits
			}
			b.WriteString(strings.Repeat(string(rune('a'+i%26)), n))
			b.WriteByte('\n')
		}
		data := strings.TrimSuffix(b.String(), "\n")
		o := m.Set("t", []byte(data))
		splits := Splits(o.Size, int64(200_000+rng.IntN(2_000_000)))
		meter := &counter{}
		got := scanTogether(t, store.WithMeter(t.Context(), meter), m, o, splits, rng.Perm(len(splits)), 1+round%5)
		if diff := cmp.Diff(strings.Split(data, "\n"), got); diff != "" {
			t.Fatalf("round %d: lines differ", round)
		}
		if read := meter.n[store.ReadData].Load(); read != o.Size {
			t.Errorf("round %d: %d splits: %d bytes were read of %d", round, len(splits), read, o.Size)
		}
	}
}

// scanTogether reads splits in an order, so many at a time, and gives their lines
// in the file's order.
func scanTogether(t *testing.T, ctx context.Context, m store.Store, o store.Info, splits []formats.Split, order []int, workers int) []string {
	t.Helper()
	overlap := formats.NewOverlap(splits)
	lines := make([][]string, len(splits))
	todo := make(chan int, len(order))
	for _, i := range order {
		todo <- i
	}
	close(todo)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range todo {
				ls, err := readLines(ctx, Config{Store: m, Object: o, Split: splits[i].Range, Eager: i%2 == 0, Overlap: overlap})
				if err != nil {
					t.Error(err)
				}
				lines[i] = ls
			}
		})
	}
	wg.Wait()
	var out []string
	for _, ls := range lines {
		out = append(out, ls...)
	}
	return out
}
