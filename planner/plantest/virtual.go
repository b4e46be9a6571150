package plantest

import (
	"context"
	"io"
	"sort"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Virtual is a plan.VirtualTables with a few empty tables of pg_catalog.
type Virtual struct{}

var virtuals = map[string][]catalog.Column{
	"pg_class": {
		{Name: "oid", Type: types.TOID}, {Name: "relname", Type: types.TName}, {Name: "relnamespace", Type: types.TOID},
		{Name: "relkind", Type: types.CharOf(1)}, {Name: "relowner", Type: types.TOID}, {Name: "reloptions", Type: types.ArrayOf(types.TVarchar)},
		{Name: "reltuples", Type: types.TReal},
	},
	"pg_namespace": {{Name: "oid", Type: types.TOID}, {Name: "nspname", Type: types.TName}},
	"pg_attribute": {
		{Name: "attrelid", Type: types.TOID}, {Name: "attname", Type: types.TName}, {Name: "attnum", Type: types.TSmallInt},
		{Name: "attisdropped", Type: types.TBoolean},
	},
}

// VirtualTable implements plan.VirtualTables.
func (Virtual) VirtualTable(schema, name string) (plan.VirtualTable, bool) {
	cols, ok := virtuals[name]
	if !ok || schema != "pg_catalog" {
		return nil, false
	}
	return virtualTable{name, cols}, true
}

// VirtualSchemas implements plan.VirtualTables.
func (Virtual) VirtualSchemas() []string { return []string{"pg_catalog"} }

// VirtualNames implements plan.VirtualTables.
func (Virtual) VirtualNames(schema string) []string {
	var out []string
	for n := range virtuals {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

type virtualTable struct {
	name string
	cols []catalog.Column
}

func (v virtualTable) Schema() string            { return "pg_catalog" }
func (v virtualTable) Name() string              { return v.name }
func (v virtualTable) Columns() []catalog.Column { return v.cols }

// Open gives no rows.
func (v virtualTable) Open(context.Context, *plan.Session, plan.VirtualRequest) (formats.Source, error) {
	return noRows{}, nil
}

type noRows struct{}

func (noRows) Next(context.Context, *vector.Batch) error { return io.EOF }
func (noRows) Close() error                              { return nil }
