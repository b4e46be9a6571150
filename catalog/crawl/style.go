package crawl

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

// style is how the files of a partition are written.
type style struct {
	format  string
	props   map[string]string
	columns []catalog.Column
	text    string // of the format and the properties, to compare
}

func styleOf(m *sample) *style {
	return &style{format: m.format, props: m.props, columns: m.columns, text: m.format + " " + propsText(m.props)}
}

// nullProperty is the text of NULL. A file without any NULL says nothing
// about it, so that the files that do have one decide.
const nullProperty = "serialization.null.format"

// ownToFile are properties that each file may have its own of although it is
// written as its neighbours are: how quotes in quotes look shows only where
// there are some.
var ownToFile = []string{nullProperty, schemaProperty, "quotechar", "escapechar"}

// propsText writes properties in one order, without those that are a file's
// own.
func propsText(m map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(ownToFile, k) {
			fmt.Fprintf(&b, "%s=%q ", k, m[k])
		}
	}
	return b.String()
}

// schemaProperty is Avro's schema, which every file may have its own of.
const schemaProperty = "avro.schema.literal"

const (
	// maxExtensions is how many kinds of extensions get samples of their own.
	maxExtensions = 6
	// maxCloser is how many partitions are looked into where they differ.
	maxCloser = 1000
)

// extension is what the name of a partition's first file says of its format.
func (l *leaf) extension() string {
	n := l.node
	for len(n.files) == 0 && len(n.kids) > 0 {
		n = n.kids[0]
	}
	if len(n.files) == 0 {
		return ""
	}
	return strings.ToLower(path.Ext(codec.TrimExtension(path.Base(n.files[0].Key))))
}

// byExtension groups partitions by their extension: the most frequent first,
// each in the order of the partitions.
func byExtension(leaves []leaf) [][]int {
	at := map[string]int{}
	var groups [][]int
	for i := range leaves {
		e := leaves[i].extension()
		if _, known := formatOfExtension(e); !known {
			e = ""
		}
		g, ok := at[e]
		if !ok {
			g = len(groups)
			at[e] = g
			var room []int
			if g == 0 { // mostly that of all
				room = make([]int, 0, len(leaves)-i)
			}
			groups = append(groups, room)
		}
		groups[g] = append(groups[g], i)
	}
	slices.SortStableFunc(groups, func(a, b []int) int { return len(b) - len(a) })
	return groups
}

func formatOfExtension(ext string) (string, bool) {
	f, ok := fileFormats[ext]
	return f, ok
}

// leafFiles chooses files to look into, spread over the partitions, some of
// every extension; leafOf says in which partition each lies.
func leafFiles(leaves []leaf, most int) (files []store.Info, leafOf []int) {
	groups := byExtension(leaves)
	for g, group := range groups[:min(len(groups), maxExtensions)] {
		share := most
		if g > 0 {
			share = 2
		}
		some := spread(group, share)
		taken := 0
		for i, l := range some {
			part := leaves[l].node.firstFiles((share - taken) / (len(some) - i))
			for _, o := range part {
				files = append(files, o)
				leafOf = append(leafOf, l)
			}
			taken += len(part)
		}
	}
	return files, leafOf
}

// styles finds out how the files of each partition are written, as far as they
// were looked into; where those with one extension differ, more are.
func (d *decider) styles(ctx context.Context, u *unit) error {
	u.nameByPosition()
	byLeaf := func(samples []*sample, leafOf []int) {
		for i, m := range samples {
			if l := &u.leaves[leafOf[i]]; m.ok() && l.style == nil {
				l.style = styleOf(m)
			}
		}
	}
	byLeaf(u.samples, u.leafOf)
	for _, group := range byExtension(u.leaves) {
		texts := map[string]*style{}
		for _, l := range group {
			if s := u.leaves[l].style; s != nil {
				texts[s.text] = s
			}
		}
		if len(texts) == 1 {
			for _, s := range texts {
				d.spreadStyle(u, group, s)
			}
		}
		if len(texts) <= 1 {
			continue
		}
		files, leafOf := unseen(u.leaves, group)
		samples, err := d.lookAll(ctx, u.tree, files)
		if err != nil {
			return err
		}
		byLeaf(samples, leafOf)
		if len(group) > maxCloser {
			d.notes.note("the partitions of %s are written in %d ways, and not all were looked into", d.tree.folder(u.node), len(texts))
		}
	}
	return nil
}

// spreadStyle gives all partitions of one extension the style that some have.
func (d *decider) spreadStyle(u *unit, group []int, s *style) {
	for _, l := range group {
		if u.leaves[l].style == nil {
			u.leaves[l].style = s
		}
	}
}

// unseen gives a file of each partition of a group that was not looked into.
func unseen(leaves []leaf, group []int) (files []store.Info, leafOf []int) {
	var open []int
	for _, l := range group {
		if leaves[l].style == nil {
			open = append(open, l)
		}
	}
	for _, l := range spread(open, maxCloser) {
		for _, o := range leaves[l].node.firstFiles(1) {
			files = append(files, o)
			leafOf = append(leafOf, l)
		}
	}
	return files, leafOf
}

// styled reports whether a sample's partition has the sample's format, so that
// a descriptor of its own says so.
func (d *decider) styled(u *unit, m *sample) bool {
	for i, s := range u.samples {
		if s == m && u.leafOf != nil {
			st := u.leaves[u.leafOf[i]].style
			return st != nil && st.format == m.format
		}
	}
	return false
}

// descriptors makes the descriptors of partitions that are not written as their
// table. Equal ones are one object.
type descriptors struct {
	table string // the table's style
	made  map[string]*catalog.Descriptor
}

// of gives a partition's format and descriptor, "" and nil for the table's.
func (d *descriptors) of(s *style, tableFormat string) (string, *catalog.Descriptor) {
	if s == nil || s.text == d.table {
		return "", nil
	}
	if got := d.made[s.text]; got != nil {
		return partFormat(s, tableFormat), got
	}
	classes, _ := lake.ClassesFor(s.format, s.props)
	out := &catalog.Descriptor{Storage: catalog.Storage{InputFormat: classes.InputFormat, OutputFormat: classes.OutputFormat,
		SerDe: classes.SerDe, SerDeParams: maps.Clone(s.props), Parameters: map[string]string{"classification": s.format}}}
	if out.Storage.SerDeParams == nil {
		out.Storage.SerDeParams = map[string]string{}
	}
	delete(out.Storage.SerDeParams, schemaProperty)
	if s.format == "csv" && s.props[headerProperty] == "" {
		out.Storage.SerDeParams[headerProperty] = "0" // whatever the table's says
	}
	quotedCSV(s.format, &out.Storage)
	if d.made == nil {
		d.made = map[string]*catalog.Descriptor{}
	}
	d.made[s.text] = out
	return partFormat(s, tableFormat), out
}

func partFormat(s *style, tableFormat string) string {
	if s.format == tableFormat {
		return ""
	}
	return s.format
}
