package diskcache

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestDiskFull: on a disk that is full nothing more is put, which is said once; what is there
// is still used, and nothing half is left behind. The disk is a small tmpfs.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	dir := filepath.Join(disk, "cache")
	c, log := open(t, dir, 1<<30)
	put := 0
	for i := range 20 {
		if c.Put(key(i, 100_000), data(i, 100_000)) {
			put++
		}
	}
	if put == 0 || put > 5 {
		t.Errorf("%d ranges of 100 KB were put on a disk of 512 KB", put)
	}
	for i := range 20 {
		has(t, c, i, 100_000, i < put)
	}
	if n := len(files(t, dir)); n != put {
		t.Errorf("%d files for %d ranges: %v", n, put, files(t, dir))
	}
	if strings.Count(log.String(), "cannot write") != 1 {
		t.Errorf("log: %s", log)
	}
	c.Close()
}
