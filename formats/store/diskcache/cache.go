// Package diskcache keeps byte ranges of objects in a local directory: the column
// chunks and footers that queries read again and again. A range is known by its
// bucket, key, version (ETag) and place, so that what it holds can never become
// stale: a replaced object has another version, and the old one's ranges age out.
//
//	Get(key, buf) ── index ──> file ── header, key, length, CRC-32C agree? ──> buf
//	Put(key, data) ── temporary name ── rename ──> index; above the limit the least
//	                                              recently used files go
//
// Whatever is wrong with the directory costs speed only. A file that is missing,
// short or changed is a miss; so is all of a folder that was removed. A disk that
// is full stops the writing for a while. A process that is killed leaves whole
// files and temporary ones, which the next start removes; a machine that loses
// power may leave half a file, which its checksum gives away, so nothing is synced.
package diskcache

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Key names a range of one version of an object.
type Key struct {
	Bucket, Object, ETag string
	Off, Len             int64
}

// text is the key as a file has it, and name the file's name.
func (k *Key) text() []byte {
	return fmt.Appendf(nil, "%q %q %q %d %d", k.Bucket, k.Object, k.ETag, k.Off, k.Len)
}

type name [16]byte

func (k *Key) name() (n name) {
	sum := sha256.Sum256(k.text())
	copy(n[:], sum[:])
	return n
}

// Counts is what a cache has done since it was opened.
type Counts struct {
	Hits, Misses, Written, Evicted, Damaged int64 // ranges
	HitBytes, WrittenBytes                  int64
	Files, Bytes                            int64 // that it holds now
}

// Cache is a directory of ranges. Nil is a cache that holds nothing. Safe for
// concurrent use by one process; Open keeps others out.
type Cache struct {
	dir   string
	limit int64
	log   *slog.Logger
	lock  *os.File

	quiet  atomic.Int64 // unix nanoseconds until which nothing is written
	warned atomic.Int64 // unix nanoseconds of the last log line

	hits, misses, written, evicted, damaged, hitBytes, writtenBytes atomic.Int64

	mu    sync.Mutex // guards the rest
	size  int64
	index map[name]*list.Element
	lru   list.List // of *entry, the most recently used in front
}

type entry struct {
	name name
	size int64 // of the file
}

const (
	tempPrefix = "tmp-"
	// quietTime is how long nothing is written after a write has failed.
	quietTime = time.Minute
	// warnEvery spaces the log lines about one directory.
	warnEvery = 10 * time.Second
	// largest is the part of the limit that one range may take.
	largest = 8
)

// Open opens a cache of at most limit bytes in a directory, which it makes if it is
// not there, and finds what an earlier process has left. A directory that cannot be
// used, or that another process uses, is an error.
func Open(dir string, limit int64, log *slog.Logger) (*Cache, error) {
	c := &Cache{dir: dir, limit: limit, log: log, index: map[name]*list.Element{}}
	if limit <= 0 {
		return nil, fault.New(fault.CodeInvalidParameter, "the disk cache in %q has no size", dir).WithHint("Give it one, as 20GB.")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.CodeIO, "the disk cache's folder cannot be made: %v", err).In(dir)
	}
	var err error
	if c.lock, err = lockDir(dir); err != nil {
		return nil, fault.Wrap(err, fault.CodeIO, "the disk cache in %q cannot be locked: %v", dir, err).In(dir).
			WithHint("Another process uses the folder: give each its own.")
	}
	if err := c.rebuild(); err != nil {
		c.lock.Close()
		return nil, fault.Wrap(err, fault.CodeIO, "the disk cache's folder cannot be read: %v", err).In(dir)
	}
	return c, nil
}

// Close gives the directory free. What it holds stays for the next process.
func (c *Cache) Close() error {
	if c == nil {
		return nil
	}
	return c.lock.Close()
}

// Dir is the cache's directory.
func (c *Cache) Dir() string { return c.dir }

// Counts gives what was counted.
func (c *Cache) Counts() Counts {
	if c == nil {
		return Counts{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return Counts{Hits: c.hits.Load(), Misses: c.misses.Load(), Written: c.written.Load(), Evicted: c.evicted.Load(), Damaged: c.damaged.Load(),
		HitBytes: c.hitBytes.Load(), WrittenBytes: c.writtenBytes.Load(), Files: int64(c.lru.Len()), Bytes: c.size}
}

// rebuild makes the index of the files that are there, the newest as the most
// recently used. What has no name of ours is left alone.
func (c *Cache) rebuild() error {
	type found struct {
		entry
		at time.Time
	}
	var all []found
	err := filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasPrefix(d.Name(), tempPrefix) {
			return os.Remove(path)
		}
		n, ok := parseName(d.Name())
		if !ok || path != c.path(n) {
			return nil
		}
		fi, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			all = append(all, found{entry{n, fi.Size()}, fi.ModTime()})
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b found) int { return a.at.Compare(b.at) })
	for i := range all {
		c.index[all[i].name] = c.lru.PushFront(&all[i].entry)
		c.size += all[i].size
	}
	c.evict()
	return nil
}

func parseName(s string) (n name, ok bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(n) {
		return n, false
	}
	copy(n[:], b)
	return n, true
}

func (c *Cache) path(n name) string {
	s := hex.EncodeToString(n[:])
	return filepath.Join(c.dir, s[:2], s)
}

// Get fills buf, of the key's length, and reports whether the cache had it.
func (c *Cache) Get(k Key, buf []byte) bool {
	if c == nil {
		return false
	}
	n := k.name()
	c.mu.Lock()
	el, ok := c.index[n]
	if ok {
		c.lru.MoveToFront(el)
	}
	c.mu.Unlock()
	if !ok {
		c.misses.Add(1)
		return false
	}
	if err := readEntry(c.path(n), &k, buf); err != nil {
		c.misses.Add(1)
		if c.forget(n, el) { // else it was evicted meanwhile
			c.damaged.Add(1)
			c.warn("the disk cache lost a range; it is read from the store", err)
		}
		return false
	}
	c.hits.Add(1)
	c.hitBytes.Add(int64(len(buf)))
	return true
}

func (c *Cache) holds(n name) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.index[n] != nil
}

// forget drops a range and its file, and reports whether it was still el's: since it
// was looked up it may have been evicted, and put again.
func (c *Cache) forget(n name, el *list.Element) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.index[n] != el {
		return false
	}
	c.size -= el.Value.(*entry).size
	c.lru.Remove(el)
	delete(c.index, n)
	_ = os.Remove(c.path(n)) // it is gone, or will be written again
	return true
}

// Put keeps a range, and reports whether it did.
func (c *Cache) Put(k Key, data []byte) bool {
	if c == nil || time.Now().UnixNano() < c.quiet.Load() {
		return false
	}
	n := k.name()
	size := entrySize(&k)
	if size > c.limit/largest || c.holds(n) {
		return false
	}
	if err := c.write(n, &k, data, size); err != nil {
		c.quiet.Store(time.Now().Add(quietTime).UnixNano())
		c.warned.Store(0) // this one is said always: it changes what the cache does
		c.warn(fmt.Sprintf("the disk cache takes nothing for %v: it cannot write", quietTime), err)
		return false
	}
	c.written.Add(1)
	c.writtenBytes.Add(int64(len(data)))
	return true
}

// write makes the file of a range, of size bytes, under a name of its own, and then
// renames it and puts it into the index. A folder that somebody has removed is made
// again.
func (c *Cache) write(n name, k *Key, data []byte, size int64) error {
	path := c.path(n)
	temp, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*")
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
			temp, err = os.CreateTemp(filepath.Dir(path), tempPrefix+"*")
		}
	}
	if err != nil {
		return err
	}
	err = writeEntry(temp, k, data)
	if cerr := temp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = c.admit(n, temp.Name(), size)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // the error that counts is err
	}
	return err
}

// admit makes a written file a range of the cache. Names change and files go under
// the lock, so that index and folder agree.
func (c *Cache) admit(n name, temp string, size int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := os.Rename(temp, c.path(n)); err != nil {
		return err
	}
	if c.index[n] == nil {
		c.index[n] = c.lru.PushFront(&entry{n, size})
		c.size += size
	}
	c.evict()
	return nil
}

// evict removes the least recently used files above the limit. c.mu is held, or
// nobody else knows the cache.
func (c *Cache) evict() {
	for c.size > c.limit && c.lru.Len() > 0 {
		e := c.lru.Remove(c.lru.Back()).(*entry)
		delete(c.index, e.name)
		c.size -= e.size
		c.evicted.Add(1)
		if err := os.Remove(c.path(e.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			c.warn("the disk cache cannot remove a file", err)
		}
	}
}

// warn logs, but not each of a thousand failures of one folder.
func (c *Cache) warn(text string, err error) {
	now := time.Now()
	last := c.warned.Load()
	if now.UnixNano()-last < int64(warnEvery) || !c.warned.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	c.log.Warn(text, "folder", c.dir, "error", err)
}
