package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// level gives a folder's entries as text: objects by key, folders with their
// slash, errors with !.
func level(t *testing.T, s Leveler, folder string) []string {
	t.Helper()
	out := []string{}
	for e, err := range s.Level(context.Background(), folder) {
		line := e.Folder
		if line == "" {
			line = e.Info.Key
		}
		if err != nil {
			line += "!"
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func TestLevel(t *testing.T) {
	dir := NewDir(t.TempDir())
	mem := NewMemory("m")
	_, bucket := newFakeS3(t)
	for _, s := range []interface {
		Store
		Leveler
	}{dir, mem, bucket} {
		for _, k := range []string{"a/b/c", "a/b/d", "a/b.x", "a/b-y/z", "e", "a/=k=v/f", "a/ä ö/g"} {
			put(t, s, k, k)
		}
		for folder, want := range map[string][]string{
			"":     {"a/", "e"},
			"a/":   {"a/=k=v/", "a/b-y/", "a/b.x", "a/b/", "a/ä ö/"},
			"a/b/": {"a/b/c", "a/b/d"},
			"x/":   {},
		} {
			if diff := cmp.Diff(want, level(t, s, folder)); diff != "" {
				t.Errorf("%T %q: %s", s, folder, diff)
			}
		}
	}
}

// TestLevelLinks: one bad link does not hide its neighbours.
func TestLevelLinks(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "a", "b"), 0o777); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"a/b/loop": "..", "a/b/out": "/etc/passwd", "a/b/nowhere": "x", "a/b/ok": "f"} {
		if err := os.Symlink(to, filepath.Join(root, from)); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	if err := os.WriteFile(filepath.Join(root, "a/b/f"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	want := []string{"a/b/f", "a/b/loop/!", "a/b/nowhere!", "a/b/ok", "a/b/out!"}
	if diff := cmp.Diff(want, level(t, NewDir(root), "a/b/")); diff != "" {
		t.Error(diff)
	}
}

// TestLevelPages: folders that come in several pages come once each.
func TestLevelPages(t *testing.T) {
	_, s := newFakeS3(t)
	var want []string
	for i := range 1050 {
		want = append(want, fmt.Sprintf("p/%04d/", i))
		put(t, s, want[i]+"a", "x")
		put(t, s, want[i]+"b", "x")
	}
	want = append(want, "p/file")
	put(t, s, "p/file", "x")
	if diff := cmp.Diff(want, level(t, s, "p/")); diff != "" {
		t.Error(diff)
	}
}
