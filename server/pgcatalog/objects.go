package pgcatalog

import (
	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/pgtype"
)

// The schemas of virtual tables.
const (
	schemaPG   = "pg_catalog"
	schemaInfo = "information_schema"
	schemaOwn  = "glaux_catalog"
)

// The OIDs of ours. PostgreSQL's own objects are below 16384.
const (
	oidPG         = 11                 // namespace pg_catalog
	oidInfo       = 13000              // namespace information_schema
	oidOwn        = 15000              // namespace glaux_catalog
	oidOwnFirst   = 15001              // its tables
	oidDatabase   = 16000              // the catalog as pg_database shows it
	oidTemp       = plan.TempSchemaOID // the namespace of the session's temporary tables
	oidOwner      = 10                 // the role that owns everything
	oidHeap       = 2                  // the access method heap
	oidTablespace = 1663               // pg_default
	firstSchema   = 20000              // a database of the catalog: plus its ID
	firstRole     = pgtype.FirstRole
)

// DatabaseName is what a client connects to for all databases at once.
const DatabaseName = "glaux"

// ownerName is the role that owns everything.
const ownerName = "glaux"

// rel is a row of pg_class: a table of the catalog, a virtual or a temporary
// one. One of the last three is set.
type rel struct {
	oid, ns uint32
	schema  string
	name    string
	kind    string // r, v
	entry   *catalog.Entry
	virtual *table
	temp    plan.TempTable
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
	key     int // number of the partition key, from 1; 0: none
}

func schemaOID(d *catalog.Database) uint32 { return firstSchema + uint32(d.ID) }

// rowType gives the OIDs of a relation's row type and of its array, 0 if it has
// none.
func (r *rel) rowType() (row, array uint32) {
	switch {
	case r.entry != nil:
		return r.oid + 1, r.oid + 2
	case r.virtual != nil:
		return r.virtual.rowType, r.virtual.rowArray
	}
	return 0, 0
}

// attributes lists a relation's columns.
func (a *asking) attributes(r *rel) []attr {
	switch {
	case r.virtual != nil:
		return r.virtual.attributes(r)
	case r.temp != nil:
		var out []attr
		for i, c := range r.temp.Columns() {
			out = append(out, attr{rel: r, num: i + 1, name: c.Name, typ: c.Type, comment: c.Comment})
		}
		return out
	}
	t := a.definition(r)
	if t == nil {
		return nil
	}
	out := make([]attr, 0, len(t.Columns)+len(t.PartitionKeys))
	for i, c := range t.AllColumns() {
		x := attr{rel: r, num: i + 1, name: c.Name, typ: c.Type, comment: c.Comment}
		if i >= len(t.Columns) {
			if x.key = i - len(t.Columns) + 1; x.comment == "" {
				x.comment = "partition key"
			}
		}
		out = append(out, x)
	}
	return out
}

func (t *table) attributes(r *rel) []attr {
	out := make([]attr, len(t.columns))
	for i, c := range t.columns {
		out[i] = attr{rel: r, num: i + 1, name: c.Name, typ: c.Type, pgType: t.pgTypes[i], notNull: t.notNull[i]}
	}
	return out
}

// width gives the number of a relation's columns.
func (a *asking) width(r *rel) int {
	switch {
	case r.virtual != nil:
		return len(r.virtual.columns)
	case r.temp != nil:
		return len(r.temp.Columns())
	}
	if t := a.definition(r); t != nil {
		return len(t.Columns) + len(t.PartitionKeys)
	}
	return 0
}

// comment gives a relation's comment.
func (a *asking) comment(r *rel) string {
	if t := a.definition(r); t != nil {
		return t.Description
	}
	return ""
}

// viewText gives the query of a view, "" for anything else.
func (a *asking) viewText(r *rel) string {
	if r.kind != "v" {
		return ""
	}
	if t := a.definition(r); t != nil {
		return t.ViewText
	}
	return ""
}
