package crawl

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/store"
)

// partitions gives a candidate's partitions in the order of their paths.
func (d *decider) partitions(c *candidate, t *catalog.Table) []catalog.Partition {
	if len(c.keys) == 0 {
		return nil
	}
	own := descriptors{table: c.style(t.Format)}
	out := make([]catalog.Partition, 0, len(c.leaves))
	again := repeated(t.PartitionKeys, c.leaves)
	here := t.Storage.Location == c.tree.folder(c.node)
	var path []byte
	for i := range c.leaves {
		l := &c.leaves[i]
		if why := longValue(t, l.values); why != "" {
			d.notes.leave(d.tree.folder(l.node), why, l.node.total)
			continue
		}
		p := catalog.Partition{Values: l.values}
		if path = append(partition.AppendPath(path[:0], t.PartitionKeys, l.values), '/'); !here || string(path) != strings.TrimPrefix(l.node.key, c.node.key) {
			if location := c.tree.folder(l.node); location != partition.Location(t, &p) {
				p.Location = location
			}
		}
		if first, twice := again[i]; twice {
			d.notes.leave(c.tree.folder(l.node), "its partition is that of "+c.leaves[first].node.key, l.node.total)
			continue
		}
		p.Format, p.Descriptor = own.of(l.style, t.Format)
		l.node.cand = c
		out = append(out, p)
	}
	return out
}

// repeated gives the partitions whose values an earlier one has, and that one.
// There are few, if any: the order of the folders tells of most tables that
// there are none.
func repeated(keys []catalog.Column, leaves []leaf) map[int]int {
	compare := func(a, b int) int { return compareTexts(keys, leaves[a].values, leaves[b].values) }
	order := make([]int, len(leaves))
	ascending := true
	for i := range order {
		order[i] = i
		ascending = ascending && (i == 0 || compare(i-1, i) < 0)
	}
	if ascending {
		return nil
	}
	slices.SortStableFunc(order, compare)
	again := map[int]int{}
	first := 0
	for i := 1; i < len(order); i++ {
		if compare(order[first], order[i]) == 0 {
			again[order[i]] = order[first]
		} else {
			first = i
		}
	}
	return again
}

// compareTexts orders the texts of keys; 01 and 1 are one value of a number.
func compareTexts(keys []catalog.Column, a, b []string) int {
	for k := range keys {
		x, y := a[k], b[k]
		if keys[k].Type.IsInteger() {
			x, y = bare(x), bare(y)
		}
		if d := strings.Compare(x, y); d != 0 {
			return d
		}
	}
	return 0
}

func bare(v string) string {
	if len(v) == 2 {
		return strings.TrimPrefix(v, "0")
	}
	return v
}

// style is the style of the table: of the samples that it takes most of its
// properties from.
func (c *candidate) style(format string) string {
	votes := map[string]int{}
	for _, m := range c.samples {
		votes[propsText(m.props)]++
	}
	return format + " " + winner(votes)
}

// maxValue is the length of a key's text that catalogs take, as in Glue.
const maxValue = 1024

// longValue says why values cannot be those of a partition in any table, "" if
// they can.
func longValue(t *catalog.Table, values []string) string {
	for i, v := range values {
		if strings.Contains(v, "\x00") || len(v) > maxValue {
			return fmt.Sprintf("the value of %s is longer than %d bytes or holds a null character", t.PartitionKeys[i].Name, maxValue)
		}
	}
	return ""
}

// BadValues says why values cannot be those of a partition of a table, "" if
// they can: they must fit the types of its keys.
func BadValues(t *catalog.Table, values []string) string {
	if why := longValue(t, values); why != "" {
		return why
	}
	for i, v := range values {
		if _, err := partition.ParseValue(t.PartitionKeys[i].Type, v); err != nil {
			return reason(err)
		}
	}
	return ""
}

// fingerprintOf gives a candidate's fingerprint.
func (d *decider) fingerprintOf(c *candidate) string {
	if c.file != nil {
		return d.fileFingerprint(c.tree, *c.file)
	}
	return d.fingerprint(c.tree, c.node)
}

// fingerprint is the sum of all files below a folder, with what else a table's
// description depends on.
func (f *finder) fingerprint(t *tree, n *node) string { return f.fingerprintText(t, n.sum) }

func (f *finder) fileFingerprint(t *tree, o store.Info) string {
	return f.fingerprintText(t, fileSum(o))
}

func (f *finder) fingerprintText(t *tree, files xxh3.Uint128) string {
	if t.options == "" {
		t.options = f.optionsText(t)
	}
	options := xxh3.HashString128(t.options)
	a, b := files.Bytes(), options.Bytes()
	sum := xxh3.Hash128(slices.Concat(a[:], b[:])).Bytes()
	return hex.EncodeToString(sum[:])
}

// project proposes a partition projection for a table of date folders: all its
// partitions at the places where they are, and those of the coming days. nil if
// its keys are not such.
//
//	year            integer, from the first one seen to ten after the last
//	month day hour  integer of two digits, all that there are
//	dt              date from the first one seen to NOW
//	other keys      enum of the values seen, if they are at most 100; else injected
func project(c *candidate, t *catalog.Table) map[string]string {
	if !slices.Contains(c.keys, keyYear) && !slices.Contains(c.keys, keyDate) || len(c.leaves) == 0 || !dateFolders(c) {
		return nil
	}
	props := map[string]string{"projection.enabled": "true"}
	for k, name := range c.keys {
		name = strings.ToLower(name)
		set := func(what, value string) { props["projection."+name+"."+what] = value }
		values := valuesOf(c, k)
		switch name {
		case keyYear:
			first, last := values[0], values[len(values)-1]
			if n, err := strconv.Atoi(last); err == nil {
				last = strconv.Itoa(n + 10)
			}
			set("type", "integer")
			set("range", first+","+last)
		case keyMonth, keyDay, keyHour:
			set("type", "integer")
			set("range", map[string]string{keyMonth: "1,12", keyDay: "1,31", keyHour: "0,23"}[name])
			set("digits", "2")
		case keyDate:
			set("type", "date")
			set("format", "yyyy-MM-dd")
			set("range", values[0]+",NOW")
			set("interval", "1")
			set("interval.unit", "DAYS")
		default:
			if len(values) > maxEnum || slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, ",") || v == catalog.HiveNull }) {
				set("type", "injected")
			} else {
				set("type", "enum")
				set("values", strings.Join(values, ","))
			}
		}
	}
	props["storage.location.template"] = template(c, t)
	return props
}

// maxEnum is how many values a proposed enum may have.
const maxEnum = 100

// dateFolders reports whether the date keys are those of plain folders (k=v
// folders need no projection to be found), with all values such as a
// projection makes them.
func dateFolders(c *candidate) bool {
	for i := range c.leaves {
		segments := c.segments(&c.leaves[i])
		for k, name := range c.keys {
			switch name {
			case keyYear, keyMonth, keyDay, keyHour, keyDate:
				if segments[k] != c.leaves[i].values[k] {
					return false
				}
			}
		}
	}
	return true
}

// segments are the folders of a partition below its table.
func (c *candidate) segments(l *leaf) []string {
	rel := strings.TrimSuffix(strings.TrimPrefix(l.node.key, c.node.key), "/")
	return strings.Split(rel, "/")
}

// template gives the location of the partitions with ${key} for the values.
func template(c *candidate, t *catalog.Table) string {
	out := t.Storage.Location
	for k, segment := range c.segments(&c.leaves[0]) {
		name := "${" + c.keys[k] + "}"
		if kv, ok := partition.ParseSegment(segment); ok {
			name = kv.Key + "=" + name
		}
		out += name + "/"
	}
	return out
}

// valuesOf gives the different values of a key, sorted: by their texts, which is
// also the order of the dates and of years.
func valuesOf(c *candidate, k int) []string {
	seen := map[string]bool{}
	var out []string
	for i := range c.leaves {
		if v := c.leaves[i].values[k]; !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

// isNull reports a type that nothing was seen of.
func isNull(t types.Type) bool { return t.Kind == types.Unknown }
