package crawler

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
)

// merger brings a table of the catalog up to date with what its files show. It
// compares three descriptions, field by field:
//
//	base    what the files showed at the last crawl; nil: none is remembered
//	theirs  what the catalog has: base with what people and other clients changed
//	ours    what the files show now
//
// What only the files changed is taken over, what only a person changed stays,
// and where both did so in different ways the person's stays and is listed as a
// conflict. The slices and maps of the three are not written.
type merger struct {
	base, theirs, ours *catalog.Table
	made               bool  // a crawl has made the table; else it only gets new columns
	additive           bool  // MergeNewColumns
	files, sampled     int64 // all of the table, and looked into
	stamp              string

	out *catalog.Table
	// next is the base of the next merge: what the files show, but with what was
	// written otherwise than that for want of certainty. nil: the base stays.
	next       *catalog.Table
	changes    []string // that matter to people
	conflicts  []Conflict
	notes      []string
	refreshed  bool // counters changed
	unreadable bool // additive and the files are written otherwise: the table is deprecated
	apart      bool // the files are of another format than the table, which is left as it is
}

// counters are the parameters that count. They are no description: changing
// them keeps no version, and what a person wrote there is overwritten.
var counters = []string{"objectCount", "sizeKey", "recordCount", "averageRecordSize"}

// The parameters by which a crawler marks tables and partitions.
const (
	paramMaker      = "UPDATED_BY_CRAWLER"
	paramRun        = "CRAWL_RUN_ID"
	paramDeprecated = "DEPRECATED_BY_CRAWLER"
)

// volatile are the parameters that are not merged but set.
var volatile = append([]string{paramMaker, paramRun, paramDeprecated}, counters...)

// complete reports whether a column that ours lacks is in no file.
func (m *merger) complete() bool { return m.sampled >= m.files }

// merge makes out.
func (m *merger) merge() {
	t := *m.theirs
	m.out = &t
	switch {
	case m.made && m.additive && m.writtenOtherwise():
		return
	case !m.made:
		m.addOnly()
		return
	}
	if !m.mergeStorage() {
		return
	}
	next := *m.ours
	m.next = &next
	m.mergeColumns()
	m.mergeKeys()
	m.out.Parameters = m.mergeMap("property ", paramsOf(m.base), m.theirs.Parameters, m.ours.Parameters, volatile)
	m.mergeSerDeParams()
	m.setCounters()
	if _, marked := m.out.Parameters[paramDeprecated]; marked {
		m.out.Parameters = clone(m.out.Parameters)
		delete(m.out.Parameters, paramDeprecated)
		m.change("no longer deprecated")
	}
	if len(m.changes) > 0 {
		m.setParameter(paramMaker, m.ours.Parameters[paramMaker])
		m.setParameter(paramRun, m.ours.Parameters[paramRun])
	}
}

func (m *merger) change(format string, args ...any) {
	m.changes = append(m.changes, fmt.Sprintf(format, args...))
}

func (m *merger) conflict(what, before, kept, found string) {
	m.conflicts = append(m.conflicts, Conflict{what, before, kept, found})
}

func paramsOf(t *catalog.Table) map[string]string {
	if t == nil {
		return nil
	}
	return t.Parameters
}

func clone(p map[string]string) map[string]string {
	if p == nil {
		return map[string]string{}
	}
	return maps.Clone(p)
}

func (m *merger) setParameter(key, value string) {
	if value == "" || m.out.Parameters[key] == value {
		return
	}
	m.out.Parameters = clone(m.out.Parameters)
	m.out.Parameters[key] = value
}

func (m *merger) setCounters() {
	for _, k := range counters {
		now, ok := m.ours.Parameters[k]
		was, had := m.out.Parameters[k]
		if ok == had && now == was {
			continue
		}
		m.out.Parameters = clone(m.out.Parameters)
		m.refreshed = true
		if ok {
			m.out.Parameters[k] = now
		} else {
			delete(m.out.Parameters, k)
		}
	}
}

// mergeMap merges two changes of properties, key by key. what stands before a
// key's name in texts, except lists keys to leave as theirs.
func (m *merger) mergeMap(what string, base, theirs, ours map[string]string, except []string) map[string]string {
	if m.base == nil {
		return theirs
	}
	out, copied := theirs, false
	keys := slices.Sorted(maps.Keys(union(base, ours)))
	for _, k := range keys {
		b, hadBase := base[k]
		t, hadTheirs := theirs[k]
		o, hadOurs := ours[k]
		switch {
		case slices.Contains(except, k):
			continue
		case hadBase == hadOurs && b == o, hadTheirs == hadOurs && t == o: // nothing new
			continue
		case hadBase != hadTheirs || b != t:
			m.conflict(what+k, b, t, o)
			continue
		}
		if !copied {
			out, copied = clone(theirs), true
		}
		if hadOurs {
			out[k] = o
			m.change("%s%s: %s -> %s", what, k, shown(t, hadTheirs), shown(o, true))
		} else {
			delete(out, k)
			m.change("%s%s removed", what, k)
		}
	}
	return out
}

func union(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, b)
	return out
}

func shown(v string, there bool) string {
	if !there {
		return "none"
	}
	return strconv.Quote(v)
}

// reader is what decides how bytes are read: it changes as a whole or not at
// all.
type reader struct{ format, input, output, serde string }

func readerOf(t *catalog.Table) reader {
	return reader{t.Format, t.Storage.InputFormat, t.Storage.OutputFormat, t.Storage.SerDe}
}

// String names the format and the SerDe without its package, for conflicts.
func (r reader) String() string {
	_, class, _ := cutLast(r.serde, ".")
	return strings.TrimSpace(r.format + " " + class)
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

// mergeStorage merges how the files are read; false if they cannot be read as
// the table says any more, so that nothing else can be merged.
func (m *merger) mergeStorage() bool {
	theirs, ours := readerOf(m.theirs), readerOf(m.ours)
	switch {
	case theirs == ours:
	case m.base == nil || m.additive:
		return m.sameFormat()
	case theirs == readerOf(m.base):
		m.out.Format = ours.format
		m.out.Storage.InputFormat, m.out.Storage.OutputFormat, m.out.Storage.SerDe = ours.input, ours.output, ours.serde
		m.change("format: %s -> %s", theirs, ours)
	case ours == readerOf(m.base): // a person chose another reader for the same files
	default:
		m.conflict("format", readerOf(m.base).String(), theirs.String(), ours.String())
		return m.sameFormat()
	}
	return true
}

// sameFormat reports whether the table's reader can read the files; else they
// are apart.
func (m *merger) sameFormat() bool {
	theirs, ours := lake.FormatOf(m.theirs), lake.FormatOf(m.ours)
	if m.apart = theirs != ours; m.apart {
		m.notes = append(m.notes, fmt.Sprintf("table %s is %s, but its files are %s now; it was left as it is", m.theirs.Name, theirs, ours))
	}
	return !m.apart
}

// mergeSerDeParams merges the properties of the SerDe, unless a person chose
// another SerDe: then they are that SerDe's.
func (m *merger) mergeSerDeParams() {
	s := &m.out.Storage
	if m.base != nil && readerOf(m.theirs) != readerOf(m.base) && s.SerDe == m.theirs.Storage.SerDe {
		return
	}
	var before, storage map[string]string
	if m.base != nil {
		before, storage = m.base.Storage.SerDeParams, m.base.Storage.Parameters
	}
	const paths = "paths" // follows the columns
	if !m.additive {
		s.SerDeParams = m.mergeMap("SerDe property ", before, m.theirs.Storage.SerDeParams, m.ours.Storage.SerDeParams, []string{paths})
		s.Parameters = m.mergeMap("storage property ", storage, m.theirs.Storage.Parameters, m.ours.Storage.Parameters, volatile)
	}
	had, ok := m.theirs.Storage.SerDeParams[paths]
	if s.SerDe != lake.OpenXJSONSerDe || ok && had != pathsOf(m.theirs.Columns) && had != before[paths] {
		return // a person's
	}
	if now := pathsOf(m.out.Columns); now != s.SerDeParams[paths] && (ok || m.ours.Storage.SerDeParams[paths] != "") {
		s.SerDeParams = clone(s.SerDeParams)
		s.SerDeParams[paths] = now
	}
}

func pathsOf(cols []catalog.Column) string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	return strings.Join(names, ",")
}

// writtenOtherwise looks for what MergeNewColumns cannot merge and deprecates
// the table then. A parameter that the table does not have has not changed.
func (m *merger) writtenOtherwise() bool {
	for _, k := range []string{"classification", "compressionType", "delimiter"} {
		had, ok := m.theirs.Parameters[k]
		now := m.ours.Parameters[k]
		if !ok || had == now {
			continue
		}
		if now == "" {
			now = "null"
		}
		m.notes = append(m.notes, fmt.Sprintf("Cannot merge new columns into the table %s as defined in the Data Catalog because the parameter '%s' has changed. "+
			"The existing value is '%s', and the crawled value is '%s'. Either remove the table or resolve the inconsistent parameter value.",
			m.theirs.Name, k, had, now))
		m.unreadable = true
	}
	if _, marked := m.theirs.Parameters[paramDeprecated]; m.unreadable && !marked {
		m.out.Parameters = clone(m.out.Parameters)
		m.out.Parameters[paramDeprecated] = m.stamp
		m.change("deprecated: its files are written otherwise now")
	}
	return m.unreadable
}
