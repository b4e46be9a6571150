package crawl

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
)

// fickle is a store that forbids, loses or delays.
type fickle struct {
	*store.Memory
	forbid func(key string) bool // listing an object of this key ends the listing
	delay  func()
}

func (s *fickle) List(ctx context.Context, prefix string) iter.Seq2[store.Info, error] {
	return func(yield func(store.Info, error) bool) {
		for o, err := range s.Memory.List(ctx, prefix) {
			if s.delay != nil {
				s.delay()
			}
			if err == nil && s.forbid != nil && s.forbid(o.Key) {
				yield(store.Info{}, fault.New(fault.CodeInsufficientPriv, "access denied"))
				return
			}
			if !yield(o, err) {
				return
			}
		}
	}
}

// Level is that of the memory, unless all in the folder is forbidden.
func (s *fickle) Level(ctx context.Context, folder string) iter.Seq2[store.Entry, error] {
	if s.forbid != nil && s.forbid(folder) {
		return func(yield func(store.Entry, error) bool) {
			yield(store.Entry{}, fault.New(fault.CodeInsufficientPriv, "access denied"))
		}
	}
	return s.Memory.Level(ctx, folder)
}

func (s *fickle) ReadRanges(ctx context.Context, o store.Info, rs []store.Range) ([][]byte, error) {
	if s.delay != nil {
		s.delay()
	}
	return s.Memory.ReadRanges(ctx, o, rs)
}

func (s *fickle) Put(ctx context.Context, key string, r io.Reader, o store.PutOptions) (store.Info, error) {
	return s.Memory.Put(ctx, key, r, o)
}

func (w *world) mount(s store.Store) *store.Registry {
	w.t.Helper()
	reg, err := store.NewRegistry(store.Config{})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := reg.Mount("memory://lake", s); err != nil {
		w.t.Fatal(err)
	}
	return reg
}

// TestForbiddenFolder: one folder that may not be listed does not keep the rest
// from being crawled, and what was known there is not gone.
func TestForbiddenFolder(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/a/1.csv": ab, "l/secret/deep/1.csv": ab, "l/secret/x.csv": ab, "l/t/dt=1/1.csv": ab,
		"l/t/dt=2/1.csv": ab, "l/t/dt=3/1.csv": ab, "l/z.csv": ab})
	for _, c := range []struct {
		forbid   string
		unlisted []string
		tables   int
	}{
		{"l/secret/", []string{"memory://lake/l/secret/"}, 3},
		{"l/secret/deep/", []string{"memory://lake/l/secret/deep/"}, 4},
		{"l/t/dt=2/", []string{"memory://lake/l/t/dt=2/"}, 4},
	} {
		reg := w.mount(&fickle{Memory: w.mem, forbid: func(key string) bool { return strings.HasPrefix(key, c.forbid) }})
		f, err := Find(context.Background(), Options{Stores: reg, Formats: allFormats(), Targets: []Target{{Location: "memory://lake/l"}}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.unlisted, f.Unlisted); diff != "" || len(f.Tables) != c.tables {
			t.Errorf("%s: %s%q", c.forbid, diff, tablesIn(f))
		}
		why := slices.IndexFunc(f.LeftOut, func(l LeftOut) bool { return l.Location == c.unlisted[0] })
		if why < 0 || !strings.Contains(f.LeftOut[why].Why, "access denied") {
			t.Errorf("%+v", f.LeftOut)
		}
	}
	all := w.mount(&fickle{Memory: w.mem, forbid: func(string) bool { return true }})
	_, err := Find(context.Background(), Options{Stores: all, Formats: allFormats(), Targets: []Target{{Location: "memory://lake/l"}}})
	if !fault.Is(err, fault.CodeInsufficientPriv) {
		t.Errorf("nothing may be listed: %v", err)
	}
}

// TestOneOfTwoTargets: a target that cannot be listed is left out where others
// can be.
func TestOneOfTwoTargets(t *testing.T) {
	w := newWorld(t).put(map[string]string{"a/1.csv": ab, "b/1.csv": ab})
	w.mem.FailWith(func(op, key string) error {
		if op == "list" && key == "b/" {
			return fault.New(fault.CodeIO, "boom")
		}
		return nil
	})
	f := w.search(Options{Targets: []Target{{Location: "memory://lake/a"}, {Location: "memory://lake/b"}}})
	if diff := cmp.Diff([]string{"memory://lake/b/"}, f.Unlisted); diff != "" || len(f.Tables) != 1 || len(f.Trees) != 2 {
		t.Errorf("%s%q %d", diff, tablesIn(f), len(f.Trees))
	}
}

// TestVanishing: files that are gone when they are looked into, and a file that
// may not be read, are left out.
func TestVanishing(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab, "l/t/2.csv": ab, "l/u/1.csv": ab, "l/v/1.csv": ab, "l/v/2.csv": ab})
	w.mem.FailWith(func(op, key string) error {
		switch {
		case op == "read" && key == "l/t/1.csv", op == "read" && strings.HasPrefix(key, "l/u/"):
			return fault.New(fault.CodeUndefinedFile, "it is gone")
		case op == "read" && key == "l/v/2.csv":
			return fault.New(fault.CodeInsufficientPriv, "access denied")
		}
		return nil
	})
	known := []Known{{Table: &catalog.Table{ID: 1, Name: "u", Format: "csv", Storage: catalog.Storage{Location: "memory://lake/l/u"}}}}
	f := w.search(Options{Known: known})
	if diff := cmp.Diff([]string{"t csv (a bigint, b varchar) 2 files", "v csv (a bigint, b varchar) 2 files"}, tablesIn(f)); diff != "" {
		t.Error(diff)
	}
	want := []LeftOut{{"memory://lake/l/t/1.csv", "it is gone", 1}, {"memory://lake/l/u/1.csv", "it is gone", 1},
		{"memory://lake/l/v/2.csv", "access denied", 1}}
	if diff := cmp.Diff(want, f.LeftOut); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"memory://lake/l/u/"}, f.Unlisted); diff != "" {
		t.Error("a known table whose files cannot be read is not gone: " + diff)
	}
}

// TestCancel: the end of the context is an error, at whatever moment.
func TestCancel(t *testing.T) {
	w := newWorld(t)
	for i := range 50 {
		w.mem.Set(fmt.Sprintf("l/t/k=%d/1.csv", i), []byte(ab))
	}
	for stop := range 20 {
		ctx, cancel := context.WithCancel(context.Background())
		n := 0
		w.mem.FailWith(func(op, key string) error {
			if n++; n > stop {
				cancel()
			}
			return nil
		})
		f, err := Find(ctx, Options{Stores: w.reg, Formats: allFormats(), Workers: 1, Targets: []Target{{Location: "memory://lake/l"}}})
		if n > stop && (f != nil || fault.As(err) == nil || fault.As(err).Code != fault.CodeQueryCanceled) {
			t.Errorf("cancelled after %d calls: %v", stop, err)
		}
		cancel()
	}
}

// TestBadLinks: a directory with links that lead nowhere, out of the lake or
// round in circles is crawled but for these.
func TestBadLinks(t *testing.T) {
	dir := t.TempDir()
	for path, text := range map[string]string{"l/t/dt=1/a.csv": ab, "l/t/dt=2/a.csv": ab, "l/u/a.csv": cde, "out/x.csv": ab} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(path)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"l/t/dt=1/loop": "../..", "l/u/nowhere": "x", "l/t/dt=3": "../../out"} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	w := newWorld(t)
	if err := w.reg.Allow(filepath.Join(dir, "l")); err != nil {
		t.Fatal(err)
	}
	f := w.search(Options{Targets: []Target{{Location: filepath.Join(dir, "l")}}})
	want := []string{"t csv (a bigint, b varchar) by (dt integer) 2 partitions 2 files", "u csv (c double, d varchar, e date) 1 files"}
	if diff := cmp.Diff(want, tablesIn(f)); diff != "" {
		t.Error(diff)
	}
	var left []string
	for _, u := range f.Unlisted {
		left = append(left, strings.TrimPrefix(u, dir))
	}
	if diff := cmp.Diff([]string{"/l/t/dt=1/loop/", "/l/t/dt=3", "/l/u/nowhere"}, left); diff != "" {
		t.Errorf("%s%+v", diff, f.LeftOut)
	}
}
