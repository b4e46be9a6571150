package lake

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
)

// Tables of Hive's SymlinkTextInputFormat have manifests where others have their
// files: texts that name an object in each line. Delta Lake, Hudi and Iceberg
// leave them for engines that do not know their logs, and S3 Inventory for each
// of its reports.
//
//	location/[k=v/]symlink.txt ── lines: s3://bucket/a.parquet ──> the files, with the manifest's partition
//
// Objects are read as often as they are named, as in Hive. Where they may lie is
// the operator's word, as for every location.

// SymlinkInputFormat is Hive's class of such tables.
const SymlinkInputFormat = "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat"

// IsSymlink reports whether a table's files are manifests.
func IsSymlink(t *catalog.Table) bool {
	return strings.HasSuffix(strings.ToLower(t.Storage.InputFormat), "symlinktextinputformat")
}

// maxManifest is how long a manifest may be: about a million lines.
const maxManifest = 256 << 20

// Link is a line of a manifest, counted from 1, and the location that it names; or
// an entry of one of Redshift's, which may be optional.
type Link struct {
	Line     int // 0: an entry
	Entry    int // counted from 1
	URI      string
	Optional bool
	Size     int64 // that the manifest says; -1: it says none
}

// manifestReader gives what a manifest names.
type manifestReader func(ctx context.Context, s store.Store, o store.Info) ([]Link, error)

// followed gives the files that manifests name, in the order of the manifests
// and of their lines.
func (l *Lake) followed(ctx context.Context, t *catalog.Table, manifests []*File, read manifestReader) ([]*File, error) {
	lists := make([][]*File, len(manifests))
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(parallelListings)
	for i, m := range manifests {
		if each.Err() != nil {
			break
		}
		g.Go(func() (err error) {
			lists[i], err = l.follow(each, m, read)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, tableFault(err, t)
	}
	var out []*File
	for _, list := range lists {
		out = append(out, list...)
	}
	return out, ctx.Err()
}

// follow gives the files that one manifest names. What they are like is asked
// once in a statement.
func (l *Lake) follow(ctx context.Context, manifest *File, read manifestReader) ([]*File, error) {
	load := func() ([]store.Info, error) {
		links, err := read(ctx, manifest.Store, manifest.Info)
		if err != nil {
			return nil, err
		}
		return l.stat(ctx, manifest, links)
	}
	var infos []store.Info
	var err error
	if cache := listingsOf(ctx); cache != nil {
		infos, err = cache.get(ctx, manifest.URL()+"\x00links", load)
	} else {
		infos, err = load()
	}
	if err != nil {
		return nil, err
	}
	files := make([]*File, len(infos))
	for i, o := range infos { // whose key is the whole location
		s, key, err := l.stores.Open(o.Key)
		if err != nil {
			return nil, err
		}
		file := *manifest
		file.Store, file.Info = s, o
		file.Info.Key = key
		files[i] = &file
	}
	return files, nil
}

// ReadManifest gives the locations that the lines of a manifest name. A line that
// is none is XX001, with its number.
func ReadManifest(ctx context.Context, s store.Store, o store.Info) ([]Link, error) {
	data, err := wholeManifest(ctx, s, o)
	if err != nil {
		return nil, err
	}
	var out []Link
	line := 0
	for text := range bytes.Lines(data) {
		line++
		uri := strings.TrimSpace(string(text))
		if uri == "" {
			continue
		}
		if !isLocation(uri) {
			f := fault.New(fault.CodeDataCorrupted, "the manifest's line %d is no location: %q", line, clipped(uri))
			f.Line = int64(line)
			return nil, f.In(s.URL(o.Key)).WithHint("Tables of SymlinkTextInputFormat have text files that name an object in each line: s3://bucket/key.")
		}
		out = append(out, Link{Line: line, URI: uri, Size: -1})
	}
	return out, nil
}

func wholeManifest(ctx context.Context, s store.Store, o store.Info) ([]byte, error) {
	if o.Size > maxManifest {
		return nil, fault.New(fault.CodeProgramLimit, "the manifest has %d bytes, more than %d", o.Size, maxManifest).In(s.URL(o.Key))
	}
	if o.Size == 0 {
		return nil, nil
	}
	data, err := s.ReadRanges(store.WithReadKind(ctx, store.ReadFooter), o, []store.Range{{Off: 0, Len: o.Size}})
	if err != nil {
		return nil, err
	}
	return data[0], nil
}

// isLocation reports whether a line names an object: a URL or a path from the root.
func isLocation(line string) bool {
	scheme, rest, ok := strings.Cut(line, ":/")
	if strings.HasPrefix(line, "/") {
		return true
	}
	return ok && rest != "" && scheme != "" && strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+.-") == ""
}

func clipped(s string) string {
	if len(s) > 100 {
		return s[:100] + "..."
	}
	return s
}

// target is where a link leads.
type target struct {
	store store.Store
	key   string
	info  store.Info
	known bool
}

// manyLinks is from how many links into one folder on the folder is listed: a
// request tells of a thousand objects there, but maybe of others.
const manyLinks = 64

// stat asks what the objects of a manifest are like. Infos have whole locations
// for keys.
func (l *Lake) stat(ctx context.Context, manifest *File, links []Link) ([]store.Info, error) {
	ctx = store.WithReadKind(ctx, store.ReadList)
	targets, err := l.targets(ctx, manifest, links)
	if err != nil {
		return nil, err
	}
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(parallelListings)
	out := make([]store.Info, len(links))
	for i, k := range links {
		if each.Err() != nil {
			break
		}
		t := &targets[i]
		if t.known {
			out[i] = t.info
			out[i].Key = k.URI
			continue
		}
		g.Go(func() error {
			o, err := t.store.Stat(each, t.key)
			if k.Optional && fault.Is(err, fault.CodeUndefinedFile) {
				return nil // which leaves an info without a key
			}
			if err != nil {
				return linkFault(err, manifest, k)
			}
			o.Key = k.URI
			out[i] = o
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if err := sized(out, manifest, links); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out, func(o store.Info) bool { return o.Key == "" }), ctx.Err()
}

// sized checks the objects' sizes where the manifest says them: another one is
// another object than the writer's.
func sized(out []store.Info, manifest *File, links []Link) error {
	for i, k := range links {
		if o := &out[i]; o.Key != "" && k.Size >= 0 && o.Size != k.Size {
			return linkFault(fault.New(fault.CodeDataCorrupted, "object %q has %d bytes, %d by its manifest", o.Key, o.Size, k.Size), manifest, k)
		}
	}
	return nil
}

// targets gives where links lead, and lists the folders of many.
func (l *Lake) targets(ctx context.Context, manifest *File, links []Link) ([]target, error) {
	targets := make([]target, len(links))
	folders := map[string][]int{}
	for i, k := range links {
		s, key, err := l.stores.Open(k.URI)
		if err != nil {
			return nil, linkFault(err, manifest, k)
		}
		targets[i] = target{store: s, key: key}
		folder := s.URL(key[:strings.LastIndexByte(key, '/')+1])
		folders[folder] = append(folders[folder], i)
	}
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(parallelListings)
	for _, in := range folders {
		if len(in) >= manyLinks {
			g.Go(func() error {
				err := statListed(each, targets, in)
				if fault.Is(err, fault.CodeInsufficientPriv) { // its objects may be readable all the same
					return nil
				}
				return err
			})
		}
	}
	return targets, g.Wait()
}

// statListed lists the folder that the targets at some places lie in, until all
// of them were seen or asking for each would have cost as many requests.
func statListed(ctx context.Context, targets []target, in []int) error {
	at := make(map[string][]int, len(in))
	for _, i := range in {
		at[targets[i].key] = append(at[targets[i].key], i)
	}
	first := &targets[in[0]]
	folder := first.key[:strings.LastIndexByte(first.key, '/')+1]
	left := len(in) * objectsPerPage / 8
	for o, err := range first.store.List(ctx, folder) {
		if err != nil {
			return err
		}
		if found := at[o.Key]; found != nil {
			for _, i := range found {
				targets[i].info, targets[i].known = o, true
			}
			delete(at, o.Key)
		}
		if left--; left == 0 || len(at) == 0 {
			break
		}
	}
	return nil
}

// linkFault adds to an object's fault which line of which manifest names it.
func linkFault(err error, manifest *File, k Link) error {
	if isContextError(err) {
		return err
	}
	cause := fault.As(err)
	f := fault.Wrap(err, cause.Code, "%s, which a manifest names", cause.Message).In(manifest.URL())
	if k.Entry > 0 {
		f.Message = fmt.Sprintf("%s, which entry %d of a manifest names", cause.Message, k.Entry)
	}
	f.Line, f.Kind, f.Hint, f.Detail = int64(k.Line), cause.Kind, cause.Hint, cause.Detail
	return f
}
