package crawler

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/store"
)

// world is a memory lake with a catalog, a service, and a clock that stands
// still until it is moved.
type world struct {
	*testing.T
	ctx context.Context
	mem *store.Memory
	cat *meta.Store
	s   *Service
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, ctx: context.Background(), mem: store.NewMemory("lake"), now: time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)}
	reg, err := store.NewRegistry(store.Config{})
	w.ok(err)
	w.ok(reg.Mount("memory://lake", w.mem))
	w.cat, err = meta.Open(w.ctx, meta.Memory)
	w.ok(err)
	w.s = New(Options{Catalog: w.cat, Stores: reg, Formats: formats.NewRegistry(parquet.Format{}, json.Format{}, csv.Format{}),
		Now: func() time.Time { return w.now }})
	t.Cleanup(func() {
		w.s.Close()
		w.cat.Close()
	})
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) put(files map[string]string) *world {
	for k, v := range files {
		w.mem.Set(k, []byte(v))
	}
	return w
}

func (w *world) remove(keys ...string) {
	w.Helper()
	w.ok(w.mem.Delete(w.ctx, keys...))
}

// create makes the crawler "c" over memory://lake/l into database d.
func (w *world) create(change func(*Crawler)) *Crawler {
	w.Helper()
	c := &Crawler{Name: "c", Database: "d", Targets: []crawl.Target{{Location: "memory://lake/l"}}}
	if change != nil {
		change(c)
	}
	c, err := w.s.Create(w.ctx, c)
	w.ok(err)
	return c
}

func (w *world) update(change func(*Crawler)) {
	w.Helper()
	_, err := w.s.Update(w.ctx, "c", func(c *Crawler) error { change(c); return nil })
	w.ok(err)
}

// run runs the crawler "c" a minute later and gives its report in lines.
func (w *world) run() []string {
	w.Helper()
	w.now = w.now.Add(time.Minute)
	r, err := w.s.Run(w.ctx, "c", RunOptions{})
	w.ok(err)
	return show(r.Report)
}

func (w *world) want(want ...string) {
	w.Helper()
	if diff := cmp.Diff(want, w.run()); diff != "" {
		w.Error(diff)
	}
}

// show prints a report: a line for each table, and what there is to say of it.
func show(r *Report) []string {
	var out []string
	for _, t := range r.Tables {
		line := fmt.Sprintf("%s %s", t.Table, t.Action)
		for _, p := range []struct {
			n    int
			what string
		}{{t.Partitions.Added, "+"}, {t.Partitions.Updated, "~"}, {t.Partitions.Deprecated, "!"}, {t.Partitions.Deleted, "-"}} {
			if p.n > 0 {
				line += fmt.Sprintf(" %s%d", p.what, p.n)
			}
		}
		out = append(out, line)
		if t.Action != Added {
			for _, c := range t.Changes {
				out = append(out, "  "+c)
			}
		}
		for _, c := range t.Conflicts {
			out = append(out, fmt.Sprintf("  conflict: %s: %s -> %s, kept %s", c.What, c.Before, c.Found, c.Kept))
		}
		for _, l := range t.Logged {
			out = append(out, "  only told: "+l)
		}
		for _, n := range t.Notes {
			out = append(out, "  note: "+n)
		}
	}
	return out
}

func (w *world) table(name string) *catalog.Table {
	w.Helper()
	t, err := w.cat.Table(w.ctx, "d", name)
	w.ok(err)
	return t
}

// edit changes a table as a person does.
func (w *world) edit(name string, change func(*catalog.Table)) {
	w.Helper()
	t := *w.table(name)
	t.Parameters = clone(t.Parameters)
	t.Storage.SerDeParams = clone(t.Storage.SerDeParams)
	t.Columns = slices.Clone(t.Columns)
	t.PartitionKeys = slices.Clone(t.PartitionKeys)
	change(&t)
	_, err := w.cat.UpdateTable(w.ctx, &t)
	w.ok(err)
}

func (w *world) wantColumns(table, want string) {
	w.Helper()
	t := w.table(table)
	if got := columnText(t.Columns); got != want {
		w.Errorf("columns of %s:\n%s, want\n%s", table, got, want)
	}
}

func columnText(cols []catalog.Column) string {
	var out []string
	for _, c := range cols {
		text := c.Name + " " + typeText(c)
		if c.Comment != "" {
			text += " '" + c.Comment + "'"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// partitions gives the partitions of a table, with their marks.
func (w *world) partitions(table string) []string {
	w.Helper()
	ps, err := w.cat.PartitionsAfter(w.ctx, w.table(table), nil, 1000)
	w.ok(err)
	var out []string
	for _, p := range ps {
		line := strings.Join(p.Values, "/")
		if p.Parameters[paramDeprecated] != "" {
			line += " deprecated"
		}
		if p.Format != "" || p.Descriptor != nil {
			line += " own " + p.Format
		}
		out = append(out, line)
	}
	return out
}

func (w *world) wantPartitions(table string, want ...string) {
	w.Helper()
	if diff := cmp.Diff(want, w.partitions(table)); diff != "" {
		w.Errorf("partitions of %s: %s", table, diff)
	}
}

const (
	ab  = "a,b\n1,x\n2,y\n"
	ab2 = "a,b\n3,z\n"
	cde = "c,d,e\n1.5,x,2024-01-01\n"
)
