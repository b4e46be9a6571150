package pgcatalog

import (
	"context"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/planner/plan"
)

// Info gives the look-ups by OID and name for the functions of pg_catalog, in a
// session's search path.
func (t *Tables) Info(ctx context.Context, s *plan.Session) kernel.CatalogInfo {
	return &info{Tables: t, ctx: ctx, session: s}
}

type info struct {
	*Tables
	ctx     context.Context // of the statement that the look-ups serve
	session *plan.Session

	once   sync.Once // of load, which fills the rest
	spaces []schema
	byKey  map[[2]string]*rel // by schema and name
	relOf  map[uint32]*rel
}

// path lists the schemas in which a bare name is looked for.
func (i *info) path() []string {
	if i.session == nil {
		return []string{schemaPG}
	}
	return append([]string{schemaPG}, i.session.SearchPath...)
}

// load reads the catalog once per statement: the functions ask for every row.
func (i *info) load() {
	i.byKey, i.relOf = map[[2]string]*rel{}, map[uint32]*rel{}
	var err error
	if i.spaces, err = i.schemas(i.ctx); err != nil {
		return // the statement's own reads report it
	}
	for _, ns := range i.spaces {
		rels, err := i.relationsOf(i.ctx, ns)
		if err != nil {
			return
		}
		for k := range rels {
			i.byKey[[2]string{ns.name, rels[k].name}], i.relOf[rels[k].oid] = &rels[k], &rels[k]
		}
	}
}

// byID gives a relation by OID.
func (i *info) byID(id uint32) (*rel, bool) {
	i.once.Do(i.load)
	r, ok := i.relOf[id]
	return r, ok
}

// namespaces gives the schemas.
func (i *info) namespaces() []schema {
	i.once.Do(i.load)
	return i.spaces
}

// RelationOID implements kernel.CatalogInfo.
func (i *info) RelationOID(schema, name string) (uint32, bool) {
	path := []string{schema}
	if schema == "" {
		path = i.path()
	}
	i.once.Do(i.load)
	for _, s := range path {
		if r, ok := i.byKey[[2]string{s, name}]; ok {
			return r.oid, true
		}
	}
	return 0, false
}

// Relation implements kernel.CatalogInfo.
func (i *info) Relation(id uint32) (schema, name string, visible, ok bool) {
	r, ok := i.byID(id)
	if !ok {
		return "", "", false, false
	}
	first, found := i.RelationOID("", r.name)
	return r.schema, r.name, found && first == id, true
}

// NamespaceOID implements kernel.CatalogInfo.
func (i *info) NamespaceOID(name string) (uint32, bool) {
	for _, s := range i.namespaces() {
		if s.name == name {
			return s.oid, true
		}
	}
	return 0, false
}

// Namespace implements kernel.CatalogInfo.
func (i *info) Namespace(id uint32) (string, bool) {
	for _, s := range i.namespaces() {
		if s.oid == id {
			return s.name, true
		}
	}
	return "", false
}

// TypeOID implements kernel.CatalogInfo: a name as pg_type or SQL spells it.
func (i *info) TypeOID(name string) (uint32, bool) {
	if ty := i.declaredType(name); ty != nil {
		return ty.oid, true
	}
	return 0, false
}

// TypeName implements kernel.CatalogInfo with the SQL spelling.
func (i *info) TypeName(id uint32) (string, bool) {
	ty := i.typeFor[id]
	if ty == nil {
		return "", false
	}
	if ty.category == "A" && ty.elem != 0 {
		elem, ok := i.TypeName(ty.elem)
		return elem + "[]", ok
	}
	if n, ok := sqlNames[ty.name]; ok {
		return n, true
	}
	return ty.name, true
}

// ProcOID implements kernel.CatalogInfo.
func (i *info) ProcOID(name string) (uint32, bool) {
	id := procOID(name)
	_, ok := i.procName(id)
	return id, ok
}

// Proc implements kernel.CatalogInfo.
func (i *info) Proc(id uint32) (string, bool) { return i.procName(id) }

// ViewText implements kernel.CatalogInfo.
func (i *info) ViewText(id uint32) (string, bool) {
	r, ok := i.byID(id)
	if !ok || r.table == nil || r.table.Kind != catalog.VirtualView {
		return "", false
	}
	return r.table.ViewText, true
}

// Comment implements kernel.CatalogInfo.
func (i *info) Comment(class string, id uint32, sub int) (string, bool) {
	switch class {
	case "pg_class":
		r, ok := i.byID(id)
		if !ok || r.table == nil {
			return "", false
		}
		if sub == 0 {
			return r.table.Description, r.table.Description != ""
		}
		for _, a := range r.attributes() {
			if a.num == sub {
				return a.comment, a.comment != ""
			}
		}
	case "pg_namespace":
		for _, s := range i.namespaces() {
			if s.oid == id {
				return s.comment, s.comment != ""
			}
		}
	}
	return "", false
}
