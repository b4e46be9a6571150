package store

import (
	"context"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store/diskcache"
)

// Config says which locations may be read and how S3 is reached.
type Config struct {
	// Locations lists what may be read: "s3://bucket", "s3://bucket/prefix", a
	// directory or a file. What is below a location is allowed with it.
	Locations []string
	// Writable lists what may be written, and read: buckets, prefixes, directories.
	Writable []string
	// More gives locations that may be read too, as they are now: it is asked before
	// one is refused. Nil: there are none.
	More func() ([]string, error)
	S3   S3Config
}

// Registry opens locations. It refuses what its configuration does not list,
// and keeps one Store per bucket or root directory. Safe for concurrent use.
type Registry struct {
	s3   S3Config
	more func() ([]string, error)

	mu       sync.Mutex // guards the rest
	allowed  []location
	writable []location
	stores   map[string]Store // by scheme and root
}

// location is a parsed location: a scheme, a root (bucket or "/") and a path
// below it without slashes at its ends.
type location struct{ scheme, root, path string }

const (
	schemeFile = "file"
	schemeS3   = "s3"
)

// NewRegistry makes a registry. A location that cannot be understood is an
// error; whether it exists shows when it is opened.
func NewRegistry(cfg Config) (*Registry, error) {
	r := &Registry{s3: cfg.S3, more: cfg.More, stores: map[string]Store{}}
	r.s3.requests, r.s3.events = &requestCounts{}, &EventCounts{}
	for _, l := range cfg.Locations {
		if err := r.Allow(l); err != nil {
			return nil, err
		}
	}
	for _, l := range cfg.Writable {
		if err := r.AllowWrite(l); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Allow adds a location to those that may be read.
func (r *Registry) Allow(loc string) error {
	l, err := parseLocation(loc)
	if err != nil {
		return err
	}
	if l.scheme == schemeFile {
		if fi, err := os.Stat(l.path); err == nil && fi.Mode().IsRegular() {
			l.root, l.path = filepath.Dir(l.path), filepath.Base(l.path)
		} else {
			l.root, l.path = l.path, ""
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.allowed, l) {
		r.allowed = append(r.allowed, l)
	}
	return nil
}

// CacheCounts tells what the disk cache has done; all is zero without one.
func (r *Registry) CacheCounts() diskcache.Counts { return r.s3.Cache.Counts() }

// Allowed gives the allowed locations as users write them.
func (r *Registry) Allowed() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]string, len(r.allowed))
	for i, l := range r.allowed {
		out[i] = l.String()
	}
	return out
}

// Mount makes s answer for the location root (scheme://name) and allows it;
// tests mount memory stores.
func (r *Registry) Mount(root string, s Store) error {
	l, err := parseLocation(root)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stores[l.scheme+"://"+l.root] = s
	r.allowed = append(r.allowed, l)
	return nil
}

// Open gives the store that holds a location and the location's key in it,
// without slashes at its ends: "" for the root, "sales" for s3://bucket/sales/.
// Use Under to list what is below. A location that is not allowed is refused
// with 42501; nothing is contacted yet.
func (r *Registry) Open(loc string) (s Store, prefix string, err error) {
	l, err := parseLocation(loc)
	if err != nil {
		return nil, "", err
	}
	s, prefix, err = r.open(loc, l)
	if !fault.Is(err, fault.CodeInsufficientPriv) || r.more == nil {
		return s, prefix, err
	}
	more, moreErr := r.more()
	if moreErr != nil {
		return nil, "", moreErr
	}
	for _, m := range more {
		if err := r.Allow(m); err != nil {
			return nil, "", err
		}
	}
	return r.open(loc, l)
}

func (r *Registry) open(loc string, l location) (s Store, prefix string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l, err = r.check(loc, l); err != nil {
		return nil, "", err
	}
	return r.store(l)
}

// store gives the store of a location. r.mu is held.
func (r *Registry) store(l location) (s Store, prefix string, err error) {
	id := l.scheme + "://" + l.root
	if s, ok := r.stores[id]; ok {
		return s, l.path, nil
	}
	switch l.scheme {
	case schemeFile:
		s = NewDir(l.root)
	case schemeS3:
		s, err = NewS3(l.root, r.s3)
	default:
		err = fault.New(fault.CodeInvalidParameter, "nothing is mounted at %q", id)
	}
	if err != nil {
		return nil, "", err
	}
	r.stores[id] = s
	return s, l.path, nil
}

// check finds the allowed location that covers l. For files it moves the root
// of l there, so that the store is confined to what was allowed.
func (r *Registry) check(loc string, l location) (location, error) {
	if in, ok := covered(r.allowed, l); ok {
		return in, nil
	}
	return l, fault.New(fault.CodeInsufficientPriv, "location %q is not among the locations that may be read", loc).
		WithHint("Add it to the configuration's list of locations, or start with --lake %s.", loc)
}

// covered finds the location of list that covers l, and gives l as seen from
// there.
func covered(list []location, l location) (location, bool) {
	for _, a := range list {
		if a.scheme != l.scheme {
			continue
		}
		if a.scheme == schemeFile {
			full := filepath.Join(a.root, a.path)
			if rel, ok := below(filepath.ToSlash(full), l.path); ok {
				return location{schemeFile, a.root, strings.Trim(a.path+"/"+rel, "/")}, true
			}
			continue
		}
		if _, ok := below(a.path, l.path); ok && a.root == l.root {
			return l, true
		}
	}
	return l, false
}

// below gives path relative to base, if it is base or below it.
func below(base, path string) (string, bool) {
	if base == "" || base == "/" {
		return strings.TrimPrefix(path, "/"), true
	}
	if path == base {
		return "", true
	}
	return strings.CutPrefix(path, base+"/")
}

// String gives the location as users write it.
func (l location) String() string {
	if l.scheme == schemeFile {
		return filepath.Join(l.root, l.path)
	}
	if l.path == "" {
		return l.scheme + "://" + l.root
	}
	return l.scheme + "://" + l.root + "/" + l.path
}

// parseLocation reads s3://bucket/key (s3a and s3n are the same to Hive),
// file:///path, file:/path, a path, or another scheme's URL.
func parseLocation(loc string) (location, error) {
	scheme, rest, isURL := strings.Cut(loc, "://")
	switch {
	case loc == "":
		return location{}, badLocation(loc, "it is empty")
	case strings.Contains(loc, "\x00"):
		return location{}, badLocation(loc, "it contains a zero byte")
	case strings.HasPrefix(loc, "file:"):
		p := strings.TrimPrefix(loc, "file:")
		if strings.HasPrefix(p, "//") && !strings.HasPrefix(p, "///") {
			return location{}, badLocation(loc, "file URLs have three slashes: file:///directory")
		}
		if u, err := url.PathUnescape(p); err == nil {
			p = u
		}
		return fileLocation(loc, "/"+strings.TrimLeft(p, "/"))
	case !isURL:
		return fileLocation(loc, loc)
	}
	scheme = strings.ToLower(scheme)
	if scheme == "s3a" || scheme == "s3n" {
		scheme = schemeS3
	}
	root, path, _ := strings.Cut(rest, "/")
	if root == "" {
		return location{}, badLocation(loc, "the bucket is missing")
	}
	if path = strings.Trim(path, "/"); slices.Contains(strings.Split(path, "/"), "..") {
		return location{}, badLocation(loc, `it contains ".."`)
	}
	return location{scheme, root, path}, nil
}

func fileLocation(loc, path string) (location, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return location{}, badLocation(loc, err.Error())
	}
	return location{schemeFile, "/", filepath.ToSlash(abs)}, nil
}

func badLocation(loc, why string) error {
	return fault.New(fault.CodeInvalidParameter, "invalid location %q: %s", loc, why).
		WithHint("Locations are s3://bucket/prefix or a directory.")
}

// Folder gives the prefix that the keys below a "directory" share: key with a
// slash behind it, or "" for the root.
func Folder(key string) string {
	if key = strings.Trim(key, "/"); key == "" {
		return ""
	}
	return key + "/"
}

// Under lists the objects below a key as Open gave it: those in the folder
// key/ and, if there are none, the object with exactly that key. Without
// either it yields nothing.
func Under(ctx context.Context, s Store, key string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		found := false
		for o, err := range s.List(ctx, Folder(key)) {
			found = true
			if !yield(o, err) || err != nil {
				return
			}
		}
		if found || Folder(key) == "" {
			return
		}
		o, err := s.Stat(ctx, strings.Trim(key, "/"))
		if !fault.Is(err, fault.CodeUndefinedFile) {
			yield(o, err)
		}
	}
}
