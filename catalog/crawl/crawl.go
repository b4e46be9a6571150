package crawl

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// DefaultSampleFiles is how many files of each table are looked into.
const DefaultSampleFiles = 16

// parallelSamples is how many files are looked into at once.
const parallelSamples = 16

// Options say what to crawl. Stores, Formats, Catalog, Location and Database
// are needed.
type Options struct {
	Stores      *store.Registry
	Formats     *formats.Registry
	Catalog     catalog.Catalog
	Location    string
	Database    string // made if it is missing
	TablePrefix string // before the name of each new table
	SampleFiles int    // per table; 0: DefaultSampleFiles
	Progress    func(Progress)
	Logger      *slog.Logger
}

// Progress counts what a crawl has done so far. Calls come from one goroutine
// at a time.
type Progress struct {
	Listed     int // files
	Sampled    int // files looked into
	Tables     int // tables registered or found unchanged
	Partitions int // partitions added
}

// Report is what a crawl did. Tables are ordered by name.
type Report struct {
	Location string
	Tables   []TableReport
	Warnings []string // what was left out, and why
}

// TableReport is one table of a Report.
type TableReport struct {
	Table           *catalog.Table // as it is in the catalog now
	Files           int
	Bytes           int64
	Partitions      int // found below the location
	PartitionsAdded int
	Created         bool
	Change          string // in words: "created", "columns changed", "12 partitions added", "unchanged"
}

// crawler is one run.
type crawler struct {
	Options
	store    store.Store
	existing map[string]*catalog.Table // by normalized location
	taken    map[string]bool           // names of tables and views
	report   *Report
	warn     warnings

	mu       sync.Mutex // guards progress and calls of Options.Progress
	progress Progress
}

// Crawl looks through a location and registers what it finds. Files that cannot
// be read or recognized are warnings; a location that cannot be listed, and a
// catalog that cannot be written, are errors.
func Crawl(ctx context.Context, o Options) (*Report, error) {
	if o.SampleFiles <= 0 {
		o.SampleFiles = DefaultSampleFiles
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Database == "" {
		return nil, fault.New(fault.CodeInvalidParameter, "a crawl needs a database for its tables")
	}
	c := &crawler{Options: o, report: &Report{Location: o.Location}}
	s, key, err := o.Stores.Open(o.Location)
	if err != nil {
		return nil, err
	}
	c.store = s
	if err := c.readCatalog(ctx); err != nil {
		return nil, err
	}
	root, err := readTree(ctx, s, key, func(n int) { c.step(func(p *Progress) { p.Listed = n }) })
	if err != nil {
		return nil, err
	}
	if root.name == "" {
		root.name = lastSegment(o.Location)
	}
	if root.total == 0 && len(root.kids) == 0 {
		c.warn.add("no files were found in %s", o.Location)
	}
	p := &planner{crawler: c}
	p.plan(root)
	if err := c.sampleAll(ctx, p.units); err != nil {
		return nil, err
	}
	d := &decider{crawler: c, units: p.units, odd: p.odd}
	candidates, err := d.candidates(ctx, root)
	if err != nil {
		return nil, err
	}
	if err := c.register(ctx, candidates); err != nil {
		return nil, err
	}
	c.report.Warnings = c.warn.list()
	return c.report, nil
}

// readCatalog makes the database if it is missing and reads its tables.
func (c *crawler) readCatalog(ctx context.Context) error {
	_, err := c.Catalog.Database(ctx, c.Database)
	if fault.Is(err, fault.CodeInvalidSchemaName) {
		_, err = c.Catalog.CreateDatabase(ctx, &catalog.Database{Name: c.Database})
		if fault.Is(err, fault.CodeDuplicateSchema) { // another crawl was faster
			err = nil
		}
	}
	if err != nil {
		return err
	}
	tables, err := c.Catalog.Tables(ctx, c.Database)
	if err != nil {
		return err
	}
	c.existing, c.taken = map[string]*catalog.Table{}, map[string]bool{}
	for _, t := range tables {
		c.taken[t.Name] = true
		if t.Kind != catalog.VirtualView {
			c.existing[normalize(t.Storage.Location)] = t
		}
	}
	return nil
}

// normalize makes locations comparable: with or without a slash at the end,
// s3a and s3n, file URLs and paths are the same.
func normalize(location string) string {
	for _, p := range []string{"s3a://", "s3n://"} {
		if rest, ok := strings.CutPrefix(location, p); ok {
			location = "s3://" + rest
		}
	}
	if rest, ok := strings.CutPrefix(location, "file://"); ok {
		location = rest
	}
	return strings.TrimRight(location, "/")
}

func (c *crawler) tableAt(location string) *catalog.Table { return c.existing[normalize(location)] }

// step changes the progress and shows it.
func (c *crawler) step(change func(*Progress)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.progress)
	if c.Progress != nil {
		c.Progress(c.progress)
	}
}

// sampleAll looks into the files of all units, some at a time. The results
// stand in the units in the order of the files.
func (c *crawler) sampleAll(ctx context.Context, units map[*node]*unit) error {
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(parallelSamples)
	for _, u := range units {
		u.samples = make([]*sample, len(u.files))
		for i, o := range u.files {
			if each.Err() != nil {
				break
			}
			g.Go(func() (err error) {
				u.samples[i], err = c.look(each, o)
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

func (c *crawler) look(ctx context.Context, o store.Info) (*sample, error) {
	m, err := look(ctx, c.Formats, c.store, o)
	c.step(func(p *Progress) { p.Sampled++ })
	return m, err
}
