package crawl

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/store"
)

// BenchmarkManyPartitions crawls a table of many partitions twice: the first
// run registers them, the second finds nothing new.
func BenchmarkManyPartitions(b *testing.B) {
	const partitions = 200_000
	mem := store.NewMemory("lake")
	day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range partitions {
		mem.Set(fmt.Sprintf("l/t/dt=%s/h=%02d/f.csv", day.AddDate(0, 0, i/24).Format(time.DateOnly), i%24), []byte(ab))
	}
	reg, err := store.NewRegistry(store.Config{})
	if err != nil {
		b.Fatal(err)
	}
	if err := reg.Mount("memory://lake", mem); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		cat, err := meta.Open(context.Background(), meta.Memory)
		if err != nil {
			b.Fatal(err)
		}
		o := Options{Stores: reg, Formats: formats.NewRegistry(csv.Format{}), Catalog: cat, Location: "memory://lake/l", Database: "d"}
		for run, want := range []int{partitions, 0} {
			rep, err := Crawl(context.Background(), o)
			if err != nil || len(rep.Tables) != 1 || rep.Tables[0].PartitionsAdded != want {
				b.Fatal(run, rep, err)
			}
		}
		cat.Close()
	}
}
