package server

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/glue"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/pgcatalog"
)

// openGlue opens AWS Glue as the catalog. Each Glue has a store of its own
// below the data directory: its tables have other IDs and other crawlers than
// those of another account.
func openGlue(ctx context.Context, c Config) (catalog.Full, error) {
	dir := c.DataDir
	if dir != meta.Memory {
		dir = filepath.Join(dir, "glue", glueName(c.Glue))
	}
	local, err := meta.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	cat, err := glue.Open(ctx, *c.Glue, local, glue.Options{})
	if err != nil {
		return nil, errors.Join(err, local.Close())
	}
	return cat, nil
}

// glueName names a Glue for a directory: its endpoint or region, profile and
// account.
func glueName(c *glue.Config) string {
	var parts []string
	for _, p := range []string{c.Endpoint, c.Region, c.Profile, c.CatalogID} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return "default"
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '_'
	}, strings.Join(parts, "_"))
}

// EngineOver makes an engine over another catalog, with this instance's stores
// and formats and without limits or history: for statements that describe
// tables. The caller closes it.
func (in *Instance) EngineOver(c catalog.Full) (*exec.Engine, error) {
	system := pgcatalog.New(in.shown(c))
	e, err := exec.New(exec.Options{Catalog: c, Formats: in.Formats, Stores: in.Stores, Lake: in.Lake, Virtual: system, Logger: in.log})
	if err == nil {
		system.Watch(e)
	}
	return e, err
}

// shown is what the system tables show of a catalog; the history is the data
// directory's whatever the catalog is.
func (in *Instance) shown(c catalog.Reader) pgcatalog.Options {
	return pgcatalog.Options{Catalog: c, History: in.Meta, Groups: in.Groups, Users: in.Users, Advisor: in.advisorOf(c)}
}
