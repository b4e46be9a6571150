package store

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Entry is what lies directly in a folder: an object, or a folder.
type Entry struct {
	Info   Info
	Folder string // its key with a slash at the end; "": Info is an object
}

// Leveler is a store that can list one folder without what is below its
// folders.
type Leveler interface {
	// Level yields what lies directly in a folder (a prefix with a slash at its
	// end, or ""), each once: the objects in key order and the folders in key
	// order, but not in one order together. An error that comes with an Entry
	// is about that entry alone, and the listing goes on; one without ends it.
	Level(ctx context.Context, folder string) iter.Seq2[Entry, error]
}

// Level lists one folder of a bucket with a delimiter.
func (s *S3) Level(ctx context.Context, folder string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		l := listing{url: s.URL(folder)}
		last := "" // folder: some servers repeat those at a page's end
		for {
			page, err := s.page(ctx, &s3.ListObjectsV2Input{Prefix: &folder, Delimiter: aws.String("/"), ContinuationToken: l.token})
			if err == nil {
				err = l.next(page)
			}
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, o := range l.fresh {
				if !yield(Entry{Info: o}, nil) {
					return
				}
			}
			for _, p := range page.CommonPrefixes {
				if key := aws.ToString(p.Prefix); key > last && len(key) > len(folder) {
					if last = key; !yield(Entry{Folder: key}, nil) {
						return
					}
				}
			}
			if l.token == nil {
				return
			}
		}
	}
}

// Level reads one directory. A link that leads nowhere, out of the root or to a
// directory above itself is an error of its own.
func (d *Dir) Level(ctx context.Context, folder string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		dir := path.Join(".", strings.Trim(folder, "/"))
		if err := reserveRequest(ctx); err != nil {
			yield(Entry{}, err)
			return
		}
		root, err := d.open(ctx, dir)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		defer root.Close()
		des, err := readNames(root, dir)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(Entry{}, fileError(err, d.URL(dir)))
			return
		}
		above := ancestors(root, dir)
		for _, de := range des {
			e, err := d.entryOf(root, path.Join(dir, de.Name()), above)
			if e == (Entry{}) {
				continue
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// readNames gives a directory's entries by name, without those that are being
// written.
func readNames(root *os.Root, dir string) ([]fs.DirEntry, error) {
	f, err := root.Open(filepath.FromSlash(path.Join(".", dir)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	des, err := f.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	des = slices.DeleteFunc(des, func(de fs.DirEntry) bool { return strings.HasPrefix(de.Name(), tempPrefix) })
	slices.SortFunc(des, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return des, nil
}

// ancestors describes a directory and those above it.
func ancestors(root *os.Root, dir string) []fs.FileInfo {
	var out []fs.FileInfo
	for ; ; dir = path.Dir(dir) {
		if fi, err := root.Stat(filepath.FromSlash(dir)); err == nil {
			out = append(out, fi)
		}
		if dir == "." {
			return out
		}
	}
}

// entryOf describes one entry of a directory; the zero Entry is nothing to
// tell.
func (d *Dir) entryOf(root *os.Root, key string, above []fs.FileInfo) (Entry, error) {
	fi, err := root.Stat(filepath.FromSlash(key))
	if err != nil {
		if _, gone := root.Lstat(filepath.FromSlash(key)); errors.Is(gone, fs.ErrNotExist) {
			return Entry{}, nil // removed since
		}
		return Entry{Info: Info{Key: key}}, fileError(err, d.URL(key))
	}
	switch {
	case fi.Mode().IsRegular():
		return Entry{Info: info(key, fi)}, nil
	case !fi.IsDir():
		return Entry{}, nil
	case slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, fi) }):
		return Entry{Folder: key + "/"}, fault.New(fault.CodeIO, "symbolic link %q makes a loop", d.URL(key)).In(d.URL(key))
	}
	return Entry{Folder: key + "/"}, nil
}

// Level gives the objects and the folders directly below a prefix.
func (m *Memory) Level(ctx context.Context, folder string) iter.Seq2[Entry, error] {
	return levelOf(m.List(ctx, folder), folder)
}
