package glue

import (
	"context"
	"slices"
	"sort"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
)

// TableVersions gives the present description and the archived ones, newest
// first. Glue does not say when one was replaced: that is when the next one
// was written.
func (c *Catalog) TableVersions(ctx context.Context, t *catalog.Table, before int64, limit int) ([]catalog.TableVersion, error) {
	now, err := c.freshTable(ctx, t.Database, t.Name)
	if err != nil {
		return nil, err
	}
	all := []catalog.TableVersion{{Version: now.Version, Table: now}}
	pages := glue.NewGetTableVersionsPaginator(c.api, &glue.GetTableVersionsInput{CatalogId: c.catalogID(), DatabaseName: &t.Database,
		TableName: &t.Name, MaxResults: aws.Int32(pageTables)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, model.Fault(err, model.Table, "list the versions of "+t.Database+"."+t.Name)
		}
		for i := range page.TableVersions {
			if v := versionOf(&page.TableVersions[i], now); v != nil {
				all = append(all, *v)
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Version > all[j].Version })
	for i := 1; i < len(all); i++ {
		all[i].Archived = all[i-1].Table.Updated
	}
	all = slices.DeleteFunc(all, func(v catalog.TableVersion) bool { return before > 0 && v.Version >= before })
	if limit > 0 && len(all) > limit {
		all = all[:limit]
	}
	return all, nil
}

// versionOf reads an archived version; nil for the present one, which Glue
// lists too.
func versionOf(g *gluetypes.TableVersion, now *catalog.Table) *catalog.TableVersion {
	if g.Table == nil {
		return nil
	}
	old := model.TableFrom(g.Table)
	takeTypes(old.Columns)
	takeTypes(old.PartitionKeys)
	old.ID = now.ID
	if v, err := strconv.ParseInt(aws.ToString(g.VersionId), 10, 64); err == nil {
		old.Version = v
	}
	if old.Version == now.Version {
		return nil
	}
	return &catalog.TableVersion{Version: old.Version, Table: old}
}

// DeleteTableVersions forgets archived versions and gives which there were. The
// present one stays.
func (c *Catalog) DeleteTableVersions(ctx context.Context, t *catalog.Table, versions []int64) ([]int64, error) {
	now, err := c.freshTable(ctx, t.Database, t.Name)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(versions))
	for _, v := range versions {
		if v != now.Version {
			ids = append(ids, strconv.FormatInt(v, 10))
		}
	}
	gone := make([]bool, len(ids))
	err = c.batches(ctx, len(ids), batchVersions, func(ctx context.Context, from, to int) error {
		out, err := c.api.BatchDeleteTableVersion(ctx, &glue.BatchDeleteTableVersionInput{CatalogId: c.catalogID(),
			DatabaseName: &t.Database, TableName: &t.Name, VersionIds: ids[from:to]})
		if err != nil {
			return model.Fault(err, model.Table, "delete versions of "+t.Database+"."+t.Name)
		}
		missing := map[string]bool{}
		for _, e := range out.Errors {
			if e.ErrorDetail != nil && aws.ToString(e.ErrorDetail.ErrorCode) != model.EntityNotFound {
				return itemFault(e.ErrorDetail, model.Other, "delete version "+aws.ToString(e.VersionId)+" of "+t.Database+"."+t.Name)
			}
			missing[aws.ToString(e.VersionId)] = true
		}
		for i := from; i < to; i++ {
			gone[i] = !missing[ids[i]]
		}
		return nil
	})
	var out []int64
	for i, id := range ids {
		if gone[i] {
			v, parseErr := strconv.ParseInt(id, 10, 64)
			if parseErr != nil {
				return nil, fault.Wrap(parseErr, fault.CodeInternal, "version %q is no number", id)
			}
			out = append(out, v)
		}
	}
	return out, err
}
