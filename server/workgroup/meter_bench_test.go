package workgroup

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

// BenchmarkReserve is what a read costs beside itself: 16 workers of one query
// reserve and do nothing else, which no reader does.
func BenchmarkReserve(b *testing.B) {
	const far = 1 << 61
	budgets := []Budget{{Name: "a", Workgroup: Primary, Limit: far}, {Name: "b", User: "u", Limit: far}, {Name: "c", EachUser: true, Limit: far}}
	for _, workers := range []int{1, 16} {
		for n := range len(budgets) + 1 {
			for _, durable := range []bool{false, true} {
				b.Run(fmt.Sprintf("workers=%d/budgets=%d/durable=%v", workers, n, durable), func(b *testing.B) {
					g := benchGovernor(b, durable, budgets[:n])
					q, err := g.Begin(bg, exec.QueryInfo{User: exec.UserInfo{Name: "u"}})
					if err != nil {
						b.Fatal(err)
					}
					b.SetParallelism(workers) // per core
					if workers == 1 {
						for b.Loop() {
							if err := q.Reserve(bg, store.ReadData, 4096); err != nil {
								b.Fatal(err)
							}
						}
						return
					}
					b.RunParallel(func(pb *testing.PB) {
						for pb.Next() {
							if err := q.Reserve(bg, store.ReadData, 4096); err != nil {
								b.Error(err)
							}
						}
					})
				})
			}
		}
	}
}

func benchGovernor(b *testing.B, durable bool, budgets []Budget) *Governor {
	b.Helper()
	settings := []Setting{{Name: Primary, Cutoff: 1 << 61}}
	if durable {
		s, err := openShared(b.TempDir(), budgets...)
		if err == nil {
			err = s.Apply(settings)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { s.close() })
		return s.Governor
	}
	g, err := New(settings, nil, nil, slog.New(slog.DiscardHandler))
	if err == nil {
		err = g.ApplyBudgets(budgets)
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(g.Close)
	return g
}
