package crawl

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
)

// The names of the keys that date folders give.
const (
	keyYear  = "year"
	keyMonth = "month"
	keyDay   = "day"
	keyHour  = "hour"
	keyDate  = "dt"
)

// plainKey names the i-th level of folders that say nothing of themselves.
func plainKey(i int) string { return "partition_" + strconv.Itoa(i) }

// matchKey reads a folder's name as a value of a key: k=v with that key (in any
// case), else a date folder's number where the key has such a name, else for
// partition_N anything that is not k=v.
func matchKey(name, key string) (string, bool) {
	if kv, ok := partition.ParseSegment(name); ok {
		if strings.EqualFold(kv.Key, key) {
			return kv.Value, true
		}
		return "", false
	}
	switch strings.ToLower(key) {
	case keyYear:
		return name, isNumber(name, 4, 1900, 2199)
	case keyMonth:
		return name, isNumber(name, 2, 1, 12)
	case keyDay:
		return name, isNumber(name, 2, 1, 31)
	case keyHour:
		return name, isNumber(name, 2, 0, 23)
	case keyDate:
		return name, isDate(name)
	}
	return name, strings.HasPrefix(key, "partition_")
}

func isNumber(s string, digits, lo, hi int) bool {
	if len(s) != digits {
		return false
	}
	for i := range s {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	n, err := strconv.Atoi(s)
	return err == nil && n >= lo && n <= hi
}

func isDate(s string) bool {
	if len(s) != len(time.DateOnly) || s[4] != '-' { // most are none, and each error is a text
		return false
	}
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// detectKeys gives the partition keys that a folder's subfolders spell, nil if
// they spell none. Where branches disagree, the list that most branches have
// counts, and among equals the longer, then the lesser one.
func detectKeys(n *node) []string {
	if key := majorityKey(n); key != "" {
		votes := map[string]int{}
		for _, k := range n.kids {
			if _, ok := matchKey(k.name, key); ok && k.total > 0 {
				votes[strings.Join(detectKeys(k), "/")]++
			}
		}
		keys := []string{key}
		if rest := winner(votes); rest != "" {
			keys = append(keys, strings.Split(rest, "/")...)
		}
		return uniqueKeys(keys)
	}
	return dateKeys(n)
}

// uniqueKeys cuts a list where a key comes back: a/k=1/k=2 has one key.
func uniqueKeys(keys []string) []string {
	for i := range keys {
		for _, before := range keys[:i] {
			if strings.EqualFold(before, keys[i]) {
				return keys[:i]
			}
		}
	}
	return keys
}

// majorityKey gives the key that most k=v folders have, "" if there are none.
func majorityKey(n *node) string {
	votes := map[string]int{}
	for _, k := range n.kids {
		if kv, ok := partition.ParseSegment(k.name); ok && k.total > 0 {
			votes[kv.Key]++
		}
	}
	return winner(votes)
}

func winner(votes map[string]int) string {
	best := ""
	for name, count := range votes {
		d := cmp.Or(cmp.Compare(count, votes[best]), cmp.Compare(strings.Count(name, "/"), strings.Count(best, "/")))
		if _, ok := votes[best]; !ok || d > 0 || d == 0 && name < best {
			best = name
		}
	}
	return best
}

// dateKeys recognizes yyyy[/mm[/dd[/hh]]] and yyyy-mm-dd[/hh]: every folder of
// a level must have the form, and no files may lie above the last level.
func dateKeys(n *node) []string {
	for _, form := range [][]string{{keyYear, keyMonth, keyDay, keyHour}, {keyDate, keyHour}} {
		level := []*node{n}
		var keys []string
		for _, key := range form {
			next := kidsOf(level, key)
			if next == nil {
				break
			}
			keys = append(keys, key)
			level = next
		}
		if keys != nil {
			return keys
		}
	}
	return nil
}

// kidsOf gives the folders below a level if all of them are values of key.
func kidsOf(level []*node, key string) []*node {
	var next []*node
	for _, n := range level {
		if n.total == 0 {
			continue
		}
		if n.seen > 0 || len(n.kids) == 0 {
			return nil
		}
		for _, k := range n.kids {
			if _, ok := matchKey(k.name, key); !ok || strings.Contains(k.name, "=") {
				return nil
			}
			next = append(next, k)
		}
	}
	return next
}

// leaf is a partition that was found.
type leaf struct {
	values []string
	node   *node
	style  *style // how its files are written, if they were looked into
}

// extract finds the partitions of a table with these keys below a folder. odd
// are the folders that fit no key; stray counts the files that lie beside the
// partitions, where no query sees them.
func extract(n *node, keys []string) (leaves []leaf, odd []*node, stray int) {
	return extractBut(n, keys, nil)
}

// extractBut is extract where folders of their own are no partitions, whatever
// they are called.
func extractBut(n *node, keys []string, own func(*node) bool) (leaves []leaf, odd []*node, stray int) {
	var walk func(n *node, values []string)
	walk = func(n *node, values []string) {
		if len(values) == len(keys) {
			if n.total > 0 {
				leaves = append(leaves, leaf{values: slices.Clone(values), node: n})
			}
			return
		}
		stray += n.seen
		if len(values) == len(keys)-1 {
			leaves = slices.Grow(leaves, len(n.kids))
		}
		for _, k := range n.kids {
			if v, ok := matchKey(k.name, keys[len(values)]); ok && (own == nil || !own(k)) {
				walk(k, append(values, v))
			} else {
				odd = append(odd, k)
			}
		}
	}
	walk(n, make([]string, 0, len(keys)))
	return leaves, odd, stray
}

// keyTypes infers the types of keys from all their values (stringKeys: all are
// text, as Glue types them):
//
//	integer   whole numbers of 32 bits without padding, or two digits (01, 23)
//	bigint    whole numbers of 64 bits without padding
//	date      yyyy-mm-dd
//	varchar   everything else: also 007 and 20240131x
//
// The values of partition_N are always text, as Glue types them; NULL fits all.
func keyTypes(keys []string, leaves []leaf, stringKeys bool) []catalog.Column {
	cols := make([]catalog.Column, len(keys))
	for k, name := range keys {
		cols[k] = catalog.Column{Name: name, Type: types.TUnknown}
		if stringKeys || strings.HasPrefix(name, "partition_") {
			cols[k].Type = types.TVarchar
			continue
		}
		for i := range leaves {
			if v := leaves[i].values[k]; v != catalog.HiveNull {
				cols[k].Type = widenKey(cols[k].Type, textType(v))
			}
		}
		if cols[k].Type.Kind == types.Unknown {
			cols[k].Type = types.TVarchar
		}
	}
	return cols
}

func textType(v string) types.Type {
	if isDate(v) {
		return types.TDate
	}
	digits := strings.TrimPrefix(v, "-")
	padded := len(digits) > 1 && digits[0] == '0' && !(len(v) == 2)
	i, err := strconv.ParseInt(v, 10, 64)
	switch {
	case err != nil || padded || strings.HasPrefix(v, "+") || v == "-0":
		return types.TVarchar
	case int64(int32(i)) == i:
		return types.TInteger
	}
	return types.TBigInt
}

// widenKey joins the types of two texts: what differs is text, but for the two
// widths of whole numbers.
func widenKey(a, b types.Type) types.Type {
	switch {
	case a.Kind == types.Unknown || a.Equal(b):
		return b
	case a.IsInteger() && b.IsInteger():
		return types.TBigInt
	}
	return types.TVarchar
}
