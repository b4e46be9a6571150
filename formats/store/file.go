package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Dir is the store of a local directory. Every access goes through os.Root, so
// that no key and no symbolic link leads out of it (42501). The root is opened
// anew for each operation: a lake's directory may be replaced while the server
// runs.
type Dir struct{ root string }

// NewDir makes the store of a directory, which need not exist yet.
func NewDir(root string) *Dir { return &Dir{root: root} }

// tempPrefix begins the names of objects that are being written.
const tempPrefix = ".glaux-put-"

// URL gives the absolute path of a key.
func (d *Dir) URL(key string) string { return filepath.Join(d.root, filepath.FromSlash(key)) }

// open opens the root and checks the key.
func (d *Dir) open(ctx context.Context, key string) (*os.Root, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !filepath.IsLocal(filepath.FromSlash(key)) {
		return nil, errOutside(d.root + "/" + key)
	}
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return nil, fault.As(fileError(err, d.root)).WithHint("Check the location: the directory must exist and be readable.")
	}
	return root, nil
}

// info describes a file. The inode tells a replaced file of the same size and
// time from the old one.
func info(key string, fi fs.FileInfo) Info {
	return Info{Key: key, Size: fi.Size(), Modified: fi.ModTime(),
		ETag: fmt.Sprintf("%x-%x-%x", fi.Size(), fi.ModTime().UnixNano(), inode(fi))}
}

// Stat describes one file.
func (d *Dir) Stat(ctx context.Context, key string) (Info, error) {
	if err := reserveRequest(ctx); err != nil {
		return Info{}, err
	}
	root, err := d.open(ctx, key)
	if err != nil {
		return Info{}, err
	}
	defer root.Close()
	fi, err := root.Stat(filepath.FromSlash(key))
	if err != nil {
		return Info{}, fileError(err, d.URL(key))
	}
	if !fi.Mode().IsRegular() {
		return Info{}, errMissing(errors.New("not a regular file"), d.URL(key))
	}
	return info(key, fi), nil
}

// openFile opens a regular file for reading. O_NONBLOCK keeps a named pipe
// from blocking the open.
func (d *Dir) openFile(root *os.Root, o Info) (*os.File, error) {
	f, err := root.OpenFile(filepath.FromSlash(o.Key), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fileError(err, d.URL(o.Key))
	}
	if err := d.unchanged(f, o); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// unchanged compares the open file with the version that was listed.
func (d *Dir) unchanged(f *os.File, o Info) error {
	fi, err := f.Stat()
	if err != nil {
		return fileError(err, d.URL(o.Key))
	}
	if !fi.Mode().IsRegular() {
		return errMissing(errors.New("not a regular file"), d.URL(o.Key))
	}
	if now := info(o.Key, fi); o.ETag != "" && now.ETag != o.ETag {
		return errChanged(fmt.Errorf("version %s, was %s", now.ETag, o.ETag), d.URL(o.Key))
	}
	return nil
}

// ReadRanges reads each range by itself: without round trips there is nothing
// to merge. The version is compared before and after, because a file can be
// written in place.
func (d *Dir) ReadRanges(ctx context.Context, o Info, rs []Range) ([][]byte, error) {
	if err := checkRanges(d.URL(o.Key), o.Size, rs); err != nil {
		return nil, err
	}
	root, err := d.open(ctx, o.Key)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := d.openFile(root, o)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var left int64
	for _, r := range rs {
		left += r.Len
	}
	if err := Reserve(ctx, left); err != nil {
		return nil, err
	}
	out := make([][]byte, len(rs))
	for i, r := range rs {
		n, err := d.readAt(ctx, f, o, r, &out[i])
		if left -= n; err != nil {
			giveBack(ctx, left)
			return nil, err
		}
	}
	return out, d.unchanged(f, o)
}

// readStep is how much is read between two looks at the context.
const readStep = 8 << 20

func (d *Dir) readAt(ctx context.Context, f *os.File, o Info, r Range, out *[]byte) (n int64, err error) {
	buf := Buffer(int(r.Len))
	*out = buf
	for n < r.Len {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		m, err := f.ReadAt(buf[n:min(r.Len, n+readStep)], r.Off+n)
		n += int64(m)
		if errors.Is(err, io.EOF) && n < r.Len {
			return n, errChanged(err, d.URL(o.Key)) // it had been long enough
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return n, fileError(err, d.URL(o.Key))
		}
	}
	return n, nil
}

// Put writes a file under a temporary name, syncs it and renames it, so that a
// reader sees the old version or the new one.
func (d *Dir) Put(ctx context.Context, key string, r io.Reader, o PutOptions) (Info, error) {
	if err := o.plain(d.URL(key)); err != nil {
		return Info{}, err
	}
	root, err := d.open(ctx, key)
	if err != nil {
		return Info{}, err
	}
	defer root.Close()
	name := filepath.FromSlash(key)
	if err := root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return Info{}, fileError(err, d.URL(key))
	}
	temp := filepath.Join(filepath.Dir(name), tempPrefix+rand.Text())
	defer root.Remove(temp) // after a rename there is nothing to remove
	if err := writeFile(ctx, root, temp, r); err != nil {
		return Info{}, fileError(err, d.URL(key))
	}
	if o.IfNoneMatch {
		err = root.Link(temp, name)
	} else {
		err = root.Rename(temp, name)
	}
	if err != nil {
		return Info{}, fileError(err, d.URL(key))
	}
	fi, err := root.Stat(name)
	if err != nil {
		return Info{}, fileError(err, d.URL(key))
	}
	return info(key, fi), nil
}

func writeFile(ctx context.Context, root *os.Root, name string, r io.Reader) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer f.Close() // twice is harmless; the first error counts
	if _, err := io.Copy(f, ctxReader{ctx, r}); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// ctxReader ends a copy when its context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// Delete removes files; one that is not there is no error, as with S3.
func (d *Dir) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		root, err := d.open(ctx, key)
		if err != nil {
			return err
		}
		err = root.Remove(filepath.FromSlash(key))
		root.Close()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fileError(err, d.URL(key))
		}
	}
	return nil
}

// List walks the directory in key order, one directory in memory at a time.
// Links inside the root are followed; links out of it and loops are errors,
// what is neither a file nor a directory is left out. A folder that does not
// exist holds nothing, as with S3; a root that does not exist is 58P01.
func (d *Dir) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		dir := strings.Trim(path.Dir(prefix+"x"), "/")
		if err := reserveRequest(ctx); err != nil {
			yield(Info{}, err)
			return
		}
		root, err := d.open(ctx, dir)
		if err != nil {
			yield(Info{}, err)
			return
		}
		defer root.Close()
		w := walk{d: d, ctx: ctx, root: root, prefix: prefix, yield: yield}
		w.dir(dir, nil)
	}
}

type walk struct {
	d      *Dir
	ctx    context.Context
	root   *os.Root
	prefix string
	yield  func(Info, error) bool
}

// entry is a directory entry with the name that orders it among keys:
// directories with their slash, because "a-b" comes before "a/".
type entry struct {
	name string
	fi   fs.FileInfo
}

// dir yields what is below a directory; false means stop.
func (w *walk) dir(dir string, above []fs.FileInfo) bool {
	es, err := w.entries(dir)
	if err != nil {
		var known *fault.Error // of an entry in it: a link that leads nowhere
		if !errors.As(err, &known) && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)) {
			return true // nothing there, or removed since its parent was read
		}
		w.yield(Info{}, fileError(err, w.d.URL(dir)))
		return false
	}
	for _, e := range es {
		key := path.Join(dir, e.name)
		if !e.fi.IsDir() {
			if strings.HasPrefix(key, w.prefix) && !w.yield(info(key, e.fi), nil) {
				return false
			}
			continue
		}
		if !strings.HasPrefix(key+"/", w.prefix) && !strings.HasPrefix(w.prefix, key+"/") {
			continue
		}
		if slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, e.fi) }) {
			w.yield(Info{}, fault.New(fault.CodeIO, "symbolic link %q makes a loop", w.d.URL(key)).In(w.d.URL(key)))
			return false
		}
		if !w.dir(key, append(above, e.fi)) {
			return false
		}
	}
	return true
}

// entries reads one directory in key order.
func (w *walk) entries(dir string) ([]entry, error) {
	if err := w.ctx.Err(); err != nil {
		return nil, err
	}
	f, err := w.root.Open(filepath.FromSlash(path.Join(".", dir)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	des, err := f.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	out := make([]entry, 0, len(des))
	for _, de := range des {
		if strings.HasPrefix(de.Name(), tempPrefix) {
			continue
		}
		fi, err := de.Info()
		if err == nil && fi.Mode()&fs.ModeSymlink != 0 {
			fi, err = w.root.Stat(filepath.FromSlash(path.Join(dir, de.Name())))
		} else if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		if err != nil {
			return nil, fileError(err, w.d.URL(path.Join(dir, de.Name())))
		}
		if fi.IsDir() {
			out = append(out, entry{de.Name() + "/", fi})
		} else if fi.Mode().IsRegular() {
			out = append(out, entry{de.Name(), fi})
		}
	}
	slices.SortFunc(out, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return out, nil
}
