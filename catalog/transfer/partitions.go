package transfer

import (
	"context"
	"slices"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
)

// pages reads a table's partitions one after another.
type pages struct {
	from  catalog.PartitionScanner
	table *catalog.Table
	page  []catalog.Partition
	i     int
	after []string
	end   bool
}

// peek gives the next partition; nil at the end.
func (p *pages) peek(ctx context.Context) (*catalog.Partition, error) {
	if p.i == len(p.page) && !p.end {
		var err error
		if p.page, err = p.from.PartitionsAfter(ctx, p.table, p.after, pagePartitions); err != nil {
			return nil, err
		}
		p.i = 0
		if p.end = len(p.page) == 0; !p.end {
			p.after = p.page[len(p.page)-1].Values
		}
	}
	if p.i == len(p.page) {
		return nil, nil
	}
	return &p.page[p.i], nil
}

// partitions copies a table's partitions by merging both lists, which come in
// the same order. The first change also defines the table, if define is not
// nil; old is the target's table, nil for none.
func (c *copier) partitions(ctx context.Context, t, old *catalog.Table, define *catalog.Change) error {
	w := &writer{c: c, define: define}
	if define == nil {
		w.change.Table = old
	}
	if len(t.PartitionKeys) > 0 {
		theirs := &pages{from: c.to, table: old, end: old == nil || define != nil && len(define.Drop) > 0}
		if err := c.merge(ctx, w, &pages{from: c.from, table: t}, theirs); err != nil {
			return err
		}
	}
	return w.flush(ctx)
}

func (c *copier) merge(ctx context.Context, w *writer, ours, theirs *pages) error {
	for {
		p, err := ours.peek(ctx)
		if p == nil || err != nil {
			return err
		}
		ours.i++
		old, err := theirs.peek(ctx)
		for err == nil && old != nil && slices.Compare(old.Values, p.Values) < 0 {
			theirs.i++
			old, err = theirs.peek(ctx)
		}
		if err != nil {
			return err
		}
		if err := c.partition(ctx, w, ours.table, p, theirs.table, old); err != nil {
			return err
		}
	}
}

// partition decides about one partition; old is the target's first that is not
// before it.
func (c *copier) partition(ctx context.Context, w *writer, t *catalog.Table, p *catalog.Partition, oldTable *catalog.Table, old *catalog.Partition) error {
	out := *p
	out.ID = 0
	switch {
	case old == nil || !slices.Equal(old.Values, p.Values):
		c.rep.Partitions.add(created)
		w.change.Add = append(w.change.Add, out)
	case samePartition(t, p, oldTable, old):
		c.rep.Partitions.add(unchanged)
		return nil
	default:
		o := c.differs(t.Database+"."+t.Name+" "+partition.Path(t.PartitionKeys, p.Values), "its description differs")
		c.rep.Partitions.add(o)
		if o != replaced {
			return nil
		}
		w.change.Alter = append(w.change.Alter, out)
	}
	if len(w.change.Add)+len(w.change.Alter) >= changePartitions {
		return w.flush(ctx)
	}
	return nil
}

// writer gathers changes of one table and applies them.
type writer struct {
	c      *copier
	define *catalog.Change // not applied yet
	change catalog.Change  // Add and Alter; Table once it is there
}

func (w *writer) flush(ctx context.Context) error {
	ch := w.change
	if w.define != nil {
		ch.Table, ch.Define, ch.Drop = w.define.Table, true, w.define.Drop
	}
	w.define = nil
	w.change.Add, w.change.Alter = nil, nil
	if w.c.o.DryRun || !ch.Define && len(ch.Add) == 0 && len(ch.Alter) == 0 {
		return nil
	}
	out, err := w.c.to.Apply(ctx, ch)
	if err != nil {
		return err
	}
	w.change.Table = out.Table
	return nil
}
