// Package server puts the rooms of the house together: an Instance is a
// catalog, the stores it may read, the file formats, the engine and its
// governor, opened and closed as one. The command line, the benchmarks and the
// tests that need a whole Glaux all open one.
//
//	Config ── Open ──> Instance ── Crawl ──> tables
//	                      └─ Engine ── NewSession ──> SQL (server/pg serves it to clients)
package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/glue"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/builtin"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/store/diskcache"
	"github.com/glauxdb/glaux/server/advisor"
	"github.com/glauxdb/glaux/server/pgcatalog"
	"github.com/glauxdb/glaux/server/workgroup"
)

// Version is what the program calls itself.
const Version = exec.Version

// Config says what an Instance consists of.
type Config struct {
	DataDir   string         // directory of the catalog; meta.Memory for one that is not kept
	Locations []string       // what may be read besides the locations that were crawled before
	Writable  []string       // what may be written too
	S3        store.S3Config //
	Cache     CacheConfig
	// Workgroups and Budgets are defined at the start exactly so; others that are
	// stored stay as they are.
	Workgroups []workgroup.Setting
	Budgets    []workgroup.Budget
	// Concurrency is how many queries run at a time; 0: any number.
	Concurrency int
	Memory      int64 // bytes of all queries together; 0: the engine's choice
	// Spill is where queries write what does not fit their memory.
	Spill   SpillConfig
	Reuse   *exec.ReuseLimits // of results that are kept; nil: the engine's own
	Workers int               // 0: one per core
	Logger  *slog.Logger
	// ParquetKeys are the keys of encrypted Parquet files by their IDs.
	ParquetKeys map[string][]byte
	// Postgres is the URL of a database of PostgreSQL that keeps the catalog and all
	// else that is shared, for many servers; "": the data directory does.
	Postgres string
	// Glue makes AWS Glue the catalog; nil: the data directory's own. What Glue
	// has no place for (history, crawlers, documents) stays in the data directory.
	Glue *glue.Config
}

// CacheConfig is the local disk cache of what is read from S3.
type CacheConfig struct {
	Dir  string // "": no cache
	Size int64  // bytes; 0: DefaultCacheSize
}

// SpillConfig is the local disk space of queries that outgrow their memory.
type SpillConfig struct {
	Dir   string // "": below the data directory, or where the system keeps temporary files if there is none
	Limit int64  // bytes of all queries together; 0: as many as there is room for
}

// spillDir gives the folder of spill files.
func (c *Config) spillDir() string {
	switch {
	case c.Spill.Dir != "":
		return c.Spill.Dir
	case c.DataDir == "" || c.DataDir == meta.Memory || c.Postgres != "":
		return filepath.Join(os.TempDir(), fmt.Sprintf("glaux-spill-%d", os.Getuid()))
	}
	return filepath.Join(c.DataDir, "spill")
}

// DefaultCacheSize is the size of a disk cache where none is named.
const DefaultCacheSize = 10 << 30

// openCache opens the disk cache. One that cannot be opened, because another
// process has it or the folder cannot be made, costs speed and no more: queries run
// without it.
func (in *Instance) openCache(c CacheConfig) *diskcache.Cache {
	if c.Dir == "" {
		return nil
	}
	cache, err := diskcache.Open(c.Dir, cmp.Or(c.Size, DefaultCacheSize), in.log)
	if err != nil {
		in.log.Warn("there is no disk cache", "folder", c.Dir, "error", err)
		return nil
	}
	return cache
}

// Instance is a running Glaux without its network. Close it.
type Instance struct {
	Catalog  catalog.Full // of databases and tables: Meta, or AWS Glue
	Meta     *meta.Store  // of the data directory or in PostgreSQL: history, locations that may be read
	Stores   *store.Registry
	Formats  *formats.Registry
	Lake     *lake.Lake
	Groups   *workgroup.Governor
	Users    *users.Store // the roles, of the data directory whatever the catalog is
	Engine   *exec.Engine
	Crawlers *crawler.Service
	Advisor  *advisor.Advisor
	cache    *diskcache.Cache
	log      *slog.Logger
}

// Open opens the catalog and starts the engine.
func Open(ctx context.Context, c Config) (*Instance, error) {
	in := &Instance{log: c.Logger}
	if in.log == nil {
		in.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if c.Postgres != "" {
		in.Meta, err = meta.OpenPostgres(ctx, c.Postgres)
	} else {
		in.Meta, err = meta.Open(ctx, c.DataDir)
	}
	if err != nil {
		return nil, err
	}
	in.Catalog = in.Meta
	if c.Glue != nil {
		if in.Catalog, err = openGlue(ctx, c); err != nil {
			return nil, errors.Join(err, in.Meta.Close())
		}
	}
	if err := in.assemble(ctx, c); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

func (in *Instance) assemble(ctx context.Context, c Config) error {
	crawled, err := in.Meta.Locations(ctx)
	if err != nil {
		return err
	}
	in.cache = in.openCache(c.Cache)
	c.S3.Cache = in.cache
	in.Stores, err = store.NewRegistry(store.Config{Locations: append(crawled, c.Locations...), Writable: c.Writable, S3: c.S3,
		More: in.crawledByOthers})
	if err != nil {
		return err
	}
	in.Formats = builtin.With(builtin.Settings{ParquetKeys: c.ParquetKeys})
	in.Lake = lake.New(in.Stores, in.Formats)
	ledger, err := in.Meta.OpenBudgets(ctx)
	if err != nil {
		return err
	}
	if in.Groups, err = workgroup.New(nil, in.Meta, ledger, in.log); err != nil {
		return err
	}
	if err = in.Groups.Keep(ctx, in.Meta); err != nil {
		return err
	}
	if err = in.define(ctx, c); err != nil {
		return err
	}
	in.Groups.SetConcurrency(c.Concurrency)
	in.Users = users.NewStore(in.Meta)
	in.Users.Follow(in.Groups.FollowRoles)
	for _, g := range in.Groups.Settings() {
		if g.ResultLocation == "" {
			continue
		}
		if err := in.Stores.AllowWrite(g.ResultLocation); err != nil {
			return err
		}
	}
	in.Advisor = in.advisorOf(in.Catalog)
	system := pgcatalog.New(in.shown(in.Catalog))
	in.Engine, err = exec.New(exec.Options{Catalog: in.Catalog, Formats: in.Formats, Stores: in.Stores, Lake: in.Lake,
		Virtual: system, Users: in.Users, Workers: c.Workers, Memory: c.Memory, Reuse: c.Reuse, Governor: in.Groups,
		SpillDir: c.spillDir(), SpillLimit: c.Spill.Limit,
		Logger: in.log})
	if err != nil {
		return err
	}
	system.Watch(in.Engine)
	in.Crawlers = crawler.New(crawler.Options{Catalog: in.Catalog, Stores: in.Stores, Formats: in.Formats, Allow: in.allow, Logger: in.log})
	return nil
}

// crawledByOthers gives what other processes may have crawled since the start.
func (in *Instance) crawledByOthers() ([]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	return in.Meta.Locations(ctx)
}

// advisorOf makes an advisor for a catalog; the history is the data directory's.
func (in *Instance) advisorOf(c catalog.Reader) *advisor.Advisor {
	return advisor.New(advisor.Options{History: in.Meta, Catalog: c, Lake: in.Lake, Stores: in.Stores,
		Renames: c == catalog.Reader(in.Meta), // AWS Glue cannot
		Workgroups: func(ctx context.Context) ([]*workgroup.Setting, error) {
			d, err := in.Groups.Definitions(ctx)
			if err != nil {
				return nil, err
			}
			return d.Workgroups(), nil
		}})
}

// define puts the workgroups and budgets of the configuration into force.
func (in *Instance) define(ctx context.Context, c Config) error {
	if len(c.Workgroups)+len(c.Budgets) == 0 {
		return nil
	}
	changes, err := in.Groups.Define(ctx, workgroup.Plan{Workgroups: c.Workgroups, Budgets: c.Budgets})
	for _, ch := range changes {
		if err == nil && ch.Verb != "unchanged" {
			in.log.Info("configuration: " + ch.String())
		}
	}
	return err
}

// allow makes the target of a crawler readable, now and after a restart: an
// operator named it. Targets that clients name are checked before (Readable).
func (in *Instance) allow(ctx context.Context, location string) error {
	if err := in.Stores.Allow(location); err != nil {
		return err
	}
	return in.Meta.AddLocation(ctx, location)
}

// Readable says why a location may not be read, nil if it may.
func (in *Instance) Readable(location string) error {
	_, _, err := in.Stores.Open(location)
	return err
}

// Ready says why the instance cannot serve, nil if it can: its database answers.
func (in *Instance) Ready(ctx context.Context) error {
	_, err := in.Meta.Locations(ctx)
	return err
}

// Close ends the engine, writes what is left of the history and closes the
// catalog.
func (in *Instance) Close() error {
	if in.Crawlers != nil {
		in.Crawlers.Close()
	}
	if in.Engine != nil {
		in.Engine.Close()
	}
	if in.Groups != nil {
		in.Groups.Close()
	}
	var err error
	if in.Catalog != in.Meta {
		err = in.Catalog.Close()
	}
	return errors.Join(err, in.Meta.Close(), in.cache.Close())
}

// Log gives the instance's logger.
func (in *Instance) Log() *slog.Logger { return in.log }
