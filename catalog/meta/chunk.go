package meta

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
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

// chunkReader reads a chunk from front to back. After bad is set everything
// reads as zero; err tells.
type chunkReader struct {
	b      []byte
	format byte
	bad    bool
	stale  bool // another number of keys than expected
	rows   int
	keys   int
}

func newChunkReader(b []byte) *chunkReader {
	r := &chunkReader{b: b}
	if len(b) == 0 || b[0] != chunkFormat && b[0] != chunkFormatOld {
		r.bad = true
		return r
	}
	r.format, r.b = b[0], b[1:]
	r.rows, r.keys = r.count(), r.count()
	r.bad = r.bad || r.rows > 4*maxChunk || r.keys > maxKeys
	return r
}

// checkKeys compares the number of keys with the one that the reader's caller
// knows, which is old where a table changed meanwhile.
func (r *chunkReader) checkKeys(keys int) {
	if !r.bad && r.keys != keys {
		r.bad, r.stale = true, true
	}
}

func (r *chunkReader) err() error {
	if r.stale {
		return fault.New(fault.CodeObjectNotReady, "the partition keys of the table were changed by someone else").
			WithHint("Read the table again.")
	}
	if r.bad {
		return fault.New(fault.CodeDataCorrupted, "the catalog holds a damaged chunk of partitions")
	}
	return nil
}

func (r *chunkReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads a number of things that take at least one byte each, so that
// what is allocated for them is bounded by the chunk's size.
func (r *chunkReader) count() int {
	v := r.uvarint()
	if v > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(v)
}

func (r *chunkReader) take(n int) []byte {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

// dict reads a dictionary; nil stands for a column that is empty everywhere
// and has no codes.
func (r *chunkReader) dict() []string {
	n := r.count()
	if n > r.rows {
		r.bad = true
	}
	if n == 0 || r.bad {
		return nil
	}
	d := make([]string, n)
	for i := range d {
		d[i] = string(r.take(r.count()))
	}
	return d
}

// code reads a code of a dictionary of n strings.
func (r *chunkReader) code(n int) int {
	if len(r.b) > 0 && r.b[0] < 0x80 { // nearly every code
		c := int(r.b[0])
		r.b = r.b[1:]
		if c < n {
			return c
		}
		r.bad, r.b = true, nil
		return 0
	}
	c := r.uvarint()
	if c >= uint64(n) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(c)
}

// strings reads a dictionary column into set; a column that is empty sets
// nothing.
func (r *chunkReader) strings(set func(i int, s string)) {
	d := r.dict()
	if d == nil {
		return
	}
	for i := 0; i < r.rows && !r.bad; i++ {
		set(i, d[r.code(len(d))])
	}
}

// fronts reads the locations; none is called nothing for.
func (r *chunkReader) fronts(set func(i int, s []byte)) {
	if f := r.take(1); len(f) == 0 || f[0] == 0 {
		return
	}
	var last []byte
	for i := 0; i < r.rows && !r.bad; i++ {
		shared := r.uvarint()
		if shared > uint64(len(last)) || len(last) > maxLocation {
			r.bad = true
			return
		}
		last = append(last[:shared], r.take(r.count())...)
		set(i, last)
	}
}

// decodeChunk reads a whole chunk, for changing it.
func decodeChunk(b []byte, keys int) ([]entry, error) {
	r := newChunkReader(b)
	if r.checkKeys(keys); r.bad {
		return nil, r.err()
	}
	es := make([]entry, r.rows)
	texts := make([][]string, r.rows)
	cells := make([]string, r.rows*r.keys)
	for i := range texts {
		texts[i] = cells[i*r.keys : (i+1)*r.keys]
	}
	for k := 0; k < r.keys; k++ {
		r.strings(func(i int, s string) { texts[i][k] = s })
	}
	for i := range es {
		es[i].key = entryKey(texts[i])
	}
	r.fronts(func(i int, s []byte) { es[i].location = string(s) })
	r.strings(func(i int, s string) { es[i].format = s })
	if r.format > chunkFormatOld {
		r.strings(func(i int, s string) { es[i].descriptor = s })
	}
	r.strings(func(i int, s string) { es[i].parameters = s })
	r.varints(func(i int, v int64) { es[i].id = v })
	r.varints(func(i int, v int64) { es[i].created = v })
	if r.format > chunkFormatOld {
		r.times(func(i int, v int64) { es[i].accessed = v })
		r.times(func(i int, v int64) { es[i].analyzed = v })
	}
	return es, r.err()
}

// times reads a column of times; one that is missing in every row sets nothing.
func (r *chunkReader) times(set func(i int, v int64)) {
	if f := r.take(1); len(f) == 1 && f[0] != 0 {
		r.varints(set)
	}
}

func (r *chunkReader) varints(set func(i int, v int64)) {
	var last int64
	for i := 0; i < r.rows && !r.bad; i++ {
		v, n := binary.Varint(r.b)
		if n <= 0 {
			r.bad, r.b = true, nil
			return
		}
		r.b = r.b[n:]
		last += v
		set(i, last)
	}
}

// partition gives the entry as it was added to its table.
func (e *entry) partition(t *catalog.Table) (*catalog.Partition, error) {
	params, err := parametersOf(e.parameters)
	if err != nil {
		return nil, err
	}
	d, err := descriptorOf(e.descriptor)
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
