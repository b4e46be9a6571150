package lake

import (
	"context"
	"slices"
	"strings"
)

// fewListings is how many partitions made on demand are listed one by one.
const fewListings = 256

// gather finds folders to list for partitions that a template places below one
// root, several folders deep: of a year of days, the twelve months. Listing one
// by one would cost a request for each partition that there might be.
//
// From the deepest folders up, those of one parent make place for it if most of
// the names that occur at that level are among them: what is listed in vain then
// is little. Literal folders (a service's, beside those of others) never do.
func (c *cover) gather() {
	depth := -1
	for _, p := range c.deep {
		if n := strings.Count(p.folder, "/"); depth < 0 {
			depth = n
		} else if n != depth {
			depth = 0 // one may lie inside another
		}
	}
	if len(c.deep) <= fewListings || depth <= 0 {
		c.loose, c.deep = append(c.loose, c.deep...), nil
		return
	}
	c.deepRows = make(map[string]uint32, len(c.deep))
	folders := make([]string, 0, len(c.deep))
	for _, p := range c.deep {
		if _, twice := c.deepRows[p.folder]; twice { // partitions may share a folder
			c.loose = append(c.loose, p)
			continue
		}
		c.deepRows[p.folder] = p.row
		folders = append(folders, p.folder)
	}
	c.deepFolders = rollUp(folders, depth-strings.Count(c.deepRoot, "/"))
}

// rollUp replaces folders by their parents, at most levels times, until they are
// few. What it gives covers all of them, each once.
func rollUp(folders []string, levels int) []string {
	var kept []string // that will not be replaced
	for ; levels > 0 && len(folders)+len(kept) > fewListings; levels-- {
		names := map[string]bool{}
		kids := map[string]int{}
		for _, f := range folders {
			at := parentLen(f)
			names[f[at:]] = true
			kids[f[:at]]++
		}
		most := max(4, (3*len(names)+3)/4)
		var above []string
		for _, f := range folders {
			switch parent := f[:parentLen(f)]; {
			case kids[parent] < 0: // it is there already
			case kids[parent] >= most:
				above = append(above, parent)
				kids[parent] = -1
			default:
				kept = append(kept, f)
			}
		}
		folders = above
	}
	folders = append(folders, kept...)
	slices.Sort(folders)
	out := folders[:0]
	for _, f := range folders { // one below another is listed with it
		if n := len(out); n == 0 || !strings.HasPrefix(f, out[n-1]) {
			out = append(out, f)
		}
	}
	return out
}

// parentLen is how much of a folder's key, which ends in a slash, is its parent's.
func parentLen(folder string) int {
	return strings.LastIndexByte(folder[:len(folder)-1], '/') + 1
}

// listDeep lists a folder that rollUp gave and keeps what lies in a selected
// partition.
func (c *cover) listDeep(ctx context.Context, folder string) ([]foundFile, error) {
	objects, err := c.lake.list(ctx, c.deepStore, folder, false)
	if err != nil {
		return nil, err
	}
	var found []foundFile
	last, row, known := "\x00", uint32(0), false
	for _, o := range objects {
		if !strings.HasPrefix(o.Key, last) {
			if last, row, known = c.deepPlace(o.Key, len(folder)-1); !known {
				last = "\x00"
			}
		}
		if known {
			found = append(found, foundFile{store: c.deepStore, info: o, row: row})
		}
	}
	return found, nil
}

// deepPlace gives the partition's folder in which an object lies; from is where
// the slash of the listed folder is in the key.
func (c *cover) deepPlace(key string, from int) (folder string, row uint32, ok bool) {
	for at := from; ; {
		if row, ok = c.deepRows[key[:at+1]]; ok {
			return key[:at+1], row, true
		}
		next := strings.IndexByte(key[at+1:], '/')
		if next < 0 {
			return "", 0, false
		}
		at += next + 1
	}
}
