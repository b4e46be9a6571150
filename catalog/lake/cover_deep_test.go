package lake

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/store"
)

// logTable is a table of logs by region and day.
func logTable(since string) *catalog.Table {
	t := plainTable("memory://lake/AWSLogs/1/log/")
	for _, k := range []string{"region", "day"} {
		t.PartitionKeys = append(t.PartitionKeys, catalog.Column{Name: k, Type: types.TVarchar})
	}
	t.Parameters = map[string]string{
		"projection.enabled": "true", "storage.location.template": "memory://lake/AWSLogs/1/log/${region}/x/${day}/",
		"projection.region.type": "enum", "projection.region.values": "eu,us",
		"projection.day.type": "date", "projection.day.format": "yyyy/MM/dd", "projection.day.range": since + ",2024/11/10",
	}
	return t
}

// TestDeepCover lists years of days by months and years, and finds what listing
// each day finds.
func TestDeepCover(t *testing.T) {
	f := newFixture(t, "AWSLogs/1/log/eu/x/note", "AWSLogs/1/log/eu/y/2024/01/01/no", "AWSLogs/1/log/eu/x/2019/12/31/before", "AWSLogs/1/log/eu/x/2024/11/11/after",
		"AWSLogs/1/other/eu/x/2024/01/01/no", "AWSLogs/1/log/ap/x/2024/01/01/no")
	for _, region := range []string{"eu", "us"} {
		for day := time.Date(2023, 11, 28, 0, 0, 0, 0, time.UTC); day.Year() < 2025; day = day.AddDate(0, 0, 3) {
			for i := range 2 {
				f.mem.Set(fmt.Sprintf("AWSLogs/1/log/%s/x/%s/sub/%d", region, day.Format("2006/01/02"), i), []byte("x"))
			}
		}
	}
	table := logTable("2020/01/01")
	var m countedMeter
	ctx := store.WithMeter(context.Background(), &m)
	parts, err := f.Partitions(ctx, nil, table, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	all, err := f.Files(ctx, table, parts, nil)
	if err != nil {
		t.Fatal(err)
	}
	var singly []string
	lists := m.lists.Load()
	for row := range parts.N {
		files, err := f.Files(ctx, table, parts, []uint32{uint32(row)})
		if err != nil {
			t.Fatal(err)
		}
		singly = append(singly, names(files)...)
	}
	if diff := cmp.Diff(singly, names(all)); diff != "" {
		t.Error(diff)
	}
	if len(all) != 2*2*117 {
		t.Errorf("%d files", len(all))
	}
	if parts.N != 2*1776 || lists > 2*2*(4*12+11+10) {
		t.Errorf("%d partitions, %d listings", parts.N, lists)
	}
}

func TestRollUp(t *testing.T) {
	days := func(from, to string, step int) []string {
		var out []string
		end, _ := time.Parse(time.DateOnly, to)
		for day, _ := time.Parse(time.DateOnly, from); !day.After(end); day = day.AddDate(0, 0, step) {
			out = append(out, "log/"+day.Format("2006/01/02")+"/")
		}
		return out
	}
	for _, c := range []struct {
		name    string
		folders []string
		want    int
	}{
		{"a year", days("2023-01-01", "2023-12-31", 1), 12},
		{"eleven months and ten days", days("2023-01-01", "2023-12-10", 1), 11 + 10},
		{"forty years", days("1980-01-01", "2019-12-31", 1), 40},
		{"every week", days("1990-01-01", "2019-12-31", 7), 1566},
		{"every month", func() (out []string) {
			for y := range 60 {
				for m := range 12 {
					out = append(out, fmt.Sprintf("log/%d/%02d/01/", 1960+y, m+1))
				}
			}
			return out
		}(), 720},
	} {
		got := rollUp(slices.Clone(c.folders), 3)
		if len(got) != c.want {
			t.Errorf("%s: %d folders, want %d: %.200v", c.name, len(got), c.want, got)
		}
		for i, f := range c.folders {
			n := 0
			for _, g := range got {
				if len(g) <= len(f) && f[:len(g)] == g {
					n++
				}
			}
			if n != 1 {
				t.Fatalf("%s: folder %d, %s, is listed %d times", c.name, i, f, n)
			}
		}
	}
}
