package glueapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
)

// The unfiltered operations tell engines what Lake Formation lets a user see.
// There is no Lake Formation here: who may ask sees every column and row.

func authorized(t *catalog.Table) []string {
	out := []string{}
	for _, c := range t.AllColumns() {
		out = append(out, c.Name)
	}
	return out
}

func (s *Server) getUnfilteredTable(ctx context.Context, in *glue.GetUnfilteredTableMetadataInput) (*glue.GetUnfilteredTableMetadataOutput, error) {
	var c checks
	c.Present("catalogId", in.CatalogId)
	c.name("databaseName", in.DatabaseName)
	c.name("name", in.Name)
	c.Present("supportedPermissionTypes", in.SupportedPermissionTypes)
	if err := c.Err(); err != nil {
		return nil, err
	}
	t, err := s.table(ctx, *in.DatabaseName, *in.Name)
	if err != nil {
		return nil, err
	}
	return &glue.GetUnfilteredTableMetadataOutput{Table: s.glueTable(ctx, t), AuthorizedColumns: authorized(t),
		CellFilters: []gluetypes.ColumnRowFilter{}, Permissions: []gluetypes.Permission{gluetypes.PermissionAll},
		ResourceArn: aws.String("arn:aws:glue:" + s.region + ":" + s.catalogID + ":" + resource("table", t.Database, t.Name))}, nil
}

func (s *Server) getUnfilteredPartition(ctx context.Context, in *glue.GetUnfilteredPartitionMetadataInput) (*glue.GetUnfilteredPartitionMetadataOutput, error) {
	var c checks
	c.Present("catalogId", in.CatalogId)
	c.Present("supportedPermissionTypes", in.SupportedPermissionTypes)
	t, p, err := s.checkedPartition(ctx, &c, in.DatabaseName, in.TableName, in.PartitionValues)
	if err != nil {
		return nil, err
	}
	return &glue.GetUnfilteredPartitionMetadataOutput{Partition: s.gluePartition(t, p, false), AuthorizedColumns: authorized(t)}, nil
}

func (s *Server) getUnfilteredPartitions(ctx context.Context, in *glue.GetUnfilteredPartitionsMetadataInput) (*glue.GetUnfilteredPartitionsMetadataOutput, error) {
	var c checks
	c.Present("catalogId", in.CatalogId)
	c.Present("supportedPermissionTypes", in.SupportedPermissionTypes)
	if err := c.Err(); err != nil {
		return nil, err
	}
	t, ps, token, err := s.queryPartitions(ctx, partitionQuery{"GetUnfilteredPartitionsMetadata", in.DatabaseName, in.TableName, in.Expression,
		in.Segment, in.MaxResults, in.NextToken, false})
	if err != nil {
		return nil, err
	}
	out := &glue.GetUnfilteredPartitionsMetadataOutput{UnfilteredPartitions: []gluetypes.UnfilteredPartition{}, NextToken: token}
	cols := authorized(t)
	for i := range ps {
		out.UnfilteredPartitions = append(out.UnfilteredPartitions, gluetypes.UnfilteredPartition{Partition: &ps[i], AuthorizedColumns: cols})
	}
	return out, nil
}
