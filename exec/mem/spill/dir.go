package spill

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/mem"
)

// Dir is the folder in which one process keeps its spill files. Safe for
// concurrent use.
type Dir struct {
	root  string // what was given to Open; holds the folders of all processes
	own   string
	limit int64 // bytes of all files together; 0: none
	log   *slog.Logger
	lock  *os.File

	used atomic.Int64 // bytes on disk now
	next atomic.Int64 // numbers files
}

// The names in the root: the lock under which folders are made and removed, and
// what a process' folder and its lock are called.
const (
	sweepLock  = "lock"
	folderName = "glaux-spill-"
	ownLock    = "lock"
)

// Open makes a folder below root for this process and removes those of processes
// that are gone. limit is in bytes and for all files together; 0: as many as the
// disk has. log may be nil.
func Open(root string, limit int64, log *slog.Logger) (*Dir, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	d := &Dir{root: root, limit: limit, log: log}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, d.failed("make the folder for spill files", err)
	}
	sweep, err := lockFile(filepath.Join(root, sweepLock), true)
	if err != nil {
		return nil, d.failed("lock the folder for spill files", err)
	}
	defer sweep.Close() // and with it the lock
	d.sweep()
	if d.own, err = os.MkdirTemp(root, folderName); err != nil {
		return nil, d.failed("make the folder for spill files", err)
	}
	if d.lock, err = lockFile(filepath.Join(d.own, ownLock), false); err != nil {
		os.RemoveAll(d.own)
		return nil, d.failed("lock the folder for spill files", err)
	}
	return d, nil
}

// sweep removes the folders whose processes are gone. Called under the root's lock,
// so that no folder is seen between its making and its locking.
func (d *Dir) sweep() {
	entries, err := os.ReadDir(d.root)
	if err != nil {
		d.log.Warn("cannot look for left spill files", "folder", d.root, "error", err)
		return
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), folderName) {
			continue
		}
		folder := filepath.Join(d.root, e.Name())
		f, err := lockFile(filepath.Join(folder, ownLock), false)
		if err != nil {
			continue // its process lives
		}
		f.Close()
		if err := os.RemoveAll(folder); err != nil {
			d.log.Warn("cannot remove left spill files", "folder", folder, "error", err)
			continue
		}
		d.log.Info("removed the spill files of a process that is gone", "folder", folder)
	}
}

// Path gives the folder of this process.
func (d *Dir) Path() string { return d.own }

// Used gives the bytes that the process' spill files take now.
func (d *Dir) Used() int64 { return d.used.Load() }

// Close removes the folder. The files of all queries must have been closed.
func (d *Dir) Close() error {
	d.lock.Close()
	return os.RemoveAll(d.own)
}

// Query makes the place for one query's files. Their buffers count in acct, what
// they do in st. Nothing is made or reserved until it is needed.
func (d *Dir) Query(acct *mem.Account, st *Stats) *Files {
	f := &Files{dir: d, acct: acct.Child("spilling", 0), st: st, block: blockFor(acct.Limit()), quit: make(chan struct{})}
	f.open = map[*Writer]struct{}{}
	f.parts = map[*Part]struct{}{}
	return f
}

// Stats is what a query's spill files did.
type Stats struct {
	Written atomic.Int64 // bytes, as they are on disk
	Read    atomic.Int64 // bytes, likewise
	Files   atomic.Int64 // that were made
}

// take counts n bytes that are to be written.
func (d *Dir) take(n int64) error {
	if used := d.used.Add(n); d.limit > 0 && used > d.limit {
		d.used.Add(-n)
		return fault.New(fault.CodeDiskFull, "out of disk: the spill files in %q need %s more", d.root, mem.Size(n)).
			WithDetail("The limit of spill files is %s, of which %s are in use.", mem.Size(d.limit), mem.Size(used-n)).
			WithHint("Raise spill_limit or the query's memory limit, or select, group or sort fewer rows.")
	}
	return nil
}

// failed makes the error of a file operation.
func (d *Dir) failed(what string, err error) error {
	if diskFull(err) {
		return fault.Wrap(err, fault.CodeDiskFull, "could not %s: no space left on the disk of %q", what, d.root).
			WithDetail("The spill files of this process take %s.", mem.Size(d.used.Load())).
			WithHint("Free space on that disk, set spill_dir to a larger one, or raise the query's memory limit.")
	}
	return fault.Wrap(err, fault.CodeIO, "could not %s: %v", what, err).
		WithHint("Set spill_dir to a folder in which the server may write.")
}

func isErrno(err error, codes ...syscall.Errno) bool {
	for _, c := range codes {
		if errors.Is(err, c) {
			return true
		}
	}
	return false
}

// path names the next file.
func (d *Dir) path() string {
	return filepath.Join(d.own, fmt.Sprintf("%06d", d.next.Add(1)))
}
