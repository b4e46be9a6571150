package pgcatalog

import (
	"context"
	"sync"

	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/planner/plan"
)

// Info gives the look-ups by OID and name for the functions of pg_catalog, in a
// session's search path. They see the catalog as it was at the first look-up.
func (t *Tables) Info(ctx context.Context, s *plan.Session) kernel.CatalogInfo {
	return &info{Tables: t, ctx: ctx, session: s}
}

type info struct {
	*Tables
	ctx     context.Context // of the statement that the look-ups serve
	session *plan.Session

	mu  sync.Mutex // guards ask: many goroutines evaluate a statement
	ask *asking    // nil: not read yet
}

// locked runs f on the reading. Where the catalog cannot be read nothing is
// found: the statement's own reads report why.
func (i *info) locked(f func(a *asking)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ask == nil {
		a, err := i.Tables.ask(i.ctx, i.session, nil)
		if err != nil {
			return
		}
		i.ask = a
	}
	i.ask.err = nil
	f(i.ask)
}

// path lists the schemas in which a bare name is looked for.
func (i *info) path() []string {
	if i.session == nil {
		return []string{schemaPG}
	}
	return append([]string{plan.TempSchema, schemaPG}, i.session.SearchPath...)
}

// visible finds the relation that a bare name means.
func (i *info) visible(a *asking, name string) *rel {
	for _, s := range i.path() {
		if r := a.named(s, name); r != nil {
			return r
		}
	}
	return nil
}

// RelationOID implements kernel.CatalogInfo.
func (i *info) RelationOID(schema, name string) (id uint32, ok bool) {
	i.locked(func(a *asking) {
		var r *rel
		if schema == "" {
			r = i.visible(a, name)
		} else {
			r = a.named(schema, name)
		}
		if r != nil {
			id, ok = r.oid, true
		}
	})
	return id, ok
}

// Relation implements kernel.CatalogInfo.
func (i *info) Relation(id uint32) (schema, name string, visible, ok bool) {
	i.locked(func(a *asking) {
		if r := a.byID(id); r != nil {
			first := i.visible(a, r.name)
			schema, name, visible, ok = r.schema, r.name, first != nil && first.oid == id, true
		}
	})
	return schema, name, visible, ok
}

// namespace finds the schema for which f is true.
func (i *info) namespace(f func(s *schema) bool) (found schema, ok bool) {
	i.locked(func(a *asking) {
		for _, s := range a.schemas("", "") {
			if f(&s) {
				found, ok = s, true
				return
			}
		}
	})
	return found, ok
}

// NamespaceOID implements kernel.CatalogInfo.
func (i *info) NamespaceOID(name string) (uint32, bool) {
	s, ok := i.namespace(func(s *schema) bool { return s.name == name })
	return s.oid, ok
}

// Namespace implements kernel.CatalogInfo.
func (i *info) Namespace(id uint32) (string, bool) {
	s, ok := i.namespace(func(s *schema) bool { return s.oid == id })
	return s.name, ok
}

// TypeOID implements kernel.CatalogInfo: a name as pg_type or SQL spells it, or
// of a relation for its row type.
func (i *info) TypeOID(name string) (id uint32, ok bool) {
	if ty := i.declaredType(name); ty != nil {
		return ty.oid, true
	}
	i.locked(func(a *asking) {
		if r := i.visible(a, name); r != nil {
			id, _ = r.rowType()
			ok = id != 0
		}
	})
	return id, ok
}

// TypeName implements kernel.CatalogInfo with the SQL spelling.
func (i *info) TypeName(id uint32) (name string, ok bool) {
	ty := i.typeFor[id]
	if ty == nil {
		i.locked(func(a *asking) {
			if ty = a.typeByID(id); ty != nil {
				r := a.relOfType(id)
				name, ok = r.name, true
				if first := i.visible(a, r.name); first == nil || first.oid != r.oid {
					name = r.schema + "." + name
				}
			}
		})
		if ok && ty.category == "A" {
			name += "[]"
		}
		return name, ok
	}
	if ty.category == "A" && ty.subscript == "array_subscript_handler" && ty.name[0] == '_' {
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
	id := i.procOID(name)
	return id, id != 0
}

// Proc implements kernel.CatalogInfo.
func (i *info) Proc(id uint32) (string, bool) {
	if p := allProcs().byOID[id]; p != nil {
		return p.name, true
	}
	return "", false
}

// ViewText implements kernel.CatalogInfo.
func (i *info) ViewText(id uint32) (text string, ok bool) {
	i.locked(func(a *asking) {
		if r := a.byID(id); r != nil {
			text = a.viewText(r)
			ok = text != ""
		}
	})
	return text, ok
}

// Comment implements kernel.CatalogInfo.
func (i *info) Comment(class string, id uint32, sub int) (text string, ok bool) {
	switch class {
	case "pg_class":
		i.locked(func(a *asking) {
			r := a.byID(id)
			if r == nil {
				return
			}
			if sub == 0 {
				text = a.comment(r)
				return
			}
			if list := a.attributes(r); sub > 0 && sub <= len(list) {
				text = list[sub-1].comment
			}
		})
	case "pg_type":
		if ty := i.typeFor[id]; ty != nil {
			text = ty.comment
		}
	case "pg_namespace":
		s, _ := i.namespace(func(s *schema) bool { return s.oid == id })
		text = s.comment
	}
	return text, text != ""
}
