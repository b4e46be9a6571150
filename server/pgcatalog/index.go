package pgcatalog

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/pgtype"
)

// index finds the relations of one catalog.Directory by OID, name and schema.
// It is made once for each change of the catalog and shared by all statements;
// definitions are read only of the relations that a query asks for. Immutable.
type index struct {
	dir    *catalog.Directory
	spaces []schema
	rels   []rel // by schema
	byOID  map[uint32]*rel
	byName map[string][]*rel
}

// schema is a row of pg_namespace.
type schema struct {
	oid      uint32
	name     string
	comment  string
	from, to int // its relations in index.rels
}

// indexNow gives the index of the catalog as it is.
func (t *Tables) indexNow(ctx context.Context) (*index, error) {
	known := t.index.Load()
	var last *catalog.Directory
	if known != nil {
		last = known.dir
	}
	dir, err := catalog.DirectoryOf(ctx, t.catalog, last)
	if err != nil {
		return nil, err
	}
	if known != nil && known.dir == dir {
		return known, nil
	}
	ix := t.newIndex(dir)
	t.index.Store(ix)
	return ix, nil
}

func (t *Tables) newIndex(dir *catalog.Directory) *index {
	n := len(t.virtual)
	for _, list := range dir.Tables {
		n += len(list)
	}
	ix := &index{dir: dir, rels: make([]rel, 0, n), byOID: make(map[uint32]*rel, n), byName: make(map[string][]*rel, n)}
	for _, ns := range []schema{{oid: oidPG, name: schemaPG, comment: "system catalog schema"}, {oid: oidInfo, name: schemaInfo},
		{oid: oidOwn, name: schemaOwn, comment: "what Glaux knows of itself"}} {
		ns.from = len(ix.rels)
		for _, v := range t.virtual {
			if v.schema == ns.name {
				ix.rels = append(ix.rels, virtualRel(v))
			}
		}
		ns.to = len(ix.rels)
		ix.spaces = append(ix.spaces, ns)
	}
	for i, d := range dir.Databases {
		ns := schema{oid: schemaOID(d), name: d.Name, comment: d.Description, from: len(ix.rels)}
		for k := range dir.Tables[i] {
			ix.rels = append(ix.rels, lakeRel(&ns, &dir.Tables[i][k]))
		}
		ns.to = len(ix.rels)
		ix.spaces = append(ix.spaces, ns)
	}
	for i := range ix.rels {
		r := &ix.rels[i]
		ix.byOID[r.oid] = r
		ix.byName[r.name] = append(ix.byName[r.name], r)
	}
	return ix
}

func virtualRel(v *table) rel {
	ns := map[string]uint32{schemaPG: oidPG, schemaInfo: oidInfo, schemaOwn: oidOwn}[v.schema]
	return rel{oid: v.oid, ns: ns, schema: v.schema, name: v.name, kind: v.kind, virtual: v}
}

func lakeRel(ns *schema, e *catalog.Entry) rel {
	r := rel{oid: pgtype.Table(e.ID), ns: ns.oid, schema: ns.name, name: e.Name, kind: "r", entry: e}
	if e.Kind == catalog.VirtualView {
		r.kind = "v"
	}
	return r
}

// tempRels lists a session's temporary tables.
func tempRels(s *plan.Session) []rel {
	if s == nil || s.Temp == nil {
		return nil
	}
	var out []rel
	for _, t := range s.Temp.TempTables() {
		kind := "r"
		if t.Def().View != nil {
			kind = "v"
		}
		out = append(out, rel{oid: t.OID(), ns: oidTemp, schema: tempSchema(s), name: t.Name(), kind: kind, temp: t})
	}
	return out
}

// tempSchema is the name of the schema of a session's temporary tables.
func tempSchema(s *plan.Session) string { return "pg_temp_" + strconv.Itoa(int(s.BackendPID)) }

// schemas lists the namespaces that the filter on two columns allows: the
// virtual ones, the databases by name, and the session's temporary one if it
// has tables.
func (a *asking) schemas(oidColumn, nameColumn string) []schema {
	var out []schema
	for _, s := range a.ix.spaces {
		if a.eq.number(oidColumn, s.oid) && a.eq.text(nameColumn, s.name) {
			out = append(out, s)
		}
	}
	if len(a.temp) > 0 && a.eq.number(oidColumn, oidTemp) && a.eq.text(nameColumn, a.temp[0].schema) {
		out = append(out, schema{oid: oidTemp, name: a.temp[0].schema})
	}
	return out
}

// relColumns name the columns in which a virtual table has the OID, the schema
// (by OID or name) and the name of relations; "" for none.
type relColumns struct{ oid, ns, schema, name string }

// relations lists the relations that the filter allows, by the narrowest way.
func (a *asking) relations(c relColumns) []*rel {
	var out []*rel
	add := func(r *rel) {
		if a.eq.number(c.oid, r.oid) && a.eq.number(c.ns, r.ns) && a.eq.text(c.schema, r.schema) && a.eq.text(c.name, r.name) {
			out = append(out, r)
		}
	}
	switch ix := a.ix; {
	case a.eq[c.oid] != nil:
		for n := range a.eq[c.oid].ints {
			if r := ix.byOID[uint32(n)]; r != nil {
				add(r)
			}
		}
		slices.SortFunc(out, compareRels)
	case a.eq[c.name] != nil:
		for s := range a.eq[c.name].texts {
			for _, r := range ix.byName[s] {
				add(r)
			}
		}
		slices.SortFunc(out, compareRels)
	default:
		for _, s := range ix.spaces {
			if !a.eq.number(c.ns, s.oid) || !a.eq.text(c.schema, s.name) {
				continue
			}
			for i := s.from; i < s.to; i++ {
				add(&ix.rels[i])
			}
		}
	}
	for i := range a.temp {
		add(&a.temp[i])
	}
	return out
}

// compareRels orders by schema and name; the system's come first.
func compareRels(a, b *rel) int {
	if a.ns != b.ns {
		if sysA, sysB := a.virtual != nil, b.virtual != nil; sysA != sysB {
			if sysA {
				return -1
			}
			return 1
		}
		return strings.Compare(a.schema, b.schema)
	}
	return strings.Compare(a.name, b.name)
}

// byID finds a relation by OID.
func (a *asking) byID(id uint32) *rel {
	if r := a.ix.byOID[id]; r != nil {
		return r
	}
	for i := range a.temp {
		if a.temp[i].oid == id {
			return &a.temp[i]
		}
	}
	return nil
}

// named finds a relation by schema and name.
func (a *asking) named(schema, name string) *rel {
	for _, r := range a.ix.byName[name] {
		if r.schema == schema {
			return r
		}
	}
	for i := range a.temp {
		if r := &a.temp[i]; r.name == name && (r.schema == schema || schema == plan.TempSchema) {
			return r
		}
	}
	return nil
}
