package meta

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// everything reads all that a store's caches could hold, and some names that
// may not be there.
func everything(t *testing.T, s *Store) string {
	t.Helper()
	ctx := context.Background()
	out := ""
	show := func(v any, err error) { out += fmt.Sprintf("%+v %v %s\n", v, err, hintOf(err)) }
	for _, d := range must[[]*catalog.Database](t)(s.Databases(ctx)) {
		show(*d, nil)
		for _, tab := range must[[]*catalog.Table](t)(s.Tables(ctx, d.Name)) {
			show(*tab, nil)
		}
	}
	dir := must[*catalog.Directory](t)(s.Directory(ctx))
	for i, d := range dir.Databases {
		show(*d, nil)
		show(dir.Tables[i], nil)
	}
	for _, name := range []string{"a", "b", "B", "c"} {
		d, err := s.Database(ctx, name)
		show(deref(d), err)
		for _, table := range []string{"t", "u"} {
			tab, err := s.Table(ctx, name, table)
			show(deref(tab), err)
			if err != nil {
				continue
			}
			ps := must[*catalog.Partitions](t)(s.Partitions(ctx, tab))
			for i := range ps.N {
				show(ps.Location(i), nil)
			}
		}
	}
	return out
}

func hintOf(err error) string {
	if err == nil {
		return ""
	}
	return fault.As(err).Hint
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// TestCachesSeeOtherProcesses makes every kind of change in one store and reads
// in another one, whose caches are full, and in a fresh one.
func TestCachesSeeOtherProcesses(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	a := must[*Store](t)(openAt(ctx, dir))
	defer a.Close()
	b := must[*Store](t)(openAt(ctx, dir))
	defer b.Close()
	table := func(name string) *catalog.Table { return must[*catalog.Table](t)(a.Table(ctx, "a", name)) }
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"create database", func() error { _, err := a.CreateDatabase(ctx, &catalog.Database{Name: "a"}); return err }},
		{"create another", func() error { _, err := a.CreateDatabase(ctx, &catalog.Database{Name: "c"}); return err }},
		{"rename it", func() error {
			d := *must[*catalog.Database](t)(a.Database(ctx, "c"))
			d.Name, d.Description = "b", "renamed"
			_, err := a.UpdateDatabase(ctx, &d)
			return err
		}},
		{"create table", func() error {
			_, err := a.CreateTable(ctx, &catalog.Table{Database: "a", Name: "t", PartitionKeys: []catalog.Column{{Name: "n", Type: types.TInteger}}})
			return err
		}},
		{"add partitions", func() error { _, err := a.AddPartitions(ctx, table("t"), parts("1", "2", "3"), true); return err }},
		{"drop one", func() error { _, err := a.DropPartitions(ctx, table("t"), [][]string{{"1"}}); return err }},
		{"alter one", func() error {
			_, err := a.Apply(ctx, catalog.Change{Table: table("t"), Alter: parts("2@elsewhere")})
			return err
		}},
		{"change the table", func() error {
			u := *table("t")
			u.Description, u.Storage.Location = "changed", "s3://new/"
			_, err := a.UpdateTable(ctx, &u)
			return err
		}},
		{"rename the table", func() error {
			u := *table("t")
			u.Name = "u"
			_, err := a.UpdateTable(ctx, &u)
			return err
		}},
		{"move it to another database", func() error {
			u := *table("u")
			u.Database = "b"
			_, err := a.UpdateTable(ctx, &u)
			return err
		}},
		{"drop the table", func() error { return a.DropTable(ctx, "b", "u") }},
		{"drop a database", func() error { return a.DropDatabase(ctx, "b", true) }},
	} {
		before := everything(t, b)
		if again := everything(t, b); again != before {
			t.Fatalf("%s: what the cache holds differs: %s", step.name, cmp.Diff(before, again))
		}
		everything(t, a)
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		fresh := must[*Store](t)(openAt(ctx, dir))
		want := everything(t, fresh)
		if err := fresh.Close(); err != nil {
			t.Fatal(err)
		}
		if want == before {
			t.Errorf("%s changed nothing", step.name)
		}
		for name, s := range map[string]*Store{"the writer": a, "the other": b} {
			settle(t, s)
			if diff := cmp.Diff(want, everything(t, s)); diff != "" {
				t.Errorf("%s, %s: %s", step.name, name, diff)
			}
		}
	}
}

// TestQuietWrites makes writes that say nothing about tables: they must not
// empty the caches.
func TestQuietWrites(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	withOrders(t, s)
	first := must[*names](t)(s.now(ctx))
	must[[]int64](t)(s.PutDocuments(ctx, catalog.Document{Space: "a", Key: "b", Data: []byte("{}")}))
	if err := s.InsertQueries(ctx, QueryRecord{ID: "x"}); err != nil {
		t.Fatal(err)
	}
	if second := must[*names](t)(s.now(ctx)); second != first {
		t.Error("the generation rose")
	}
}

// TestMissingFaultsAreOwn adds a position to the fault of a missing table, as
// the binder does; the next who asks must not see it.
func TestMissingFaultsAreOwn(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	withOrders(t, s)
	for range 3 {
		_, err := s.Table(ctx, "sales", "order")
		wantFault(t, err, fault.CodeUndefinedTable, `"orders"`)
		if f := fault.As(err); f.Pos != 0 {
			t.Fatalf("position %d of another statement", f.Pos)
		}
		fault.As(err).At(7)
	}
}

func BenchmarkRead(b *testing.B) {
	ctx := context.Background()
	s, err := openAt(ctx, b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	tab, ps := manyPartitions(b, s, 1000)
	if _, err := s.AddPartitions(ctx, tab, ps, true); err != nil {
		b.Fatal(err)
	}
	for name, read := range map[string]func() error{
		"databases":  func() error { _, err := s.Databases(ctx); return err },
		"database":   func() error { _, err := s.Database(ctx, "sales"); return err },
		"tables":     func() error { _, err := s.Tables(ctx, "sales"); return err },
		"table":      func() error { _, err := s.Table(ctx, "sales", "orders"); return err },
		"partitions": func() error { _, err := s.Partitions(ctx, tab); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
