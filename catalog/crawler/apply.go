package crawler

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/fault"
)

// existing are the tables of the catalog by where they lie.
type existing struct {
	byLocation map[string]*catalog.Table
	doubles    []string // notes on tables at the location of another
}

// apply brings the catalog up to date with the findings, table by table in the
// order of their locations, on which names depend.
func (j *job) apply(ctx context.Context) error {
	if !j.dry {
		if err := j.makeDatabase(ctx); err != nil {
			return err
		}
	}
	tables, err := j.tables(ctx)
	if err != nil {
		return err
	}
	at := j.index(tables)
	j.report.Notes = append(slices.Clone(j.report.Notes), at.doubles...)
	seen := map[int64]bool{}
	for _, f := range j.findings.Tables {
		t := at.byLocation[crawl.Normalize(f.Table.Storage.Location)]
		if t != nil {
			seen[t.ID] = true
		}
		if err := j.bring(ctx, f, t); err != nil {
			return err
		}
	}
	return j.goneTables(ctx, tables, seen)
}

// index finds tables by location. Where several have one, that of a crawl
// counts, and among equals the first by name.
func (j *job) index(tables []*catalog.Table) existing {
	at := existing{byLocation: map[string]*catalog.Table{}}
	j.taken = map[string]bool{}
	for _, t := range tables {
		j.taken[t.Name] = true
		if t.Kind == catalog.VirtualView {
			continue
		}
		location := crawl.Normalize(t.Storage.Location)
		if other := at.byLocation[location]; other != nil {
			skipped := t
			if other.Parameters[paramMaker] == "" && t.Parameters[paramMaker] != "" {
				skipped, at.byLocation[location] = other, t
			}
			if j.within(location) {
				at.doubles = append(at.doubles, fmt.Sprintf("Multiple tables are found under location %s. Table %s is skipped.",
					t.Storage.Location, skipped.Name))
			}
			continue
		}
		at.byLocation[location] = t
	}
	return at
}

func (j *job) makeDatabase(ctx context.Context) error {
	_, err := j.cat.Database(ctx, j.crawler.Database)
	if !fault.Is(err, fault.CodeInvalidSchemaName) {
		return err
	}
	_, err = j.cat.CreateDatabase(ctx, &catalog.Database{Name: j.crawler.Database})
	if fault.Is(err, fault.CodeDuplicateSchema) { // another was faster
		return nil
	}
	return err
}

// step is what happens to one table.
type step struct {
	report TableReport
	change *catalog.Change // nil: nothing is written
	drop   *catalog.Table  // to drop; nil: none

	altered map[string]int // change.Alter by values
}

// bring brings one table up to date. Where another writer was faster it looks
// again. What is wrong with the table alone leaves the table out.
func (j *job) bring(ctx context.Context, f *crawl.Found, t *catalog.Table) error {
	for try := 0; ; try++ {
		st, err := j.plan(ctx, f, t)
		if err == nil {
			err = j.perform(ctx, st)
		}
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return err
		case t != nil && fault.Is(err, fault.CodeObjectNotReady) && try < maxTries:
			if t, err = j.again(ctx, t); err != nil {
				return err
			}
			if t == nil { // dropped meanwhile: the next crawl decides
				return nil
			}
		case t == nil && fault.Is(err, fault.CodeDuplicateTable) && try < maxTries:
			j.taken[st.report.Table] = true
		case fault.As(err).Kind == fault.User:
			j.leaveOut(f, err)
			return nil
		default:
			return err
		}
	}
}

// leaveOut tells of a table that the catalog does not take.
func (j *job) leaveOut(f *crawl.Found, err error) {
	j.report.LeftOut = append(slices.Clone(j.report.LeftOut), crawl.LeftOut{Location: f.Table.Storage.Location,
		Why: "the catalog does not take table " + f.Table.Name + ": " + fault.As(err).Error(), Count: int(f.Files)})
}

// again reads a table that was changed; nil if it is gone.
func (j *job) again(ctx context.Context, t *catalog.Table) (*catalog.Table, error) {
	tables, err := j.tables(ctx)
	if err != nil {
		return nil, err
	}
	for _, now := range tables {
		if now.ID == t.ID {
			return now, nil
		}
	}
	return nil, nil
}

// perform writes a step, unless this is a dry run, and reports it.
func (j *job) perform(ctx context.Context, st *step) error {
	r := &st.report
	if !j.dry && st.drop != nil {
		if err := j.cat.DropTable(ctx, st.drop.Database, st.drop.Name); err != nil && !fault.Is(err, fault.CodeUndefinedTable) {
			return err
		}
	}
	if !j.dry && st.change != nil {
		done, err := j.cat.Apply(ctx, *st.change)
		if err != nil {
			return err
		}
		r.Partitions.Added = done.Added
	}
	if r.Action == Unchanged && r.Partitions != (PartitionCounts{}) {
		r.Action = Updated
	}
	if st.change != nil {
		j.taken[r.Table] = true
	}
	j.report.Tables = append(j.report.Tables, *r)
	j.report.Counts.count(r)
	j.done.Tables++
	j.done.Partitions += r.Partitions.Added
	j.progress(j.done)
	if r.Action != Unchanged {
		j.log.Info("crawled table", "database", r.Database, "table", r.Table, "action", string(r.Action),
			"partitions_added", r.Partitions.Added, "run_id", j.run)
	}
	return nil
}

// plan decides what happens to the table of a finding. t is the table that the
// catalog has there, nil for none.
func (j *job) plan(ctx context.Context, f *crawl.Found, t *catalog.Table) (*step, error) {
	switch {
	case t == nil && f.Unchanged: // it was dropped while the crawl was looking
		return &step{report: j.reportOf(f, f.Table, Unchanged)}, nil
	case t == nil:
		return j.planNew(f)
	case f.Unchanged:
		st := &step{report: j.reportOf(f, t, Unchanged)}
		st.report.Found = -1
		return st, nil
	}
	b, err := readBase(ctx, j.cat, t.ID)
	if err != nil {
		return nil, err
	}
	return j.planKnown(ctx, f, t, b)
}

func (j *job) reportOf(f *crawl.Found, t *catalog.Table, a Action) TableReport {
	r := TableReport{Database: j.crawler.Database, Table: t.Name, Location: t.Storage.Location, Format: t.Format, Action: a,
		Columns: len(t.Columns), Files: f.Files, Bytes: f.Bytes, Found: len(f.Partitions)}
	for _, k := range t.PartitionKeys {
		r.PartitionKeys = append(r.PartitionKeys, k.Name)
	}
	return r
}

// planNew makes a table.
func (j *job) planNew(f *crawl.Found) (*step, error) {
	t := j.described(f)
	t.Name = freeName(j.crawler.TablePrefix, f.Table.Name, f.Above, t.Storage.Location, j.taken)
	st := &step{report: j.reportOf(f, t, Added), change: &catalog.Change{Table: t, Define: true}}
	b := &base{Table: newBaseTable(t)}
	none := &catalog.Partitions{Keys: make([]catalog.KeyValues, len(t.PartitionKeys))}
	j.addPartitions(st, f, t, newPartitionIndex(t.PartitionKeys, t.PartitionKeys, none), b)
	for _, col := range t.Columns {
		st.report.Changes = append(st.report.Changes, "column "+col.Name+": "+typeText(col))
	}
	return st, j.remember(st, f, t, b)
}

// remember adds the documents of a table to its change.
func (j *job) remember(st *step, f *crawl.Found, t *catalog.Table, b *base) error {
	b.Crawler, b.Run, b.Settings = j.maker, j.run, j.settings
	if b.Fingerprint = f.Fingerprint; len(st.report.Logged) > 0 {
		b.Fingerprint = "" // it is to be told again until it is done
	}
	doc, err := b.document()
	if err != nil {
		return err
	}
	drifts := f.DriftFrom(t)
	drift, err := driftDocument(drifts)
	if err != nil {
		return err
	}
	st.report.Drift = len(drifts)
	st.change.Documents = append(st.change.Documents, doc, drift)
	return nil
}

// planKnown brings a table up to date by a merge.
func (j *job) planKnown(ctx context.Context, f *crawl.Found, t *catalog.Table, b *base) (*step, error) {
	if b == nil {
		b = &base{}
	}
	m := &merger{theirs: t, ours: j.described(f), made: t.Parameters[paramMaker] != "" || b.Table != nil,
		additive: j.conf.MergeNewColumns, files: f.Files, sampled: f.Sampled, stamp: j.millis()}
	if b.Table != nil {
		m.base = b.Table.table()
	}
	m.merge()
	st := &step{report: j.reportOf(f, t, Unchanged), change: &catalog.Change{Table: t}}
	st.report.Conflicts, st.report.Notes = m.conflicts, m.notes
	now, next := t, *b
	if j.crawler.SchemaChange.Update == UpdateLog {
		st.report.Logged = m.changes
	} else {
		now = st.takeOver(m)
		if m.next != nil {
			next.Table = newBaseTable(m.next)
		}
	}
	st.report.Columns, st.report.Format = len(now.Columns), now.Format
	if m.unreadable || m.apart { // left as it is, with its partitions, to be looked at again
		next.Fingerprint = ""
		return st, j.keep(st, &next)
	}
	if err := j.planPartitions(ctx, st, f, t, now, &next); err != nil {
		return nil, err
	}
	return st, j.remember(st, f, now, &next)
}

// takeOver writes what came of a merge, and gives the table as it will be.
func (st *step) takeOver(m *merger) *catalog.Table {
	if len(m.changes) == 0 && !m.refreshed {
		return m.theirs
	}
	st.change = &catalog.Change{Table: m.out, Define: true, SkipArchive: len(m.changes) == 0}
	if len(m.changes) > 0 {
		st.report.Action, st.report.Changes = Updated, m.changes
	}
	if m.unreadable && len(m.changes) > 0 {
		st.report.Action = Deprecated
	}
	return m.out
}

// keep writes what is remembered of a table that is left as it was.
func (j *job) keep(st *step, b *base) error {
	b.Crawler = cmp.Or(b.Crawler, j.maker)
	doc, err := b.document()
	st.change.Documents = append(st.change.Documents, doc)
	return err
}
