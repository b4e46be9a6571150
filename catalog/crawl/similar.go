package crawl

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// shape is a schema as it is compared: a file's or a folder's.
type shape struct {
	format  string
	columns []catalog.Column
	names   map[string]types.Type // by lower-case name; made when it is first asked for
}

func (s *shape) byName() map[string]types.Type {
	if s.names == nil {
		s.names = make(map[string]types.Type, len(s.columns))
		for _, c := range s.columns {
			s.names[strings.ToLower(c.Name)] = c.Type
		}
	}
	return s.names
}

const (
	// minRatio is what two schemas' match ratio, and the part of folders or files
	// that are alike, must be above (times ten).
	minRatio = 7
	// maxClusters is how many different schemas a folder's folders may have for
	// most of them to be partitions of one table.
	maxClusters = 5
)

// ratio is the match ratio of two schemas, 0..1: the columns that have a
// partner in the other schema, of both together, by the columns of both
// together. A column's partner has its name (in any case) and a type that can
// be joined with its own; see partner.
func ratio(a, b *shape) float64 {
	if a.format != b.format {
		return 0
	}
	if len(a.columns)+len(b.columns) == 0 {
		return 1
	}
	return 2 * float64(partners(a, b)) / float64(len(a.columns)+len(b.columns))
}

// similar reports whether two files or folders could be of one table: same
// format, and a match ratio of more than 0.7.
func similar(a, b *shape) bool {
	return a.format == b.format && (20*partners(a, b) > minRatio*(len(a.columns)+len(b.columns)) || len(a.columns)+len(b.columns) == 0)
}

// alike is similar for two files of one folder. Files whose names differ in
// nothing but numbers were written as one series: there it is enough that half
// of the smaller one's columns have a partner, as objects of JSON may leave
// fields out and tables grow.
func alike(a, b *sample) bool {
	if similar(&a.shape, &b.shape) {
		return true
	}
	return a.format == b.format && series(a.info.Key) == series(b.info.Key) &&
		2*partners(&a.shape, &b.shape) >= min(len(a.columns), len(b.columns))
}

// series cuts what numbers the files of one writer from a file's name: digits
// and long runs of hexadecimal ones.
func series(key string) string { return numbering.ReplaceAllString(fileStem(key), "#") }

var numbering = regexp.MustCompile(`(?i)[0-9a-f-]*[0-9][0-9a-f-]{7,}|[0-9]+`)

func partners(a, b *shape) int {
	byName := a.byName()
	n := 0
	for i, c := range b.columns {
		if t, ok := byName[strings.ToLower(c.Name)]; ok && partner(t, c.Type, c.Name == "col"+strconv.Itoa(i)) {
			n++
		}
	}
	return n
}

// partner reports whether two columns of one name are the same column. Text
// is one with anything, since a text file's column without a value is text,
// unless the name was made up for want of a header and says nothing.
func partner(a, b types.Type, madeUp bool) bool {
	if _, joins := widen(a, b); joins {
		return true
	}
	return !madeUp && (a.IsString() || b.IsString())
}

// cluster are folders with similar schemas.
type cluster struct {
	lead    *shape
	members []int   // ascending; the first is the leader's
	least   float64 // the least ratio of a member with the leader
}

// clusters groups schemas: each joins the first cluster to whose leader (its
// first member) it is similar, or leads one of its own. same says which could
// be together at all. The largest cluster comes first, of equals the one with
// the earlier leader.
func clusters(shapes []*shape, same func(i, j int) bool) []cluster {
	var out []cluster
next:
	for i, s := range shapes {
		for c := range out {
			if k := &out[c]; same(k.members[0], i) && similar(k.lead, s) {
				k.members = append(k.members, i)
				k.least = min(k.least, ratio(k.lead, s))
				continue next
			}
		}
		out = append(out, cluster{lead: s, members: []int{i}, least: 1})
	}
	slices.SortStableFunc(out, func(a, b cluster) int { return len(b.members) - len(a.members) })
	return out
}

// score says how folders or files compare.
func score(cs []cluster, total int, what string) string {
	if len(cs) == 0 {
		return ""
	}
	text := fmt.Sprintf("%d of %d %s similar", len(cs[0].members), total, what)
	if len(cs[0].members) > 1 {
		text += fmt.Sprintf(", least %.2f", cs[0].least)
	}
	if len(cs) > 1 {
		text += fmt.Sprintf(", %d different schemas", len(cs))
	}
	return text
}
