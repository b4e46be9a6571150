package op

import (
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// joinCutter cuts build rows into the partitions of a joinSpill. Used by one goroutine.
type joinCutter struct {
	j      *JoinBuild
	s      *joinSpill
	stores []*rowStore // of the partitions that are in memory
	seen   int64       // version of the choice that stores follow

	enc   *keytab.Encoder
	keys  []*vector.Vector
	lists []vector.Sel
	sel   vector.Sel
	part  vector.Batch
	turn  int // the partition of the last row whose key was NULL
}

func (j *JoinBuild) newCutter(s *joinSpill) *joinCutter {
	c := &joinCutter{j: j, s: s, enc: keytab.NewEncoder(j.layout), lists: make([]vector.Sel, s.cut.fan)}
	for range s.cut.fan {
		c.stores = append(c.stores, newRowStore(s.types))
	}
	return c
}

// add cuts a batch of the store's columns.
func (c *joinCutter) add(b *vector.Batch) error {
	if err := c.follow(); err != nil {
		return err
	}
	c.split(b)
	c.part.N, c.part.Cols = b.N, b.Cols
	for p, list := range c.lists {
		if len(list) == 0 {
			continue
		}
		c.part.Sel = list
		if c.s.parts[p].out.Load() {
			if err := c.s.write(p, &c.part); err != nil {
				return err
			}
			continue
		}
		c.stores[p].add(&c.part)
		c.s.parts[p].rows.Add(int64(len(list)))
	}
	return nil
}

// split fills lists with the rows of each partition. Rows whose key is NULL match
// nothing and go to all of them in turn.
func (c *joinCutter) split(b *vector.Batch) {
	for p := range c.lists {
		c.lists[p] = c.lists[p][:0]
	}
	if len(c.j.Keys) == 0 {
		c.lists[0] = append(c.lists[0], selOf(b)...)
		return
	}
	c.keys = c.keys[:0]
	for _, at := range c.j.keyAt {
		c.keys = append(c.keys, b.Cols[at])
	}
	sel, all := withoutNulls(c.keys, c.j.Keys, b, &c.sel)
	c.enc.Encode(c.keys, sel, b.N)
	if sel == nil {
		sel = allRows[:b.N]
	}
	for k, h := range c.enc.Hashes() {
		p := c.s.cut.of(h)
		c.lists[p] = append(c.lists[p], sel[k])
	}
	if all || !c.j.KeepAll {
		return
	}
	k := 0
	for _, p := range selOf(b) {
		if k < len(sel) && sel[k] == p {
			k++
			continue
		}
		c.lists[c.next()] = append(c.lists[c.turn], p)
	}
}

// next gives the partition of the next row whose key is NULL: any that can still be
// written to.
func (c *joinCutter) next() int {
	for {
		if c.turn = (c.turn + 1) % len(c.lists); c.s.parts[c.turn].file == nil {
			return c.turn
		}
	}
}

// addStore cuts the rows of a store, which is empty afterwards.
func (c *joinCutter) addStore(rows *rowStore) error {
	for i, ch := range rows.chunks {
		rows.chunks[i] = nil
		if err := c.add(ch); err != nil {
			return err
		}
	}
	*rows = *newRowStore(rows.types)
	return nil
}

// follow writes the rows of partitions that have gone out since.
func (c *joinCutter) follow() error {
	version := c.s.version.Load()
	if c.seen == version {
		return nil
	}
	c.seen = version
	for p, rows := range c.stores {
		if rows.rows == 0 || !c.s.parts[p].out.Load() {
			continue
		}
		c.s.parts[p].rows.Add(-int64(rows.rows))
		for i, ch := range rows.chunks {
			rows.chunks[i] = nil
			if err := c.s.write(p, ch); err != nil {
				return err
			}
		}
		c.stores[p] = newRowStore(rows.types)
	}
	return nil
}

// take moves the rows of from, which has followed the last choice, into c's stores.
func (c *joinCutter) take(from *joinCutter) {
	for p, rows := range from.stores {
		c.stores[p].take(rows)
	}
}

// bytes counts what the stores hold, and rows their rows.
func (c *joinCutter) bytes() (n int64) {
	for _, s := range c.stores {
		n += s.bytes()
	}
	return n
}

func (c *joinCutter) rows() (n int) {
	for _, s := range c.stores {
		n += s.rows
	}
	return n
}
