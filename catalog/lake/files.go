package lake

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// parallelListings is how many listings of one table run at once.
const parallelListings = 32

// Files lists the files of a table, of the selected partitions (ascending
// positions in parts; nil: all of them). Files and folders whose names begin
// with _ or a dot are passed over, and those that a crawler was told to leave
// out (PropertyExclusions); folders below are read too. Of a transactional table
// of Hive it gives the files of the newest snapshot, of one whose files are
// manifests (IsSymlink) those that they name. The order is by partition, then by
// key.
//
// A partition whose folder is gone has no files, as in Hive. A table location
// below which there is nothing at all is 58P01.
func (l *Lake) Files(ctx context.Context, t *catalog.Table, parts *catalog.Partitions, selected []uint32) ([]*File, error) {
	if t.Storage.Location == "" {
		return nil, fault.New(fault.CodeWrongObjectType, "table %s.%s has no location", t.Database, t.Name)
	}
	opt := l.tableOptions(t)
	files, err := l.allFiles(ctx, t, opt, parts, selected)
	if err != nil {
		return nil, err
	}
	if files, err = opt.exclude.without(files); err != nil {
		return nil, err
	}
	switch {
	case IsSymlink(t):
		return l.followed(ctx, t, files, ReadManifest)
	case l.isEntryManifest(t, files):
		return l.entries(ctx, t, files)
	}
	return l.snapshot(files), nil
}

func (l *Lake) allFiles(ctx context.Context, t *catalog.Table, opt tableOptions, parts *catalog.Partitions, selected []uint32) ([]*File, error) {
	if len(t.PartitionKeys) == 0 {
		return l.plainFiles(ctx, t, opt)
	}
	if parts == nil {
		return nil, fault.New(fault.CodeInternal, "the partitions of table %s.%s were not given", t.Database, t.Name)
	}
	if selected == nil {
		selected = make([]uint32, parts.N)
		for i := range selected {
			selected[i] = uint32(i)
		}
	}
	if len(selected) == 0 {
		return nil, nil
	}
	return l.partitionFiles(ctx, t, opt, parts, selected)
}

func (l *Lake) plainFiles(ctx context.Context, t *catalog.Table, opt tableOptions) ([]*File, error) {
	s, key, err := l.stores.Open(t.Storage.Location)
	if err != nil {
		return nil, tableFault(err, t)
	}
	format, err := l.format(t, opt.format)
	if err != nil {
		return nil, err
	}
	objects, err := l.list(ctx, s, key, true)
	if err != nil {
		return nil, tableFault(err, t)
	}
	if len(objects) == 0 {
		return nil, l.checkLocation(ctx, t, s, key)
	}
	files := make([]*File, len(objects))
	for i, o := range objects {
		files[i] = &File{Store: s, Info: o, Format: format, Options: opt.opt, Partition: -1}
	}
	return files, nil
}

// format finds the format of a table's or partition's files.
func (l *Lake) format(t *catalog.Table, name string) (formats.Format, error) {
	if name == "" {
		return nil, tableFault(fault.New(fault.CodeFeatureNotSupported,
			"the file format of table %s.%s is not known: SerDe %q, input format %q",
			t.Database, t.Name, t.Storage.SerDe, t.Storage.InputFormat).
			WithHint("Say it with STORED AS, or with the table property 'classification'."), t)
	}
	f, err := l.formats.Get(name)
	if err != nil {
		return nil, tableFault(err, t)
	}
	return f, nil
}

// checkLocation is asked when a listing found nothing to read: it tells an
// empty table from one whose location is gone.
func (l *Lake) checkLocation(ctx context.Context, t *catalog.Table, s store.Store, key string) error {
	ctx = store.WithReadKind(ctx, store.ReadList)
	for _, err := range store.Under(ctx, s, key) {
		if err != nil {
			return tableFault(err, t)
		}
		return nil // only hidden files
	}
	if f, ok := s.(interface {
		HasFolder(ctx context.Context, key string) (bool, error)
	}); ok {
		if there, err := f.HasFolder(ctx, key); there || err != nil {
			return err
		}
	}
	return tableFault(fault.New(fault.CodeUndefinedFile, "the location of table %s.%s does not exist: %s",
		t.Database, t.Name, t.Storage.Location).
		WithHint("Its files were moved or removed. Put them back, change the location, or drop the table."), t)
}

func tableFault(err error, t *catalog.Table) error {
	f := fault.As(err)
	if f.Schema == "" && f.Table == "" {
		f.Schema, f.Table = t.Database, t.Name
	}
	return f
}

// place is where a selected partition's files are: a folder of a store.
type place struct {
	store  store.Store
	folder string // with a slash at its end, or "" for a store's root
	row    uint32 // in the catalog's partitions
	loose  bool   // a location of its own, which may be a single object
}

func (l *Lake) partitionFiles(ctx context.Context, t *catalog.Table, opt tableOptions, parts *catalog.Partitions, selected []uint32) ([]*File, error) {
	root, rootKey, err := l.stores.Open(t.Storage.Location)
	if err != nil {
		return nil, tableFault(err, t)
	}
	c := &cover{lake: l, root: root, rootFolder: store.Folder(rootKey), levels: len(t.PartitionKeys)}
	if err := c.places(t, parts, selected); err != nil {
		return nil, tableFault(err, t)
	}
	c.choose(parts)
	found, err := c.list(ctx)
	if err != nil {
		return nil, tableFault(err, t)
	}
	if len(found) == 0 && len(c.loose) == 0 && !madeOnDemand(t) {
		return nil, l.checkLocation(ctx, t, root, rootKey)
	}
	return l.assemble(t, opt, parts, found)
}

// foundFile is an object that belongs to a partition.
type foundFile struct {
	store store.Store
	info  store.Info
	row   uint32
}

// assemble makes the files, in order; keys and options are shared by a
// partition's files.
func (l *Lake) assemble(t *catalog.Table, opt tableOptions, parts *catalog.Partitions, found []foundFile) ([]*File, error) {
	slices.SortFunc(found, func(a, b foundFile) int {
		if a.row != b.row {
			return int(a.row) - int(b.row)
		}
		return strings.Compare(a.info.Key, b.info.Key)
	})
	known := map[string]formats.Format{}
	files := make([]*File, len(found))
	var like File // of the partition at hand
	for i, f := range found {
		if i == 0 || f.row != found[i-1].row {
			own := opt.ofPartition(t, parts, int(f.row))
			format := known[own.format]
			if format == nil {
				var err error
				if format, err = l.format(t, own.format); err != nil {
					return nil, err
				}
				known[own.format] = format
			}
			keys := make([]types.Value, len(parts.Keys))
			for k := range keys {
				keys[k] = parts.Value(k, int(f.row))
			}
			like = File{Format: format, Options: own.opt, Partition: int(f.row), Keys: keys, differs: own.differs, table: own.table}
		}
		file := like
		file.Store, file.Info = f.store, f.info
		files[i] = &file
	}
	return files, nil
}

// listAll runs one listing per job, some at a time, and joins what they find
// in the order of the jobs.
func listAll[J any](ctx context.Context, jobs []J, list func(ctx context.Context, j J) ([]foundFile, error)) ([]foundFile, error) {
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(parallelListings)
	results := make([][]foundFile, len(jobs))
	for i, j := range jobs {
		if each.Err() != nil {
			break
		}
		g.Go(func() (err error) {
			results[i], err = list(each, j)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return slices.Concat(results...), nil
}
