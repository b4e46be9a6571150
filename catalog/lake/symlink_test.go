package lake

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/store"
)

func symlinkTable(location string, keys ...string) *catalog.Table {
	t := plainTable(location)
	t.Storage.InputFormat = SymlinkInputFormat
	for _, k := range keys {
		t.PartitionKeys = append(t.PartitionKeys, catalog.Column{Name: k, Type: types.TVarchar})
	}
	return t
}

func TestSymlinkFiles(t *testing.T) {
	f := newFixture(t, "data/a.csv", "data/_b.csv", "data/c d.csv", "data/unnamed.csv")
	f.mem.Set("t/1.txt", []byte("memory://lake/data/c d.csv\r\n\n memory://lake/data/a.csv\nmemory://lake/data/a.csv"))
	f.mem.Set("t/2.txt", []byte("memory://lake/data/_b.csv\n"))
	f.mem.Set("t/3.txt", nil)
	f.mem.Set("t/_ignored", []byte("nothing"))
	files, err := f.Files(context.Background(), symlinkTable("memory://lake/t"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"-1 data/c d.csv", "-1 data/a.csv", "-1 data/a.csv", "-1 data/_b.csv"}
	if diff := cmp.Diff(want, names(files)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, file := range files {
		if file.Info.Size != 1 || file.Info.ETag == "" {
			t.Errorf("%s: %+v", file.URL(), file.Info)
		}
	}
}

// TestSymlinkPartitions reads manifests as Delta Lake writes them: below a folder
// that is hidden to others, each in the folder of its partition.
func TestSymlinkPartitions(t *testing.T) {
	f := newFixture(t, "t/k=x/1.csv", "t/k=y/2.csv")
	f.mem.Set("t/_symlink_format_manifest/k=x/manifest", []byte("memory://lake/t/k=x/1.csv\n"))
	f.mem.Set("t/_symlink_format_manifest/k=y/manifest", []byte("memory://lake/t/k=y/2.csv\n"))
	table := symlinkTable("memory://lake/t/_symlink_format_manifest", "k")
	table.Parameters = map[string]string{"partition.discovery": "auto"}
	ctx := context.Background()
	parts, err := f.Partitions(ctx, nil, table, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	files, err := f.Files(ctx, table, parts, []uint32{1})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1 t/k=y/2.csv"}, names(files)); diff != "" || files[0].Keys[0].S != "y" {
		t.Errorf("%v\n%s", files[0].Keys, diff)
	}
}

func TestSymlinkFaults(t *testing.T) {
	for name, c := range map[string]struct {
		manifest string
		code     fault.Code
		message  string
	}{
		"missing": {"memory://lake/data/a.csv\n\nmemory://lake/data/gone.csv\n", fault.CodeUndefinedFile,
			`file "memory://lake/data/gone.csv" does not exist, which a manifest names (file memory://lake/t/m, line 3)`},
		"forbidden": {"s3://other/a.csv\n", fault.CodeInsufficientPriv,
			`location "s3://other/a.csv" is not among the locations that may be read, which a manifest names (file memory://lake/t/m, line 1)`},
		"text":   {"memory://lake/data/a.csv\nid,name\n", fault.CodeDataCorrupted, `the manifest's line 2 is no location: "id,name" (file memory://lake/t/m, line 2)`},
		"binary": {"PAR1\x00\x01", fault.CodeDataCorrupted, "the manifest's line 1 is no location: \"PAR1\\x00\\x01\" (file memory://lake/t/m, line 1)"},
	} {
		f := newFixture(t, "data/a.csv")
		f.mem.Set("t/m", []byte(c.manifest))
		_, err := f.Files(context.Background(), symlinkTable("memory://lake/t"), nil, nil)
		if !fault.Is(err, c.code) || err.Error() != c.message {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// countedMeter counts the requests and bytes of metadata.
type countedMeter struct{ lists, footers atomic.Int64 }

func (m *countedMeter) Reserve(_ context.Context, kind store.ReadKind, n int64) error {
	switch kind {
	case store.ReadList:
		m.lists.Add(1)
	case store.ReadFooter:
		m.footers.Add(n)
	}
	return nil
}

// TestSymlinkOnce checks that a statement reads a manifest and asks for its files
// once.
func TestSymlinkOnce(t *testing.T) {
	f := newFixture(t, "data/a.csv", "data/b.csv")
	text := "memory://lake/data/a.csv\nmemory://lake/data/b.csv\n"
	f.mem.Set("t/m", []byte(text))
	var m countedMeter
	ctx := WithStatement(store.WithMeter(context.Background(), &m))
	for range 3 {
		if _, err := f.Files(ctx, symlinkTable("memory://lake/t"), nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if m.footers.Load() != int64(len(text)) {
		t.Errorf("read %d bytes of manifests, want %d", m.footers.Load(), len(text))
	}
}

// TestSymlinkMany follows a manifest of many files in one folder, which is listed
// instead of asking for each; those in other folders, and those behind too many
// others, are asked for.
func TestSymlinkMany(t *testing.T) {
	f := newFixture(t, "else/where.csv")
	var text strings.Builder
	var want []string
	for i := range 100 {
		key := fmt.Sprintf("data/%03d.csv", i)
		f.mem.Set(key, []byte("x"))
		want = append(want, "-1 "+key)
		text.WriteString("memory://lake/" + key + "\n")
	}
	for i := range 20_000 {
		f.mem.Set(fmt.Sprintf("data/other/%05d.csv", i), []byte("x"))
	}
	f.mem.Set("data/z.csv", []byte("xyz"))
	text.WriteString("memory://lake/else/where.csv\nmemory://lake/data/z.csv\n")
	want = append(want, "-1 else/where.csv", "-1 data/z.csv")
	f.mem.Set("t/m", []byte(text.String()))
	var m countedMeter
	files, err := f.Files(store.WithMeter(context.Background(), &m), symlinkTable("memory://lake/t"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, names(files)); diff != "" || files[101].Info.Size != 3 || files[5].Info.ETag == "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if m.lists.Load() > 50 {
		t.Errorf("%d requests", m.lists.Load())
	}
	f.mem.Set("t/m", []byte(text.String()+"memory://lake/data/050.csv2\n"))
	_, err = f.Files(context.Background(), symlinkTable("memory://lake/t"), nil, nil)
	if e := fault.As(err); !fault.Is(err, fault.CodeUndefinedFile) || e.Line != 103 {
		t.Errorf("%v", err)
	}
}

func FuzzReadManifest(f *testing.F) {
	for _, s := range []string{"s3://b/k\n", "/a/b\r\n\n", "x", "file:///a\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		mem := store.NewMemory("lake")
		mem.Set("m", data)
		o, err := mem.Stat(context.Background(), "m")
		if err != nil {
			t.Fatal(err)
		}
		links, err := ReadManifest(context.Background(), mem, o)
		if err != nil {
			return
		}
		reg, err := store.NewRegistry(store.Config{})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range links {
			if _, _, err := reg.Open(k.URI); err == nil {
				t.Errorf("%q is allowed", k.URI)
			}
		}
	})
}
