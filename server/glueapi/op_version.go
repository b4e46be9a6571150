package glueapi

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/glue/model"

	"github.com/glauxdb/glaux/server/awsapi"
)

// versionOf reads a VersionId.
func versionOf(member, text string) (int64, error) {
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v < 0 {
		return 0, invalid("Value '%s' at '%s' is not the identifier of a version.", awsapi.Clip(text), member)
	}
	return v, nil
}

func (s *Server) tableVersion(v *catalog.TableVersion) *gluetypes.TableVersion {
	g := model.ToTable(v.Table)
	g.CatalogId = aws.String(s.catalogID)
	id := strconv.FormatInt(v.Version, 10)
	g.VersionId = aws.String(id)
	return &gluetypes.TableVersion{Table: g, VersionId: aws.String(id)}
}

func (s *Server) getTableVersion(ctx context.Context, in *glue.GetTableVersionInput) (*glue.GetTableVersionOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	if err := c.Err(); err != nil {
		return nil, err
	}
	t, err := s.table(ctx, *in.DatabaseName, *in.TableName)
	if err != nil {
		return nil, err
	}
	before := int64(0)
	if in.VersionId != nil {
		if before, err = versionOf("versionId", *in.VersionId); err != nil {
			return nil, err
		}
		before++
	}
	vs, err := s.cat.TableVersions(ctx, t, before, 1)
	if err != nil {
		return nil, err
	}
	if len(vs) == 0 || before > 0 && vs[0].Version != before-1 {
		return nil, notFound("Table version %s not found.", aws.ToString(in.VersionId))
	}
	return &glue.GetTableVersionOutput{TableVersion: s.tableVersion(&vs[0])}, nil
}

func (s *Server) getTableVersions(ctx context.Context, in *glue.GetTableVersionsInput) (*glue.GetTableVersionsOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	limit := c.Between("maxResults", in.MaxResults, 1, 100, 100)
	if err := c.Err(); err != nil {
		return nil, err
	}
	t, err := s.table(ctx, *in.DatabaseName, *in.TableName)
	if err != nil {
		return nil, err
	}
	scope := awsapi.Scope("GetTableVersions", t.Database, t.Name)
	after, err := resume(scope, in.NextToken, 1)
	if err != nil {
		return nil, err
	}
	before := int64(0)
	if after != nil {
		if before, err = versionOf("nextToken", after[0]); err != nil {
			return nil, err
		}
	}
	vs, err := s.cat.TableVersions(ctx, t, before, limit+1)
	if err != nil {
		return nil, err
	}
	out := &glue.GetTableVersionsOutput{TableVersions: []gluetypes.TableVersion{}}
	if len(vs) > limit {
		vs = vs[:limit]
		out.NextToken = awsapi.NextToken(scope, strconv.FormatInt(vs[limit-1].Version, 10))
	}
	for i := range vs {
		out.TableVersions = append(out.TableVersions, *s.tableVersion(&vs[i]))
	}
	return out, nil
}

func (s *Server) deleteTableVersion(ctx context.Context, in *glue.DeleteTableVersionInput) (*glue.DeleteTableVersionOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	c.name("versionId", in.VersionId)
	if err := c.Err(); err != nil {
		return nil, err
	}
	t, err := s.table(ctx, *in.DatabaseName, *in.TableName)
	if err != nil {
		return nil, err
	}
	if err := s.forget(ctx, t, *in.VersionId); err != nil {
		return nil, err
	}
	return &glue.DeleteTableVersionOutput{}, nil
}

func (s *Server) forget(ctx context.Context, t *catalog.Table, id string) error {
	v, err := versionOf("versionId", id)
	if err != nil {
		return err
	}
	if v == t.Version {
		return invalid("Version %d of table %s is the present one and cannot be deleted.", v, t.Name)
	}
	gone, err := s.cat.DeleteTableVersions(ctx, t, []int64{v})
	if err == nil && len(gone) == 0 {
		err = notFound("Table version %d not found.", v)
	}
	return err
}

func (s *Server) batchDeleteTableVersion(ctx context.Context, in *glue.BatchDeleteTableVersionInput) (*glue.BatchDeleteTableVersionOutput, error) {
	var c checks
	c.table(in.DatabaseName, in.TableName)
	if c.Present("versionIds", in.VersionIds) {
		c.Count("versionIds", len(in.VersionIds), 0, 100)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	t, err := s.table(ctx, *in.DatabaseName, *in.TableName)
	if err != nil {
		return nil, err
	}
	out := &glue.BatchDeleteTableVersionOutput{Errors: []gluetypes.TableVersionError{}}
	for _, id := range in.VersionIds {
		if err := s.forget(ctx, t, id); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			out.Errors = append(out.Errors, gluetypes.TableVersionError{TableName: aws.String(t.Name), VersionId: aws.String(id), ErrorDetail: detail(err)})
		}
	}
	return out, nil
}
