package diskcache

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// open opens a cache that logs into the buffer.
func open(t *testing.T, dir string, limit int64) (*Cache, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	c, err := Open(dir, limit, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, &log
}

func key(i int, n int) Key { return Key{"lake", fmt.Sprintf("t/%d", i), "v1", 100, int64(n)} }

func data(i, n int) []byte { return bytes.Repeat([]byte{byte(i)}, n) }

// has checks that the cache has range i, right, or does not have it.
func has(t *testing.T, c *Cache, i, n int, want bool) {
	t.Helper()
	buf := make([]byte, n)
	got := c.Get(key(i, n), buf)
	if got != want || got && !bytes.Equal(buf, data(i, n)) {
		t.Errorf("range %d: had %v, want %v; right: %v", i, got, want, bytes.Equal(buf, data(i, n)))
	}
}

func files(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "lock" {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestKeepsWhatWasPut(t *testing.T) {
	c, _ := open(t, t.TempDir(), 1<<20)
	has(t, c, 1, 1000, false)
	c.Put(key(1, 1000), data(1, 1000))
	has(t, c, 1, 1000, true)
	for name, k := range map[string]Key{"version": {"lake", "t/1", "v2", 100, 1000}, "bucket": {"pond", "t/1", "v1", 100, 1000},
		"place": {"lake", "t/1", "v1", 101, 1000}, "length": {"lake", "t/1", "v1", 100, 999}, "object": {"lake", "t/2", "v1", 100, 1000}} {
		if c.Get(k, make([]byte, k.Len)) {
			t.Errorf("another %s is the same range", name)
		}
	}
	if n := c.Counts(); n.Hits != 1 || n.Misses != 6 || n.Written != 1 || n.Files != 1 || n.Damaged != 0 {
		t.Errorf("%+v", n)
	}
}

func TestStaysWithinItsLimit(t *testing.T) {
	dir := t.TempDir()
	c, _ := open(t, dir, 20_000)
	for i := range 100 {
		c.Put(key(i, 1000), data(i, 1000))
		has(t, c, 0, 1000, true) // used all the time: it stays
	}
	n := c.Counts()
	if n.Bytes > 20_000 || n.Files < 15 || n.Evicted != 100-n.Files || len(files(t, dir)) != int(n.Files) {
		t.Errorf("%+v; %d files", n, len(files(t, dir)))
	}
	has(t, c, 1, 1000, false)
	has(t, c, 99, 1000, true)
	if c.Put(key(200, 5000), data(200, 5000)) {
		t.Error("a range took a quarter of the cache")
	}
}

// TestFindsItAgain: the next process has what the last one left, less temporary
// files and what a smaller limit has no room for; a second process is refused.
func TestFindsItAgain(t *testing.T) {
	dir := t.TempDir()
	c, _ := open(t, dir, 1<<20)
	for i := range 20 {
		c.Put(key(i, 1000), data(i, 1000))
	}
	if _, err := Open(dir, 1<<20, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "cannot be locked") {
		t.Errorf("a second process: %v", err)
	}
	half := filepath.Join(filepath.Dir(files(t, dir)[0]), tempPrefix+"123")
	if err := os.WriteFile(half, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Close()
	c, _ = open(t, dir, 1<<20)
	for i := range 20 {
		has(t, c, i, 1000, true)
	}
	if _, err := os.Stat(half); err == nil {
		t.Error("a temporary file stays")
	}
	c.Close()
	c, _ = open(t, dir, 10_000)
	if n := c.Counts(); n.Bytes > 10_000 || n.Files == 0 {
		t.Errorf("%+v", n)
	}
}

// TestDamage: files that are changed, cut, exchanged or gone, and a folder that is
// removed, are misses and a line in the log; what is put then is there again.
func TestDamage(t *testing.T) {
	damage := map[string]func(path string) error{
		"a changed byte": func(path string) error {
			b, err := os.ReadFile(path)
			if err == nil {
				b[len(b)-1] ^= 1
				err = os.WriteFile(path, b, 0o600)
			}
			return err
		},
		"half a file":  func(path string) error { return os.Truncate(path, 500) },
		"an empty one": func(path string) error { return os.Truncate(path, 0) },
		"a longer one": func(path string) error { return os.Truncate(path, 5000) },
		"nonsense":     func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("x"), 2000), 0o600) },
		"no file":      os.Remove,
		"a folder": func(path string) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.Mkdir(path, 0o700)
		},
		"no folder": func(path string) error { return os.RemoveAll(filepath.Dir(filepath.Dir(path))) },
	}
	for name, do := range damage {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			c, log := open(t, dir, 1<<20)
			c.Put(key(1, 1000), data(1, 1000))
			if err := do(files(t, dir)[0]); err != nil {
				t.Fatal(err)
			}
			has(t, c, 1, 1000, false)
			if !strings.Contains(log.String(), "lost a range") || c.Counts().Damaged != 1 {
				t.Errorf("log %q; %+v", log, c.Counts())
			}
			c.Put(key(1, 1000), data(1, 1000))
			has(t, c, 1, 1000, true)
		})
	}
}

// TestExchanged: a file under another range's name is not that range.
func TestExchanged(t *testing.T) {
	dir := t.TempDir()
	c, _ := open(t, dir, 1<<20)
	k1, k2 := key(1, 1000), key(2, 1000)
	c.Put(k1, data(1, 1000))
	c.Put(k2, data(2, 1000))
	if err := os.Rename(c.path(k1.name()), c.path(k2.name())); err != nil {
		t.Fatal(err)
	}
	has(t, c, 2, 1000, false)
}

// TestCannotWrite: where nothing can be written the cache says so once and lets the
// reader go on.
func TestCannotWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	c, log := open(t, dir, 1<<20)
	c.Put(key(1, 1000), data(1, 1000))
	folder := func(i int) string {
		k := key(i, 1000)
		return filepath.Dir(c.path(k.name()))
	}
	other := 2
	for folder(other) == folder(1) {
		other++
	}
	if err := os.WriteFile(folder(other), nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	for range 5 {
		if c.Put(key(other, 1000), data(other, 1000)) {
			t.Error("it was put")
		}
	}
	if strings.Count(log.String(), "cannot write") != 1 {
		t.Errorf("log: %s", log)
	}
	has(t, c, 1, 1000, true)
}

func TestNilHoldsNothing(t *testing.T) {
	var c *Cache
	if c.Put(key(1, 10), data(1, 10)) || c.Get(key(1, 10), make([]byte, 10)) || c.Counts() != (Counts{}) || c.Close() != nil {
		t.Error("nil is a cache")
	}
}

// TestManyAtOnce reads and writes more than there is room for from many goroutines:
// what comes out is always right.
func TestManyAtOnce(t *testing.T) {
	c, log := open(t, t.TempDir(), 30_000)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for j := range 200 {
				i := (g*31 + j*7) % 60
				buf := make([]byte, 1000)
				if c.Get(key(i, 1000), buf) {
					if !bytes.Equal(buf, data(i, 1000)) {
						t.Errorf("range %d is wrong", i)
					}
				} else {
					c.Put(key(i, 1000), data(i, 1000))
				}
			}
		})
	}
	wg.Wait()
	if n := c.Counts(); n.Bytes > 30_000 || n.Damaged > 0 {
		t.Errorf("%+v; %s", n, log)
	}
}
