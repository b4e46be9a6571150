package meta

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
)

// A chunk is some thousand partitions of one table, in the order of their key
// texts, written a column at a time:
//
//	format (1 byte) | rows | keys | each key: dictionary, codes | locations | formats | descriptors |
//	parameters | ids | created | accessed | analyzed
//
// Numbers are varints. A dictionary is its length and its strings in the order
// of their first use. Locations are front-coded: how many bytes they share with
// the one before, then the rest. Columns that are empty in every row are one
// zero byte. What the snapshot needs comes first, so that loading it never
// looks at the rest. Format 1 had no descriptors, accessed and analyzed.
const (
	chunkFormat    = 2
	chunkFormatOld = 1
)

const (
	targetChunk   = 2048    // partitions in a fresh chunk
	maxChunk      = 4096    // above it a chunk is cut
	maxChunkBytes = 8 << 20 // of locations, parameters and descriptors, above it a chunk is cut too

	maxKeys     = 1000 // partition keys of a table
	maxText     = 1024 // bytes of a value, as in Glue
	maxLocation = 4096 // bytes of a location
)

// keySeparator stands between the texts of one partition's key: no text may
// hold it, and it sorts before every other byte.
const keySeparator = "\x00"

// What an entry's location is where a client gave the one that the table's
// location and the values spell: the short form keeps that it was given, and
// whether a slash was at its end. "" stands for none given.
const (
	locationSpelled      = "\x01" // with a slash at its end
	locationSpelledShort = "\x02" // without
)

// entry is a partition in a chunk. Times are microseconds since 1970, 0: none.
type entry struct {
	key        string // the texts, joined by keySeparator
	location   string // see locationSpelled
	format     string
	descriptor string // JSON or ""
	parameters string // JSON or ""
	id         int64
	created    int64
	accessed   int64
	analyzed   int64
}

func entryKey(values []string) string { return strings.Join(values, keySeparator) }

func (e *entry) values() []string { return strings.Split(e.key, keySeparator) }

func encodeChunk(es []entry, keys int) []byte {
	b := make([]byte, 0, 64+len(es)*8)
	b = append(b, chunkFormat)
	b = binary.AppendUvarint(b, uint64(len(es)))
	b = binary.AppendUvarint(b, uint64(keys))
	column := make([]string, len(es))
	rest := make([]string, len(es))
	for i := range es {
		rest[i] = es[i].key
	}
	for k := 0; k < keys; k++ {
		for i := range rest {
			column[i], rest[i], _ = strings.Cut(rest[i], keySeparator)
		}
		b = appendDict(b, column)
	}
	text := func(get func(e *entry) string) []string {
		for i := range es {
			column[i] = get(&es[i])
		}
		return column
	}
	b = appendFronts(b, text(func(e *entry) string { return e.location }))
	b = appendDict(b, text(func(e *entry) string { return e.format }))
	b = appendDict(b, text(func(e *entry) string { return e.descriptor }))
	b = appendDict(b, text(func(e *entry) string { return e.parameters }))
	b = appendNumbers(b, es, func(e *entry) int64 { return e.id })
	b = appendNumbers(b, es, func(e *entry) int64 { return e.created })
	b = appendTimes(b, es, func(e *entry) int64 { return e.accessed })
	return appendTimes(b, es, func(e *entry) int64 { return e.analyzed })
}

// appendNumbers writes a column of numbers as differences.
func appendNumbers(b []byte, es []entry, get func(e *entry) int64) []byte {
	var last int64
	for i := range es {
		v := get(&es[i])
		b = binary.AppendVarint(b, v-last)
		last = v
	}
	return b
}

// appendTimes writes a column of times that are mostly missing.
func appendTimes(b []byte, es []entry, get func(e *entry) int64) []byte {
	if !slices.ContainsFunc(es, func(e entry) bool { return get(&e) != 0 }) {
		return append(b, 0)
	}
	return appendNumbers(append(b, 1), es, get)
}

func allEmpty(column []string) bool {
	for _, s := range column {
		if s != "" {
			return false
		}
	}
	return true
}

func appendDict(b []byte, column []string) []byte {
	if allEmpty(column) {
		return append(b, 0)
	}
	index := make(map[string]uint64, 64)
	codes := make([]uint64, len(column))
	var dict []string
	for i, s := range column {
		if i > 0 && s == column[i-1] {
			codes[i] = codes[i-1]
			continue
		}
		c, ok := index[s]
		if !ok {
			c = uint64(len(dict))
			index[s] = c
			dict = append(dict, s)
		}
		codes[i] = c
	}
	b = binary.AppendUvarint(b, uint64(len(dict)))
	for _, s := range dict {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, c := range codes {
		b = binary.AppendUvarint(b, c)
	}
	return b
}

func appendFronts(b []byte, column []string) []byte {
	if allEmpty(column) {
		return append(b, 0)
	}
	b = append(b, 1)
	last := ""
	for _, s := range column {
		n := 0
		for n < len(s) && n < len(last) && s[n] == last[n] {
			n++
		}
		b = binary.AppendUvarint(b, uint64(n))
		b = binary.AppendUvarint(b, uint64(len(s)-n))
		b = append(b, s[n:]...)
		last = s
	}
	return b
}

// descriptors are those of a table's partitions by their JSON: most partitions
// share one, which is read once.
type descriptors map[string]*catalog.Descriptor

func (ds descriptors) get(text string) (*catalog.Descriptor, error) {
	if text == "" {
		return nil, nil
	}
	d, ok := ds[text]
	if ok {
		return d, nil
	}
	d, err := descriptorOf(text)
	if err == nil {
		ds[text] = d
	}
	return d, err
}

// partition gives the entry as it was added to its table.
func (e *entry) partition(t *catalog.Table, ds descriptors) (*catalog.Partition, error) {
	params, err := parametersOf(e.parameters)
	if err != nil {
		return nil, err
	}
	d, err := ds.get(e.descriptor)
	if err != nil {
		return nil, err
	}
	p := &catalog.Partition{ID: e.id, Values: e.values(), Location: e.location, Format: e.format, Parameters: params, Descriptor: d,
		Created: fromMicros(e.created), Accessed: fromMicros(e.accessed), Analyzed: fromMicros(e.analyzed)}
	if e.spelled() {
		p.Location = e.fullLocation(t)
	}
	return p, nil
}

func (e *entry) spelled() bool {
	return e.location == locationSpelled || e.location == locationSpelledShort
}

// fullLocation gives the location that the values of an entry spell.
func (e *entry) fullLocation(t *catalog.Table) string {
	full := partition.Location(t, &catalog.Partition{Values: e.values()})
	if e.location == locationSpelledShort {
		return strings.TrimSuffix(full, "/")
	}
	return full
}

// shortLocation gives what an entry keeps of the location that a client gave.
func shortLocation(t *catalog.Table, p *catalog.Partition) string {
	if p.Location == "" {
		return ""
	}
	switch full := partition.Location(t, &catalog.Partition{Values: p.Values}); p.Location {
	case full:
		return locationSpelled
	case strings.TrimSuffix(full, "/"):
		return locationSpelledShort
	}
	return p.Location
}
