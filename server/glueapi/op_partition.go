package glueapi

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
	"github.com/glauxdb/glaux/catalog/partition"

	"github.com/glauxdb/glaux/server/awsapi"
)

// errNoPartition and errPartitionExists are Glue's texts.
var (
	errNoPartition     = notFound("Cannot find partition.")
	errPartitionExists = awsapi.NewException(model.AlreadyExists, "Partition already exists.")
)

// checkValues demands as many values as the table has keys.
func checkValues(t *catalog.Table, values []string) error {
	if len(values) != len(t.PartitionKeys) {
		return invalid("The number of partition keys do not match the number of partition values: table %s has %d, the request %d.",
			t.Name, len(t.PartitionKeys), len(values))
	}
	return nil
}

// findPartition gives the partition with exactly these values.
func (s *Server) findPartition(ctx context.Context, t *catalog.Table, values []string) (*catalog.Partition, error) {
	if err := checkValues(t, values); err != nil {
		return nil, err
	}
	p, err := s.cat.Partition(ctx, t, values)
	if err == nil && p == nil {
		err = errNoPartition
	}
	return p, err
}

// checkedPartition finds the partition that a request names by its values, if
// the checks have nothing against it.
func (s *Server) checkedPartition(ctx context.Context, c *checks, database, table *string, values []string) (*catalog.Table, *catalog.Partition, error) {
	c.table(database, table)
	c.Present("partitionValues", values)
	t, err := s.checkedTable(ctx, c, database, table)
	if err != nil {
		return nil, nil, err
	}
	p, err := s.findPartition(ctx, t, values)
	return t, p, err
}

// gluePartition writes a partition, without its columns where a client does not
// want them.
func (s *Server) gluePartition(t *catalog.Table, p *catalog.Partition, noColumns bool) *gluetypes.Partition {
	g := model.ToPartition(t, p)
	g.CatalogId = aws.String(s.catalogID)
	if noColumns && g.StorageDescriptor != nil {
		g.StorageDescriptor.Columns = nil
	}
	return g
}

func (s *Server) createPartition(ctx context.Context, in *glue.CreatePartitionInput) (*glue.CreatePartitionOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	c.partitionInput(in.PartitionInput)
	t, err := s.checkedTable(ctx, &c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	if err := checkValues(t, in.PartitionInput.Values); err != nil {
		return nil, err
	}
	_, err = s.cat.AddPartitions(ctx, t, []catalog.Partition{model.PartitionFromInput(t, in.PartitionInput)}, true)
	if fault.Is(err, fault.CodeDuplicateObject) {
		return nil, errPartitionExists
	}
	if err != nil {
		return nil, err
	}
	return &glue.CreatePartitionOutput{}, nil
}

func (s *Server) getPartition(ctx context.Context, in *glue.GetPartitionInput) (*glue.GetPartitionOutput, error) {
	var c checks
	t, p, err := s.checkedPartition(ctx, &c, in.DatabaseName, in.TableName, in.PartitionValues)
	if err != nil {
		return nil, err
	}
	return &glue.GetPartitionOutput{Partition: s.gluePartition(t, p, false)}, nil
}

func (s *Server) updatePartition(ctx context.Context, in *glue.UpdatePartitionInput) (*glue.UpdatePartitionOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	c.partitionInput(in.PartitionInput)
	if c.Present("partitionValueList", in.PartitionValueList) {
		c.Count("partitionValueList", len(in.PartitionValueList), 0, 100)
	}
	t, err := s.checkedTable(ctx, &c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	if err := s.changePartition(ctx, t, in.PartitionValueList, in.PartitionInput); err != nil {
		return nil, err
	}
	return &glue.UpdatePartitionOutput{}, nil
}

// changePartition replaces one partition; other values move it.
func (s *Server) changePartition(ctx context.Context, t *catalog.Table, values []string, in *gluetypes.PartitionInput) error {
	old, err := s.findPartition(ctx, t, values)
	if err != nil {
		return err
	}
	input := *in
	if len(input.Values) == 0 {
		input.Values = values
	}
	if err := checkValues(t, input.Values); err != nil {
		return err
	}
	p := model.PartitionFromInput(t, &input)
	p.Created = old.Created
	change := catalog.Change{Table: t}
	if slices.Equal(p.Values, values) {
		change.Alter = []catalog.Partition{p}
	} else {
		change.Drop, change.DropExact = [][]string{values}, true
		change.Add, change.MustBeNew = []catalog.Partition{p}, true
	}
	_, err = s.cat.Apply(ctx, change)
	switch {
	case fault.Is(err, fault.CodeDuplicateObject):
		return errPartitionExists
	case fault.Is(err, fault.CodeUndefinedObject):
		return errNoPartition
	}
	return err
}

func (s *Server) deletePartition(ctx context.Context, in *glue.DeletePartitionInput) (*glue.DeletePartitionOutput, error) {
	var c checks
	t, p, err := s.checkedPartition(ctx, &c, in.DatabaseName, in.TableName, in.PartitionValues)
	if err != nil {
		return nil, err
	}
	if err := s.dropStatistics(ctx, t, p); err != nil {
		return nil, err
	}
	if err := s.dropPartitions(ctx, t, in.PartitionValues); err != nil {
		return nil, err
	}
	return &glue.DeletePartitionOutput{}, nil
}

// dropPartitions drops the partitions with exactly these texts: in Glue 01 and 1
// are two, also where the key is a number.
func (s *Server) dropPartitions(ctx context.Context, t *catalog.Table, values ...[]string) error {
	_, err := s.cat.Apply(ctx, catalog.Change{Table: t, Drop: values, DropExact: true})
	return err
}

// partitionQuery is what GetPartitions and its unfiltered kin ask.
type partitionQuery struct {
	operation       string
	database, table *string
	expression      *string
	segment         *gluetypes.Segment
	limit           *int32
	token           *string
	noColumns       bool
}

// The bounds of one page: the columns that its partitions show, and the
// partitions that are looked at where few pass an expression. A page may then
// be short, or empty, and has a token all the same.
const (
	maxPageColumns = 200_000
	maxPageLooked  = 200_000
	scanStep       = 1000
)

func (s *Server) getPartitions(ctx context.Context, in *glue.GetPartitionsInput) (*glue.GetPartitionsOutput, error) {
	if in.QueryAsOfTime != nil {
		return nil, errNotGoverned
	}
	_, ps, token, err := s.queryPartitions(ctx, partitionQuery{"GetPartitions", in.DatabaseName, in.TableName, in.Expression,
		in.Segment, in.MaxResults, in.NextToken, aws.ToBool(in.ExcludeColumnSchema)})
	if err != nil {
		return nil, err
	}
	return &glue.GetPartitionsOutput{Partitions: ps, NextToken: token}, nil
}

func (s *Server) queryPartitions(ctx context.Context, q partitionQuery) (*catalog.Table, []gluetypes.Partition, *string, error) {
	var c checks
	c.table(q.database, q.table)
	c.text("expression", q.expression, maxExpression)
	limit := c.Between("maxResults", q.limit, 1, 1000, 1000)
	c.segment(q.segment)
	t, err := s.checkedTable(ctx, &c, q.database, q.table)
	if err != nil {
		return nil, nil, nil, err
	}
	keep, err := q.filter(t)
	if err != nil {
		return nil, nil, nil, err
	}
	scope := awsapi.Scope(q.operation, strconv.FormatInt(t.ID, 10), aws.ToString(q.expression), segmentText(q.segment))
	after, err := resume(scope, q.token, len(t.PartitionKeys))
	if err != nil {
		return nil, nil, nil, err
	}
	if len(t.PartitionKeys) == 0 {
		return t, []gluetypes.Partition{}, nil, nil
	}
	if !q.noColumns {
		limit = max(1, min(limit, maxPageColumns/(len(t.Columns)+1)))
	}
	ps, last, err := s.scan(ctx, t, after, limit, keep)
	if err != nil {
		return nil, nil, nil, err
	}
	out := make([]gluetypes.Partition, len(ps))
	for i := range ps {
		out[i] = *s.gluePartition(t, &ps[i], q.noColumns)
	}
	if last == nil {
		return t, out, nil, nil
	}
	return t, out, awsapi.NextToken(scope, last...), nil
}

// scan gives at most limit partitions behind after that keep passes, and the
// values of the last one that was looked at; nil if there are no more.
func (s *Server) scan(ctx context.Context, t *catalog.Table, after []string, limit int, keep func([]string) (bool, error)) (out []catalog.Partition, last []string, err error) {
	step := limit + 1
	if keep != nil {
		step = max(step, scanStep)
	}
	for looked := 0; looked < maxPageLooked; {
		ps, err := s.cat.PartitionsAfter(ctx, t, after, step)
		if err != nil {
			return nil, nil, err
		}
		for i := range ps {
			if len(out) == limit {
				return out, after, nil
			}
			after = ps[i].Values
			ok := true
			if keep != nil {
				if ok, err = keep(after); err != nil {
					return nil, nil, err
				}
			}
			if ok {
				out = append(out, ps[i])
			}
		}
		if len(ps) < step {
			return out, nil, nil
		}
		looked += len(ps)
	}
	return out, after, nil
}

// filter gives the test that partitions must pass; nil: all do.
func (q *partitionQuery) filter(t *catalog.Table) (func([]string) (bool, error), error) {
	var match func([]string) (bool, error)
	if e := aws.ToString(q.expression); e != "" {
		expr, err := partition.Parse(e, t.PartitionKeys)
		if err != nil {
			return nil, err
		}
		match = expr.Match
	}
	if q.segment == nil || aws.ToInt32(q.segment.TotalSegments) <= 1 {
		return match, nil
	}
	total, mine := uint64(*q.segment.TotalSegments), uint64(q.segment.SegmentNumber)
	return func(values []string) (bool, error) {
		h := fnv.New64a()
		for _, v := range values {
			io.WriteString(h, v)
			h.Write([]byte{0})
		}
		if h.Sum64()%total != mine {
			return false, nil
		}
		if match == nil {
			return true, nil
		}
		return match(values)
	}, nil
}

func (c *checks) segment(s *gluetypes.Segment) {
	if s == nil || !c.Present("segment.totalSegments", s.TotalSegments) {
		return
	}
	total := c.Between("segment.totalSegments", s.TotalSegments, 1, 10, 1)
	c.Between("segment.segmentNumber", &s.SegmentNumber, 0, max(total-1, 0), 0)
}

func segmentText(s *gluetypes.Segment) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.SegmentNumber, aws.ToInt32(s.TotalSegments))
}

// pinned gives those partitions of a table whose location is the one that their
// values spell below the table's, with that location written out: in Glue a
// partition stays where it is when its table gets another location.
func (s *Server) pinned(ctx context.Context, t *catalog.Table) ([]catalog.Partition, error) {
	var out []catalog.Partition
	var after []string
	for {
		ps, err := s.cat.PartitionsAfter(ctx, t, after, 10*scanStep)
		if err != nil || len(ps) == 0 {
			return out, err
		}
		for _, p := range ps {
			if p.Location == "" {
				p.Location = partition.Location(t, &p)
				out = append(out, p)
			}
		}
		after = ps[len(ps)-1].Values
	}
}
