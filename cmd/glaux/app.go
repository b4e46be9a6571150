package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/tracing"
	"github.com/glauxdb/glaux/server/workgroup"
)

// dataFlags say which catalog a command works on and how it reaches S3.
type dataFlags struct {
	DataDir string `env:"GLAUX_DATA_DIR" placeholder:"DIR" help:"Directory of the catalog; by default the user's data directory."`
	Config  string `env:"GLAUX_CONFIG" type:"path" placeholder:"FILE" help:"Configuration file (YAML)."`
	Verbose bool   `short:"v" help:"Log what happens to standard error."`

	S3Endpoint  string `name:"s3-endpoint" env:"GLAUX_S3_ENDPOINT" placeholder:"URL" help:"Address of an S3-compatible store; by default AWS."`
	S3Region    string `name:"s3-region" env:"GLAUX_S3_REGION" help:"Region of the buckets."`
	S3Profile   string `name:"s3-profile" help:"Profile of the AWS configuration files."`
	S3PathStyle bool   `name:"s3-path-style" help:"Address buckets by path, as most S3-compatible stores need."`
	S3Anonymous bool   `name:"s3-anonymous" help:"Read public buckets without credentials."`

	Writable []string `sep:"none" env:"GLAUX_WRITABLE" placeholder:"LOCATION" help:"A location at or below which CREATE TABLE AS, INSERT and UNLOAD may write; may be given more than once."`

	SpillDir   string `env:"GLAUX_SPILL_DIR" placeholder:"DIR" help:"Folder in which queries write what does not fit their memory; by default spill in the data directory."`
	SpillLimit string `env:"GLAUX_SPILL_LIMIT" placeholder:"SIZE" help:"How much all queries together may write there, as 50GB; by default what the disk has."`

	CatalogIn string `name:"catalog" enum:"local,glue,postgres," default:"" env:"GLAUX_CATALOG" placeholder:"local|glue|postgres" help:"Where databases and tables live: in the data directory (local), in AWS Glue, or in the PostgreSQL of GLAUX_CATALOG_URL."`
}

// app is an instance with what the command line told it.
type app struct {
	*server.Instance
	conf   *config
	level  slog.LevelVar   // of the log: warnings, unless --verbose or a server asks for more
	tracer *tracing.Tracer // nil: nothing is traced
}

// settings reads the configuration file and lays the flags over it.
func (f dataFlags) settings() (*config, error) {
	c, err := loadConfig(f.Config)
	if err != nil {
		return nil, err
	}
	if f.DataDir != "" {
		c.DataDir = f.DataDir
	}
	if c.DataDir == "" {
		if c.DataDir, err = defaultDataDir(); err != nil {
			return nil, err
		}
	}
	overlay(&c.SpillDir, f.SpillDir)
	if f.SpillLimit != "" {
		n, err := workgroup.ParseBytes(f.SpillLimit)
		if err != nil {
			return nil, err
		}
		c.SpillLimit = workgroup.Size(n)
	}
	overlay(&c.S3.Endpoint, f.S3Endpoint)
	overlay(&c.S3.Region, f.S3Region)
	overlay(&c.S3.Profile, f.S3Profile)
	c.S3.PathStyle = c.S3.PathStyle || f.S3PathStyle
	c.S3.Anonymous = c.S3.Anonymous || f.S3Anonymous
	return c, c.Catalog.choose(f.CatalogIn)
}

// choose lays --catalog and GLAUX_CATALOG_URL over what the file says. The URL is no
// flag: it may hold a password, and everybody on a machine sees the flags.
func (c *catalogConfig) choose(in string) error {
	switch in {
	case "glue":
		if c.Glue == nil {
			c.Glue = &awsGlueConfig{}
		}
		c.Postgres = nil
	case "postgres":
		if c.Postgres == nil {
			c.Postgres = &postgresConfig{}
		}
		c.Glue = nil
	case "local":
		c.Glue, c.Postgres = nil, nil
	}
	if c.Postgres == nil {
		return nil
	}
	if c.Glue != nil {
		return fault.New(fault.CodeInvalidParameter, "the configuration names two catalogs: glue and postgres").
			WithHint("Remove one of them, or choose with --catalog.")
	}
	overlay(&c.Postgres.URL, os.Getenv("GLAUX_CATALOG_URL"))
	if c.Postgres.URL == "" {
		return fault.New(fault.CodeInvalidParameter, "the catalog is to be in PostgreSQL, but no URL is given").
			WithHint("Set GLAUX_CATALOG_URL=postgres://user@host:5432/database, or catalog.postgres.url in the configuration file.")
	}
	return nil
}

func overlay(dst *string, v string) {
	if v != "" {
		*dst = v
	}
}

// open opens the instance. conf may be nil: then the flags' configuration is
// read. The lakes of the configuration, those that were crawled into the
// catalog before, and the given locations may be read.
func open(ctx context.Context, f dataFlags, conf *config, lakes []string) (*app, error) {
	a := &app{conf: conf}
	a.level.Set(slog.LevelWarn)
	if f.Verbose {
		a.level.Set(slog.LevelDebug)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: &a.level}))
	var err error
	if a.conf == nil {
		if a.conf, err = f.settings(); err != nil {
			return nil, err
		}
		a.conf.Workgroups, a.conf.Budgets = nil, nil // only a server makes what the file says
	}
	c := server.Config{DataDir: a.conf.DataDir, Workgroups: a.conf.Workgroups, Budgets: a.conf.Budgets, Workers: a.conf.Workers, Logger: log,
		Concurrency: int(a.conf.Queries.Concurrency), Reuse: a.conf.Reuse.limits(),
		S3: store.S3Config{Endpoint: a.conf.S3.Endpoint, Region: a.conf.S3.Region, Profile: a.conf.S3.Profile,
			PathStyle: a.conf.S3.PathStyle, Anonymous: a.conf.S3.Anonymous, RequesterPays: a.conf.S3.RequesterPays,
			Exact: a.conf.S3.Exact, Stall: a.conf.S3.Stall},
		Spill: server.SpillConfig{Dir: a.conf.SpillDir, Limit: int64(a.conf.SpillLimit)},
		Cache: server.CacheConfig{Dir: a.conf.Cache.Dir, Size: int64(a.conf.Cache.Size)}}
	if c.ParquetKeys, err = a.conf.Parquet.keys(); err != nil {
		return nil, err
	}
	if g := a.conf.Catalog.Glue; g != nil {
		c.Glue = &glue.Config{Region: g.Region, Endpoint: g.Endpoint, Profile: g.Profile, CatalogID: g.CatalogID}
	}
	if p := a.conf.Catalog.Postgres; p != nil {
		c.Postgres = p.URL
	}
	for _, l := range a.conf.Lakes {
		lakes = append(lakes, l.Location)
		if l.Writable {
			c.Writable = append(c.Writable, absolute(l.Location))
		}
	}
	for _, l := range f.Writable {
		c.Writable = append(c.Writable, absolute(l))
	}
	for _, l := range lakes {
		c.Locations = append(c.Locations, absolute(l))
	}
	if a.conf.Memory != "" {
		if c.Memory, err = workgroup.ParseBytes(a.conf.Memory); err != nil {
			return nil, err
		}
	}
	a.Instance, err = server.Open(ctx, c)
	return a, err
}

// absolute makes a local path absolute; URLs stay as they are.
func absolute(location string) string {
	if strings.Contains(location, "://") {
		return location
	}
	if abs, err := filepath.Abs(location); err == nil {
		return abs
	}
	return location
}
