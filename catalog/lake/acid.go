package lake

import (
	"cmp"
	"context"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// Hive keeps a transactional table in folders: base_N has every row as of write
// N, delta_X_Y the rows that writes X to Y inserted, delete_delta_X_Y those that
// they deleted; _S behind it is a statement of a write, and _vT says when a
// compaction made it. Files beside them were there before the table was
// transactional.
//
//	listing ── folders ──> the newest base, deltas above it that no wider one replaces
//	                  └──> delete_deltas above it ── read once ──> rows that the others' files have no more
//
// Which writes were aborted or are still open only Hive's metastore knows. A
// folder that is there is taken as committed: Hive writes it whole and, where
// a write is aborted, removes it with its next cleaning.
var acidFolder = regexp.MustCompile(`^(?:base_(-?\d{7,})|(delta|delete_delta)_(\d{7,})_(\d{7,})(?:_(\d+))?)(?:_v(\d+))?$`)

// TransactionalFolder reports whether Hive gives such a name to a folder of a
// transactional table, and whether its files name deleted rows. It writes the
// numbers of writes with seven digits at least.
func TransactionalFolder(name string) (is, deletes bool) {
	d, ok := parseACID(name)
	return ok, d.deletes
}

// acidDir is a folder of a transactional table.
type acidDir struct {
	base      bool
	deletes   bool
	min, max  int64 // writes; of a base both are its own
	statement int64 // -1: of whole writes
	made      int64 // by a compaction that saw the table as of then; 0: by no compaction
}

// parseACID understands a folder's name.
func parseACID(name string) (d acidDir, ok bool) {
	if !strings.HasPrefix(name, "base_") && !strings.HasPrefix(name, "del") {
		return d, false
	}
	m := acidFolder.FindStringSubmatch(name)
	if m == nil {
		return d, false
	}
	number := func(s string, otherwise int64) int64 {
		if s == "" {
			return otherwise
		}
		n, err := strconv.ParseInt(s, 10, 64)
		ok = ok && err == nil
		return n
	}
	ok = true
	d = acidDir{base: m[1] != "", deletes: m[2] == "delete_delta", statement: number(m[5], -1), made: number(m[6], 0)}
	if d.base {
		d.min = number(m[1], 0)
		d.max = d.min
	} else {
		d.min, d.max = number(m[3], 0), number(m[4], 0)
	}
	return d, ok && d.min <= d.max
}

// splitACID finds the folder of a transactional table in a key: what stands
// before it, and its name. Files without one have their own folder before them.
func splitACID(key string) (before, name string, d acidDir, ok bool) {
	for at := 0; ; {
		n := strings.IndexByte(key[at:], '/')
		if n < 0 {
			return key[:at], "", d, false
		}
		if d, ok = parseACID(key[at : at+n]); ok {
			return key[:at], key[at : at+n], d, true
		}
		at += n + 1
	}
}

// acidGroup is a table or partition of transactional folders.
type acidGroup struct {
	folders  map[string]acidDir
	files    map[string][]*File // by folder
	original []*File
}

// acidKey tells tables and partitions apart; original files may lie deeper.
type acidKey struct {
	partition int
	folder    string
}

// snapshot leaves those files that make up the newest state of a transactional
// table, with what was deleted from them; others it gives as they are.
func (l *Lake) snapshot(files []*File) []*File {
	files = withSides(files)
	groups := map[acidKey]*acidGroup{}
	for _, f := range files {
		if f.mayBeACID() {
			if before, name, d, ok := splitACID(f.Info.Key); ok {
				k := acidKey{f.Partition, before}
				g := groups[k]
				if g == nil {
					g = &acidGroup{folders: map[string]acidDir{}, files: map[string][]*File{}}
					groups[k] = g
				}
				g.folders[name] = d
				g.files[name] = append(g.files[name], f)
			}
		}
	}
	if len(groups) == 0 {
		return files
	}
	state := map[*File]*acidState{} // of the files that are read
	for _, f := range files {
		if _, _, _, ok := splitACID(f.Info.Key); ok && f.mayBeACID() {
			continue
		}
		state[f] = nil
		if g := groupOf(groups, f); g != nil && f.mayBeACID() {
			g.original = append(g.original, f)
		}
	}
	for _, g := range groups {
		l.choose(g, state)
	}
	var out []*File
	for _, f := range files {
		s, read := state[f]
		if read && s != nil {
			own := *f
			own.acid, f = s, &own
		}
		if read {
			out = append(out, f)
		}
	}
	return out
}

// mayBeACID reports whether a file may be one of a transactional table: ORC, or
// any format where the table says so (tables of which rows are only inserted).
func (f *File) mayBeACID() bool {
	return f.Format.Name() == "orc" || strings.EqualFold(f.Options.Properties["transactional"], "true")
}

// groupOf finds the group in whose folder, or below it, a file lies.
func groupOf(groups map[acidKey]*acidGroup, f *File) *acidGroup {
	for folder := f.Info.Key; folder != ""; {
		folder = folder[:strings.LastIndexByte(strings.TrimSuffix(folder, "/"), '/')+1]
		if g := groups[acidKey{f.Partition, folder}]; g != nil {
			return g
		}
	}
	return nil
}

// choose finds the folders that are read, as Hive's AcidUtils does: the highest
// base; of the folders above it in the order of their first write, the widest
// first, each that reaches further than those before, and the statements of one
// write.
func (l *Lake) choose(g *acidGroup, state map[*File]*acidState) {
	var names []string
	base := ""
	for name, d := range g.folders {
		switch b := g.folders[base]; {
		case !d.base:
			names = append(names, name)
		case base == "" || d.max > b.max || d.max == b.max && d.made > b.made:
			base = name
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		x, y := g.folders[a], g.folders[b]
		return cmp.Or(cmp.Compare(x.min, y.min), cmp.Compare(y.max, x.max), cmp.Compare(x.statement, y.statement), cmp.Compare(y.made, x.made), cmp.Compare(a, b))
	})
	var chosen, deletes []*File
	reached := int64(-1) << 62
	if base != "" {
		reached = g.folders[base].max
		chosen = append(chosen, g.files[base]...)
	} else {
		chosen = append(chosen, g.original...)
	}
	for _, f := range g.original {
		delete(state, f)
	}
	var last acidDir
	taken := map[acidDir]bool{} // without made: one compaction of the same writes is enough
	for _, name := range names {
		d := g.folders[name]
		same := d
		same.made = 0
		sibling := len(taken) > 0 && d.min == last.min && d.max == last.max && (d.statement == last.statement || d.statement >= 0 && last.statement >= 0)
		if taken[same] || d.max <= reached && !sibling {
			continue
		}
		reached, last, taken[same] = max(reached, d.max), d, true
		if d.deletes {
			deletes = append(deletes, g.files[name]...)
		} else {
			chosen = append(chosen, g.files[name]...)
		}
	}
	var gone *deletions
	if len(deletes) > 0 {
		gone = &deletions{files: deletes}
	}
	for _, f := range chosen {
		state[f] = nil
		if gone != nil {
			state[f] = &acidState{gone: gone, bucket: -1}
		}
	}
	if base == "" && gone != nil {
		numberOriginals(g.original, state)
	}
}

// bucketFile are the names that Hive gives to files: the bucket leads.
var bucketFile = regexp.MustCompile(`^(?:bucket_)?0*(\d{1,4})(?:_\d+)?(?:_copy_\d+)?$`)

// maxBucket is the highest number that BucketCodec has room for.
const maxBucket = 1<<12 - 1

// numberOriginals says where the rows of files from before the table was
// transactional are in their bucket, by which deletions name them: Hive counts
// through the bucket's files in the order of their names.
func numberOriginals(files []*File, state map[*File]*acidState) {
	before := map[int32][]*File{}
	for _, f := range files { // ordered by key
		m := bucketFile.FindStringSubmatch(f.Info.Key[strings.LastIndexByte(f.Info.Key, '/')+1:])
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[1])
		if n > maxBucket {
			continue
		}
		bucket := int32(1<<29 | n<<16) // version 1 of Hive's BucketCodec, statement 0
		s := state[f]
		s.bucket, s.before = bucket, slices.Clone(before[bucket])
		before[bucket] = append(before[bucket], f)
	}
}

// acidState is what a file of a transactional table needs besides its bytes.
type acidState struct {
	gone   *deletions // rows that were deleted from the table or partition
	bucket int32      // of a file without identities; -1: unknown
	before []*File    // the files whose rows come before in that bucket
}

// without gives the opened file less the rows that were deleted.
func (l *Lake) without(ctx context.Context, f *File, file formats.File) (formats.File, error) {
	t, ok := file.(formats.Transactional)
	if !ok {
		return nil, fault.New(fault.CodeFeatureNotSupported, "rows of the file's table were deleted, which is read of ORC only").In(f.URL())
	}
	first := int64(0)
	for _, b := range f.acid.before {
		opened, err := l.openStored(ctx, b)
		if err != nil {
			return nil, err
		}
		first += opened.Stats().Rows
	}
	return t.Without(f.acid.gone, f.acid.bucket, first), nil
}

// maxDeletions bounds the memory for the deleted rows of a partition: eight
// bytes each.
const maxDeletions = 32 << 20

// deletions are the rows that the delete_delta folders of a table or partition
// name. They implement formats.Deletions.
type deletions struct {
	files []*File

	mu   sync.Mutex // guards rows
	rows *formats.RowIDs
}

// Rows implements formats.Deletions. What is read counts as metadata: it is
// known neither before a scan nor by its columns.
func (d *deletions) Rows(ctx context.Context) (*formats.RowIDs, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rows != nil {
		return d.rows, nil
	}
	ctx = store.WithReadKind(ctx, store.ReadFooter)
	rows := &formats.RowIDs{}
	for _, f := range d.files {
		if err := readDeletions(ctx, f, rows); err != nil {
			return nil, err
		}
	}
	rows.Sort()
	d.rows = rows
	return rows, nil
}

// eventSchema are the columns of a file of deletions, whose row is NULL.
var eventSchema = &types.Schema{Fields: []types.Field{
	{Name: "operation", Type: types.TBigInt}, {Name: "originalTransaction", Type: types.TBigInt}, {Name: "bucket", Type: types.TBigInt}, {Name: "rowId", Type: types.TBigInt},
}}

// deletion is the operation of a row that says which one was deleted.
const deletion = 2

func readDeletions(ctx context.Context, f *File, rows *formats.RowIDs) error {
	from, info, err := f.stored(ctx)
	if err != nil {
		return err
	}
	file, err := f.Format.Open(ctx, from, info, formats.Options{Schema: eventSchema})
	if err != nil {
		return err
	}
	defer file.Close()
	var cols []formats.Projection
	for i, c := range eventSchema.Fields {
		cols = append(cols, formats.Projection{Column: i, Type: c.Type})
	}
	src, err := file.Scan(ctx, formats.ScanRequest{Columns: cols})
	if err != nil {
		return err
	}
	defer src.Close()
	var b vector.Batch
	for err = src.Next(ctx, &b); err == nil; err = src.Next(ctx, &b) {
		for i := range b.N {
			var id [4]int64
			for c := range id {
				v := vector.ValueAt(b.Cols[c], i)
				if v.Null {
					return fault.Corrupt(f.URL(), "a deleted row of a transactional table has no identity").InColumn(eventSchema.Fields[c].Name)
				}
				id[c] = v.I
			}
			if id[0] != deletion || id[2] != int64(int32(id[2])) {
				return fault.Corrupt(f.URL(), "a file of deleted rows holds operation %d in bucket %d", id[0], id[2])
			}
			if rows.Len() >= maxDeletions {
				return fault.New(fault.CodeProgramLimit, "more than %d rows of the table or partition were deleted", maxDeletions).In(f.URL()).
					WithHint("Let Hive run a major compaction of it.")
			}
			rows.Add(formats.RowID{Write: id[1], Bucket: int32(id[2]), Row: id[3]})
		}
	}
	if err != io.EOF {
		return err
	}
	return nil
}
