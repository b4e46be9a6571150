package partition

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Builder collects the partitions of one table and makes the snapshot. Texts
// become codes once per distinct text; rows are codes only.
type Builder struct {
	table *catalog.Table
	keys  []keyBuilder
	n     int

	descriptor func(row int) *catalog.Descriptor
}

type keyBuilder struct {
	texts []string
	index map[string]uint32
	codes []uint32 // of texts, a row each
}

// NewBuilder makes a builder for about n partitions of a table.
func NewBuilder(t *catalog.Table, n int) *Builder {
	b := &Builder{table: t, keys: make([]keyBuilder, len(t.PartitionKeys))}
	for k := range b.keys {
		b.keys[k].index = map[string]uint32{}
		b.keys[k].codes = make([]uint32, 0, n)
	}
	return b
}

// Code gives the code of a text of key k.
func (b *Builder) Code(k int, text string) uint32 {
	kb := &b.keys[k]
	c, ok := kb.index[text]
	if !ok {
		c = uint32(len(kb.texts))
		kb.texts = append(kb.texts, text)
		kb.index[text] = c
	}
	return c
}

// Append adds one value's code to key k's column. Every key must be given the
// same number of them, in the partitions' order.
func (b *Builder) Append(k int, code uint32) { b.keys[k].codes = append(b.keys[k].codes, code) }

// Add adds one partition by its texts and gives its row, which the functions
// handed to Build speak of.
func (b *Builder) Add(values []string) int {
	for k := range b.keys {
		b.Append(k, b.Code(k, values[k]))
	}
	b.n++
	return b.n - 1
}

// Rows sets the number of partitions after the columns were filled by Append.
func (b *Builder) Rows(n int) { b.n = n }

// Descriptors sets the function that gives the descriptor of the row-th added
// partition, nil for the table's.
func (b *Builder) Descriptors(descriptor func(row int) *catalog.Descriptor) {
	b.descriptor = descriptor
}

// Build makes the snapshot, ordered by typed key values (NULL last) and, among
// equal ones, as the partitions were added. location gives the explicit
// location of the row-th added partition ("": derived from its texts), format
// its own classification; nil means none has one. A text that is not a value of
// its key's type is a fault that names table, key and text.
func (b *Builder) Build(version int64, location, format func(row int) string) (*catalog.Partitions, error) {
	p := &catalog.Partitions{Version: version, N: b.n, Keys: make([]catalog.KeyValues, len(b.keys))}
	textCodes := make([][]uint32, len(b.keys))
	texts := make([][]string, len(b.keys))
	for k := range b.keys {
		kv, err := b.typed(k)
		if err != nil {
			return nil, err
		}
		p.Keys[k] = kv
		textCodes[k], texts[k] = b.keys[k].codes, b.keys[k].texts
	}
	perm := sortRows(p)
	if perm != nil {
		for k := range p.Keys {
			p.Keys[k].Codes = permute(p.Keys[k].Codes, perm)
			textCodes[k] = permute(textCodes[k], perm)
		}
	}
	row := func(i int) int {
		if perm == nil {
			return i
		}
		return int(perm[i])
	}
	t := b.table
	p.Text = func(k, i int) string { return texts[k][textCodes[k][i]] }
	p.Location = func(i int) string {
		if location != nil {
			if l := location(row(i)); l != "" {
				return l
			}
		}
		values := make([]string, len(texts))
		for k := range texts {
			values[k] = p.Text(k, i)
		}
		return Location(t, &catalog.Partition{Values: values})
	}
	p.Format = func(i int) string {
		if format == nil {
			return ""
		}
		return format(row(i))
	}
	if descriptor := b.descriptor; descriptor != nil {
		p.Descriptor = func(i int) *catalog.Descriptor { return descriptor(row(i)) }
	}
	return p, nil
}

// typed parses the distinct texts of a key, sorts the values and recodes the
// rows. Two texts may be one value: 1 and 01 of an integer key.
func (b *Builder) typed(k int) (catalog.KeyValues, error) {
	kb := &b.keys[k]
	col := b.table.PartitionKeys[k]
	parsed := make([]types.Value, len(kb.texts))
	for i, text := range kb.texts {
		v, err := ParseValue(col.Type, text)
		if err != nil {
			return catalog.KeyValues{}, keyFault(b.table, col, text, err)
		}
		parsed[i] = v
	}
	order := make([]uint32, len(parsed))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(x, y uint32) int { return compareNullLast(&parsed[x], &parsed[y]) })
	recode := make([]uint32, len(parsed))
	values := make([]types.Value, 0, len(parsed))
	for _, c := range order {
		if n := len(values); n == 0 || compareNullLast(&values[n-1], &parsed[c]) != 0 {
			values = append(values, parsed[c])
		}
		recode[c] = uint32(len(values) - 1)
	}
	codes := make([]uint32, b.n)
	for i, c := range kb.codes {
		codes[i] = recode[c]
	}
	return catalog.KeyValues{Codes: codes, Values: values}, nil
}

func keyFault(t *catalog.Table, col catalog.Column, text string, cause error) error {
	f := fault.Wrap(cause, fault.CodeInvalidText, "invalid value %q for partition key %s of table %s.%s, which is %s",
		text, types.QuoteIdent(col.Name), t.Database, t.Name, col.Type).
		WithHint("Drop the partition, or declare the key as varchar.")
	f.Schema, f.Table, f.Column = t.Database, t.Name, col.Name
	return f
}

func compareNullLast(a, b *types.Value) int {
	switch {
	case a.Null && b.Null:
		return 0
	case a.Null:
		return 1
	case b.Null:
		return -1
	}
	return a.Compare(*b)
}

// sortRows gives the stable order of the rows by their codes (which are ranks),
// or nil if they are in order already, as they mostly are.
func sortRows(p *catalog.Partitions) []uint32 {
	if rowsInOrder(p) {
		return nil
	}
	perm := make([]uint32, p.N)
	for i := range perm {
		perm[i] = uint32(i)
	}
	if ranks := packRanks(p); ranks != nil {
		slices.SortFunc(perm, func(a, b uint32) int {
			return cmp.Or(cmp.Compare(ranks[a], ranks[b]), cmp.Compare(a, b))
		})
		return perm
	}
	slices.SortFunc(perm, func(a, b uint32) int {
		return cmp.Or(compareRows(p, int(a), int(b)), cmp.Compare(a, b))
	})
	return perm
}

func rowsInOrder(p *catalog.Partitions) bool {
	for i := 1; i < p.N; i++ {
		if compareRows(p, i-1, i) > 0 {
			return false
		}
	}
	return true
}

func compareRows(p *catalog.Partitions, a, b int) int {
	for k := range p.Keys {
		if x, y := p.Keys[k].Codes[a], p.Keys[k].Codes[b]; x != y {
			return cmp.Compare(x, y)
		}
	}
	return 0
}

// packRanks puts all codes of a row into one integer that orders like the row,
// or gives nil where 64 bits are not enough.
func packRanks(p *catalog.Partitions) []uint64 {
	total := 0
	widths := make([]int, len(p.Keys))
	for k := range p.Keys {
		widths[k] = bits.Len(uint(len(p.Keys[k].Values)))
		total += widths[k]
	}
	if total > 64 {
		return nil
	}
	ranks := make([]uint64, p.N)
	for k := range p.Keys {
		for i, c := range p.Keys[k].Codes {
			ranks[i] = ranks[i]<<widths[k] | uint64(c)
		}
	}
	return ranks
}

func permute(codes, perm []uint32) []uint32 {
	out := make([]uint32, len(perm))
	for i, p := range perm {
		out[i] = codes[p]
	}
	return out
}
