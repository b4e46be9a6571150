package exec

import (
	"cmp"
	"context"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/planner/plan"
)

// A new table's files go
//
//	1. where the statement says (external_location, LOCATION, TO),
//	2. else below the location of its database, if that may be written,
//	3. else below the workgroup's result location, or the session's own if the
//	   workgroup enforces none: tables/<query id>/.
//
// The place must be one that the operator lets be written: a writable location of
// the configuration, or the workgroup's result location.

// target chooses where the statement's files go.
func (s *Session) target(r *running, w *plan.Write) (string, error) {
	p := &r.profile
	results := p.ResultLocation
	if results != "" { // an operator has named it
		if err := s.e.o.Stores.AllowWrite(results); err != nil {
			return "", err
		}
	}
	if s.tables != "" && !p.EnforceLocation {
		results = s.tables
	}
	t := w.Table
	if loc := t.Storage.Location; loc != "" {
		if w.Kind == plan.CreateTableAs && p.EnforceLocation && p.ResultLocation != "" {
			return "", fault.New(fault.CodeInvalidParameter, "workgroup %q chooses where new tables are written: the statement cannot", p.Workgroup).
				WithHint("Leave the location away.")
		}
		return loc, nil
	}
	d, err := s.e.o.Catalog.Database(r.ctx, t.Database)
	if err != nil {
		return "", err
	}
	if d.Location != "" && !p.EnforceLocation {
		loc := partition.Join(d.Location, t.Name) + "/"
		_, _, err := s.e.o.Stores.OpenWrite(loc)
		if err == nil || results == "" {
			return loc, err
		}
	}
	if results != "" {
		return partition.Join(results, "tables/"+r.id) + "/", nil
	}
	return "", fault.New(fault.CodeInvalidParameter, "nothing says where table %q is to be written", t.Name).
		WithDetail("The statement names no location, database %q has none, and workgroup %q has no result_location.", d.Name, cmp.Or(p.Workgroup, "primary")).
		WithHint("Write WITH (external_location = '...'), at or below a location that may be written.")
}

// folder is a place for files: a key of a store with a slash behind it, or "".
type folder struct {
	store  store.Store
	prefix string
}

func (s *Session) openFolder(location string) (folder, error) {
	st, prefix, err := s.e.o.Stores.OpenWrite(location)
	return folder{st, store.Folder(prefix)}, err
}

// checkEmpty refuses a place where there is something: whatever it is would
// become part of the table.
func (f folder) checkEmpty(ctx context.Context) error {
	for o, err := range f.store.List(store.WithReadKind(ctx, store.ReadList), f.prefix) {
		if err != nil {
			return err
		}
		return fault.New(fault.CodeDuplicateFile, "target location %q is not empty", f.store.URL(f.prefix)).
			WithDetail("There is a file %q.", f.store.URL(o.Key)).
			WithHint("Name another location, or remove what is there; DROP TABLE leaves the files of a table.")
	}
	return nil
}

// partFolder gives where the files of a partition go, and whether the partition is
// new. One that the table has keeps its place.
func (w *lakeWriter) partFolder(keys []string) (folder, bool, error) {
	t := w.table
	for k, text := range keys {
		if _, err := partition.ParseKey(t, k, text); err != nil {
			return folder{}, false, err
		}
	}
	if w.parts != nil {
		if at := partition.Find(t, w.parts, keys); len(at) > 0 {
			return w.knownFolder(at[0])
		}
	}
	rel := partition.Path(t.PartitionKeys, keys)
	return folder{w.root.store, w.root.prefix + rel + "/"}, true, nil
}

func (w *lakeWriter) knownFolder(i int) (folder, bool, error) {
	own := w.parts.Descriptor != nil && w.parts.Descriptor(i) != nil
	if format := w.parts.Format(i); own || format != "" && !strings.EqualFold(format, w.spec.Format) {
		return folder{}, false, fault.New(fault.CodeFeatureNotSupported, "partition %s of table %q is described unlike its table and cannot be written",
			partition.PathOf(w.table, w.parts, i), w.table.Name)
	}
	f, err := w.s.openFolder(w.parts.Location(i))
	return f, false, err
}

// keepsPartitions reports whether the catalog lists a table's partitions.
func keepsPartitions(t *catalog.Table) bool {
	discovered, err := partition.IsDiscovered(t)
	return len(t.PartitionKeys) > 0 && !partition.IsProjected(t) && !(err == nil && discovered)
}
