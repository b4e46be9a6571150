package meta

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// partitionTexts lists a table's partitions as values@location.
func partitionTexts(t *testing.T, s *Store, tab *catalog.Table) []string {
	t.Helper()
	var out []string
	for _, p := range must[[]catalog.Partition](t)(s.PartitionsAfter(context.Background(), tab, nil, 0)) {
		out = append(out, strings.Join(p.Values, "/")+"@"+p.Location)
	}
	return out
}

func parts(texts ...string) (out []catalog.Partition) {
	for _, text := range texts {
		v, l, _ := strings.Cut(text, "@")
		out = append(out, catalog.Partition{Values: strings.Split(v, "/"), Location: l})
	}
	return out
}

func TestApplyWhole(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	withOrders(t, s)
	tab := sampleTable()
	tab.Name, tab.PartitionKeys = "applied", []catalog.Column{{Name: "n", Type: types.TInteger}}
	made := must[*catalog.Applied](t)(s.Apply(ctx, catalog.Change{Table: tab, Define: true,
		Drop: [][]string{{"1"}}, Add: parts("1@a", "2@b", "03@c", "1@again"),
		Documents: []catalog.Document{{Space: "crawl", Key: "applied", Table: -1, Data: []byte("1")}}}))
	if made.Added != 3 || made.Dropped != 0 || made.Table.ID == 0 || made.Table.Version != 1 {
		t.Errorf("%+v", made)
	}
	if diff := cmp.Diff([]string{"03@c", "1@a", "2@b"}, partitionTexts(t, s, made.Table)); diff != "" {
		t.Error(diff)
	}
	doc := must[*catalog.Document](t)(s.Document(ctx, "crawl", "applied"))
	if doc.Table != made.Table.ID {
		t.Errorf("the document is of table %d", doc.Table)
	}
	ids := map[string]int64{}
	for _, p := range must[[]catalog.Partition](t)(s.PartitionsAfter(ctx, made.Table, nil, 0)) {
		ids[p.Values[0]] = p.ID
	}

	next := *made.Table
	next.Description = "changed"
	now := must[*catalog.Applied](t)(s.Apply(ctx, catalog.Change{Table: &next, Define: true,
		Drop: [][]string{{"3"}, {"77"}, {"x"}}, Alter: parts("2@first", "1@moved", "2@last"), Add: parts("2@no", "3@back", "4@d"),
		Documents: []catalog.Document{{Space: "crawl", Key: "applied", Version: 1, Table: -1, Data: []byte("2")}}}))
	if now.Dropped != 1 || now.Altered != 2 || now.Added != 2 || now.Table.Version != 2 || now.Table.Description != "changed" {
		t.Errorf("%+v", now)
	}
	if diff := cmp.Diff([]string{"1@moved", "2@last", "3@back", "4@d"}, partitionTexts(t, s, now.Table)); diff != "" {
		t.Error(diff)
	}
	again := must[*catalog.Applied](t)(s.Apply(ctx, catalog.Change{Table: now.Table, Add: parts("04@e", "004@f")}))
	exact := must[*catalog.Applied](t)(s.Apply(ctx, catalog.Change{Table: again.Table, Drop: [][]string{{"04"}, {"0004"}, {"x"}}, DropExact: true}))
	if exact.Dropped != 1 {
		t.Errorf("dropped %d of exactly 04", exact.Dropped)
	}
	if diff := cmp.Diff([]string{"004@f", "1@moved", "2@last", "3@back", "4@d"}, partitionTexts(t, s, now.Table)); diff != "" {
		t.Error(diff)
	}
	for _, v := range []string{"1", "2"} {
		p := must[*catalog.Partition](t)(s.Partition(ctx, now.Table, []string{v}))
		if p.ID != ids[v] || p.Created.IsZero() {
			t.Errorf("%s has ID %d, had %d", v, p.ID, ids[v])
		}
	}
	if vs := must[[]catalog.TableVersion](t)(s.TableVersions(ctx, now.Table, 0, 0)); len(vs) != 2 {
		t.Errorf("%d versions", len(vs))
	}
}

// TestApplyRefused makes changes that must be refused; nothing of them may stay.
func TestApplyRefused(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab := textKeys(t, s, types.TInteger)
	must[int](t)(s.AddPartitions(ctx, tab, parts("1@a", "2@b"), true))
	gone := *tab
	gone.ID = 999
	goneToo := gone
	goneToo.Name = "nowhere"
	stale := *tab
	stale.Version = 7
	otherKeys := *tab
	otherKeys.PartitionKeys = []catalog.Column{{Name: "other", Type: types.TInteger}}
	flat := *must[*catalog.Table](t)(s.CreateTable(ctx, func() *catalog.Table {
		f := sampleTable()
		f.Name, f.PartitionKeys = "flat", nil
		return f
	}()))
	taken := *tab
	taken.ID = 0
	renamed := *tab
	renamed.Name = "flat"
	lost := *tab
	lost.Database = "lost"
	ok := catalog.Document{Space: "x", Key: "ok", Data: []byte("{}")}
	for name, c := range map[string]struct {
		change catalog.Change
		code   fault.Code
	}{
		"no table at all":        {catalog.Change{}, fault.CodeInvalidParameter},
		"name taken":             {catalog.Change{Table: &taken, Define: true}, fault.CodeDuplicateTable},
		"renamed to a taken one": {catalog.Change{Table: &renamed, Define: true}, fault.CodeDuplicateTable},
		"no such database":       {catalog.Change{Table: &lost, Define: true}, fault.CodeInvalidSchemaName},
		"stale":                  {catalog.Change{Table: &stale, Define: true}, fault.CodeObjectNotReady},
		"created again":          {catalog.Change{Table: &gone, Add: parts("5")}, fault.CodeObjectNotReady},
		"not there":              {catalog.Change{Table: &goneToo, Add: parts("5")}, fault.CodeUndefinedTable},
		"redefined, not there":   {catalog.Change{Table: &goneToo, Define: true}, fault.CodeUndefinedTable},
		"other keys":             {catalog.Change{Table: &otherKeys, Add: parts("5")}, fault.CodeObjectNotReady},
		"other keys, defined":    {catalog.Change{Table: &otherKeys, Define: true, Drop: [][]string{{"1"}}}, fault.CodeFeatureNotSupported},
		"no keys":                {catalog.Change{Table: &flat, Add: []catalog.Partition{{}}}, fault.CodeWrongObjectType},
		"must be new":            {catalog.Change{Table: tab, Add: parts("3", "1"), MustBeNew: true}, fault.CodeDuplicateObject},
		"twice in the change":    {catalog.Change{Table: tab, Add: parts("3", "3"), MustBeNew: true}, fault.CodeDuplicateObject},
		"altered, not there":     {catalog.Change{Table: tab, Drop: [][]string{{"2"}}, Alter: parts("1@x", "3@y")}, fault.CodeUndefinedObject},
		"altered by other text":  {catalog.Change{Table: tab, Alter: parts("01@x")}, fault.CodeUndefinedObject},
		"dropped, then altered":  {catalog.Change{Table: tab, Drop: [][]string{{"1"}}, Alter: parts("1@x")}, fault.CodeUndefinedObject},
		"no number":              {catalog.Change{Table: tab, Alter: parts("x")}, fault.CodeInvalidText},
		"too few values":         {catalog.Change{Table: tab, Drop: [][]string{{}}}, fault.CodeInvalidParameter},
		"a control character":    {catalog.Change{Table: tab, Add: parts("3@\x01")}, fault.CodeInvalidParameter},
		"a stale document": {catalog.Change{Table: tab, Add: parts("3"),
			Documents: []catalog.Document{ok, {Space: "x", Key: "y", Version: 3, Data: []byte("{}")}}}, fault.CodeUndefinedObject},
		"no document key": {catalog.Change{Table: tab, Documents: []catalog.Document{ok, {Space: "x"}}}, fault.CodeInvalidName},
	} {
		c.change.Documents = append(c.change.Documents, ok)
		if _, err := s.Apply(ctx, c.change); !fault.Is(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
		if diff := cmp.Diff([]string{"1@a", "2@b"}, partitionTexts(t, s, tab)); diff != "" {
			t.Fatalf("%s: %s", name, diff)
		}
		if d := must[*catalog.Document](t)(s.Document(ctx, "x", "ok")); d != nil {
			t.Fatalf("%s: the document stays", name)
		}
		if now := must[*catalog.Table](t)(s.Table(ctx, "sales", "parts")); now.Version != 1 || now.ID != tab.ID {
			t.Fatalf("%s: the table is %+v", name, now)
		}
	}
}

// TestOtherKeys drops all partitions and gives the table other keys and other
// partitions in one change.
func TestOtherKeys(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab := textKeys(t, s, types.TInteger)
	must[int](t)(s.AddPartitions(ctx, tab, parts("01", "2"), true))
	next := *tab
	next.PartitionKeys = []catalog.Column{{Name: "y", Type: types.TVarchar}, {Name: "m", Type: types.TInteger}}
	a := must[*catalog.Applied](t)(s.Apply(ctx, catalog.Change{Table: &next, Define: true,
		Drop: [][]string{{"1"}, {"2"}}, Add: parts("2024/1", "2024/2", "2025/1")}))
	if a.Dropped != 2 || a.Added != 3 {
		t.Errorf("%+v", a)
	}
	if diff := cmp.Diff([]string{"2024/1@", "2024/2@", "2025/1@"}, partitionTexts(t, s, a.Table)); diff != "" {
		t.Error(diff)
	}
	if p := must[*catalog.Partitions](t)(s.Partitions(ctx, a.Table)); p.N != 3 || p.Value(0, 2).S != "2025" {
		t.Errorf("%+v", p)
	}
	_, err := s.PartitionsAfter(ctx, tab, nil, 0)
	wantFault(t, err, fault.CodeObjectNotReady, "Read the table again")
	// Types alone may change while all texts are values of the new one.
	again := *a.Table
	again.PartitionKeys = []catalog.Column{{Name: "y", Type: types.TInteger}, {Name: "m", Type: types.TVarchar}}
	a = must[*catalog.Applied](t)(s.Apply(ctx, catalog.Change{Table: &again, Define: true, Drop: [][]string{{"2024", "01"}}, Add: parts("2026/x")}))
	if a.Dropped != 1 || a.Added != 1 {
		t.Errorf("%+v", a)
	}
	again = *a.Table
	again.PartitionKeys = []catalog.Column{{Name: "y", Type: types.TInteger}, {Name: "m", Type: types.TInteger}}
	_, err = s.Apply(ctx, catalog.Change{Table: &again, Define: true})
	wantFault(t, err, fault.CodeInvalidText, "")
	must[*catalog.Applied](t)(s.Apply(ctx, catalog.Change{Table: &again, Define: true, Drop: [][]string{{"2026", "x"}}}))
}

// TestApplyAgainstMap makes random changes and compares with a map after each.
func TestApplyAgainstMap(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab := textKeys(t, s, types.TVarchar, types.TInteger)
	oracle := map[string]string{}
	r := rand.New(rand.NewPCG(9, 9))
	text := func() string { return fmt.Sprintf("%c/%d", 'a'+r.IntN(4), r.IntN(5000)) }
	for round := range 12 {
		c := catalog.Change{Table: tab}
		var want catalog.Applied
		for range r.IntN(3000) {
			k := text()
			c.Drop = append(c.Drop, strings.Split(k, "/"))
			if _, ok := oracle[k]; ok {
				delete(oracle, k)
				want.Dropped++
			}
		}
		altered := map[string]bool{}
		for range r.IntN(3000) {
			k := text()
			if _, ok := oracle[k]; ok {
				oracle[k] = fmt.Sprintf("altered-%d", r.IntN(100))
				c.Alter = append(c.Alter, parts(k+"@"+oracle[k])...)
				altered[k] = true
			}
		}
		want.Altered = len(altered)
		for range 3000 + r.IntN(3000) {
			k := text()
			l := fmt.Sprintf("added-%d", r.IntN(100))
			c.Add = append(c.Add, parts(k+"@"+l)...)
			if _, ok := oracle[k]; !ok {
				oracle[k] = l
				want.Added++
			}
		}
		a := must[*catalog.Applied](t)(s.Apply(ctx, c))
		if a.Added != want.Added || a.Altered != want.Altered || a.Dropped != want.Dropped {
			t.Fatalf("round %d: %+v, want %+v", round, a, want)
		}
		var all []string
		for k, l := range oracle {
			all = append(all, k+"@"+l)
		}
		slices.SortFunc(all, func(a, b string) int {
			return strings.Compare(strings.Replace(a[:strings.IndexByte(a, '@')], "/", keySeparator, 1),
				strings.Replace(b[:strings.IndexByte(b, '@')], "/", keySeparator, 1))
		})
		if got := partitionTexts(t, s, tab); !slices.Equal(all, got) {
			t.Fatal(cmp.Diff(all, got))
		}
		checkAgainstMap(t, s, tab, oracle)
		checkPages(t, s, tab, 1+r.IntN(900), all)
	}
}

// TestSmallChunksMerge drops nearly everything: what is left must not stay in
// as many chunks as before.
func TestSmallChunksMerge(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab, ps := manyPartitions(t, s, 20*targetChunk)
	must[int](t)(s.AddPartitions(ctx, tab, ps, true))
	var drop [][]string
	var want []string
	for i, p := range ps {
		if i%64 == 63 {
			want = append(want, strings.Join(p.Values, "/")+"@")
		} else {
			drop = append(drop, p.Values)
		}
	}
	slices.Sort(want)
	must[int](t)(s.DropPartitions(ctx, tab, drop))
	got := partitionTexts(t, s, tab)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var chunks, count int
	err := s.read.QueryRow("SELECT count(*), sum(count) FROM partition_chunks").Scan(&chunks, &count)
	if err != nil || chunks > 2 || count != len(want) {
		t.Errorf("%d partitions in %d chunks, %v", count, chunks, err)
	}
}

// checkPages reads the partitions a page at a time.
func checkPages(t *testing.T, s *Store, tab *catalog.Table, limit int, want []string) {
	t.Helper()
	var after []string
	var got []string
	for {
		page := must[[]catalog.Partition](t)(s.PartitionsAfter(context.Background(), tab, after, limit))
		for _, p := range page {
			got = append(got, strings.Join(p.Values, "/")+"@"+p.Location)
		}
		if len(page) > limit {
			t.Fatalf("%d of at most %d", len(page), limit)
		}
		if len(page) < limit {
			break
		}
		after = page[len(page)-1].Values
	}
	if !slices.Equal(want, got) {
		t.Fatal(cmp.Diff(want, got))
	}
}

func TestCompareTexts(t *testing.T) {
	texts := []string{"", "a", "a b", "a\x01", "b", "ä"}
	for _, a := range texts {
		for _, b := range texts {
			for _, c := range texts {
				for _, d := range texts {
					values, key := []string{a, b}, entryKey([]string{c, d})
					if got, want := compareTexts(values, key), strings.Compare(entryKey(values), key); got != want {
						t.Errorf("%q against %q: %d, want %d", values, key, got, want)
					}
				}
			}
			for _, c := range texts {
				if got, want := compareTexts([]string{a, b}, c), strings.Compare(entryKey([]string{a, b}), c); (got > 0) != (want > 0) {
					t.Errorf("%q against a short %q: %d, want %d", []string{a, b}, c, got, want)
				}
			}
		}
	}
}

func TestTableVersions(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	tab := withOrders(t, s)
	must[*catalog.Database](t)(s.CreateDatabase(ctx, &catalog.Database{Name: "archive"}))
	for i := 2; i <= 6; i++ {
		next := *tab
		next.Description = fmt.Sprint("v", i)
		if i == 4 {
			next.Database, next.Name = "archive", "Old_Orders"
		}
		tab = must[*catalog.Applied](t)(s.Apply(ctx, catalog.Change{Table: &next, Define: true, SkipArchive: i == 4})).Table
	}
	list := func(before int64, limit int) (out []string) {
		for _, v := range must[[]catalog.TableVersion](t)(s.TableVersions(ctx, tab, before, limit)) {
			if v.Version != v.Table.Version || v.Table.ID != tab.ID || v.Archived.IsZero() != (v.Version == 6) {
				t.Errorf("%+v", v)
			}
			out = append(out, fmt.Sprintf("%d %s.%s %s", v.Version, v.Table.Database, v.Table.Name, v.Table.Description))
		}
		return out
	}
	all := []string{"6 archive.old_orders v6", "5 archive.old_orders v5", "4 archive.old_orders v4", "2 sales.orders v2", "1 sales.orders all orders"}
	for _, c := range []struct {
		before int64
		limit  int
		want   []string
	}{{0, 0, all}, {0, 2, all[:2]}, {5, 2, all[2:4]}, {1, 5, nil}, {6, 0, all[1:]}} {
		if diff := cmp.Diff(c.want, list(c.before, c.limit)); diff != "" {
			t.Errorf("before %d, limit %d: %s", c.before, c.limit, diff)
		}
	}
	gone := must[[]int64](t)(s.DeleteTableVersions(ctx, tab, []int64{6, 5, 3, 1, 5}))
	if diff := cmp.Diff([]int64{5, 1}, gone); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{all[0], all[2], all[3]}, list(0, 0)); diff != "" {
		t.Error(diff)
	}
	if err := s.DropTable(ctx, "archive", "old_orders"); err != nil {
		t.Fatal(err)
	}
	_, err := s.TableVersions(ctx, tab, 0, 0)
	wantFault(t, err, fault.CodeUndefinedTable, "")
	_, err = s.DeleteTableVersions(ctx, tab, []int64{2})
	wantFault(t, err, fault.CodeUndefinedTable, "")
	var left int
	if err := s.read.QueryRow("SELECT count(*) FROM table_versions").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d versions left, %v", left, err)
	}
}
