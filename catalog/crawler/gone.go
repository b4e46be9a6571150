package crawler

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/formats/store"
)

// goneTables deals with the tables that this crawler has made and that have no
// files any more.
func (j *job) goneTables(ctx context.Context, tables []*catalog.Table, seen map[int64]bool) error {
	if j.crawler.Recrawl == CrawlNewFolders {
		return nil
	}
	for _, t := range tables {
		if seen[t.ID] || t.Kind == catalog.VirtualView || t.Parameters[paramMaker] != j.maker || !j.within(t.Storage.Location) {
			continue
		}
		gone, err := j.gone(ctx, t.Storage.Location)
		if err != nil {
			return err
		}
		if !gone {
			continue
		}
		if err := j.bringGone(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// bringGone does with a table without files what the policy says.
func (j *job) bringGone(ctx context.Context, t *catalog.Table) error {
	for try := 0; ; try++ {
		st := &step{report: j.reportOf(&crawl.Found{}, t, Unchanged)}
		const why = "its files are gone"
		_, marked := t.Parameters[paramDeprecated]
		switch {
		case j.delete == DeleteLog:
			st.report.Logged = []string{why}
		case j.delete == DeleteDrop:
			st.drop = t
			st.report.Action, st.report.Changes = Deleted, []string{"dropped: " + why}
		case !marked:
			n := *t
			n.Parameters = clone(t.Parameters)
			n.Parameters[paramDeprecated] = j.millis()
			st.report.Action, st.report.Changes = Deprecated, []string{"deprecated: " + why}
			st.change = &catalog.Change{Table: &n, Define: true}
			b, err := readBase(ctx, j.cat, t.ID)
			if err != nil {
				return err
			}
			if b != nil { // the files may come back as they were
				b.Fingerprint = ""
				if err := j.keep(st, b); err != nil {
					return err
				}
			}
		}
		err := j.perform(ctx, st)
		if !fault.Is(err, fault.CodeObjectNotReady) || try >= maxTries {
			return err
		}
		if t, err = j.again(ctx, t); err != nil || t == nil {
			return err
		}
	}
}

// parallelLooks is how many locations are looked at at once.
const parallelLooks = 16

// gone reports whether a location has no files. What cannot be listed, or could
// not be listed by the crawl, is not gone.
func (j *job) gone(ctx context.Context, location string) (bool, error) {
	if j.unlisted(location) {
		return false, nil
	}
	s, key, err := j.stores.Open(location)
	if err != nil {
		return false, nil // not allowed to look
	}
	ctx = store.WithReadKind(ctx, store.ReadList)
	folder := store.Folder(key)
	for o, err := range store.Under(ctx, s, key) {
		if err != nil {
			return fault.Is(err, fault.CodeUndefinedFile), ctx.Err()
		}
		rel, in := strings.CutPrefix(o.Key, folder)
		if o.Size > 0 && (!in || !lake.Hidden(rel)) { // not in the folder: the location is a file
			return false, nil
		}
	}
	return true, ctx.Err()
}

// unlisted reports whether the crawl could not list a location, what lies in
// it, or what it lies in.
func (j *job) unlisted(location string) bool {
	return slices.ContainsFunc(j.findings.Unlisted, func(u string) bool { return below(location, u) || below(u, location) })
}

// gonePartitions deals with the partitions of a table that were not found: it
// looks whether they have files, and does what the policy says. Found ones that
// were marked lose the mark.
func (j *job) gonePartitions(ctx context.Context, st *step, t *catalog.Table, before *catalog.Partitions, found []int, b *base) error {
	if j.crawler.Recrawl == CrawlNewFolders || t.Parameters[paramMaker] != j.maker {
		return nil
	}
	here := make([]bool, before.N)
	for _, row := range found {
		if row >= 0 {
			here[row] = true
		}
	}
	var missing []int
	for i := range here {
		if !here[i] && j.within(before.Location(i)) {
			missing = append(missing, i)
		}
	}
	gone, err := j.goneOf(ctx, before, missing)
	if err != nil {
		return err
	}
	return j.planGone(ctx, st, t, before, here, gone, b)
}

// goneOf gives those of some partitions that have no files.
func (j *job) goneOf(ctx context.Context, ps *catalog.Partitions, rows []int) ([]int, error) {
	is := make([]bool, len(rows))
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(parallelLooks)
	for i, row := range rows {
		if each.Err() != nil {
			break
		}
		g.Go(func() (err error) {
			is[i], err = j.gone(each, ps.Location(row))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var out []int
	for i, row := range rows {
		if is[i] {
			out = append(out, row)
		}
	}
	return out, ctx.Err()
}

// planGone plans what happens to the partitions that are gone, and to those
// that were marked and are back. b then has those that are marked.
func (j *job) planGone(ctx context.Context, st *step, t *catalog.Table, ps *catalog.Partitions, here []bool, gone []int, b *base) error {
	marked := newTextSet(b.Deprecated)
	var drop, mark, unmark [][]string
	isGone := make(map[int]bool, len(gone))
	for _, row := range gone {
		isGone[row] = true
		values := partition.Texts(ps, row)
		switch {
		case j.delete == DeleteDrop:
			drop = append(drop, values)
		case j.delete == DeleteDeprecate && !marked.has(values):
			mark = append(mark, values)
		}
	}
	if j.delete == DeleteLog && len(gone) > 0 {
		st.report.Logged = append(st.report.Logged, fmt.Sprintf("%d partitions without files", len(gone)))
	}
	b.Deprecated = nil
	for row := range here {
		if len(marked) == 0 {
			break
		}
		values := partition.Texts(ps, row)
		switch {
		case !marked.has(values):
		case here[row]:
			unmark = append(unmark, values)
		case !isGone[row] || j.delete != DeleteDrop:
			b.Deprecated = append(b.Deprecated, values)
		}
	}
	b.Deprecated = append(b.Deprecated, mark...)
	return j.changeGone(ctx, st, t, drop, mark, unmark)
}

// changeGone plans to drop partitions, to mark some, and to take the mark from
// others.
func (j *job) changeGone(ctx context.Context, st *step, t *catalog.Table, drop, mark, unmark [][]string) error {
	st.change.Drop, st.change.DropExact = append(st.change.Drop, drop...), true
	for _, c := range []struct {
		what   string
		values [][]string
		count  *int
		alter  func(*catalog.Partition) // nil: dropped
	}{
		{"-", drop, &st.report.Partitions.Deleted, nil},
		{"deprecated", mark, &st.report.Partitions.Deprecated, func(p *catalog.Partition) { p.Parameters[paramDeprecated] = j.millis() }},
		{"no longer deprecated", unmark, &st.report.Partitions.Updated, func(p *catalog.Partition) { delete(p.Parameters, paramDeprecated) }},
	} {
		st.name(c.what, len(c.values), func(i int) []string { return c.values[i] })
		*c.count += len(c.values)
		if c.alter == nil {
			continue
		}
		for _, values := range c.values {
			if err := j.alter(ctx, st, t, values, c.alter); err != nil {
				return err
			}
		}
	}
	return nil
}

// millis is now, as Glue's crawlers mark with it.
func (j *job) millis() string { return strconv.FormatInt(j.stamp().UnixMilli(), 10) }
