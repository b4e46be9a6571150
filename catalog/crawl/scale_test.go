package crawl

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/store"
)

// lakeOf is a store of very many small files that are made when they are
// listed or read. It lists in pages of a thousand, as S3 does.
type lakeOf struct {
	folders []string // sorted, with a slash at the end
	each    int      // files in each
}

const lakeFile = "id,price,city\n1,2.5,Rome\n2,3.5,Oslo\n"

// manyTables makes tables of partitions: k=v folders, or date folders.
func manyTables(tables, parts, each int, dates bool) *lakeOf {
	s := &lakeOf{each: each}
	day := time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := range tables {
		for p := range parts {
			if dates {
				s.folders = append(s.folders, fmt.Sprintf("lake/t%02d/%s/", t, day.Add(time.Duration(p)*time.Hour).Format("2006/01/02/15")))
			} else {
				s.folders = append(s.folders, fmt.Sprintf("lake/t%02d/dt=%s/", t, day.AddDate(0, 0, p).Format(time.DateOnly)))
			}
		}
	}
	slices.Sort(s.folders)
	return s
}

func (s *lakeOf) info(i int) store.Info {
	f := s.folders[i/s.each]
	return store.Info{Key: f + "part-" + strconv.Itoa(100000+i%s.each) + "-" + strconv.FormatUint(uint64(i)*0x9E3779B97F4A7C15, 16) + ".csv",
		Size: int64(len(lakeFile)), ETag: strconv.FormatUint(uint64(i)*0xD6E8FEB86659FD93, 16) + "d6e8feb86659fd93", Modified: time.Unix(1_700_000_000, 0)}
}

func (s *lakeOf) List(ctx context.Context, prefix string) iter.Seq2[store.Info, error] {
	return func(yield func(store.Info, error) bool) {
		at, _ := slices.BinarySearch(s.folders, prefix)
		page := make([]store.Info, 0, 1000)
		for i := at * s.each; ; {
			page = page[:0]
			for ; len(page) < 1000 && i < len(s.folders)*s.each && strings.HasPrefix(s.folders[i/s.each], prefix); i++ {
				page = append(page, s.info(i))
			}
			if err := ctx.Err(); err != nil {
				yield(store.Info{}, err)
				return
			}
			for _, o := range page {
				if !yield(o, nil) {
					return
				}
			}
			if len(page) < 1000 {
				return
			}
		}
	}
}

// Level yields the folders in a folder: none here holds files and folders.
func (s *lakeOf) Level(ctx context.Context, folder string) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		last := ""
		at, _ := slices.BinarySearch(s.folders, folder)
		for ; at < len(s.folders) && strings.HasPrefix(s.folders[at], folder); at++ {
			name, _, _ := strings.Cut(s.folders[at][len(folder):], "/")
			if name == last {
				continue
			}
			last = name
			if !yield(store.Entry{Folder: folder + name + "/"}, nil) {
				return
			}
		}
	}
}

func (s *lakeOf) Stat(_ context.Context, key string) (store.Info, error) {
	return store.Info{}, fault.New(fault.CodeUndefinedFile, "no %s", key)
}

func (s *lakeOf) ReadRanges(_ context.Context, o store.Info, rs []store.Range) ([][]byte, error) {
	var out [][]byte
	for _, r := range rs {
		out = append(out, []byte(lakeFile)[r.Off:r.Off+r.Len])
	}
	return out, nil
}

func (s *lakeOf) Put(context.Context, string, io.Reader, store.PutOptions) (store.Info, error) {
	return store.Info{}, fault.New(fault.CodeInsufficientPriv, "read only")
}

func (s *lakeOf) Delete(context.Context, ...string) error {
	return fault.New(fault.CodeInsufficientPriv, "read only")
}

func (s *lakeOf) URL(key string) string { return "made://lake/" + key }

func mounted(t testing.TB, s store.Store) *store.Registry {
	t.Helper()
	reg, err := store.NewRegistry(store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := reg.Mount("made://lake", s); err != nil {
		t.Fatal(err)
	}
	return reg
}

// TestScale crawls 20,000 objects, a million with GLAUX_LONG=1: in a minute and
// 500 MB, and again with nothing new in 20 seconds.
func TestScale(t *testing.T) {
	tables, parts := 10, 200
	if os.Getenv("GLAUX_LONG") != "" {
		tables, parts = 20, 5000
	}
	for _, dates := range []bool{false, true} {
		t.Run(map[bool]string{false: "hive", true: "dates"}[dates], func(t *testing.T) { testScale(t, tables, parts, dates) })
	}
}

func testScale(t *testing.T, tables, parts int, dates bool) {
	s := manyTables(tables, parts, 10, dates)
	debug.FreeOSMemory()
	before := residentKB()
	stop := peak()
	calls := 0
	o := Options{Stores: mounted(t, s), Formats: formats.NewRegistry(csv.Format{}), Targets: []Target{{Location: "made://lake/lake"}},
		Progress: func(Progress) { calls++ }}
	start := time.Now()
	found, err := Find(context.Background(), o)
	took := time.Since(start)
	heap := stop()
	if err != nil {
		t.Fatal(err)
	}
	partitions := 0
	for _, f := range found.Tables {
		partitions += len(f.Partitions)
		if len(f.Table.Columns) != 3 || f.Files != int64(parts*10) || dates == (f.Projection == nil) {
			t.Errorf("%s: %d columns, %d files, projection %v", f.Table.Storage.Location, len(f.Table.Columns), f.Files, f.Projection)
		}
		o.Known = append(o.Known, Known{Table: f.Table, Fingerprint: f.Fingerprint})
	}
	if objects := int64(tables * parts * 10); found.Objects != objects || len(found.Tables) != tables || partitions != tables*parts || calls < int(objects/1000) {
		t.Errorf("%d objects, %d tables, %d partitions, %d calls of progress", found.Objects, len(found.Tables), partitions, calls)
	}
	t.Logf("%d objects in %d folders: %v, heap %d MB, resident %d MB more, %d files looked into", found.Objects, tables*parts,
		took.Round(time.Millisecond), heap>>20, (residentKB()-before)>>10, found.Sampled)
	found = nil
	start = time.Now()
	again, err := Find(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("again: %v, %d files looked into", time.Since(start).Round(time.Millisecond), again.Sampled)
	for _, f := range again.Tables {
		if !f.Unchanged {
			t.Errorf("%s has changed", f.Table.Storage.Location)
		}
	}
	if again.Sampled != 0 || len(again.Tables) != tables {
		t.Errorf("again: %d looked into, %d tables", again.Sampled, len(again.Tables))
	}
	if took > time.Minute || time.Since(start) > 20*time.Second || heap > 500<<20 {
		t.Error("too slow, or too much memory")
	}
}

// residentKB gives the process's resident memory, 0 where it isn't known.
func residentKB() int {
	b, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(b), "VmRSS:")
	line, _, _ := strings.Cut(rest, "\n")
	n, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(line, "kB")))
	return n
}

// peak watches the heap until stop, which gives the most that it took of the
// system.
func peak() (stop func() uint64) {
	done, out := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapSys-m.HeapReleased+m.StackSys)
			select {
			case <-done:
				out <- most
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(done)
		return <-out
	}
}
