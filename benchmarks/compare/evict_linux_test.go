package main

import (
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestEvict: files that were just written are not in the system's cache afterwards,
// so that cold runs are cold.
func TestEvict(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "rows")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil || fs.Type == unix.TMPFS_MAGIC {
		t.Skipf("temporary files are in memory, or: %v", err)
	}
	if before := resident(t, path); before == 0 {
		t.Fatal("a file that was just written is not in the cache: nothing is tried")
	}
	if err := evict(dir); err != nil {
		t.Fatal(err)
	}
	if after := resident(t, path); after != 0 {
		t.Errorf("%d pages are still in the cache", after)
	}
}

// resident counts a file's pages in the system's cache.
func resident(t *testing.T, path string) (n int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := unix.Mmap(int(f.Fd()), 0, 1<<20, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(m)
	pages := make([]byte, 1<<20/os.Getpagesize())
	if _, _, no := unix.Syscall(unix.SYS_MINCORE, uintptr(unsafe.Pointer(&m[0])), uintptr(len(m)), uintptr(unsafe.Pointer(&pages[0]))); no != 0 {
		t.Fatal(no)
	}
	for _, p := range pages {
		n += int(p & 1)
	}
	return n
}
