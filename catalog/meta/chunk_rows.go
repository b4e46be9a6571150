package meta

import (
	"sort"
)

// chunkRows is a chunk of which the keys are read and the rest is not, so that
// finding a few partitions costs little more than looking at their keys.
type chunkRows struct {
	*chunkReader
	dicts [][]string // of each key; nil: the text is "" in every row
	codes [][]uint32
	row   []string // the texts of one row
}

// openChunk reads the keys of a chunk.
func openChunk(b []byte, keys int) (*chunkRows, error) {
	r := newChunkReader(b)
	if r.checkKeys(keys); r.bad {
		return nil, r.err()
	}
	c := &chunkRows{chunkReader: r, dicts: make([][]string, keys), codes: make([][]uint32, keys), row: make([]string, keys)}
	for k := range c.dicts {
		if c.dicts[k] = r.dict(); c.dicts[k] == nil {
			continue
		}
		c.codes[k] = make([]uint32, r.rows)
		for i := range c.codes[k] {
			c.codes[k][i] = uint32(r.code(len(c.dicts[k])))
		}
	}
	return c, r.err()
}

// texts gives the key texts of a row, until the next call.
func (c *chunkRows) texts(i int) []string {
	for k, dict := range c.dicts {
		if dict == nil {
			c.row[k] = ""
		} else {
			c.row[k] = dict[c.codes[k][i]]
		}
	}
	return c.row
}

// search gives the first row whose key is not less than an entry's key.
func (c *chunkRows) search(key string) int {
	return sort.Search(c.rows, func(i int) bool { return compareTexts(c.texts(i), key) >= 0 })
}

// entries reads the rest of the chunk and gives the entries of the rows from
// one up to another. It can be called once.
func (c *chunkRows) entries(from, to int) ([]entry, error) {
	es := make([]entry, to-from)
	for i := range es {
		es[i].key = entryKey(c.texts(from + i))
	}
	at := func(i int) *entry {
		if i < from || i >= to {
			return nil
		}
		return &es[i-from]
	}
	c.fronts(func(i int, s []byte) {
		if e := at(i); e != nil {
			e.location = string(s)
		}
	})
	text := func(field func(e *entry) *string) {
		c.strings(func(i int, s string) {
			if e := at(i); e != nil {
				*field(e) = s
			}
		})
	}
	number := func(read func(set func(i int, v int64)), field func(e *entry) *int64) {
		read(func(i int, v int64) {
			if e := at(i); e != nil {
				*field(e) = v
			}
		})
	}
	text(func(e *entry) *string { return &e.format })
	if c.format > chunkFormatOld {
		text(func(e *entry) *string { return &e.descriptor })
	}
	text(func(e *entry) *string { return &e.parameters })
	number(c.varints, func(e *entry) *int64 { return &e.id })
	number(c.varints, func(e *entry) *int64 { return &e.created })
	if c.format > chunkFormatOld {
		number(c.times, func(e *entry) *int64 { return &e.accessed })
		number(c.times, func(e *entry) *int64 { return &e.analyzed })
	}
	return es, c.err()
}

// decodeChunk reads a whole chunk, for changing it.
func decodeChunk(b []byte, keys int) ([]entry, error) {
	c, err := openChunk(b, keys)
	if err != nil {
		return nil, err
	}
	return c.entries(0, c.rows)
}
