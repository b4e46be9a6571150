package glue

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
)

// Apply makes several changes to a table in the order that the package comment
// gives. What would be refused is looked for first: an Alter of what is not
// there, with MustBeNew an Add of what is.
func (c *Catalog) Apply(ctx context.Context, ch catalog.Change) (*catalog.Applied, error) {
	t := ch.Table
	if t == nil {
		return nil, fault.New(fault.CodeInternal, "a change without a table")
	}
	creates := ch.Define && t.ID == 0
	out := &catalog.Applied{}
	var err error
	if !creates {
		before, err := c.present(ctx, t)
		if err != nil {
			return nil, err
		}
		if err := c.checkChange(ctx, before, &ch); err != nil {
			return nil, err
		}
		if out.Dropped, err = c.dropPartitions(ctx, before, &ch); err != nil {
			return nil, err
		}
		out.Table = before
	}
	if ch.Define {
		if out.Table, err = c.define(ctx, t, ch.SkipArchive); err != nil {
			return nil, err
		}
	}
	if err := c.fill(ctx, out, &ch, creates); err != nil {
		if creates {
			return nil, c.undo(ctx, out.Table, err)
		}
		return nil, err
	}
	return out, nil
}

// fill does what comes after the description.
func (c *Catalog) fill(ctx context.Context, out *catalog.Applied, ch *catalog.Change, creates bool) (err error) {
	defer func() { c.cache.forget(snapshotsOf(out.Table.ID)) }()
	if creates && len(ch.Alter) > 0 {
		return noPartition(out.Table, ch.Alter[0].Values)
	}
	if out.Altered, err = c.alterPartitions(ctx, out.Table, ch.Alter); err != nil {
		return err
	}
	if out.Added, err = c.addPartitions(ctx, out.Table, ch.Add, ch.MustBeNew); err != nil {
		return err
	}
	if len(ch.Documents) > 0 {
		_, err = c.PutDocuments(ctx, ownDocuments(ch.Documents, out.Table.ID)...)
	}
	return err
}

// present reads the table that a change is about as it is now.
func (c *Catalog) present(ctx context.Context, t *catalog.Table) (*catalog.Table, error) {
	if t.ID != 0 {
		if err := c.sameName(ctx, t.ID, objectKey(fold(t.Database), fold(t.Name)), "table", t.Database+"."+t.Name); err != nil {
			return nil, err
		}
	}
	now, err := c.freshTable(ctx, t.Database, t.Name)
	if err != nil {
		return nil, err
	}
	if t.ID != 0 && now.ID != t.ID {
		return nil, fault.New(fault.CodeUndefinedTable, "table %s.%s was dropped and made anew by someone else", t.Database, t.Name).
			WithHint("Read it again and repeat the change.")
	}
	return now, nil
}

// checkChange looks for what the change would be refused for.
func (c *Catalog) checkChange(ctx context.Context, before *catalog.Table, ch *catalog.Change) error {
	if ch.Define && ch.Table.Version != before.Version {
		return fault.New(fault.CodeObjectNotReady, "table %s.%s was changed by someone else", before.Database, before.Name).
			WithHint("Read it again and repeat the change.")
	}
	if ch.Define && !sameKeys(before.PartitionKeys, ch.Table.PartitionKeys) {
		if err := c.checkKeys(ctx, before, ch); err != nil {
			return err
		}
	}
	if len(ch.Alter) > 0 {
		found, err := c.getPartitions(ctx, before, valuesOf(ch.Alter))
		if err != nil {
			return err
		}
		for i, p := range found {
			if p == nil {
				return noPartition(before, ch.Alter[i].Values)
			}
		}
	}
	if !ch.MustBeNew || len(ch.Add) == 0 || len(ch.Drop) > 0 {
		return nil
	}
	found, err := c.getPartitions(ctx, before, valuesOf(ch.Add))
	if err != nil {
		return err
	}
	for i, p := range found {
		if p != nil {
			return partitionExists(before, ch.Add[i].Values)
		}
	}
	return nil
}

func sameKeys(a, b []catalog.Column) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if fold(a[i].Name) != fold(b[i].Name) {
			return false
		}
	}
	return true
}

// checkKeys refuses other partition keys while partitions of the old ones stay.
func (c *Catalog) checkKeys(ctx context.Context, before *catalog.Table, ch *catalog.Change) error {
	s, err := fresh(ctx, c, snapshotKey(before), func(ctx context.Context) (*snapshot, error) { return c.loadSnapshot(ctx, before, "") })
	if err != nil {
		return err
	}
	if n := len(matching(before, s, ch)); n < s.parts.N {
		return fault.New(fault.CodeFeatureNotSupported, "the partition keys of table %s.%s cannot change while it has %d partitions",
			before.Database, before.Name, s.parts.N-n).WithHint("Drop the partitions first.")
	}
	return nil
}

func valuesOf(ps []catalog.Partition) [][]string {
	out := make([][]string, len(ps))
	for i := range ps {
		out[i] = ps[i].Values
	}
	return out
}

func noPartition(t *catalog.Table, values []string) error {
	return fault.New(fault.CodeUndefinedObject, "table %q has no partition %s", t.Name, partition.Path(t.PartitionKeys, values))
}

func partitionExists(t *catalog.Table, values []string) error {
	return fault.New(fault.CodeDuplicateObject, "partition %s of table %q already exists", partition.Path(t.PartitionKeys, values), t.Name)
}

// matching gives the texts of the partitions that a change drops, each once:
// those with these typed values, or with these texts only.
func matching(t *catalog.Table, s *snapshot, ch *catalog.Change) [][]string {
	var out [][]string
	seen := map[int]bool{}
	for _, v := range ch.Drop {
		for _, row := range partition.Find(t, s.parts, v) {
			texts := partition.Texts(s.parts, row)
			if seen[row] || ch.DropExact && !slices.Equal(texts, v) {
				continue
			}
			seen[row] = true
			out = append(out, texts)
		}
	}
	return out
}

// dropPartitions deletes by typed values: 1 drops 01 of an integer key. Where the
// texts count, or all keys are texts, no list need be read.
func (c *Catalog) dropPartitions(ctx context.Context, t *catalog.Table, ch *catalog.Change) (int, error) {
	values := ch.Drop
	if len(values) == 0 {
		return 0, nil
	}
	for _, v := range values {
		if err := checkValues(t, v); err != nil {
			return 0, err
		}
	}
	if !ch.DropExact && !textKeys(t) {
		s, err := fresh(ctx, c, snapshotKey(t), func(ctx context.Context) (*snapshot, error) { return c.loadSnapshot(ctx, t, "") })
		if err != nil {
			return 0, err
		}
		values = matching(t, s, ch)
	}
	defer c.cache.forget(snapshotsOf(t.ID))
	var n atomic.Int64
	err := c.batches(ctx, len(values), batchDelete, func(ctx context.Context, from, to int) error {
		out, err := c.api.BatchDeletePartition(ctx, &glue.BatchDeletePartitionInput{CatalogId: c.catalogID(), DatabaseName: &t.Database,
			TableName: &t.Name, PartitionsToDelete: valueLists(values[from:to])})
		if err != nil {
			return model.Fault(err, model.Table, "drop partitions of "+t.Database+"."+t.Name)
		}
		n.Add(int64(to - from - len(out.Errors)))
		for _, e := range out.Errors {
			if e.ErrorDetail == nil || aws.ToString(e.ErrorDetail.ErrorCode) != model.EntityNotFound {
				return itemFault(e.ErrorDetail, model.Partition, "drop partition "+partition.Path(t.PartitionKeys, e.PartitionValues)+" of "+t.Name)
			}
		}
		return nil
	})
	return int(n.Load()), err
}

func textKeys(t *catalog.Table) bool {
	for _, k := range t.PartitionKeys {
		if k.Type.Kind != types.Varchar {
			return false
		}
	}
	return true
}

// addPartitions creates partitions, a hundred a call.
func (c *Catalog) addPartitions(ctx context.Context, t *catalog.Table, ps []catalog.Partition, mustBeNew bool) (int, error) {
	for i := range ps {
		if err := checkPartition(t, &ps[i]); err != nil {
			return 0, err
		}
	}
	ps = firstOfEach(ps)
	typed := withTypes(t)
	var n atomic.Int64
	err := c.batches(ctx, len(ps), batchCreate, func(ctx context.Context, from, to int) error {
		in := &glue.BatchCreatePartitionInput{CatalogId: c.catalogID(), DatabaseName: &t.Database, TableName: &t.Name}
		for i := from; i < to; i++ {
			in.PartitionInputList = append(in.PartitionInputList, *partitionInput(typed, &ps[i]))
		}
		out, err := c.api.BatchCreatePartition(ctx, in)
		if err != nil {
			return model.Fault(err, model.Table, "add partitions to "+t.Database+"."+t.Name)
		}
		n.Add(int64(to - from - len(out.Errors)))
		for _, e := range out.Errors {
			exists := e.ErrorDetail != nil && aws.ToString(e.ErrorDetail.ErrorCode) == model.AlreadyExists
			switch {
			case exists && mustBeNew:
				return partitionExists(t, e.PartitionValues)
			case !exists:
				return itemFault(e.ErrorDetail, model.Partition, "add partition "+partition.Path(t.PartitionKeys, e.PartitionValues)+" to "+t.Name)
			}
		}
		return nil
	})
	return int(n.Load()), err
}

// firstOfEach leaves out what repeats: two calls at once with the same
// partition would race.
func firstOfEach(ps []catalog.Partition) []catalog.Partition {
	seen := make(map[string]bool, len(ps))
	out := ps[:0:0]
	for i := range ps {
		if k := joined(ps[i].Values); !seen[k] {
			seen[k] = true
			out = append(out, ps[i])
		}
	}
	return out
}

func checkPartition(t *catalog.Table, p *catalog.Partition) error {
	if len(p.Values) != len(t.PartitionKeys) {
		return fault.New(fault.CodeInvalidParameter, "a partition of table %s.%s needs %d values, not %d",
			t.Database, t.Name, len(t.PartitionKeys), len(p.Values))
	}
	for k, v := range p.Values {
		if _, err := partition.ParseValue(t.PartitionKeys[k].Type, v); err != nil {
			return err
		}
	}
	return nil
}

// alterPartitions replaces partitions, a hundred a call.
func (c *Catalog) alterPartitions(ctx context.Context, t *catalog.Table, ps []catalog.Partition) (int, error) {
	typed := withTypes(t)
	var n atomic.Int64
	err := c.batches(ctx, len(ps), batchUpdate, func(ctx context.Context, from, to int) error {
		in := &glue.BatchUpdatePartitionInput{CatalogId: c.catalogID(), DatabaseName: &t.Database, TableName: &t.Name}
		for i := from; i < to; i++ {
			in.Entries = append(in.Entries, gluetypes.BatchUpdatePartitionRequestEntry{PartitionInput: partitionInput(typed, &ps[i]), PartitionValueList: ps[i].Values})
		}
		out, err := c.api.BatchUpdatePartition(ctx, in)
		if err != nil {
			return model.Fault(err, model.Table, "change partitions of "+t.Database+"."+t.Name)
		}
		n.Add(int64(to - from - len(out.Errors)))
		for _, e := range out.Errors {
			return itemFault(e.ErrorDetail, model.Partition, "change partition "+partition.Path(t.PartitionKeys, e.PartitionValueList)+" of "+t.Name)
		}
		return nil
	})
	return int(n.Load()), err
}

// partitionInput writes a partition of a table that withTypes has prepared.
func partitionInput(t *catalog.Table, p *catalog.Partition) *gluetypes.PartitionInput {
	out := *p
	if p.Descriptor != nil {
		d := *p.Descriptor
		d.Columns = carryTypes(d.Columns)
		out.Descriptor = &d
	}
	return model.ToPartitionInput(t, &out)
}
