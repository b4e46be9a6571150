package pgcatalog

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/workgroup"
)

// ownRelations declares glaux_catalog.
func ownRelations() []*relation {
	text, big, at := types.TVarchar, types.TBigInt, types.TTimestampTZ
	col := func(name string, t types.Type) catalog.Column { return catalog.Column{Name: name, Type: t} }
	rels := []*relation{
		{name: "query_history", columns: []catalog.Column{col("query_id", text), col("user_name", text), col("workgroup", text),
			col("database", text), col("query", text), col("state", text), col("error_code", text), col("error", text),
			col("started", at), col("ended", at), col("duration_ms", types.TDouble), col("bytes_scanned", big), col("bytes_metadata", big),
			col("requests", big), col("files_total", big), col("files_read", big), col("partitions_total", big),
			col("partitions_read", big), col("rows_read", big), col("rows_returned", big), col("peak_memory", big)}},
		{name: "workgroups", columns: []catalog.Column{col("name", text), col("description", text), col("state", text),
			col("bytes_scanned_cutoff_per_query", big), col("users", types.ArrayOf(text))}},
		{name: "partition_keys", columns: []catalog.Column{col("table_schema", text), col("table_name", text), col("key", text),
			col("position", types.TInteger), col("type", text)}},
	}
	for i, r := range rels {
		r.schema, r.oid, r.kind = schemaOwn, oidOwnFirst+uint32(i), "r"
		r.pgTypes, r.notNull = make([]string, len(r.columns)), make([]bool, len(r.columns))
	}
	return rels
}

func historyRows(ctx context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	if t.groups != nil {
		t.groups.Flush()
	}
	only := func(column string) string {
		if vs := eq[column]; len(vs) == 1 && !vs[0].Null {
			return vs[0].S
		}
		return ""
	}
	all, err := t.catalog.Queries(ctx, meta.HistoryFilter{ID: only("query_id"), User: only("user_name"), Workgroup: only("workgroup"), State: only("state")})
	if err != nil {
		return rowSet{}, err
	}
	type q = meta.QueryRecord
	return show(t.byName[schemaOwn]["query_history"], all, fields[q]{
		"query_id":         func(r *q) types.Value { return str(r.ID) },
		"user_name":        func(r *q) types.Value { return str(r.User) },
		"workgroup":        func(r *q) types.Value { return str(r.Workgroup) },
		"database":         func(r *q) types.Value { return str(r.Database) },
		"query":            func(r *q) types.Value { return str(r.SQL) },
		"state":            func(r *q) types.Value { return str(r.State) },
		"error_code":       func(r *q) types.Value { return orNull(r.ErrorCode) },
		"error":            func(r *q) types.Value { return orNull(r.Error) },
		"started":          func(r *q) types.Value { return moment(r.Started) },
		"ended":            func(r *q) types.Value { return moment(r.Ended) },
		"duration_ms":      func(r *q) types.Value { return float(float64(r.Ended.Sub(r.Started)) / float64(time.Millisecond)) },
		"bytes_scanned":    func(r *q) types.Value { return num(r.BytesScanned) },
		"bytes_metadata":   func(r *q) types.Value { return num(r.BytesMetadata) },
		"requests":         func(r *q) types.Value { return num(r.Requests) },
		"files_total":      func(r *q) types.Value { return num(r.FilesTotal) },
		"files_read":       func(r *q) types.Value { return num(r.FilesRead) },
		"partitions_total": func(r *q) types.Value { return num(r.PartitionsTotal) },
		"partitions_read":  func(r *q) types.Value { return num(r.PartitionsRead) },
		"rows_read":        func(r *q) types.Value { return num(r.RowsRead) },
		"rows_returned":    func(r *q) types.Value { return num(r.RowsReturned) },
		"peak_memory":      func(r *q) types.Value { return num(r.PeakMemory) },
	}), nil
}

// moment is a timestamp with time zone in microseconds; the zero time is NULL.
func moment(at time.Time) types.Value { return types.Value{I: at.UnixMicro(), Null: at.IsZero()} }

func workgroupRows(_ context.Context, t *Tables, _ *plan.Session, _ equal) (rowSet, error) {
	var all []workgroup.Setting
	if t.groups != nil {
		all = t.groups.Settings()
	}
	type w = workgroup.Setting
	return show(t.byName[schemaOwn]["workgroups"], all, fields[w]{
		"name":        func(g *w) types.Value { return str(g.Name) },
		"description": func(g *w) types.Value { return orNull(g.Description) },
		"state":       func(g *w) types.Value { return str(g.State) },
		"bytes_scanned_cutoff_per_query": func(g *w) types.Value {
			n, err := workgroup.ParseBytes(g.Cutoff)
			return types.Value{I: n, Null: err != nil || n == 0}
		},
		"users": func(g *w) types.Value {
			v := types.Value{}
			for _, u := range g.Users {
				v.Kids = append(v.Kids, types.StringOf(types.TVarchar, u))
			}
			return v
		},
	}), nil
}

func partitionKeyRows(ctx context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	attrs, err := t.attributesOf(ctx, eq, "", "table_schema", "table_name")
	if err != nil {
		return rowSet{}, err
	}
	var keys []attr
	for _, a := range attrs {
		if a.key {
			keys = append(keys, a)
		}
	}
	return show(t.byName[schemaOwn]["partition_keys"], keys, fields[attr]{
		"table_schema": func(a *attr) types.Value { return str(a.rel.schema) },
		"table_name":   func(a *attr) types.Value { return str(a.rel.name) },
		"key":          func(a *attr) types.Value { return str(a.name) },
		"position":     func(a *attr) types.Value { return num(int64(a.num - len(a.rel.table.Columns))) },
		"type":         func(a *attr) types.Value { return str(a.typ.String()) },
	}), nil
}
