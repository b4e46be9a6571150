package glueapi

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"

	"github.com/glauxdb/glaux/server/awsapi"
)

// Glaux finds partitions by any of their keys without an index. Those that
// clients make are kept, checked as Glue checks them, and always ACTIVE.

const maxIndexes = 3

// indexTypes are the types of keys that an index can have.
var indexTypes = []string{"string", "int", "bigint", "long", "tinyint", "smallint"}

// indexSet is the document of a table's indexes.
type indexSet struct{ Indexes []gluetypes.PartitionIndex }

func (c *checks) partitionIndex(member string, x *gluetypes.PartitionIndex) {
	if !c.Present(member, x) {
		return
	}
	c.name(member+".indexName", x.IndexName)
	if c.Present(member+".keys", x.Keys) {
		c.Count(member+".keys", len(x.Keys), 1, 1<<20)
	}
}

// checkIndex says why a table cannot have an index.
func checkIndex(t *catalog.Table, x *gluetypes.PartitionIndex) error {
	for i, k := range x.Keys {
		at := slices.IndexFunc(t.PartitionKeys, func(c catalog.Column) bool { return strings.EqualFold(c.Name, k) })
		if at < 0 {
			return invalid("Index key %s is not a partition key of table %s.", awsapi.Clip(k), t.Name)
		}
		typ := model.HiveType(&t.PartitionKeys[at])
		if !slices.Contains(indexTypes, strings.ToLower(typ)) {
			return invalid("Index key %s has the type %s; an index takes keys of: %s.", awsapi.Clip(k), typ, strings.Join(indexTypes, ", "))
		}
		if slices.IndexFunc(x.Keys[:i], func(o string) bool { return strings.EqualFold(o, k) }) >= 0 {
			return invalid("Index key %s is named twice.", awsapi.Clip(k))
		}
	}
	return nil
}

// newIndexes makes the document of a new table's indexes.
func (s *Server) newIndexes(t *catalog.Table, xs []gluetypes.PartitionIndex) (*catalog.Document, error) {
	var set indexSet
	for i := range xs {
		if err := set.add(t, &xs[i]); err != nil {
			return nil, err
		}
	}
	d := s.docs.Make(spaceIndexes, "", -1, 0, &set)
	return &d, nil
}

func (set *indexSet) find(name string) int {
	return slices.IndexFunc(set.Indexes, func(x gluetypes.PartitionIndex) bool { return strings.EqualFold(*x.IndexName, name) })
}

func (set *indexSet) add(t *catalog.Table, x *gluetypes.PartitionIndex) error {
	if err := checkIndex(t, x); err != nil {
		return err
	}
	if set.find(*x.IndexName) >= 0 {
		return awsapi.NewException(model.AlreadyExists, "Partition index %s already exists.", awsapi.Clip(*x.IndexName))
	}
	for _, o := range set.Indexes {
		if slices.EqualFunc(o.Keys, x.Keys, strings.EqualFold) {
			return awsapi.NewException(model.AlreadyExists, "Partition index %s has the same keys.", *o.IndexName)
		}
	}
	if len(set.Indexes) == maxIndexes {
		return awsapi.NewException(model.ResourceLimit, "Table %s has %d partition indexes already.", t.Name, maxIndexes)
	}
	set.Indexes = append(set.Indexes, *x)
	return nil
}

func (s *Server) createPartitionIndex(ctx context.Context, in *glue.CreatePartitionIndexInput) (*glue.CreatePartitionIndexOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	c.partitionIndex("partitionIndex", in.PartitionIndex)
	if err := c.Err(); err != nil {
		return nil, err
	}
	err := s.changeIndexes(ctx, *in.DatabaseName, *in.TableName, func(t *catalog.Table, set *indexSet) error {
		return set.add(t, in.PartitionIndex)
	})
	if err != nil {
		return nil, err
	}
	return &glue.CreatePartitionIndexOutput{}, nil
}

func (s *Server) deletePartitionIndex(ctx context.Context, in *glue.DeletePartitionIndexInput) (*glue.DeletePartitionIndexOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	c.name("indexName", in.IndexName)
	if err := c.Err(); err != nil {
		return nil, err
	}
	err := s.changeIndexes(ctx, *in.DatabaseName, *in.TableName, func(_ *catalog.Table, set *indexSet) error {
		i := set.find(*in.IndexName)
		if i < 0 {
			return notFound("Index with the given indexName : %s does not exist", awsapi.Clip(*in.IndexName))
		}
		set.Indexes = slices.Delete(set.Indexes, i, i+1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &glue.DeletePartitionIndexOutput{}, nil
}

// changeIndexes changes the indexes of a table; who is faster is not
// overwritten.
func (s *Server) changeIndexes(ctx context.Context, database, table string, change func(*catalog.Table, *indexSet) error) error {
	t, err := s.dataTable(ctx, database, table)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		var set indexSet
		version := int64(0)
		d, err := s.docs.Read(ctx, spaceIndexes, idText(t.ID), &set)
		if err != nil {
			return err
		}
		if d != nil {
			version = d.Version
		}
		if err := change(t, &set); err != nil {
			return err
		}
		err = s.docs.Put(ctx, s.docs.Make(spaceIndexes, idText(t.ID), t.ID, version, &set))
		if !fault.Is(err, fault.CodeDuplicateObject) && !fault.Is(err, fault.CodeObjectNotReady) || try == updateTries {
			return err
		}
	}
}

func (s *Server) getPartitionIndexes(ctx context.Context, in *glue.GetPartitionIndexesInput) (*glue.GetPartitionIndexesOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	t, err := s.checkedTable(ctx, &c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	if _, err := resume("", in.NextToken, -1); err != nil { // there is only one page
		return nil, err
	}
	var set indexSet
	if _, err := s.docs.Read(ctx, spaceIndexes, idText(t.ID), &set); err != nil {
		return nil, err
	}
	out := &glue.GetPartitionIndexesOutput{PartitionIndexDescriptorList: []gluetypes.PartitionIndexDescriptor{}}
	for _, x := range set.Indexes {
		d := gluetypes.PartitionIndexDescriptor{IndexName: x.IndexName, IndexStatus: gluetypes.PartitionIndexStatusActive, BackfillErrors: []gluetypes.BackfillError{}}
		for _, k := range x.Keys {
			e := gluetypes.KeySchemaElement{Name: aws.String(k)}
			for i := range t.PartitionKeys {
				if strings.EqualFold(t.PartitionKeys[i].Name, k) {
					e.Type = aws.String(model.HiveType(&t.PartitionKeys[i]))
				}
			}
			d.Keys = append(d.Keys, e)
		}
		out.PartitionIndexDescriptorList = append(out.PartitionIndexDescriptorList, d)
	}
	return out, nil
}
