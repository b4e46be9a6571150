package pgcatalog

import (
	"context"
	"sort"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// The schemas of virtual tables.
const (
	schemaPG   = "pg_catalog"
	schemaInfo = "information_schema"
	schemaOwn  = "glaux_catalog"
)

// The OIDs of ours. PostgreSQL's own objects are below 16384.
const (
	oidPG       = 11    // namespace pg_catalog
	oidInfo     = 13000 // namespace information_schema
	oidOwn      = 15000 // namespace glaux_catalog
	oidOwnFirst = 15001 // its tables
	oidDatabase = 16000 // the catalog as pg_database shows it
	oidOwner    = 10    // the role that owns everything
	oidHeap     = 2     // the access method heap
	firstSchema = 20000 // a database of the catalog: plus its ID
	firstTable  = 1 << 24
)

// DatabaseName is what a client connects to for all databases at once, and the
// name of the catalog in information_schema.
const DatabaseName = "glaux"

// schema is a row of pg_namespace.
type schema struct {
	oid     uint32
	name    string
	comment string
}

// rel is a row of pg_class: a table of the catalog or a virtual one.
type rel struct {
	oid, ns uint32
	schema  string
	name    string
	kind    string // r, v
	table   *catalog.Table
	virtual *table
}

// attr is a row of pg_attribute.
type attr struct {
	rel     *rel
	num     int
	name    string
	typ     types.Type
	pgType  string // PostgreSQL's name of a virtual table's type; "" for ours
	notNull bool
	comment string
	key     bool // partition key
}

func schemaOID(d *catalog.Database) uint32 { return firstSchema + uint32(d.ID) }

func tableOID(id int64) uint32 { return firstTable + 2*uint32(id) }

// schemas lists the namespaces: the virtual ones, then the databases by name.
func (t *Tables) schemas(ctx context.Context) ([]schema, error) {
	out := []schema{{oidPG, schemaPG, "system catalog schema"}, {oidInfo, schemaInfo, ""}, {oidOwn, schemaOwn, "what Glaux knows of itself"}}
	dbs, err := t.catalog.Databases(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range dbs {
		out = append(out, schema{schemaOID(d), d.Name, d.Description})
	}
	return out, nil
}

// allows tells whether the filter on a column lets a value pass; without one
// everything passes.
func (e equal) allows(column string, v types.Value) bool {
	vs, ok := e[column]
	if !ok {
		return true
	}
	for _, x := range vs {
		if x.Null {
			continue
		}
		if x.Type.Phys() == types.PhysBytes {
			if x.S == v.S {
				return true
			}
		} else if x.I == v.I {
			return true
		}
	}
	return false
}

// relations lists tables and views whose OID and schema the filter allows; the
// names of the columns to look at are those of the asking table.
func (t *Tables) relations(ctx context.Context, eq equal, oidColumn, nsColumn, schemaColumn, nameColumn string) ([]rel, error) {
	var out []rel
	spaces, err := t.schemas(ctx)
	if err != nil {
		return nil, err
	}
	for _, ns := range spaces {
		if !eq.allows(nsColumn, oid(ns.oid)) || !eq.allows(schemaColumn, str(ns.name)) {
			continue
		}
		rels, err := t.relationsOf(ctx, ns)
		if err != nil {
			return nil, err
		}
		for _, r := range rels {
			if eq.allows(oidColumn, oid(r.oid)) && eq.allows(nameColumn, str(r.name)) {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

func (t *Tables) relationsOf(ctx context.Context, ns schema) ([]rel, error) {
	if virtual, ok := t.byName[ns.name]; ok {
		out := make([]rel, 0, len(virtual))
		for _, v := range virtual {
			out = append(out, rel{oid: v.oid, ns: ns.oid, schema: ns.name, name: v.name, kind: v.kind, virtual: v})
		}
		sort.Slice(out, func(i, j int) bool { return out[i].oid < out[j].oid })
		return out, nil
	}
	tabs, err := t.catalog.Tables(ctx, ns.name)
	if err != nil {
		return nil, err
	}
	out := make([]rel, 0, len(tabs))
	for _, tab := range tabs {
		kind := "r"
		if tab.Kind == catalog.VirtualView {
			kind = "v"
		}
		out = append(out, rel{oid: tableOID(tab.ID), ns: ns.oid, schema: ns.name, name: tab.Name, kind: kind, table: tab})
	}
	return out, nil
}

// attributes lists a relation's columns.
func (r *rel) attributes() []attr {
	var out []attr
	if r.virtual != nil {
		for i, c := range r.virtual.columns {
			out = append(out, attr{rel: r, num: i + 1, name: c.Name, typ: c.Type, pgType: r.virtual.pgTypes[i], notNull: r.virtual.notNull[i]})
		}
		return out
	}
	for i, c := range r.table.AllColumns() {
		a := attr{rel: r, num: i + 1, name: c.Name, typ: c.Type, comment: c.Comment, key: i >= len(r.table.Columns)}
		if a.key && a.comment == "" {
			a.comment = "partition key"
		}
		out = append(out, a)
	}
	return out
}
