package lake

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// snapshotOf gives what is read of some keys of an ORC table, and what names
// deleted rows.
func snapshotOf(t *testing.T, keys ...string) (read, deletes []string) {
	t.Helper()
	mem := store.NewMemory("lake")
	var files []*File
	slices.Sort(keys)
	for _, k := range keys {
		files = append(files, &File{Store: mem, Info: store.Info{Key: k}, Format: fakeFormat{name: "orc"}, Partition: -1})
	}
	l := New(nil, formats.NewRegistry())
	for _, f := range l.snapshot(files) {
		read = append(read, f.Info.Key)
		if f.acid == nil {
			continue
		}
		deletes = deletes[:0]
		for _, d := range f.acid.gone.files {
			deletes = append(deletes, d.Info.Key)
		}
	}
	return read, deletes
}

// short are the names of folders with numbers as the test writes them.
var short = regexp.MustCompile(`(base|delta)_(\d+)(?:_(\d+))?`)

// padded writes them as Hive does.
func padded(names string) []string {
	return strings.Fields(short.ReplaceAllStringFunc(names, func(s string) string {
		m := short.FindStringSubmatch(s)
		if m[3] == "" {
			return fmt.Sprintf("%s_%07s", m[1], m[2])
		}
		return fmt.Sprintf("%s_%07s_%07s", m[1], m[2], m[3])
	}))
}

// TestSnapshots chooses the folders of a transactional table that are read.
func TestSnapshots(t *testing.T) {
	for _, c := range []struct{ name, have, read, deletes string }{
		{"no transactional table", "t/a t/b/c t/delta/x t/base_x/y", "t/a t/b/c t/base_x/y t/delta/x", ""},
		{"the highest base", "t/base_3/b t/base_12/b t/delta_4_4/b t/delta_13_13/b", "t/base_12/b t/delta_13_13/b", ""},
		{"a base of a later compaction", "t/base_5/b t/base_5_v9/b", "t/base_5_v9/b", ""},
		{"the widest delta", "t/delta_1_1_0/b t/delta_2_2_0/b t/delta_1_2/b t/delta_3_3_0/b", "t/delta_1_2/b t/delta_3_3_0/b", ""},
		{"statements of a write", "t/delta_1_1_0000/b t/delta_1_1_0001/b t/delta_1_1_0002/b", "t/delta_1_1_0000/b t/delta_1_1_0001/b t/delta_1_1_0002/b", ""},
		{"statements that were compacted", "t/delta_1_1/b t/delta_1_1_0000/b t/delta_1_1_0001/b", "t/delta_1_1/b", ""},
		{"the same compaction twice", "t/delta_1_4_v7/b t/delta_1_4_v8/b", "t/delta_1_4_v8/b", ""},
		{"deltas and deletions", "t/base_1/b t/delta_2_2_0/b t/delete_delta_2_2_0/b t/delete_delta_1_1_0/b", "t/base_1/b t/delta_2_2_0/b", "t/delete_delta_2_2_0/b"},
		{"compacted deletions", "t/base_1/b t/delta_2_5_v3/b t/delete_delta_2_5_v3/b t/delete_delta_4_4_0/b", "t/base_1/b t/delta_2_5_v3/b", "t/delete_delta_2_5_v3/b"},
		{"only deletions", "t/base_1/b t/delete_delta_2_2/b", "t/base_1/b", "t/delete_delta_2_2/b"},
		{"files from before", "t/000000_0 t/sub/000001_0 t/delta_1_1/b", "t/000000_0 t/delta_1_1/b t/sub/000001_0", ""},
		{"a base has them", "t/000000_0 t/sub/000001_0 t/base_1/b", "t/base_1/b", ""},
		{"another folder's", "t/p=1/000000_0 t/p=2/base_1/b", "t/p=1/000000_0 t/p=2/base_1/b", ""},
		{"folders below", "t/base_1/HIVE_UNION_SUBDIR_1/000000_0 t/base_2/HIVE_UNION_SUBDIR_1/000000_0", "t/base_2/HIVE_UNION_SUBDIR_1/000000_0", ""},
		{"a number too long", "t/base_99999999999999999999/b t/base_1/b", "t/base_1/b", ""},
	} {
		read, deletes := snapshotOf(t, padded(c.have)...)
		if fmt.Sprint(read) != fmt.Sprint(padded(c.read)) || fmt.Sprint(deletes) != fmt.Sprint(padded(c.deletes)) {
			t.Errorf("%s: %v less %v, want %s less %s", c.name, read, deletes, c.read, c.deletes)
		}
	}
}

// TestIdentityOfDeletions demands that results which were kept are not given
// again when rows were deleted since.
func TestIdentityOfDeletions(t *testing.T) {
	f := &File{Store: store.NewMemory("lake"), Info: store.Info{Key: "t/base_1/b", ETag: "1"}}
	before := string(f.AppendIdentity(nil))
	f.acid = &acidState{gone: &deletions{files: []*File{{Store: f.Store, Info: store.Info{Key: "t/delete_delta_2_2/b", ETag: "1"}}}}}
	if after := string(f.AppendIdentity(nil)); after == before {
		t.Errorf("%s is the same with rows deleted", after)
	}
}
