package advisor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/store"
)

// compression is what the files of a rewritten table are written with: what
// queries read counts here more than what writing takes.
const compression = "ZSTD"

// rewrite says how a table's rows are written anew.
type rewrite struct {
	keys  []string // partition keys
	order string   // the column that orders the rows; "": none
}

// rewriteFix writes the statements that put the table's rows into new Parquet files
// and let them have its name: CREATE TABLE AS beside it, two renamings, DROP of the old
// description. What stands in the way is a note.
func (s *subject) rewriteFix(ctx context.Context, f Finding, r rewrite) ([]Finding, error) {
	if why := s.unreadable(ctx); why != "" || ctx.Err() != nil {
		f.Notes = append(f.Notes, "it cannot be rewritten: "+why)
		return []Finding{f}, ctx.Err()
	}
	made, location, err := s.free(ctx, "_parquet", &f)
	if err != nil {
		return nil, err
	}
	old, _, err := s.free(ctx, "_before", nil)
	if err != nil {
		return nil, err
	}
	next := qualified(s.table.Database, made)
	if s.filterRule() != "" { // the next statement reads all of it
		f.SQL = append(f.SQL, fmt.Sprintf("ALTER TABLE %s SET TBLPROPERTIES ('%s' = 'optional')", s.name(), partition.PropertyFilter))
	}
	f.SQL = append(f.SQL, s.createAs(next, location, r))
	f.SQL = append(f.SQL, s.properties(next, r)...)
	if !s.o.Renames {
		f.Notes = append(f.Notes, fmt.Sprintf("tables of this catalog cannot be renamed: let queries name %s, or put a view in the place of %s", next, s.name()))
	} else {
		f.SQL = append(f.SQL,
			fmt.Sprintf("ALTER TABLE %s RENAME TO %s", s.name(), types.QuoteIdent(old)),
			fmt.Sprintf("ALTER TABLE %s RENAME TO %s", next, types.QuoteIdent(s.table.Name)),
			"DROP TABLE "+qualified(s.table.Database, old))
	}
	s.rewriteNotes(&f, location)
	return []Finding{f}, nil
}

// unreadable says why the whole table cannot be read, "" if it can.
func (s *subject) unreadable(ctx context.Context) string {
	for _, c := range s.table.AllColumns() {
		if c.Type.Kind == types.Unknown {
			return fmt.Sprintf("the type of column %q cannot be read", c.Name)
		}
	}
	if _, err := s.o.Lake.Partitions(ctx, s.o.Catalog, s.table, nil, false); err != nil {
		return err.Error()
	}
	return ""
}

// createAs writes the statement that makes the new table.
func (s *subject) createAs(name, location string, r rewrite) string {
	with := "format = 'PARQUET', write_compression = '" + compression + "'"
	if location != "" {
		with += ", external_location = " + quote(location)
	}
	if len(r.keys) > 0 {
		quoted := make([]string, len(r.keys))
		for i, k := range r.keys {
			quoted[i] = quote(k)
		}
		with += ", partitioned_by = ARRAY[" + strings.Join(quoted, ", ") + "]"
	}
	query := "SELECT * FROM " + s.name()
	if r.order != "" {
		query += " ORDER BY " + types.QuoteIdent(r.order)
	}
	return fmt.Sprintf("CREATE TABLE %s WITH (%s) AS %s", name, with, query)
}

// propertySorted is where a table says by which column its rows were ordered. It is
// for people, and keeps the advisor from saying it again.
const propertySorted = "sorted_by"

// properties sets what CREATE TABLE AS does not.
func (s *subject) properties(table string, r rewrite) []string {
	var sets []string
	if d := s.table.Description; d != "" {
		sets = append(sets, "'comment' = "+quote(d))
	}
	if v := s.filterRule(); v != "" && len(r.keys) > 0 {
		sets = append(sets, quote(partition.PropertyFilter)+" = "+quote(v))
	}
	if r.order != "" {
		sets = append(sets, quote(propertySorted)+" = "+quote(r.order))
	}
	if sets == nil {
		return nil
	}
	return []string{fmt.Sprintf("ALTER TABLE %s SET TBLPROPERTIES (%s)", table, strings.Join(sets, ", "))}
}

// rewriteNotes tells what a rewriting does not do.
func (s *subject) rewriteNotes(f *Finding, location string) {
	old := s.table.Storage.Location
	f.Notes = append(f.Notes, fmt.Sprintf("files that are written to %s afterwards are not in the new table; the old ones stay until you remove them", old))
	if slices.ContainsFunc(s.found, func(f Finding) bool { return f.Kind == PartitionFilter }) {
		f.Notes = append(f.Notes, "run this before the table is made to ask for a partition filter")
	}
	if s.table.Parameters["UPDATED_BY_CRAWLER"] != "" {
		f.Notes = append(f.Notes, fmt.Sprintf("a crawl has made this table: let later ones leave out %s", old))
	}
	if location == "" {
		return
	}
	if _, _, err := s.o.Stores.OpenWrite(location); err != nil {
		f.Notes = append(f.Notes, fmt.Sprintf("%s may not be written yet: an operator allows it with --writable, or writable: true beside a location of lakes", location))
	}
}

// freeNames bounds the search for a name that is not taken.
const freeNames = 100

// free gives a name like the table's that no table has. With f, for a new table, it
// also gives a place beside the table's where nothing is, "" where the table's location
// has nothing beside it; a note of f says if it could not look.
func (s *subject) free(ctx context.Context, suffix string, f *Finding) (name, location string, err error) {
	for i := range freeNames {
		tail := suffix
		if i > 0 {
			tail = fmt.Sprintf("%s_%d", suffix, i+1)
		}
		name = s.table.Name + tail
		_, err := s.o.Catalog.Table(ctx, s.table.Database, name)
		if err == nil {
			continue
		}
		if !fault.Is(err, fault.CodeUndefinedTable) {
			return "", "", err
		}
		if f == nil {
			return name, "", nil
		}
		location = beside(s.table.Storage.Location, tail)
		taken, err := s.taken(ctx, location)
		if err != nil {
			f.Notes = append(f.Notes, fmt.Sprintf("whether %s is empty could not be seen: %v", location, err))
		}
		if !taken {
			return name, location, ctx.Err()
		}
	}
	return "", "", fault.New(fault.CodeDuplicateTable, "tables %s%s to %s_%d are all taken", s.table.Name, suffix, suffix, freeNames)
}

// taken reports whether there is something at a place. One that may not be read
// counts as free.
func (s *subject) taken(ctx context.Context, location string) (bool, error) {
	if location == "" {
		return false, nil
	}
	st, prefix, err := s.o.Stores.Open(location)
	if err != nil {
		return false, nil
	}
	for _, err := range st.List(store.WithReadKind(ctx, store.ReadList), store.Folder(prefix)) {
		if fault.Is(err, fault.CodeUndefinedFile) {
			return false, nil
		}
		return err == nil, err
	}
	return false, nil
}

// beside gives the folder beside a location whose name ends in tail; "" for the
// root of a bucket or file system.
func beside(location, tail string) string {
	trimmed := strings.TrimRight(location, "/")
	scheme, path, ok := strings.Cut(trimmed, "://")
	if !ok {
		scheme, path = "", trimmed
	}
	if i := strings.LastIndexByte(path, '/'); i < 0 || i == len(path)-1 || scheme == "" && path == "" {
		return ""
	}
	return trimmed + tail + "/"
}

// quote writes a text as a literal.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// keys are the names of the table's partition keys.
func (s *subject) keys() []string {
	names := make([]string, len(s.table.PartitionKeys))
	for i, k := range s.table.PartitionKeys {
		names[i] = k.Name
	}
	return names
}

// percent prints a part for people, small ones with a digit more.
func percent(part float64) string {
	if part < 0.095 {
		return fmt.Sprintf("%.1f %%", 100*part)
	}
	return fmt.Sprintf("%.0f %%", 100*part)
}
