package catalog

import "context"

// Entry is a table or view as a Directory lists it: without its definition.
type Entry struct {
	ID      int64
	Name    string
	Kind    TableKind
	Version int64
}

// Directory lists all of a catalog at one moment. Immutable and shared.
type Directory struct {
	Databases []*Database // by name
	Tables    [][]Entry   // of each database, by name
}

// Lister is the part of a catalog that lists all that is in it, without
// reading the definitions.
type Lister interface {
	// Directory gives the same pointer as long as nothing has changed.
	Directory(ctx context.Context) (*Directory, error)
}

// DirectoryOf lists a catalog, through its tables if it is no Lister. known
// (may be nil) is what an earlier call gave: it is given again if it still
// holds.
func DirectoryOf(ctx context.Context, c Reader, known *Directory) (*Directory, error) {
	if l, ok := c.(Lister); ok {
		return l.Directory(ctx)
	}
	dbs, err := c.Databases(ctx)
	if err != nil {
		return nil, err
	}
	d := &Directory{Databases: dbs, Tables: make([][]Entry, len(dbs))}
	for i, db := range dbs {
		tables, err := c.Tables(ctx, db.Name)
		if err != nil {
			return nil, err
		}
		list := make([]Entry, len(tables))
		for k, t := range tables {
			list[k] = Entry{t.ID, t.Name, t.Kind, t.Version}
		}
		d.Tables[i] = list
	}
	if known != nil && known.same(d) {
		return known, nil
	}
	return d, nil
}

func (d *Directory) same(e *Directory) bool {
	if len(d.Databases) != len(e.Databases) {
		return false
	}
	for i, db := range d.Databases {
		if db != e.Databases[i] && (db.ID != e.Databases[i].ID || db.Name != e.Databases[i].Name ||
			db.Description != e.Databases[i].Description) || len(d.Tables[i]) != len(e.Tables[i]) {
			return false
		}
		for k, t := range d.Tables[i] {
			if t != e.Tables[i][k] {
				return false
			}
		}
	}
	return true
}
