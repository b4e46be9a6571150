package crawl

import (
	"context"
	"log/slog"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
)

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

// crawler writes what was found.
type crawler struct {
	Options
	store  store.Store
	taken  map[string]bool // names of tables and views
	report *Report
	warn   warnings
}

// Crawl looks through a location and registers what it finds. Files that cannot
// be read or recognized are warnings; a location that cannot be listed, and a
// catalog that cannot be written, are errors.
func Crawl(ctx context.Context, o Options) (*Report, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Database == "" {
		return nil, fault.New(fault.CodeInvalidParameter, "a crawl needs a database for its tables")
	}
	if _, _, err := o.Stores.Open(o.Location); err != nil {
		return nil, err
	}
	c := &crawler{Options: o, taken: map[string]bool{}, report: &Report{Location: o.Location}}
	known, err := c.readCatalog(ctx)
	if err != nil {
		return nil, err
	}
	o.Targets, o.Known = []Target{{Location: o.Location}}, known
	found, err := Find(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := c.register(ctx, found); err != nil {
		return nil, err
	}
	c.warn.all = append(c.warn.all, found.loud...)
	c.report.Warnings = c.warn.list()
	return c.report, nil
}

// readCatalog makes the database if it is missing and reads its tables.
func (c *crawler) readCatalog(ctx context.Context) ([]Known, error) {
	_, err := c.Catalog.Database(ctx, c.Database)
	if fault.Is(err, fault.CodeInvalidSchemaName) {
		_, err = c.Catalog.CreateDatabase(ctx, &catalog.Database{Name: c.Database})
		if fault.Is(err, fault.CodeDuplicateSchema) { // another crawl was faster
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	tables, err := c.Catalog.Tables(ctx, c.Database)
	if err != nil {
		return nil, err
	}
	var known []Known
	for _, t := range tables {
		c.taken[t.Name] = true
		known = append(known, Known{Table: t})
	}
	return known, nil
}
