package glueapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"

	"github.com/glauxdb/glaux/server/awsapi"
)

// Column statistics are what other engines have counted; they are kept as they
// came, for a table and for each of its partitions. A partition's go by its ID,
// so that one which is dropped and made again has none.

// statisticsKey is the document of a column; an empty column gives the prefix of
// all.
func statisticsKey(t *catalog.Table, p *catalog.Partition, column string) string {
	id := int64(0)
	if p != nil {
		id = p.ID
	}
	return fmt.Sprintf("%d/%d/%s", t.ID, id, strings.ToLower(column))
}

func (s *Server) dropStatistics(ctx context.Context, t *catalog.Table, p *catalog.Partition) error {
	return s.docs.DropAll(ctx, spaceStatistics, statisticsKey(t, p, ""))
}

// measured finds the table, and with values the partition, of a request.
func (s *Server) measured(ctx context.Context, c *checks, database, table *string, values []string) (*catalog.Table, *catalog.Partition, error) {
	if values != nil {
		return s.checkedPartition(ctx, c, database, table, values)
	}
	c.table(database, table)
	t, err := s.checkedTable(ctx, c, database, table)
	return t, nil, err
}

func (s *Server) readStatistics(ctx context.Context, t *catalog.Table, p *catalog.Partition, columns []string) ([]gluetypes.ColumnStatistics, []gluetypes.ColumnError, error) {
	list, errs := []gluetypes.ColumnStatistics{}, []gluetypes.ColumnError{}
	for _, name := range columns {
		var st gluetypes.ColumnStatistics
		d, err := s.docs.Read(ctx, spaceStatistics, statisticsKey(t, p, name), &st)
		if err != nil {
			return nil, nil, err
		}
		if d == nil {
			errs = append(errs, gluetypes.ColumnError{ColumnName: aws.String(name),
				Error: detail(notFound("Statistics of column %s not found.", awsapi.Clip(name)))})
			continue
		}
		list = append(list, st)
	}
	return list, errs, nil
}

// writeStatistics stores what is right and gives the errors of the rest.
func (s *Server) writeStatistics(ctx context.Context, t *catalog.Table, p *catalog.Partition, list []gluetypes.ColumnStatistics) ([]gluetypes.ColumnStatisticsError, error) {
	errs := []gluetypes.ColumnStatisticsError{}
	var docs []catalog.Document
	for i := range list {
		st := &list[i]
		if err := checkStatistics(t, st); err != nil {
			errs = append(errs, gluetypes.ColumnStatisticsError{ColumnStatistics: st, Error: detail(err)})
			continue
		}
		docs = append(docs, s.docs.Make(spaceStatistics, statisticsKey(t, p, *st.ColumnName), t.ID, catalog.AnyVersion, st))
	}
	if len(docs) == 0 {
		return errs, nil
	}
	_, err := s.cat.PutDocuments(ctx, docs...)
	return errs, err
}

// checkStatistics says what is wrong with a column's statistics: a column that
// the table does not have, or numbers of another type than the one named.
func checkStatistics(t *catalog.Table, st *gluetypes.ColumnStatistics) error {
	name, d := aws.ToString(st.ColumnName), st.StatisticsData
	if !slices.ContainsFunc(t.AllColumns(), func(c catalog.Column) bool { return strings.EqualFold(c.Name, name) }) {
		return invalid("Column %s is not in table %s.", awsapi.Clip(name), t.Name)
	}
	if d == nil {
		return invalid("Column %s has no StatisticsData.", awsapi.Clip(name))
	}
	set := map[gluetypes.ColumnStatisticsType]bool{
		gluetypes.ColumnStatisticsTypeBinary:  d.BinaryColumnStatisticsData != nil,
		gluetypes.ColumnStatisticsTypeBoolean: d.BooleanColumnStatisticsData != nil,
		gluetypes.ColumnStatisticsTypeDate:    d.DateColumnStatisticsData != nil,
		gluetypes.ColumnStatisticsTypeDecimal: d.DecimalColumnStatisticsData != nil,
		gluetypes.ColumnStatisticsTypeDouble:  d.DoubleColumnStatisticsData != nil,
		gluetypes.ColumnStatisticsTypeLong:    d.LongColumnStatisticsData != nil,
		gluetypes.ColumnStatisticsTypeString:  d.StringColumnStatisticsData != nil,
	}
	has, known := set[d.Type]
	switch {
	case !known:
		return invalid("%s is no type of statistics.", awsapi.Clip(string(d.Type)))
	case !has:
		return invalid("The statistics of column %s are of the type %s and have no data of it.", awsapi.Clip(name), d.Type)
	}
	for typ, has := range set {
		if has && typ != d.Type {
			return invalid("The statistics of column %s are of the type %s and have data of the type %s.", awsapi.Clip(name), d.Type, typ)
		}
	}
	return nil
}

func (s *Server) deleteStatistics(ctx context.Context, t *catalog.Table, p *catalog.Partition, column string) error {
	key := statisticsKey(t, p, column)
	d, err := s.cat.Document(ctx, spaceStatistics, key)
	if err != nil {
		return err
	}
	if d == nil {
		return notFound("Statistics of column %s not found.", awsapi.Clip(column))
	}
	return s.docs.Drop(ctx, spaceStatistics, key)
}

func (c *checks) columnNames(names []string) {
	if c.Present("columnNames", names) {
		c.Count("columnNames", len(names), 0, 100)
	}
}

func (c *checks) statistics(list []gluetypes.ColumnStatistics) {
	if c.Present("columnStatisticsList", list) {
		c.Count("columnStatisticsList", len(list), 0, 25)
	}
}

func (s *Server) getTableStatistics(ctx context.Context, in *glue.GetColumnStatisticsForTableInput) (*glue.GetColumnStatisticsForTableOutput, error) {
	var c checks
	c.columnNames(in.ColumnNames)
	t, _, err := s.measured(ctx, &c, in.DatabaseName, in.TableName, nil)
	if err != nil {
		return nil, err
	}
	list, errs, err := s.readStatistics(ctx, t, nil, in.ColumnNames)
	return &glue.GetColumnStatisticsForTableOutput{ColumnStatisticsList: list, Errors: errs}, err
}

func (s *Server) updateTableStatistics(ctx context.Context, in *glue.UpdateColumnStatisticsForTableInput) (*glue.UpdateColumnStatisticsForTableOutput, error) {
	var c checks
	c.statistics(in.ColumnStatisticsList)
	t, _, err := s.measured(ctx, &c, in.DatabaseName, in.TableName, nil)
	if err != nil {
		return nil, err
	}
	errs, err := s.writeStatistics(ctx, t, nil, in.ColumnStatisticsList)
	return &glue.UpdateColumnStatisticsForTableOutput{Errors: errs}, err
}

func (s *Server) deleteTableStatistics(ctx context.Context, in *glue.DeleteColumnStatisticsForTableInput) (*glue.DeleteColumnStatisticsForTableOutput, error) {
	var c checks
	c.name("columnName", in.ColumnName)
	t, _, err := s.measured(ctx, &c, in.DatabaseName, in.TableName, nil)
	if err != nil {
		return nil, err
	}
	return &glue.DeleteColumnStatisticsForTableOutput{}, s.deleteStatistics(ctx, t, nil, *in.ColumnName)
}

func (s *Server) getPartitionStatistics(ctx context.Context, in *glue.GetColumnStatisticsForPartitionInput) (*glue.GetColumnStatisticsForPartitionOutput, error) {
	var c checks
	c.columnNames(in.ColumnNames)
	c.Present("partitionValues", in.PartitionValues)
	t, p, err := s.measured(ctx, &c, in.DatabaseName, in.TableName, in.PartitionValues)
	if err != nil {
		return nil, err
	}
	list, errs, err := s.readStatistics(ctx, t, p, in.ColumnNames)
	return &glue.GetColumnStatisticsForPartitionOutput{ColumnStatisticsList: list, Errors: errs}, err
}

func (s *Server) updatePartitionStatistics(ctx context.Context, in *glue.UpdateColumnStatisticsForPartitionInput) (*glue.UpdateColumnStatisticsForPartitionOutput, error) {
	var c checks
	c.statistics(in.ColumnStatisticsList)
	c.Present("partitionValues", in.PartitionValues)
	t, p, err := s.measured(ctx, &c, in.DatabaseName, in.TableName, in.PartitionValues)
	if err != nil {
		return nil, err
	}
	errs, err := s.writeStatistics(ctx, t, p, in.ColumnStatisticsList)
	return &glue.UpdateColumnStatisticsForPartitionOutput{Errors: errs}, err
}

func (s *Server) deletePartitionStatistics(ctx context.Context, in *glue.DeleteColumnStatisticsForPartitionInput) (*glue.DeleteColumnStatisticsForPartitionOutput, error) {
	var c checks
	c.name("columnName", in.ColumnName)
	c.Present("partitionValues", in.PartitionValues)
	t, p, err := s.measured(ctx, &c, in.DatabaseName, in.TableName, in.PartitionValues)
	if err != nil {
		return nil, err
	}
	return &glue.DeleteColumnStatisticsForPartitionOutput{}, s.deleteStatistics(ctx, t, p, *in.ColumnName)
}
