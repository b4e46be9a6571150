package crawler

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
)

// TestUnclassified: a table that Hive DDL made has no classification; its SerDe
// says what it reads.
func TestUnclassified(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab, "l/j/k=1/1.json": `{"a":1}`})
	_, err := w.cat.CreateDatabase(w.ctx, &catalog.Database{Name: "d"})
	w.ok(err)
	for _, name := range []string{"t", "j"} {
		_, err = w.cat.CreateTable(w.ctx, &catalog.Table{Database: "d", Name: name, Columns: []catalog.Column{{Name: "x", Type: types.TVarchar}},
			PartitionKeys: []catalog.Column{{Name: "k", Type: types.TVarchar}},
			Storage:       catalog.Storage{Location: "memory://lake/l/" + name, SerDe: lake.LazySimpleSerDe}})
		w.ok(err)
	}
	w.create(nil)
	want := []string{"j unchanged", "  note: table j is csv, but its files are json now; it was left as it is",
		"t updated +1", "  column b added: varchar"}
	w.want(want...)
	w.want("j unchanged", want[1], "t unchanged")
}

// TestOtherSerDe: where a person chose another SerDe, partitions still come.
func TestOtherSerDe(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab})
	w.create(nil)
	w.want("t added +1")
	w.edit("t", func(t *catalog.Table) {
		t.Format, t.Storage.SerDe = "mine", lake.GrokSerDe
		t.Storage.SerDeParams = map[string]string{"input.format": "%{WORD:a},%{WORD:b}"}
	})
	edited := w.table("t").Storage
	w.put(map[string]string{"l/t/k=2/1.csv": ab})
	w.want("t updated +1")
	if diff := cmp.Diff(edited, w.table("t").Storage); diff != "" {
		t.Error(diff)
	}
	w.want("t unchanged")
}

// TestNewFormat: the table of a crawler follows its files into another format.
func TestNewFormat(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	w.create(nil)
	w.want("t added")
	w.remove("l/t/1.csv")
	w.put(map[string]string{"l/t/1.json": `{"a":1,"b":"x"}`})
	got := w.run()
	tab := w.table("t")
	if got[0] != "t updated" || tab.Format != "json" || tab.Storage.SerDe != lake.OpenXJSONSerDe || tab.Parameters["classification"] != "json" ||
		tab.Parameters["delimiter"] != "" || tab.Storage.SerDeParams["paths"] != "a,b" {
		t.Errorf("%q, %+v", got, tab)
	}
	w.want("t unchanged")
}

// TestLogAndMerge: with LOG nothing is written, not even that a table is
// deprecated.
func TestLogAndMerge(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	w.create(func(c *Crawler) {
		c.SchemaChange.Update = UpdateLog
		c.Configuration = `{"Version":1.0,"CrawlerOutput":{"Tables":{"AddOrUpdateBehavior":"MergeNewColumns"}}}`
	})
	w.want("t added")
	w.put(map[string]string{"l/t/1.csv": "a;b\n1;x\n2;y\n"})
	for range 2 {
		got := w.run()
		if len(got) != 3 || got[0] != "t unchanged" || got[1] != "  only told: deprecated: its files are written otherwise now" {
			t.Errorf("%q", got)
		}
	}
	if w.table("t").Parameters[paramDeprecated] != "" {
		t.Error("the table was marked")
	}
}

// TestTwoTablesAtOnePlace: the one that a crawl made counts.
func TestTwoTablesAtOnePlace(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab})
	w.create(nil)
	w.want("t added +1")
	other := *w.table("t")
	other.ID, other.Name, other.Parameters = 0, "a_copy", nil
	_, err := w.cat.CreateTable(w.ctx, &other)
	w.ok(err)
	w.put(map[string]string{"l/t/k=2/1.csv": ab})
	w.now = w.now.Add(1e9)
	r, err := w.s.Run(w.ctx, "c", RunOptions{})
	w.ok(err)
	if diff := cmp.Diff([]string{"t updated +1"}, show(r.Report)); diff != "" {
		t.Error(diff)
	}
	if len(r.Report.Notes) == 0 || !strings.Contains(strings.Join(r.Report.Notes, "\n"),
		"Multiple tables are found under location memory://lake/l/t/. Table a_copy is skipped.") {
		t.Errorf("%q", r.Report.Notes)
	}
}

// TestFaults: what keeps a crawl from finding anything fails its run, with the
// reason in the record.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		location string
		fail     func(op, key string) error
		code     fault.Code
	}{
		"not allowed": {"/not/allowed", nil, fault.CodeInsufficientPriv},
		"no listing": {"memory://lake/l", func(op, key string) error {
			if op == "list" {
				return fault.New(fault.CodeIO, "boom")
			}
			return nil
		}, fault.CodeIO},
	} {
		w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
		w.create(func(cr *Crawler) { cr.Targets[0].Location = c.location })
		w.mem.FailWith(c.fail)
		r, err := w.s.Run(w.ctx, "c", RunOptions{})
		if !fault.Is(err, c.code) || r == nil || r.State != RunFailed || r.Code != string(c.code) || r.Error == "" {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if got, err := w.s.Runs(w.ctx, "c", "", 0); err != nil || len(got) != 1 || got[0].State != RunFailed || got[0].Error != r.Error {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	if _, err := w.s.Crawl(w.ctx, Once{Database: "d"}); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Errorf("no target: %v", err)
	}
	if _, err := w.s.Crawl(w.ctx, At("memory://lake/l", "")); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Errorf("no database: %v", err)
	}
}

func TestProgress(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab, "l/t/k=2/1.csv": ab, "l/u/1.csv": cde})
	w.create(nil)
	var last Progress
	r, err := w.s.Run(w.ctx, "c", RunOptions{Progress: func(p Progress) { last = p }})
	w.ok(err)
	if want := (Progress{Listed: 3, Sampled: 3, Tables: 2, Partitions: 2}); last != want || r.Progress != want {
		t.Errorf("%+v, %+v, want %+v", last, r.Progress, want)
	}
}

// TestUnwritable: a table that the catalog does not take is left out, the
// others come.
func TestUnwritable(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab, "l/u/1.csv": ab})
	find := w.s.find
	w.create(nil)
	w.s.find = func(ctx context.Context, o crawl.Options) (*crawl.Findings, error) {
		f, err := find(ctx, o)
		if err == nil {
			f.Tables[0].Table.Columns = append(f.Tables[0].Table.Columns, f.Tables[0].Table.Columns[0])
		}
		return f, err
	}
	r, err := w.s.Run(w.ctx, "c", RunOptions{})
	w.ok(err)
	if diff := cmp.Diff([]string{"u added"}, show(r.Report)); diff != "" {
		t.Error(diff)
	}
	if len(r.Report.LeftOut) != 1 || !strings.Contains(r.Report.LeftOut[0].Why, "specified more than once") {
		t.Errorf("%+v", r.Report.LeftOut)
	}
}

// TestPanic: a bug fails its run and leaves the crawler usable.
func TestPanic(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	w.create(nil)
	find := w.s.find
	w.s.find = func(context.Context, crawl.Options) (*crawl.Findings, error) { panic("boom") }
	r, err := w.s.Run(w.ctx, "c", RunOptions{})
	if !fault.Is(err, fault.CodeInternal) || r.State != RunFailed || !strings.Contains(r.Error, "boom") {
		t.Errorf("%+v, %v", r, err)
	}
	w.s.find = find
	w.want("t added")
}
