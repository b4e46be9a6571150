package meta

import (
	"context"
	"database/sql"
	"slices"
	"sort"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
)

// partitionOrder is a list of partitions in the order of their key texts, each
// once: positions in the caller's slice, so that a million of them cost four
// megabytes.
type partitionOrder struct {
	ps    []catalog.Partition
	at    []uint32
	again *catalog.Partition // one whose values came more than once, nil if none did
}

// orderPartitions orders a list; of those with the same values the last or the
// first counts.
func orderPartitions(ps []catalog.Partition, last bool) partitionOrder {
	o := partitionOrder{ps: ps, at: make([]uint32, len(ps))}
	for i := range o.at {
		o.at[i] = uint32(i)
	}
	slices.SortStableFunc(o.at, func(a, b uint32) int { return slices.Compare(ps[a].Values, ps[b].Values) })
	kept := o.at[:0]
	for _, at := range o.at {
		n := len(kept)
		if n == 0 || !slices.Equal(ps[kept[n-1]].Values, ps[at].Values) {
			kept = append(kept, at)
			continue
		}
		o.again = &ps[at]
		if last {
			kept[n-1] = at
		}
	}
	o.at = kept
	return o
}

func (o *partitionOrder) len() int { return len(o.at) }

func (o *partitionOrder) get(i int) *catalog.Partition { return &o.ps[o.at[i]] }

// cut takes off those before a key.
func (o *partitionOrder) cut(key string) partitionOrder {
	n := sort.Search(len(o.at), func(i int) bool { return compareTexts(o.get(i).Values, key) >= 0 })
	head := partitionOrder{ps: o.ps, at: o.at[:n]}
	o.at = o.at[n:]
	return head
}

// compareTexts compares the texts of a partition with an entry's key, as if
// they were joined.
func compareTexts(values []string, key string) int {
	for i, v := range values {
		text, rest, more := strings.Cut(key, keySeparator)
		if d := strings.Compare(v, text); d != 0 {
			return d
		}
		if !more {
			return len(values) - 1 - i // more texts make a greater key
		}
		key = rest
	}
	return -1
}

// partitionEdit changes the partitions of one table in the file, a chunk at a
// time.
type partitionEdit struct {
	table     *catalog.Table
	list      list             // kept up to date
	applied   *catalog.Applied // counts
	drop      []string         // keys, sorted, each once
	alter     partitionOrder
	add       partitionOrder
	mustBeNew bool
	now       int64

	descriptors map[*catalog.Descriptor]string // their JSON
}

func (e *partitionEdit) empty() bool { return len(e.drop)+e.alter.len()+e.add.len() == 0 }

// run changes every chunk into whose range something falls. The first chunk
// takes what is before it too.
func (e *partitionEdit) run(ctx context.Context, tx *sql.Tx) error {
	if e.empty() {
		return nil
	}
	refs, err := readChunkRefs(ctx, tx, e.table.ID)
	if err != nil {
		return err
	}
	if len(refs) == 0 {
		refs = []chunkRef{{id: -1}}
	}
	w, err := newChunkWriter(ctx, tx, e.table)
	if err != nil {
		return err
	}
	defer w.close()
	for i := range refs {
		part := *e
		if i+1 < len(refs) {
			part = e.before(refs[i+1].first)
		}
		changed := false
		if !part.empty() {
			if changed, err = part.chunk(ctx, tx, refs[i], w); err != nil {
				return err
			}
		}
		// What is left of a chunk is small after many drops; it waits for the next
		// one, if that is written too.
		if !changed || len(w.buf) >= targetChunk/2 {
			if err := w.flush(); err != nil {
				return err
			}
		}
		e.list, e.descriptors = part.list, part.descriptors
	}
	return w.flush()
}

// before takes off what comes before a key.
func (e *partitionEdit) before(key string) partitionEdit {
	part := *e
	n, _ := slices.BinarySearch(e.drop, key)
	part.drop, e.drop = e.drop[:n], e.drop[n:]
	part.alter, part.add = e.alter.cut(key), e.add.cut(key)
	return part
}

// chunk changes one chunk: it drops, alters and adds, in this order. If that
// changes nothing, the chunk stays as it is.
func (e *partitionEdit) chunk(ctx context.Context, tx *sql.Tx, ref chunkRef, w *chunkWriter) (changed bool, err error) {
	old, err := readChunk(ctx, tx, e.table, ref)
	if err != nil {
		return false, err
	}
	kept := e.dropFrom(old)
	if err := e.alterIn(kept); err != nil {
		return false, err
	}
	fresh, err := e.countNew(kept)
	if err != nil {
		return false, err
	}
	dropped := len(old) - len(kept)
	if dropped+e.alter.len()+fresh == 0 {
		return false, nil
	}
	e.applied.Dropped += dropped
	e.applied.Altered += e.alter.len()
	e.applied.Added += fresh
	e.list.count += int64(fresh - dropped)
	if err := w.replace(ref); err != nil {
		return false, err
	}
	return true, e.merge(kept, w)
}

// dropFrom gives the entries that are not dropped.
func (e *partitionEdit) dropFrom(old []entry) []entry {
	if len(e.drop) == 0 {
		return old
	}
	kept := make([]entry, 0, len(old))
	drop := e.drop
	for i := range old {
		for len(drop) > 0 && drop[0] < old[i].key {
			drop = drop[1:]
		}
		if len(drop) == 0 || drop[0] != old[i].key {
			kept = append(kept, old[i])
		}
	}
	return kept
}

// alterIn replaces entries in their places.
func (e *partitionEdit) alterIn(es []entry) error {
	for i := range e.alter.at {
		p := e.alter.get(i)
		for len(es) > 0 && compareTexts(p.Values, es[0].key) > 0 {
			es = es[1:]
		}
		if len(es) == 0 || compareTexts(p.Values, es[0].key) != 0 {
			f := fault.New(fault.CodeUndefinedObject, "partition %s of table %s.%s does not exist",
				partition.Path(e.table.PartitionKeys, p.Values), e.table.Database, e.table.Name)
			f.Schema, f.Table = e.table.Database, e.table.Name
			return f
		}
		altered, err := e.entry(p)
		if err != nil {
			return err
		}
		altered.id, altered.created = es[0].id, es[0].created
		es[0] = altered
	}
	return nil
}

// countNew counts the added partitions that are not there yet.
func (e *partitionEdit) countNew(es []entry) (int, error) {
	n := 0
	for i := range e.add.at {
		p := e.add.get(i)
		for len(es) > 0 && compareTexts(p.Values, es[0].key) > 0 {
			es = es[1:]
		}
		if len(es) == 0 || compareTexts(p.Values, es[0].key) != 0 {
			n++
		} else if e.mustBeNew {
			return 0, partitionExists(e.table, p.Values)
		}
	}
	return n, nil
}

// merge writes the entries of a chunk and what is added among them.
func (e *partitionEdit) merge(es []entry, w *chunkWriter) error {
	for i := range e.add.at {
		p := e.add.get(i)
		order := -1
		for len(es) > 0 {
			if order = compareTexts(p.Values, es[0].key); order <= 0 {
				break
			}
			if err := w.add(&es[0]); err != nil {
				return err
			}
			es = es[1:]
		}
		if len(es) > 0 && order == 0 {
			continue
		}
		fresh, err := e.entry(p)
		if err != nil {
			return err
		}
		fresh.id = e.list.nextID
		e.list.nextID++
		if err := w.add(&fresh); err != nil {
			return err
		}
	}
	for i := range es {
		if err := w.add(&es[i]); err != nil {
			return err
		}
	}
	return nil
}

// entry makes the entry of a partition, without an ID.
func (e *partitionEdit) entry(p *catalog.Partition) (entry, error) {
	out := entry{key: entryKey(p.Values), location: shortLocation(e.table, p), format: p.Format,
		parameters: parametersText(p.Parameters), created: e.now, accessed: micros(p.Accessed), analyzed: micros(p.Analyzed)}
	if !p.Created.IsZero() {
		out.created = micros(p.Created)
	}
	if p.Descriptor == nil {
		return out, nil
	}
	text, ok := e.descriptors[p.Descriptor]
	if !ok {
		var err error
		if text, err = descriptorText(p.Descriptor); err != nil {
			return entry{}, err
		}
		if len(e.descriptors) >= maxChunk || e.descriptors == nil {
			e.descriptors = map[*catalog.Descriptor]string{}
		}
		e.descriptors[p.Descriptor] = text
	}
	out.descriptor = text
	return out, nil
}

// pinLocations writes out the locations that clients gave and that the location
// of the table spelled so far: they stay where they are when the table moves.
func pinLocations(ctx context.Context, tx *sql.Tx, before *catalog.Table, e *partitionEdit) error {
	refs, err := readChunkRefs(ctx, tx, before.ID)
	if err != nil {
		return err
	}
	w, err := newChunkWriter(ctx, tx, e.table)
	if err != nil {
		return err
	}
	defer w.close()
	for _, ref := range refs {
		es, err := readChunk(ctx, tx, e.table, ref)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(es, func(e entry) bool { return e.spelled() }) {
			continue
		}
		if err := w.replace(ref); err != nil {
			return err
		}
		for i := range es {
			if es[i].spelled() {
				es[i].location = es[i].fullLocation(before)
			}
			if err := w.add(&es[i]); err != nil {
				return err
			}
		}
		if err := w.flush(); err != nil {
			return err
		}
		e.list.version++ // the caller stores a changed list
	}
	return nil
}
