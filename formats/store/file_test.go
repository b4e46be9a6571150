package store

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
)

func TestDir(t *testing.T) { testStore(t, NewDir(t.TempDir())) }

func mustNot(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// outsideLake makes a directory with a lake in it and a secret beside it.
func outsideLake(t *testing.T) (lake string) {
	t.Helper()
	base := t.TempDir()
	lake = filepath.Join(base, "lake")
	mustNot(t, os.MkdirAll(filepath.Join(lake, "in"), 0o777))
	mustNot(t, os.WriteFile(filepath.Join(base, "secret"), []byte("secret"), 0o666))
	mustNot(t, os.WriteFile(filepath.Join(lake, "in", "data"), []byte("data"), 0o666))
	return lake
}

func TestDirRefusesToLeave(t *testing.T) {
	ctx := context.Background()
	for _, link := range []string{"../secret", "..", "/etc/hostname"} {
		t.Run(link, func(t *testing.T) {
			lake := outsideLake(t)
			mustNot(t, os.Symlink(link, filepath.Join(lake, "link")))
			d := NewDir(lake)
			for _, key := range []string{"link", "link/secret", "../secret", "in/../../secret", "/etc/hostname"} {
				if key == "link/secret" && link != ".." {
					continue
				}
				_, err := d.ReadRanges(ctx, Info{Key: key, Size: 6}, []Range{{0, 6}})
				wantCode(t, err, fault.CodeInsufficientPriv, "leads out")
				_, err = d.Stat(ctx, key)
				wantCode(t, err, fault.CodeInsufficientPriv)
			}
			for _, key := range []string{"../new", "/tmp/new"} {
				_, err := d.Put(ctx, key, strings.NewReader("x"), PutOptions{})
				wantCode(t, err, fault.CodeInsufficientPriv)
				wantCode(t, d.Delete(ctx, key), fault.CodeInsufficientPriv)
			}
			var last error
			for _, err := range d.List(ctx, "") {
				last = err
			}
			wantCode(t, last, fault.CodeInsufficientPriv, "link")
		})
	}
}

func TestDirFollowsInside(t *testing.T) {
	lake := outsideLake(t)
	mustNot(t, os.Symlink("in/data", filepath.Join(lake, "file")))
	mustNot(t, os.Symlink("in", filepath.Join(lake, "dir")))
	d := NewDir(lake)
	if diff := cmp.Diff([]string{"dir/data", "file", "in/data"}, keys(t, d, "")); diff != "" {
		t.Error(diff)
	}
	mustNot(t, os.Symlink(".", filepath.Join(lake, "in", "loop")))
	var last error
	for _, err := range d.List(context.Background(), "in/") {
		last = err
	}
	wantCode(t, last, fault.CodeIO, "loop")
	mustNot(t, os.Remove(filepath.Join(lake, "in", "loop")))
	mustNot(t, os.Symlink("nowhere", filepath.Join(lake, "in", "dangling")))
	for _, err := range d.List(context.Background(), "in/") {
		last = err
	}
	wantCode(t, last, fault.CodeUndefinedFile, "dangling")
}

func TestDirOddFiles(t *testing.T) {
	lake := outsideLake(t)
	mustNot(t, syscall.Mkfifo(filepath.Join(lake, "pipe"), 0o666))
	mustNot(t, os.WriteFile(filepath.Join(lake, tempPrefix+"X"), []byte("half"), 0o666))
	d := NewDir(lake)
	if diff := cmp.Diff([]string{"in/data"}, keys(t, d, "")); diff != "" {
		t.Error(diff)
	}
	for _, key := range []string{"pipe", "in"} {
		_, err := d.ReadRanges(context.Background(), Info{Key: key, Size: 1}, []Range{{0, 1}})
		wantCode(t, err, fault.CodeUndefinedFile)
	}
	for _, err := range NewDir(filepath.Join(lake, "none")).List(context.Background(), "") {
		wantCode(t, err, fault.CodeUndefinedFile, "none", "Check the location")
	}
}

// TestDirChangedInPlace writes over a file without changing size or inode.
func TestDirChangedInPlace(t *testing.T) {
	lake := outsideLake(t)
	d := NewDir(lake)
	o, err := d.Stat(context.Background(), "in/data")
	mustNot(t, err)
	f, err := os.OpenFile(filepath.Join(lake, "in", "data"), os.O_WRONLY, 0)
	mustNot(t, err)
	_, err = f.WriteString("DATA")
	mustNot(t, err)
	mustNot(t, f.Close())
	mustNot(t, os.Chtimes(filepath.Join(lake, "in", "data"), o.Modified.Add(1e9), o.Modified.Add(1e9)))
	_, err = d.ReadRanges(context.Background(), o, []Range{{0, 4}})
	wantCode(t, err, fault.CodeObjectNotReady, "in/data")
}

func TestDirPut(t *testing.T) {
	ctx := context.Background()
	d := NewDir(t.TempDir())
	put(t, d, "a/b", "one")
	_, err := d.Put(ctx, "a/b", strings.NewReader("two"), PutOptions{IfNoneMatch: true})
	wantCode(t, err, fault.CodeDuplicateObject)
	_, err = d.Put(ctx, "a/c", strings.NewReader("two"), PutOptions{IfNoneMatch: true})
	mustNot(t, err)
	broken := errors.New("source broke")
	_, err = d.Put(ctx, "a/b", io.MultiReader(strings.NewReader("x"), errReader{broken}), PutOptions{})
	if !errors.Is(err, broken) {
		t.Errorf("error = %v", err)
	}
	if diff := cmp.Diff([]string{"a/b", "a/c"}, keys(t, d, "")); diff != "" {
		t.Error(diff)
	}
	left, err := os.ReadDir(d.URL("a"))
	if err != nil || len(left) != 2 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }
