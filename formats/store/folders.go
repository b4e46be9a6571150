package store

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/glauxdb/glaux/catalog/fault"
)

// FolderStore is a Store that can list the folders of one level without what
// is in them.
type FolderStore interface {
	// Folders yields the names of the folders, without slashes, that are one
	// level below the folder of prefix and whose keys begin with it, in the order
	// of their keys: "t/" yields what is in t, "t/dt=2024" those of t that begin
	// so. One request for each page of a thousand names and objects.
	Folders(ctx context.Context, prefix string) iter.Seq2[string, error]
}

// Folders lists the folders of one level, by listing every object below where
// a store can do no better.
func Folders(ctx context.Context, s Store, prefix string) iter.Seq2[string, error] {
	if f, ok := s.(FolderStore); ok {
		return f.Folders(ctx, prefix)
	}
	return func(yield func(string, error) bool) {
		last := ""
		for o, err := range s.List(ctx, prefix) {
			if err != nil {
				yield("", err)
				return
			}
			if name, ok := folderOf(prefix, o.Key); ok && name != last {
				if last = name; !yield(name, nil) {
					return
				}
			}
		}
	}
}

// folderOf gives the folder, one level below prefix, that a key is in.
func folderOf(prefix, key string) (string, bool) {
	level := strings.LastIndexByte(prefix, '/') + 1
	name, _, ok := strings.Cut(key[min(level, len(key)):], "/")
	return name, ok && name != ""
}

// Folders yields the folders with objects, as one request.
func (m *Memory) Folders(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := reserveRequest(ctx); err != nil {
			yield("", err)
			return
		}
		if err := m.enter(ctx, "list", prefix); err != nil {
			yield("", err)
			return
		}
		seen := map[string]bool{}
		for k, o := range m.objects {
			if name, ok := folderOf(prefix, k); ok && strings.HasPrefix(k, prefix) && !isMarker(k, o.info.Size) {
				seen[name+"/"] = true
			}
		}
		m.mu.Unlock()
		names := make([]string, 0, len(seen))
		for name := range seen {
			names = append(names, name)
		}
		slices.Sort(names) // as keys are: "a-b/" before "a/"
		for _, name := range names {
			if !yield(strings.TrimSuffix(name, "/"), nil) {
				return
			}
		}
	}
}

// Folders reads one directory; empty directories count too.
func (d *Dir) Folders(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		dir := strings.Trim(path.Dir(prefix+"x"), "/")
		if err := reserveRequest(ctx); err != nil {
			yield("", err)
			return
		}
		root, err := d.open(ctx, dir)
		if err != nil {
			yield("", err)
			return
		}
		defer root.Close()
		w := walk{d: d, ctx: ctx, root: root}
		es, err := w.entries(dir)
		if err != nil {
			var known *fault.Error // of an entry in it: a link that leads nowhere
			if errors.As(err, &known) || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
				yield("", fileError(err, d.URL(dir)))
			}
			return
		}
		begin := prefix[strings.LastIndexByte(prefix, '/')+1:]
		for _, e := range es {
			if e.fi.IsDir() && strings.HasPrefix(e.name, begin) && !yield(strings.TrimSuffix(e.name, "/"), nil) {
				return
			}
		}
	}
}

// Folders pages through ListObjectsV2 with a delimiter.
func (s *S3) Folders(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var token *string
		last := ""
		for {
			page, err := s.folderPage(ctx, prefix, token)
			if err != nil {
				yield("", err)
				return
			}
			for _, p := range page.CommonPrefixes {
				key := aws.ToString(p.Prefix)
				name, ok := folderOf(prefix, key)
				if !ok || key <= last { // some servers repeat the prefixes around a page's end
					continue
				}
				if last = key; !yield(name, nil) {
					return
				}
			}
			next := page.NextContinuationToken
			switch {
			case !aws.ToBool(page.IsTruncated):
				return
			case next == nil || token != nil && *next == *token:
				yield("", fault.New(fault.CodeExternal, "the S3 server cuts the listing short without saying how to go on").In(s.URL(prefix)))
				return
			}
			token = next
		}
	}
}

func (s *S3) folderPage(ctx context.Context, prefix string, token *string) (page *s3.ListObjectsV2Output, err error) {
	if err := reserveRequest(ctx); err != nil {
		return nil, err
	}
	err = s.call(ctx, prefix, func(c *s3.Client) (err error) {
		page, err = c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix, Delimiter: aws.String("/"), ContinuationToken: token})
		return err
	})
	return page, err
}
