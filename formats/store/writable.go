package store

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
)

// AllowWrite makes a bucket, a prefix or a directory one that may be written.
// What may be written may be read too. Only the operator's word may come here,
// never a location out of a statement.
func (r *Registry) AllowWrite(loc string) error {
	if err := r.Allow(loc); err != nil {
		return err
	}
	l, err := parseLocation(loc)
	if err != nil {
		return err
	}
	if l.scheme == schemeFile {
		l.root, l.path = l.path, ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.writable, l) {
		r.writable = append(r.writable, l)
	}
	return nil
}

// Writable gives the locations that may be written, as users write them.
func (r *Registry) Writable() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]string, len(r.writable))
	for i, l := range r.writable {
		out[i] = l.String()
	}
	return out
}

// OpenWrite is Open for writing: a location that is not at or below one of
// AllowWrite is refused with 42501. The store of a directory is confined to the
// directory that may be written, so that no link leads a write out of it.
func (r *Registry) OpenWrite(loc string) (s Store, prefix string, err error) {
	l, err := parseLocation(loc)
	if err != nil {
		return nil, "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	in, ok := covered(r.writable, l)
	if !ok {
		return nil, "", fault.New(fault.CodeInsufficientPriv, "location %q is not among the locations that may be written", loc).
			WithHint("Ask the operator to allow it: writable: true beside the location in the configuration, or --writable.")
	}
	return r.store(in)
}
