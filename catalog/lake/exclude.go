package lake

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// PropertyExclusions is the table property in which crawlers leave the globs of
// files that are not the table's: a JSON list of URLs with globs in them.
const PropertyExclusions = "exclusions"

// exclusion is one of the globs, of paths below a folder.
type exclusion struct {
	folder string // its URL with a slash at its end
	glob   Glob
}

// exclusions are a table's.
type exclusions struct {
	list []exclusion
	err  error // the property cannot be read
}

// exclusionsOf reads a table's property.
func exclusionsOf(t *catalog.Table) (out exclusions) {
	text := t.Parameters[PropertyExclusions]
	if text == "" {
		return exclusions{}
	}
	var patterns []string
	if err := json.Unmarshal([]byte(text), &patterns); err != nil {
		return exclusions{err: fault.Wrap(err, fault.CodeInvalidParameter,
			"the property '%s' of table %s.%s is not a JSON list of texts", PropertyExclusions, t.Database, t.Name)}
	}
	for _, p := range patterns {
		folder := commonFolder(p, t.Storage.Location)
		g, err := ParseGlob(cmp.Or(p[len(folder):], "**"))
		if err != nil {
			return exclusions{err: err}
		}
		out.list = append(out.list, exclusion{folder, g})
	}
	return out
}

// commonFolder gives the folder that a glob and a table's location have in
// common: its name is no pattern, whatever characters it has.
func commonFolder(pattern, location string) string {
	location = strings.TrimSuffix(location, "/") + "/"
	n := 0
	for i := 0; i < len(pattern) && i < len(location) && pattern[i] == location[i]; i++ {
		if pattern[i] == '/' {
			n = i + 1
		}
	}
	return pattern[:n]
}

// has reports whether the file of a URL is excluded.
func (e exclusions) has(url string) bool {
	return slices.ContainsFunc(e.list, func(x exclusion) bool {
		rel, ok := strings.CutPrefix(url, x.folder)
		return ok && x.glob.Match(rel)
	})
}

// without removes the excluded ones of a table's files.
func (e exclusions) without(files []*File) ([]*File, error) {
	if len(e.list) == 0 || e.err != nil {
		return files, e.err
	}
	return slices.DeleteFunc(files, func(f *File) bool { return e.has(f.URL()) }), nil
}
