package glueapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
	"github.com/glauxdb/glaux/catalog/partition"

	"github.com/glauxdb/glaux/server/awsapi"
)

func (s *Server) batchCreatePartition(ctx context.Context, in *glue.BatchCreatePartitionInput) (*glue.BatchCreatePartitionOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	if c.Present("partitionInputList", in.PartitionInputList) {
		c.Count("partitionInputList", len(in.PartitionInputList), 0, 100)
	}
	for i := range in.PartitionInputList {
		c.partitionInput(&in.PartitionInputList[i])
	}
	t, err := s.checkedTable(ctx, &c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		errs, err := s.addNew(ctx, t, in.PartitionInputList, try > 1)
		if err == nil {
			return &glue.BatchCreatePartitionOutput{Errors: errs}, nil
		}
		if !fault.Is(err, fault.CodeDuplicateObject) || try == updateTries {
			return nil, err
		}
	}
}

// addNew adds those partitions that can be added, in one transaction, and gives
// the errors of the others. Mostly all are new: only where one was not (42710),
// or another was faster, is each of them looked for.
func (s *Server) addNew(ctx context.Context, t *catalog.Table, ins []gluetypes.PartitionInput, look bool) ([]gluetypes.PartitionError, error) {
	errs := []gluetypes.PartitionError{}
	seen := map[string]bool{}
	var add []catalog.Partition
	for i := range ins {
		values := ins[i].Values
		err := validValues(t, values)
		if err == nil && look {
			err = s.mustBeNew(ctx, t, values)
		}
		if err == nil && seen[key(values)] {
			err = errPartitionExists
		}
		if err != nil {
			if fault.As(err).Kind != fault.User && !isException(err) {
				return nil, err
			}
			errs = append(errs, gluetypes.PartitionError{PartitionValues: values, ErrorDetail: detail(err)})
			continue
		}
		seen[key(values)] = true
		add = append(add, model.PartitionFromInput(t, &ins[i]))
	}
	if len(add) == 0 {
		return errs, nil
	}
	_, err := s.cat.AddPartitions(ctx, t, add, true)
	return errs, err
}

// validValues says why values cannot be those of a partition.
func validValues(t *catalog.Table, values []string) error {
	if err := checkValues(t, values); err != nil {
		return err
	}
	for i, v := range values {
		if _, err := partition.ParseValue(t.PartitionKeys[i].Type, v); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) mustBeNew(ctx context.Context, t *catalog.Table, values []string) error {
	p, err := s.cat.Partition(ctx, t, values)
	if err == nil && p != nil {
		err = errPartitionExists
	}
	return err
}

// key makes one text of a partition's values, different for different ones.
func key(values []string) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, "%d:%s", len(v), v)
	}
	return b.String()
}

func (s *Server) batchGetPartition(ctx context.Context, in *glue.BatchGetPartitionInput) (*glue.BatchGetPartitionOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	if c.Present("partitionsToGet", in.PartitionsToGet) {
		c.Count("partitionsToGet", len(in.PartitionsToGet), 0, 1000)
	}
	t, err := s.checkedTable(ctx, &c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	out := &glue.BatchGetPartitionOutput{Partitions: []gluetypes.Partition{}, UnprocessedKeys: []gluetypes.PartitionValueList{}}
	most := max(1, maxPageColumns/(len(t.Columns)+1))
	seen := map[string]bool{}
	for i, k := range in.PartitionsToGet {
		if err := checkValues(t, k.Values); err != nil {
			return nil, err
		}
		if len(out.Partitions) == most {
			out.UnprocessedKeys = in.PartitionsToGet[i:]
			break
		}
		p, err := s.cat.Partition(ctx, t, k.Values)
		if err != nil {
			return nil, err
		}
		if p != nil && !seen[key(k.Values)] {
			seen[key(k.Values)] = true
			out.Partitions = append(out.Partitions, *s.gluePartition(t, p, false))
		}
	}
	return out, nil
}

func (s *Server) batchUpdatePartition(ctx context.Context, in *glue.BatchUpdatePartitionInput) (*glue.BatchUpdatePartitionOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	if c.Present("entries", in.Entries) {
		c.Count("entries", len(in.Entries), 1, 100)
	}
	for i := range in.Entries {
		c.Present("entries.partitionValueList", in.Entries[i].PartitionValueList)
		c.partitionInput(in.Entries[i].PartitionInput)
	}
	t, err := s.checkedTable(ctx, &c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	out := &glue.BatchUpdatePartitionOutput{Errors: []gluetypes.BatchUpdatePartitionFailureEntry{}}
	if done, err := s.alterAll(ctx, t, in.Entries); done || err != nil {
		return out, err
	}
	for _, e := range in.Entries {
		if err := s.changePartition(ctx, t, e.PartitionValueList, e.PartitionInput); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			out.Errors = append(out.Errors, gluetypes.BatchUpdatePartitionFailureEntry{PartitionValueList: e.PartitionValueList, ErrorDetail: detail(err)})
		}
	}
	return out, nil
}

// alterAll changes partitions in one transaction where they all keep their
// values and are there; otherwise it changes nothing, and each goes by itself.
func (s *Server) alterAll(ctx context.Context, t *catalog.Table, entries []gluetypes.BatchUpdatePartitionRequestEntry) (done bool, err error) {
	change := catalog.Change{Table: t}
	seen := map[string]bool{}
	for _, e := range entries {
		input := *e.PartitionInput
		if len(input.Values) == 0 {
			input.Values = e.PartitionValueList
		}
		k := key(input.Values)
		if seen[k] || !slices.Equal(input.Values, e.PartitionValueList) || validValues(t, input.Values) != nil {
			return false, nil
		}
		seen[k] = true
		change.Alter = append(change.Alter, model.PartitionFromInput(t, &input))
	}
	_, err = s.cat.Apply(ctx, change)
	if fault.Is(err, fault.CodeUndefinedObject) {
		return false, nil
	}
	return err == nil, err
}

func (s *Server) batchDeletePartition(ctx context.Context, in *glue.BatchDeletePartitionInput) (*glue.BatchDeletePartitionOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	if c.Present("partitionsToDelete", in.PartitionsToDelete) {
		c.Count("partitionsToDelete", len(in.PartitionsToDelete), 0, 25)
	}
	t, err := s.checkedTable(ctx, &c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	out := &glue.BatchDeletePartitionOutput{Errors: []gluetypes.PartitionError{}}
	var there [][]string
	for _, k := range in.PartitionsToDelete {
		p, err := s.findPartition(ctx, t, k.Values)
		if err == nil {
			err = s.dropStatistics(ctx, t, p)
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			out.Errors = append(out.Errors, gluetypes.PartitionError{PartitionValues: k.Values, ErrorDetail: detail(err)})
		default:
			there = append(there, k.Values)
		}
	}
	if len(there) > 0 {
		err = s.dropPartitions(ctx, t, there...)
	}
	return out, err
}

// isException reports whether an error was made here, for a client.
func isException(err error) bool {
	_, ok := err.(*awsapi.Exception)
	return ok
}
