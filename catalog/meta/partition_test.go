package meta

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

func textKeys(t *testing.T, s *Store, keys ...types.Type) *catalog.Table {
	t.Helper()
	tab := sampleTable()
	tab.Name, tab.PartitionKeys = "parts", nil
	for i, ty := range keys {
		tab.PartitionKeys = append(tab.PartitionKeys, catalog.Column{Name: fmt.Sprintf("k%d", i), Type: ty})
	}
	withOrders(t, s)
	return must[*catalog.Table](t)(s.CreateTable(context.Background(), tab))
}

func TestPartitionBasics(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab := textKeys(t, s, types.TInteger, types.TVarchar)
	at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	add := []catalog.Partition{
		{Values: []string{"10", "a b"}},
		{Values: []string{"9", ""}, Location: "s3://elsewhere/x", Format: "json", Parameters: map[string]string{"p": "q"}, Created: at},
		{Values: []string{"10", "a b"}, Location: "s3://again/"},
		{Values: []string{catalog.HiveNull, "ü"}, Location: "s3://b/orders/k0=__HIVE_DEFAULT_PARTITION__/k1=ü"},
	}
	if n := must[int](t)(s.AddPartitions(ctx, tab, add, false)); n != 3 {
		t.Errorf("added %d", n)
	}
	p := must[*catalog.Partitions](t)(s.Partitions(ctx, tab))
	var got []string
	for i := range p.N {
		got = append(got, fmt.Sprintf("%d/%v %q %s %s", p.Value(0, i).I, p.Value(0, i).Null, p.Value(1, i).S, p.Location(i), p.Format(i)))
	}
	want := []string{
		`9/false "" s3://elsewhere/x json`,
		`10/false "a b" s3://b/orders/k0=10/k1=a b/ `,
		`0/true "ü" s3://b/orders/k0=__HIVE_DEFAULT_PARTITION__/k1=ü/ `,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	one := must[*catalog.Partition](t)(s.Partition(ctx, tab, []string{"9", ""}))
	wantOne := &catalog.Partition{ID: one.ID, Values: []string{"9", ""}, Location: "s3://elsewhere/x", Format: "json",
		Parameters: map[string]string{"p": "q"}, Created: at}
	if diff := cmp.Diff(wantOne, one); diff != "" || one.ID == 0 {
		t.Error(diff, one.ID)
	}
	if again := must[*catalog.Partitions](t)(s.Partitions(ctx, tab)); again != p {
		t.Error("an unchanged list was loaded again")
	}
	if n := must[int](t)(s.AddPartitions(ctx, tab, []catalog.Partition{{Values: []string{"05", "x"}}}, true)); n != 1 {
		t.Errorf("added %d", n)
	}
	if n := must[int](t)(s.DropPartitions(ctx, tab, [][]string{{"5", "x"}, {"5", "y"}, {"no number", "x"}})); n != 1 {
		t.Errorf("dropped %d by another text of the same value", n)
	}
	_, err := s.AddPartitions(ctx, tab, []catalog.Partition{{Values: []string{"11", "x"}}, {Values: []string{"9", ""}}}, true)
	wantFault(t, err, fault.CodeDuplicateObject, "")
	if again := must[*catalog.Partitions](t)(s.Partitions(ctx, tab)); again.N != 3 {
		t.Error("a refused addition left something behind")
	}
	if n := must[int](t)(s.DropPartitions(ctx, tab, [][]string{{"9", ""}, {"77", "x"}})); n != 1 {
		t.Errorf("dropped %d", n)
	}
	if again := must[*catalog.Partitions](t)(s.Partitions(ctx, tab)); again.N != 2 || again.Version <= p.Version {
		t.Errorf("after the drop: %d partitions, version %d after %d", again.N, again.Version, p.Version)
	}
}

func TestPartitionFaults(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab := textKeys(t, s, types.TDate)
	for name, c := range map[string]struct {
		values []string
		code   fault.Code
	}{
		"not a date": {[]string{"yesterday"}, fault.CodeInvalidText}, "too many": {[]string{"2024-01-01", "x"}, fault.CodeInvalidParameter},
		"null byte": {[]string{"2024\x00"}, fault.CodeInvalidParameter}, "too long": {[]string{strings.Repeat("1", 2000)}, fault.CodeInvalidParameter},
	} {
		_, err := s.AddPartitions(ctx, tab, []catalog.Partition{{Values: c.values}}, true)
		if !fault.Is(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if err := s.DropTable(ctx, tab.Database, tab.Name); err != nil {
		t.Fatal(err)
	}
	_, err := s.AddPartitions(ctx, tab, []catalog.Partition{{Values: []string{"2024-01-01"}}}, true)
	wantFault(t, err, fault.CodeUndefinedTable, "")
	orders := must[*catalog.Table](t)(s.Table(ctx, "sales", "orders"))
	stale := *orders
	stale.PartitionKeys = tab.PartitionKeys
	_, err = s.AddPartitions(ctx, &stale, []catalog.Partition{{Values: []string{"2024-01-01"}}}, true)
	wantFault(t, err, fault.CodeObjectNotReady, "")
}

// TestPartitionsAgainstMap adds and drops at random and compares with a map,
// over enough partitions that chunks are cut, merged and emptied.
func TestPartitionsAgainstMap(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab := textKeys(t, s, types.TVarchar, types.TInteger)
	oracle := map[string]string{}
	r := rand.New(rand.NewPCG(3, 4))
	value := func() []string { return []string{string(rune('a' + r.IntN(5))), fmt.Sprint(r.IntN(6000))} }
	for round := range 14 {
		if round%3 == 2 {
			var drop [][]string
			want := map[string]bool{}
			for range 4000 {
				v := value()
				drop = append(drop, v)
				if _, ok := oracle[strings.Join(v, "/")]; ok {
					want[strings.Join(v, "/")] = true
				}
				delete(oracle, strings.Join(v, "/"))
			}
			if n := must[int](t)(s.DropPartitions(ctx, tab, drop)); n != len(want) {
				t.Fatalf("round %d: dropped %d, want %d", round, n, len(want))
			}
		} else {
			var add []catalog.Partition
			fresh := 0
			for range 3000 {
				p := catalog.Partition{Values: value()}
				if r.IntN(3) == 0 {
					p.Location = fmt.Sprintf("s3://x/%d/", r.IntN(1000))
				}
				add = append(add, p)
				if _, ok := oracle[strings.Join(p.Values, "/")]; !ok {
					fresh++
					oracle[strings.Join(p.Values, "/")] = p.Location
				}
			}
			if n := must[int](t)(s.AddPartitions(ctx, tab, add, false)); n != fresh {
				t.Fatalf("round %d: added %d, want %d", round, n, fresh)
			}
		}
		checkAgainstMap(t, s, tab, oracle)
	}
	var big int
	if err := s.read.QueryRow("SELECT count(*) FROM partition_chunks WHERE count > ?", maxChunk).Scan(&big); err != nil || big > 0 {
		t.Errorf("%d chunks are too big, %v", big, err)
	}
}

func checkAgainstMap(t *testing.T, s *Store, tab *catalog.Table, oracle map[string]string) {
	t.Helper()
	p := must[*catalog.Partitions](t)(s.Partitions(context.Background(), tab))
	if p.N != len(oracle) {
		t.Fatalf("%d partitions, want %d", p.N, len(oracle))
	}
	got := map[string]string{}
	for i := range p.N {
		key := fmt.Sprintf("%s/%d", p.Value(0, i).S, p.Value(1, i).I)
		got[key] = p.Location(i)
		if i > 0 {
			if a, b := p.Value(0, i-1).S, p.Value(0, i).S; a > b || a == b && p.Value(1, i-1).I >= p.Value(1, i).I {
				t.Fatalf("rows %d and %d are out of order", i-1, i)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(oracle)) {
		want := oracle[key]
		if want == "" {
			a, b, _ := strings.Cut(key, "/")
			want = fmt.Sprintf("s3://b/orders/k0=%s/k1=%s/", a, b)
		}
		if got[key] != want {
			t.Fatalf("%s is at %s, want %s", key, got[key], want)
		}
	}
}

func TestTwoStoresSeeEachOther(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	a := must[*Store](t)(openAt(ctx, dir))
	defer a.Close()
	b := must[*Store](t)(openAt(ctx, dir))
	defer b.Close()
	tab := textKeys(t, a, types.TInteger)
	settle(t, b)
	seen := must[*catalog.Table](t)(b.Table(ctx, "sales", "parts"))
	if p := must[*catalog.Partitions](t)(b.Partitions(ctx, seen)); p.N != 0 {
		t.Error("partitions before any was added")
	}
	must[int](t)(a.AddPartitions(ctx, tab, []catalog.Partition{{Values: []string{"1"}}}, true))
	settle(t, b)
	if p := must[*catalog.Partitions](t)(b.Partitions(ctx, seen)); p.N != 1 {
		t.Error("the other process's partition is not seen")
	}
	change := *tab
	change.Description = "changed"
	must[*catalog.Table](t)(a.UpdateTable(ctx, &change))
	settle(t, b)
	if again := must[*catalog.Table](t)(b.Table(ctx, "sales", "parts")); again.Description != "changed" {
		t.Error("the other process's change is not seen")
	}
	_, err := b.UpdateTable(ctx, seen)
	wantFault(t, err, fault.CodeObjectNotReady, "")
}

func FuzzDecodeChunk(f *testing.F) {
	es := []entry{
		{key: "a\x00b", location: "s3://x/1", format: "json", parameters: `{"a":"b"}`, id: 1, created: 5},
		{key: "a\x00c", descriptor: `{"columns":[],"storage":{"serde":"S"}}`, id: 3, created: 4, accessed: 9, analyzed: -1}, {key: "b\x00", location: "s3://x/12", id: 2, created: 9},
	}
	f.Add(encodeChunk(es, 2))
	f.Add(encodeChunk(es[1:2], 2))
	f.Add(encodeOldChunk(es, 2))
	f.Add([]byte{chunkFormat, 0xFF, 0xFF, 0x7F})
	tab := &catalog.Table{PartitionKeys: []catalog.Column{{Name: "a", Type: types.TVarchar}, {Name: "b", Type: types.TVarchar}}}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeChunk(b, 2)
		sb := newSnapshotBuilder(tab, 0)
		errSnapshot := sb.addChunk(b)
		if err != nil {
			return
		}
		for i := range got {
			if _, err := (descriptors{}).get(got[i].descriptor); err != nil {
				return // a chunk is read without looking into them, a snapshot not
			}
		}
		if errSnapshot != nil {
			t.Fatalf("the snapshot refuses what decodes: %v", errSnapshot)
		}
		if _, err := sb.build(1); err != nil {
			t.Fatal(err)
		}
		clean := true
		for _, e := range got {
			clean = clean && strings.Count(e.key, keySeparator) == 1
		}
		if !clean {
			return // a text that holds the separator cannot be written
		}
		again, err := decodeChunk(encodeChunk(got, 2), 2)
		if err != nil || !slices.Equal(got, again) {
			t.Fatalf("%v: %v became %v", err, got, again)
		}
	})
}

func BenchmarkMillionPartitions(b *testing.B) {
	ctx := context.Background()
	s, err := openAt(ctx, b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	tab, ps := manyPartitions(b, s, 1_000_000)
	start := time.Now()
	if n, err := s.AddPartitions(ctx, tab, ps, true); err != nil || n != len(ps) {
		b.Fatal(n, err)
	}
	b.Logf("added in %v", time.Since(start))
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			s.parts.drop(tab.ID)
			if p, err := s.Partitions(ctx, tab); err != nil || p.N != len(ps) {
				b.Fatal(err)
			}
		}
	})
	b.Run("cached", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Partitions(ctx, tab); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("addone", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i++
			p := catalog.Partition{Values: []string{"2017-05-05", "7", fmt.Sprintf("new-%d", i)}}
			if _, err := s.AddPartitions(ctx, tab, []catalog.Partition{p}, true); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("one", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			p, err := s.Partition(ctx, tab, ps[i*7919%len(ps)].Values)
			if err != nil || p == nil {
				b.Fatal(p, err)
			}
		}
	})
	b.Run("page", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			page, err := s.PartitionsAfter(ctx, tab, ps[i*7919%len(ps)/2].Values, 1000)
			if err != nil || len(page) != 1000 {
				b.Fatal(len(page), err)
			}
		}
	})
}
