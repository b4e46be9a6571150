// Package server puts the rooms of the house together: an Instance is a
// catalog, the stores it may read, the file formats, the engine and its
// governor, opened and closed as one. The command line, the benchmarks and the
// tests that need a whole Glaux all open one.
//
//	Config ── Open ──> Instance ── Crawl ──> tables
//	                      └─ Engine ── NewSession ──> SQL (server/pg serves it to clients)
package server

import (
	"context"
	"errors"
	"log/slog"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server/pgcatalog"
	"github.com/glauxdb/glaux/server/workgroup"
)

// Version is what the program calls itself.
const Version = "0.1.0"

// Config says what an Instance consists of.
type Config struct {
	DataDir    string         // directory of the catalog; meta.Memory for one that is not kept
	Locations  []string       // what may be read besides the locations that were crawled before
	S3         store.S3Config //
	Workgroups []workgroup.Setting
	Memory     int64 // bytes of all queries together; 0: the engine's choice
	Workers    int   // 0: one per core
	Logger     *slog.Logger
}

// Instance is a running Glaux without its network. Close it.
type Instance struct {
	Catalog *meta.Store
	Stores  *store.Registry
	Formats *formats.Registry
	Lake    *lake.Lake
	Groups  *workgroup.Governor
	Engine  *exec.Engine
	log     *slog.Logger
}

// Open opens the catalog and starts the engine.
func Open(ctx context.Context, c Config) (*Instance, error) {
	in := &Instance{log: c.Logger}
	if in.log == nil {
		in.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if in.Catalog, err = meta.Open(ctx, c.DataDir); err != nil {
		return nil, err
	}
	if err := in.assemble(ctx, c); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

func (in *Instance) assemble(ctx context.Context, c Config) error {
	crawled, err := in.Catalog.Locations(ctx)
	if err != nil {
		return err
	}
	in.Stores, err = store.NewRegistry(store.Config{Locations: append(crawled, c.Locations...), S3: c.S3})
	if err != nil {
		return err
	}
	in.Formats = formats.NewRegistry(parquet.Format{}, json.Format{}, csv.Format{})
	in.Lake = lake.New(in.Stores, in.Formats)
	if in.Groups, err = workgroup.New(c.Workgroups, in.Catalog, in.log); err != nil {
		return err
	}
	in.Engine, err = exec.New(exec.Options{Catalog: in.Catalog, Formats: in.Formats, Stores: in.Stores, Lake: in.Lake,
		Virtual: pgcatalog.New(in.Catalog, in.Groups, Version), Workers: c.Workers, Memory: c.Memory, Governor: in.Groups,
		Logger: in.log, Version: Version})
	return err
}

// Crawl runs the crawler and remembers the location, which queries on this
// catalog may read from then on: an operator named it (what SQL clients name in
// CREATE TABLE is not added). The stores, formats and catalog of o are set here.
func (in *Instance) Crawl(ctx context.Context, o crawl.Options) (*crawl.Report, error) {
	o.Stores, o.Formats, o.Catalog, o.Logger = in.Stores, in.Formats, in.Catalog, in.log
	if err := in.Stores.Allow(o.Location); err != nil {
		return nil, err
	}
	rep, err := crawl.Crawl(ctx, o)
	if err != nil {
		return nil, err
	}
	return rep, in.Catalog.AddLocation(ctx, o.Location)
}

// Close ends the engine, writes what is left of the history and closes the
// catalog.
func (in *Instance) Close() error {
	if in.Engine != nil {
		in.Engine.Close()
	}
	if in.Groups != nil {
		in.Groups.Close()
	}
	return in.Catalog.Close()
}

// Log gives the instance's logger.
func (in *Instance) Log() *slog.Logger { return in.log }
