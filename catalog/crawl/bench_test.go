package crawl

import (
	"context"
	"testing"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/csv"
)

// BenchmarkManyPartitions looks through a table of many partitions twice: the
// second time nothing is new.
func BenchmarkManyPartitions(b *testing.B) {
	const partitions = 50_000
	o := Options{Stores: mounted(b, manyTables(1, partitions, 1, true)), Formats: formats.NewRegistry(csv.Format{}),
		Targets: []Target{{Location: "made://lake/lake"}}}
	for b.Loop() {
		f, err := Find(context.Background(), o)
		if err != nil || len(f.Tables) != 1 || len(f.Tables[0].Partitions) != partitions {
			b.Fatal(f, err)
		}
		again := o
		again.Known = knownOf(f)
		if f, err = Find(context.Background(), again); err != nil || !f.Tables[0].Unchanged {
			b.Fatal(f, err)
		}
	}
}
