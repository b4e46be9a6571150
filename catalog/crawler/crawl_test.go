package crawler

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

func TestRuns(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab, "l/t/k=2/1.csv": ab, "l/u/1.csv": cde})
	w.create(nil)
	w.want("t added +2", "u added")
	versions := w.table("t").Version
	w.want("t unchanged", "u unchanged")
	if w.table("t").Version != versions {
		t.Error("an unchanged table was written")
	}
	w.put(map[string]string{"l/t/k=3/1.csv": ab2, "l/v/1.csv": ab})
	w.want("t updated +1", "u unchanged", "v added")
	w.wantPartitions("t", "1", "2", "3")
	w.put(map[string]string{"l/t/k=4/1.csv": "a,b,c\n1.5,x,true\n", "l/u/2.csv": cde})
	w.want("t updated +1", "  type of column a: bigint -> double", "  column c added: boolean", "u unchanged", "v unchanged")
	w.wantColumns("t", "a double, b varchar, c boolean")
	if got := w.table("u").Parameters["objectCount"]; got != "2" {
		t.Errorf("objectCount is %s", got)
	}
	w.put(map[string]string{"l/t/k=soon/1.csv": ab})
	w.want("t updated +1", "  type of partition key k: integer -> varchar", "u unchanged", "v unchanged")
	w.wantPartitions("t", "1", "2", "3", "4", "soon")
}

// TestParameters checks what Glue's crawlers write.
func TestParameters(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": "a;b\n1;\"x\"\n2;\"y\"\n", "l/tmp/x.csv": ab})
	w.create(func(c *Crawler) {
		c.TablePrefix = "Raw-"
		c.Targets[0].Exclusions = []string{"tmp/**"}
	})
	w.want("raw_t added +1")
	tab := w.table("raw_t")
	runs, err := w.s.Runs(w.ctx, "c", "", 0)
	w.ok(err)
	want := map[string]string{"classification": "csv", "compressionType": "none", "typeOfData": "file", "delimiter": ";",
		"skip.header.line.count": "1", "objectCount": "1", "UPDATED_BY_CRAWLER": "c", "CRAWL_RUN_ID": runs[0].ID,
		"CrawlerSchemaSerializerVersion": "1.0", "CrawlerSchemaDeserializerVersion": "1.0", "areColumnsQuoted": "true",
		"columnsOrdered": "true", "partition_filtering.enabled": "true", "exclusions": `["memory://lake/l/tmp/**"]`}
	for k, v := range want {
		if tab.Parameters[k] != v {
			t.Errorf("%s is %q, want %q", k, tab.Parameters[k], v)
		}
	}
	if tab.Database != "d" || tab.Storage.Location != "memory://lake/l/t/" || !strings.HasSuffix(tab.Storage.SerDe, "OpenCSVSerde") {
		t.Errorf("%+v", tab)
	}
}

// TestEditsSurvive edits everything that a person may edit and crawls again and
// again, with and without changes of the files.
func TestEditsSurvive(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": "a,b,c\n1,x,2024-01-01\n", "l/j/1.json": `{"a":1,"b":"x","c":2}`})
	w.create(nil)
	w.want("j added", "t added +1")
	w.edit("t", func(t *catalog.Table) {
		t.Columns[0].Name = "id"
		t.Columns[0].Comment = "the key"
		t.Columns[2].Type = types.TVarchar
		t.Parameters["owner"] = "ana"
		t.Parameters["skip.header.line.count"] = "2"
		t.Description = "mine"
		t.PartitionKeys[0].Comment = "kay"
	})
	w.edit("j", func(t *catalog.Table) {
		t.Columns = []catalog.Column{t.Columns[2], t.Columns[0]} // b dropped, order changed
		t.Storage.SerDeParams["case.insensitive"] = "true"
	})
	edited, editedJ := w.table("t"), w.table("j")
	w.want("j unchanged", "t unchanged")
	w.put(map[string]string{"l/t/k=2/1.csv": "a,b,c,d\n1,x,2024-01-01,5\n", "l/j/2.json": `{"a":1.5,"b":"x","c":2,"d":true}`})
	w.want("j updated", "  type of column a: bigint -> double", "  column d added: boolean",
		"t updated +1", "  column d added: bigint")
	w.wantColumns("t", "id bigint 'the key', b varchar, c varchar, d bigint")
	w.wantColumns("j", "c bigint, a double, d boolean")
	tab := w.table("t")
	if tab.Description != "mine" || tab.Parameters["owner"] != "ana" || tab.Parameters["skip.header.line.count"] != "2" ||
		tab.PartitionKeys[0].Comment != "kay" || tab.ID != edited.ID {
		t.Errorf("%+v", tab)
	}
	if p := w.table("j").Storage.SerDeParams; p["case.insensitive"] != "true" || p["paths"] != editedJ.Storage.SerDeParams["paths"] && p["paths"] != "c,a,d" {
		t.Errorf("%v", p)
	}
	w.put(map[string]string{"l/t/k=3/1.csv": "a,b,c,d\n1,x,7,5\n"}) // c is text now
	w.want("j unchanged", "t updated +1")
	w.wantColumns("t", "id bigint 'the key', b varchar, c varchar, d bigint")
	w.put(map[string]string{"l/t/k=3/2.csv": "a,b,c,d\nz,x,7,5\n"})
	w.edit("t", func(t *catalog.Table) { t.Columns[0].Type = types.TInteger })
	w.want("j unchanged", "t unchanged", "  conflict: type of column id: bigint -> varchar, kept integer")
	w.want("j unchanged", "t unchanged")
	w.put(map[string]string{"l/t/k=3/3.csv": "a,b,c,d\nz,x,7,5\n"})
	w.want("j unchanged", "t unchanged") // told once
	w.wantColumns("t", "id integer 'the key', b varchar, c varchar, d bigint")
}

// TestHandMade: tables that people made only get columns and partitions, and
// keep all else.
func TestHandMade(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab, "l/t/k=2/1.csv": ab})
	_, err := w.cat.CreateDatabase(w.ctx, &catalog.Database{Name: "d"})
	w.ok(err)
	made, err := w.cat.CreateTable(w.ctx, &catalog.Table{Database: "d", Name: "mine", Format: "csv",
		Columns:       []catalog.Column{{Name: "A", Type: types.TSmallInt, Comment: "mine"}, {Name: "named", Type: types.TVarchar}},
		PartitionKeys: []catalog.Column{{Name: "K", Type: types.TVarchar}},
		Storage:       catalog.Storage{Location: "memory://lake/l/t"}, Parameters: map[string]string{"note": "keep"}})
	w.ok(err)
	w.create(nil)
	w.want("mine updated +2")
	w.put(map[string]string{"l/t/k=3/1.csv": "a,b,c\n1.5,x,true\n"})
	w.want("mine updated +1", "  column c added: boolean")
	w.wantColumns("mine", "A smallint 'mine', named varchar, c boolean")
	tab := w.table("mine")
	if tab.ID != made.ID || !maps.Equal(tab.Parameters, made.Parameters) {
		t.Errorf("%+v", tab)
	}
	w.remove("l/t/k=1/1.csv")
	w.want("mine unchanged") // not made by the crawler: nothing is marked
	w.wantPartitions("mine", "1", "2", "3")
	w.remove("l/t/k=2/1.csv", "l/t/k=3/1.csv")
	w.want()
}

// TestUpdateLog only tells of what has changed, and does it when the policy
// changes.
func TestUpdateLog(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.json": `{"a":1}`})
	w.create(func(c *Crawler) { c.SchemaChange.Update = UpdateLog })
	w.want("t added +1")
	w.put(map[string]string{"l/t/k=2/1.json": `{"a":1.5,"b":1}`, "l/n/1.csv": ab})
	told := []string{"n added", "t updated +1", "  only told: type of column a: bigint -> double", "  only told: column b added: bigint"}
	w.want(told...)
	w.wantColumns("t", "a bigint")
	w.want("n unchanged", "t unchanged", told[2], told[3])
	w.update(func(c *Crawler) { c.SchemaChange.Update = UpdateInDatabase })
	w.want("n unchanged", "t updated", "  type of column a: bigint -> double", "  column b added: bigint")
	w.want("n unchanged", "t unchanged")
}

// TestGone: what a crawler has made and has no files any more is treated by the
// policy.
func TestGone(t *testing.T) {
	files := map[string]string{"l/t/k=1/1.csv": ab, "l/t/k=2/1.csv": ab, "l/t/k=3/1.csv": ab, "l/u/1.csv": cde, "l/v/1.csv": ab}
	for _, c := range []struct {
		policy     DeleteBehavior
		want       []string
		partitions []string
		tables     string
		back       []string
	}{
		{DeleteDeprecate, []string{"t updated !2", "u deprecated", "  deprecated: its files are gone", "v unchanged"},
			[]string{"1 deprecated", "2", "3 deprecated"}, "t u v",
			[]string{"t updated ~2", "u updated", "  no longer deprecated", "v unchanged"}},
		{DeleteDrop, []string{"t updated -2", "u deleted", "  dropped: its files are gone", "v unchanged"}, []string{"2"}, "t v",
			[]string{"t updated +2", "u added", "v unchanged"}},
		{DeleteLog, []string{"t unchanged", "  only told: 2 partitions without files", "u unchanged", "  only told: its files are gone", "v unchanged"},
			[]string{"1", "2", "3"}, "t u v", []string{"t unchanged", "u unchanged", "v unchanged"}},
	} {
		w := newWorld(t).put(files)
		w.create(func(cr *Crawler) { cr.SchemaChange.Delete = c.policy })
		w.want("t added +3", "u added", "v added")
		w.remove("l/t/k=1/1.csv", "l/t/k=3/1.csv", "l/u/1.csv")
		w.put(map[string]string{"l/t/k=3/_SUCCESS": "x", "l/t/k=1/empty.csv": ""})
		w.want(c.want...)
		w.wantPartitions("t", c.partitions...)
		if c.policy != DeleteLog {
			second := slices.DeleteFunc(slices.Clone(c.want), func(l string) bool { return strings.HasPrefix(l, " ") || strings.Contains(l, "deleted") })
			for i := range second {
				name, _, _ := strings.Cut(second[i], " ")
				second[i] = name + " unchanged"
			}
			w.want(second...)
		}
		var names []string
		tables, err := w.cat.Tables(w.ctx, "d")
		w.ok(err)
		for _, t := range tables {
			names = append(names, t.Name)
		}
		if got := strings.Join(names, " "); got != c.tables {
			t.Errorf("%s: tables %s, want %s", c.policy, got, c.tables)
		}
		w.put(files)
		w.want(c.back...)
		w.wantPartitions("t", "1", "2", "3")
		if p := w.table("u").Parameters[paramDeprecated]; p != "" {
			t.Errorf("%s: u is still deprecated", c.policy)
		}
	}
}

// TestNotGone: what cannot be listed, is excluded now, lies elsewhere or was
// made by another crawler is not gone.
func TestNotGone(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab, "l/t/k=2/1.csv": ab, "l/u/1.csv": cde, "m/x/1.csv": ab})
	w.create(func(c *Crawler) {
		c.SchemaChange.Delete = DeleteDrop
		c.Targets = append(c.Targets, crawl.Target{Location: "memory://lake/m"})
	})
	w.want("t added +2", "u added", "x added")
	w.mem.FailWith(func(op, key string) error {
		if op == "list" && (strings.HasPrefix(key, "l/u") || strings.HasPrefix(key, "l/t/k=1") || key == "l/" || key == "l") {
			return fault.New(fault.CodeInsufficientPriv, "no")
		}
		return nil
	})
	got := w.run()
	for _, line := range got {
		if strings.Contains(line, "deleted") || strings.Contains(line, " -1") || strings.Contains(line, "deprecated") {
			t.Errorf("listing refused: %q", got)
		}
	}
	w.mem.FailWith(nil)
	w.update(func(c *Crawler) { c.Targets[0].Exclusions = []string{"u/**", "t/k=1/**"} })
	for _, line := range w.run() {
		if strings.Contains(line, "deleted") || strings.Contains(line, " -1") {
			t.Errorf("excluded: %q", line)
		}
	}
	w.update(func(c *Crawler) { c.Targets = c.Targets[1:] })
	w.remove("l/u/1.csv")
	w.want("x unchanged")
	w.table("u")
	_, err := w.s.Create(w.ctx, &Crawler{Name: "other", Database: "d", Targets: []crawl.Target{{Location: "memory://lake/l"}},
		SchemaChange: SchemaChange{Delete: DeleteDrop}})
	w.ok(err)
	_, err = w.s.Run(w.ctx, "other", RunOptions{})
	w.ok(err)
	w.table("u")
}

// TestMergeNewColumns only adds; tables whose files are written otherwise are
// deprecated with Glue's words.
func TestMergeNewColumns(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.json": `{"a":1,"s":{"x":1}}`, "l/u/k=1/1.csv": ab})
	w.create(func(c *Crawler) {
		c.Configuration = `{"Version":1.0,"CrawlerOutput":{"Tables":{"AddOrUpdateBehavior":"MergeNewColumns"}}}`
	})
	w.want("t added", "u added +1")
	w.put(map[string]string{"l/t/1.json": `{"a":"x","b":1,"s":{"y":2}}`})
	w.want("t updated", "  type of column s: row(x bigint) -> row(x bigint, y bigint)", "  column b added: bigint", "u unchanged")
	w.wantColumns("t", "a bigint, s row(x bigint, y bigint), b bigint")
	w.put(map[string]string{"l/u/k=1/1.csv": "a;b\n1;x\n2;y\n", "l/u/k=2/1.csv": "a;b\n1;x\n2;y\n"})
	note := "  note: Cannot merge new columns into the table u as defined in the Data Catalog because the parameter 'delimiter' has changed. " +
		"The existing value is ',', and the crawled value is ';'. Either remove the table or resolve the inconsistent parameter value."
	w.want("t unchanged", "u deprecated", "  deprecated: its files are written otherwise now", note)
	w.want("t unchanged", "u unchanged", note)
	w.wantPartitions("u", "1")
	w.edit("u", func(t *catalog.Table) { delete(t.Parameters, "delimiter") }) // a missing one has not changed
	w.want("t unchanged", "u updated +1", "  no longer deprecated", "  conflict: property delimiter: , -> ;, kept ")
	w.wantPartitions("u", "1", "2")
}

func TestThreshold(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab, "l/u/1.csv": ab, "l/v/1.csv": ab})
	w.create(func(c *Crawler) { c.Configuration = `{"Version":1.0,"CrawlerOutput":{"Tables":{"TableThreshold":2}}}` })
	r, err := w.s.Run(w.ctx, "c", RunOptions{})
	if err == nil || r.State != RunFailed || r.Error == "" || r.Code == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	if ts, err := w.cat.Tables(w.ctx, "d"); err == nil && len(ts) > 0 {
		t.Errorf("%d tables were written", len(ts))
	}
}

// TestNewFolders looks into new folders alone.
func TestNewFolders(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab, "l/t/k=2/1.csv": ab})
	w.create(func(c *Crawler) { c.Recrawl = CrawlNewFolders })
	w.want("t added +2")
	w.put(map[string]string{"l/t/k=2/2.csv": "a,b,c\n1.5,x,y\n", "l/t/k=3/1.csv": ab})
	w.want("t updated +1")
	w.wantColumns("t", "a bigint, b varchar")
	w.remove("l/t/k=1/1.csv")
	w.want("t unchanged")
	w.wantPartitions("t", "1", "2", "3")
}

// TestDrift: what differs in files is stored with the table, and goes with it.
func TestDrift(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.json": `{"a":1,"b":"x"}`, "l/t/2.json": `{"a":2.5}`})
	w.create(nil)
	w.want("t added")
	want := []crawl.Drift{
		{File: "memory://lake/l/t/1.json", Column: "a", Declared: "double", Found: "bigint", Action: crawl.DriftWiden},
		{File: "memory://lake/l/t/2.json", Column: "b", Declared: "varchar", Action: crawl.DriftNull},
	}
	id := w.table("t").ID
	got, err := DriftOf(w.ctx, w.cat, id)
	w.ok(err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	w.put(map[string]string{"l/t/1.json": `{"a":1.5,"b":"x"}`, "l/t/2.json": `{"a":2.5,"b":"y"}`})
	w.want("t unchanged")
	if got, err = DriftOf(w.ctx, w.cat, id); err != nil || len(got) > 0 {
		t.Errorf("%v, %v", got, err)
	}
	w.put(map[string]string{"l/t/2.json": `{"a":2.5}`})
	w.want("t unchanged")
	w.ok(w.cat.DropTable(w.ctx, "d", "t"))
	if got, err = DriftOf(w.ctx, w.cat, id); err != nil || len(got) > 0 {
		t.Errorf("after the drop: %v, %v", got, err)
	}
	w.want("t added")
}

// TestDryRun tells everything and writes nothing.
func TestDryRun(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab, "l/u/1.csv": cde})
	once := Once{Targets: []crawl.Target{{Location: "memory://lake/l"}}, Database: "D", DryRun: true}
	r, err := w.s.Crawl(w.ctx, once)
	w.ok(err)
	if diff := cmp.Diff([]string{"t added +1", "u added"}, show(r)); diff != "" {
		t.Error(diff)
	}
	if len(r.Trees) != 1 || len(r.Tables[0].PartitionChanges) != 1 || r.Tables[0].PartitionChanges[0] != "+ 1" {
		t.Errorf("%+v", r)
	}
	if dbs, err := w.cat.Databases(w.ctx); err != nil || len(dbs) > 0 {
		t.Errorf("%d databases, %v", len(dbs), err)
	}
	once.DryRun = false
	r, err = w.s.Crawl(w.ctx, once)
	w.ok(err)
	if diff := cmp.Diff([]string{"t added +1", "u added"}, show(r)); diff != "" {
		t.Error(diff)
	}
	if got := w.table("t").Parameters[paramMaker]; got != "glaux" {
		t.Errorf("made by %q", got)
	}
	version := w.table("t").Version
	w.put(map[string]string{"l/t/k=2/1.csv": "a,b,c\n1,x,y\n"})
	once.DryRun = true
	r, err = w.s.Crawl(w.ctx, once)
	w.ok(err)
	if diff := cmp.Diff([]string{"t updated +1", "  column c added: varchar", "u unchanged"}, show(r)); diff != "" {
		t.Error(diff)
	}
	if w.table("t").Version != version || len(w.partitions("t")) != 1 {
		t.Error("a dry run wrote to the catalog")
	}
}

// TestNames: names that are taken get the folder above, or a hash.
func TestNames(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/T/1.csv": ab, "l/t/1.csv": ab, "l/t-/1.csv": ab, "l/t_/1.csv": ab})
	w.create(nil)
	w.want("l_t added", "l_t_ added", "t added", "t_ added")
	w.want("l_t unchanged", "l_t_ unchanged", "t unchanged", "t_ unchanged")
	taken := map[string]bool{"p_t": true, "p_up_t": true}
	if got := freeName("p_", "t", "up", "x", taken); got == "p_t" || got != freeName("p_", "t", "up", "x", taken) || !strings.HasPrefix(got, "p_t_") {
		t.Error(got)
	}
	taken[freeName("p_", "t", "up", "x", taken)] = true
	if got := freeName("p_", "t", "up", "x", taken); !strings.HasSuffix(got, "_2") {
		t.Error(got)
	}
	for in, want := range map[string]string{"A b.C": "a_b_c", "ÄÖ1": "äö1", "--": "table", "": "table", "_": "table"} {
		if got := crawl.TableName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestOnDemand: tables that make their partitions themselves get none.
func TestOnDemand(t *testing.T) {
	for _, p := range [][2]string{{"projection.enabled", "true"}, {"partition.discovery", "auto"}} {
		w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab})
		w.create(nil)
		w.want("t added +1")
		w.edit("t", func(t *catalog.Table) { t.Parameters[p[0]] = p[1] })
		w.put(map[string]string{"l/t/k=2/1.csv": ab})
		got := w.run()
		if len(got) != 2 || got[0] != "t unchanged" || !strings.Contains(got[1], p[0]) {
			t.Errorf("%q", got)
		}
		w.wantPartitions("t", "1")
	}
}

// TestOwnFormat: partitions whose files are of another format are described on
// their own, unless they shall inherit.
func TestOwnFormat(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.json": `{"a":1,"b":"x"}`, "l/t/k=2/1.json": `{"a":1,"b":"x"}`, "l/t/k=3/1.csv": ab})
	w.create(nil)
	w.want("t added +3")
	w.wantPartitions("t", "1", "2", "3 own csv")
	w.remove("l/t/k=3/1.csv", "l/t/k=2/1.json")
	w.put(map[string]string{"l/t/k=3/1.json": `{"a":1,"b":"x"}`, "l/t/k=2/1.csv": ab, "l/t/k=4/1.json": `{"a":1,"b":"x"}`})
	w.want("t updated +1 ~2")
	w.wantPartitions("t", "1", "2 own csv", "3", "4")
	w.update(func(c *Crawler) {
		c.Configuration = `{"Version":1.0,"CrawlerOutput":{"Partitions":{"AddOrUpdateBehavior":"InheritFromTable"}}}`
	})
	w.want("t updated ~1")
	w.wantPartitions("t", "1", "2", "3", "4")
}

// TestBadValues: partitions whose values do not fit a person's key types are
// left out and told of.
func TestBadValues(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab})
	w.create(nil)
	w.want("t added +1")
	w.edit("t", func(t *catalog.Table) { t.PartitionKeys[0].Type = types.TSmallInt })
	w.put(map[string]string{"l/t/k=soon/1.csv": ab, "l/t/k=2/1.csv": ab})
	w.want("t updated +1", "  conflict: type of partition key k: integer -> varchar, kept smallint",
		`  note: partition soon of table t was left out: invalid smallint "soon"`)
	w.wantPartitions("t", "1", "2")
}

// TestSameValue: 01 and 1 of an integer key are one partition.
func TestSameValue(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/m=01/1.csv": ab, "l/t/m=12/1.csv": ab})
	w.create(nil)
	w.want("t added +2")
	tab := w.table("t")
	_, err := w.cat.AddPartitions(w.ctx, tab, []catalog.Partition{{Values: []string{"3"}, Location: "memory://lake/l/t/m=03/"}}, true)
	w.ok(err)
	w.put(map[string]string{"l/t/m=03/1.csv": ab})
	w.want("t unchanged")
	w.wantPartitions("t", "01", "12", "3")
}

// TestManyPartitions exercises the index of partitions against the obvious way.
func TestManyPartitions(t *testing.T) {
	w := newWorld(t)
	for i := range 300 {
		w.put(map[string]string{fmt.Sprintf("l/t/a=%d/b=x%d/1.csv", i%20, i): ab})
	}
	w.create(nil)
	w.want("t added +300")
	for i := range 100 {
		w.put(map[string]string{fmt.Sprintf("l/t/a=%d/b=y%d/1.csv", i%20, i): ab})
	}
	w.want("t updated +100")
	w.want("t unchanged")
	for i := range 50 {
		w.remove(fmt.Sprintf("l/t/a=%d/b=y%d/1.csv", i%20, i))
	}
	w.want("t updated !50")
	if got := len(w.partitions("t")); got != 400 {
		t.Errorf("%d partitions", got)
	}
}

// TestFileTables: a table that is one file is gone with it, and not before,
// whatever the folders above are called.
func TestFileTables(t *testing.T) {
	w := newWorld(t).put(map[string]string{"_l/orders.csv": ab, "_l/items.csv": cde})
	w.create(func(c *Crawler) {
		c.Targets[0].Location = "memory://lake/_l"
		c.SchemaChange.Delete = DeleteDrop
	})
	w.want("items added", "orders added")
	w.update(func(c *Crawler) { c.Targets[0].Exclusions = []string{"items.csv"} })
	w.put(map[string]string{"_l/orders.csv": ab + "5,z\n"})
	got := w.run()
	if strings.Contains(strings.Join(got, "\n"), "deleted") {
		t.Errorf("%q", got)
	}
	w.update(func(c *Crawler) { c.Targets[0].Exclusions = nil })
	w.run()
	w.remove("_l/items.csv")
	got = w.run()
	if !slices.Contains(got, "items deleted") {
		t.Errorf("%q", got)
	}
}

// TestUnknownType: a column of a type that only Glue has stays as it is.
func TestUnknownType(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.json": `{"a":1,"b":2}`})
	w.create(nil)
	w.want("t added")
	w.edit("t", func(t *catalog.Table) {
		t.Columns[0].Type, t.Columns[0].HiveType = types.TUnknown, "uniontype<int,string>"
	})
	w.put(map[string]string{"l/t/1.json": `{"a":1.5,"b":2,"c":3}`})
	w.want("t updated", "  column c added: bigint", "  conflict: type of column a: bigint -> double, kept uniontype<int,string>")
	if got := w.table("t").Columns[0].HiveType; got != "uniontype<int,string>" {
		t.Error(got)
	}
}
