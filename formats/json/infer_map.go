package json

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
)

// The rule by which objects are maps.
const (
	maxFields   = 500 // more keys than a row has
	minDataKeys = 3   // keys that look like data, all of them
	minSparse   = 20  // keys of which every object has but a few
	minObjects  = 5
)

// asMap says why objects are maps with text keys rather than rows; "" if they
// are rows. They are maps if
//
//   - a key cannot be named in a Hive type, or there are more than 500
//   - there are three keys or more, all look like data (numbers, UUIDs, dates,
//     hexadecimal, addresses), and their values are of one type
//   - five objects or more have twenty keys or more, none of which is in half of
//     them, each in a fifth of them on average at most, and their values are of
//     one type
func (s *shape) asMap() string {
	n, objects := len(s.fields), s.seen[shapeObject]
	if n > maxFields {
		return fmt.Sprintf("%d keys are more than the %d fields of a row", n, maxFields)
	}
	kinds := map[string]bool{}
	most, sum := 0, 0
	for _, f := range s.fields {
		name := f.name()
		if name == "" || strings.ContainsAny(name, "<>(),:`") && keyKind(name) == "" || strings.TrimSpace(name) != name {
			return fmt.Sprintf("key %q cannot name a field", name)
		}
		kinds[keyKind(name)] = true
		most, sum = max(most, f.count), sum+f.count
	}
	data := n >= minDataKeys && !kinds[""]
	sparse := objects >= minObjects && n >= minSparse && 2*most < objects && 5*sum <= n*objects
	unnamed := slices.ContainsFunc(s.fields, func(f *fieldShape) bool { return strings.ContainsAny(f.name(), "<>(),:`") })
	switch {
	case data && s.uniform():
		return fmt.Sprintf("its %d keys are data (%s)", n, strings.Join(sortedKeys(kinds), ", "))
	case unnamed:
		return fmt.Sprintf("its %d keys cannot name fields", n)
	case !sparse || !s.uniform():
		return ""
	}
	return fmt.Sprintf("%d different keys in %d objects, none in more than %d", n, objects, most)
}

func sortedKeys(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// uniform reports whether all fields' values are of one type.
func (s *shape) uniform() bool {
	all := s.values()
	return all.clean() && s.alike(all)
}

// clean reports whether nothing in the shape had to become text.
func (s *shape) clean() bool {
	if _, conflict := s.kind(); conflict {
		return false
	}
	if s.elem != nil && !s.elem.clean() {
		return false
	}
	return !slices.ContainsFunc(s.fields, func(f *fieldShape) bool { return !f.shape.clean() })
}

// alike reports whether values that are objects share their fields: joined
// they have at most twice as many as the largest.
func (s *shape) alike(all *shape) bool {
	largest := 0
	for _, f := range s.fields {
		largest = max(largest, len(f.shape.fields))
	}
	return len(all.fields) <= 2*largest
}

// values joins the shapes of all fields.
func (s *shape) values() *shape {
	all := &shape{}
	for _, f := range s.fields {
		all.join(f.shape)
	}
	return all
}

// join adds what o counted.
func (s *shape) join(o *shape) {
	if o.seen[shapeInt] > 0 {
		if s.seen[shapeInt] == 0 {
			s.least, s.most = o.least, o.most
		}
		s.least, s.most = min(s.least, o.least), max(s.most, o.most)
	}
	for k, n := range o.seen {
		s.seen[k] += n
	}
	if o.elem != nil {
		if s.elem == nil {
			s.elem = &shape{}
		}
		s.elem.join(o.elem)
	}
	for _, f := range o.fields {
		to := s.field([]byte(f.name()))
		to.spellings[f.name()]--
		for text, n := range f.spellings {
			to.spellings[text] += n
		}
		to.count += f.count
		to.places += f.places
		to.shape.join(f.shape)
	}
}

// keyKind names what a key looks like if it looks like data; "" for a name.
func keyKind(key string) string {
	class := func(chars string) bool { return strings.Trim(key, chars) == "" }
	b := []byte(key)
	switch {
	case class("0123456789"):
		return "numbers"
	case len(key) == 36:
		if _, err := types.ParseUUID(b); err == nil {
			return "uuids"
		}
	case len(key) >= 10 && textKind(b) != shapeText:
		return "dates"
	case len(key) == 7 && key[4] == '-' && class("0123456789-"):
		return "dates"
	case len(key) >= 8 && class("0123456789abcdefABCDEF") && strings.ContainsAny(key, "0123456789"):
		return "hexadecimal"
	case strings.Count(key, ".") == 3 && class("0123456789."):
		return "addresses"
	case strings.Count(key, "@") == 1 && strings.Contains(key, "."):
		return "addresses"
	}
	if rest := strings.TrimPrefix(key, "-"); rest != key && rest != "" && strings.Trim(rest, "0123456789.") == "" {
		return "numbers"
	}
	return ""
}
