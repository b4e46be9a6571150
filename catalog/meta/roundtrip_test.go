package meta

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// filler sets every field of a value to something that nothing else has, so
// that a field which the store forgets shows as a difference.
type filler struct {
	t *testing.T
	n int
}

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch v.Interface().(type) {
	case types.Type:
		v.Set(reflect.ValueOf(types.DecimalOf(1+f.n%30, 1)))
		return
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2020, 1, 1, 0, 0, f.n, 123_000, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text <%d> ü", f.n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{fmt.Sprint("k", f.n): fmt.Sprint("v", f.n), "": ""}))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	default:
		f.t.Fatalf("the filler knows no %s", v.Type())
	}
}

func filled[T any](t *testing.T, start int) *T {
	t.Helper()
	v := new(T)
	f := filler{t: t, n: start}
	f.fill(reflect.ValueOf(v).Elem())
	return v
}

func TestEveryFieldOfTable(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	must[*catalog.Database](t)(s.CreateDatabase(ctx, &catalog.Database{Name: "d"}))
	want := filled[catalog.Table](t, 0)
	want.Database, want.Name = "d", "everything"
	want.Columns[0].Type, want.Columns[0].HiveType = types.TUnknown, "uniontype<int,string>"
	made := must[*catalog.Table](t)(s.CreateTable(ctx, want))
	if made.Updated.IsZero() || made.Version != 1 {
		t.Errorf("updated %v, version %d", made.Updated, made.Version)
	}
	want.ID, want.Version, want.Updated = made.ID, made.Version, made.Updated
	if diff := cmp.Diff(want, made); diff != "" {
		t.Error("as created:", diff)
	}
	other := filled[catalog.Table](t, 1000)
	other.Database, other.Name = "d", "renamed"
	other.ID, other.Version, other.Created = made.ID, made.Version, made.Created
	changed := must[*catalog.Table](t)(s.UpdateTable(ctx, other))
	other.Version, other.Updated = 2, changed.Updated
	if diff := cmp.Diff(other, changed); diff != "" {
		t.Error("as replaced:", diff)
	}
	vs := must[[]catalog.TableVersion](t)(s.TableVersions(ctx, changed, 0, 0))
	if len(vs) != 2 || vs[1].Archived.IsZero() || !vs[0].Archived.IsZero() {
		t.Fatalf("versions %+v", vs)
	}
	for i, want := range []*catalog.Table{other, want} {
		if diff := cmp.Diff(want, vs[i].Table); diff != "" {
			t.Error("as a version:", diff)
		}
	}
}

func TestEveryFieldOfDatabase(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	want := filled[catalog.Database](t, 0)
	want.Name = "d"
	made := must[*catalog.Database](t)(s.CreateDatabase(ctx, want))
	want.ID = made.ID
	if diff := cmp.Diff(want, made); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, must[*catalog.Database](t)(s.Database(ctx, "d"))); diff != "" {
		t.Error(diff)
	}
}

// TestEveryFieldOfPartition stores filled partitions among plain ones, alters
// one, and compares each way of reading them.
func TestEveryFieldOfPartition(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab := textKeys(t, s, types.TVarchar, types.TVarchar)
	full, other := filled[catalog.Partition](t, 0), filled[catalog.Partition](t, 500)
	plain := catalog.Partition{Values: []string{"a", "b"}}
	empty := catalog.Partition{Values: []string{"z", ""}, Descriptor: &catalog.Descriptor{Columns: []catalog.Column{}}}
	must[int](t)(s.AddPartitions(ctx, tab, []catalog.Partition{*full, plain, empty}, true))
	altered := *other
	altered.Values = full.Values
	a := must[*catalog.Applied](t)(s.Apply(ctx, catalog.Change{Table: tab, Alter: []catalog.Partition{altered}, Add: []catalog.Partition{*full, *other}}))
	if a.Added != 1 || a.Altered != 1 || a.Table != nil && a.Table.ID != tab.ID {
		t.Errorf("applied %+v", a)
	}
	want := map[string]catalog.Partition{"a": plain, "z": empty, full.Values[0]: altered, other.Values[0]: *other}
	all := must[[]catalog.Partition](t)(s.PartitionsAfter(ctx, tab, nil, 0))
	if len(all) != len(want) {
		t.Fatalf("%d partitions", len(all))
	}
	snapshot := must[*catalog.Partitions](t)(s.Partitions(ctx, tab))
	for i, got := range all {
		w := want[got.Values[0]]
		if w.Descriptor != nil {
			d := *w.Descriptor
			d.Storage.Location = "" // as the border says
			w.Descriptor = &d
		}
		w.ID = got.ID
		switch got.Values[0] {
		case full.Values[0]:
			w.Created = full.Created
		case "a", "z":
			w.Created = got.Created
		}
		if diff := cmp.Diff(w, got); diff != "" || got.ID == 0 || got.Created.IsZero() {
			t.Error(got.ID, diff)
		}
		one := must[*catalog.Partition](t)(s.Partition(ctx, tab, got.Values))
		if diff := cmp.Diff(&got, one); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(got.Descriptor, snapshot.Descriptor(i)); diff != "" || snapshot.Format(i) != got.Format {
			t.Error(diff)
		}
	}
}

// TestTimes keeps apart the beginning of 1970 and no time.
func TestTimes(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab := textKeys(t, s, types.TInteger)
	for i, at := range []time.Time{{}, time.Unix(0, 0).UTC(), time.Unix(-1, 5000).UTC(), time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		v := []string{fmt.Sprint(i)}
		must[int](t)(s.AddPartitions(ctx, tab, []catalog.Partition{{Values: v, Accessed: at, Analyzed: at, Created: at}}, true))
		p := must[*catalog.Partition](t)(s.Partition(ctx, tab, v))
		if p.Accessed != at || p.Analyzed != at || p.Created != at && i > 0 {
			t.Errorf("%v became %v, %v and %v", at, p.Accessed, p.Analyzed, p.Created)
		}
	}
}

// TestLocationsAsGiven keeps apart the locations that clients gave from those
// that follow the table.
func TestLocationsAsGiven(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab := textKeys(t, s, types.TInteger)
	given := []string{"", "s3://b/orders/k0=1", "s3://b/orders/k0=2/", "s3://elsewhere/3"}
	var add []catalog.Partition
	for i, l := range given {
		add = append(add, catalog.Partition{Values: []string{fmt.Sprint(i)}, Location: l})
	}
	must[int](t)(s.AddPartitions(ctx, tab, add, true))
	check := func(tab *catalog.Table, snapshot []string) {
		t.Helper()
		p := must[*catalog.Partitions](t)(s.Partitions(ctx, tab))
		for i, got := range must[[]catalog.Partition](t)(s.PartitionsAfter(ctx, tab, nil, 0)) {
			if got.Location != given[i] || p.Location(i) != snapshot[i] {
				t.Errorf("%d is at %q and %q, want %q and %q", i, got.Location, p.Location(i), given[i], snapshot[i])
			}
		}
	}
	check(tab, []string{"s3://b/orders/k0=0/", "s3://b/orders/k0=1/", "s3://b/orders/k0=2/", "s3://elsewhere/3"})
	moved := *tab
	moved.Storage.Location = "s3://new"
	now := must[*catalog.Table](t)(s.UpdateTable(ctx, &moved))
	check(now, []string{"s3://new/k0=0/", "s3://b/orders/k0=1", "s3://b/orders/k0=2/", "s3://elsewhere/3"})
}
