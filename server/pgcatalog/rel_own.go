package pgcatalog

import (
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
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
	rels = append(rels, runningRelations()...)
	for i, r := range rels {
		r.schema, r.oid, r.kind = schemaOwn, oidOwnFirst+uint32(i), "r"
		r.pgTypes, r.notNull = make([]string, len(r.columns)), make([]bool, len(r.columns))
	}
	return rels
}

func historyRows(a *asking) (rowSet, error) {
	if a.groups != nil {
		a.groups.Flush()
	}
	all, err := a.history.Queries(a.ctx, meta.HistoryFilter{ID: a.eq.only("query_id"), User: a.eq.only("user_name"),
		Workgroup: a.eq.only("workgroup"), State: a.eq.only("state")})
	if err != nil {
		return rowSet{}, err
	}
	type q = meta.QueryRecord
	return show(a.byName[schemaOwn]["query_history"], all, fields[q]{
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

func workgroupRows(a *asking) (rowSet, error) {
	var all []workgroup.Setting
	if a.groups != nil {
		all = a.groups.Settings()
	}
	type w = workgroup.Setting
	return show(a.byName[schemaOwn]["workgroups"], all, fields[w]{
		"name":                           func(g *w) types.Value { return str(g.Name) },
		"description":                    func(g *w) types.Value { return orNull(g.Description) },
		"state":                          func(g *w) types.Value { return str(g.State) },
		"bytes_scanned_cutoff_per_query": func(g *w) types.Value { return types.Value{I: int64(g.Cutoff), Null: g.Cutoff == 0} },
		"users": func(g *w) types.Value {
			v := types.Value{}
			for _, u := range g.Users {
				v.Kids = append(v.Kids, types.StringOf(types.TVarchar, u))
			}
			return v
		},
	}), nil
}

func partitionKeyRows(a *asking) (rowSet, error) {
	keys := func(r *rel) []attr {
		if r.entry == nil {
			return nil
		}
		var out []attr
		for _, x := range a.attributes(r) {
			if x.key > 0 {
				out = append(out, x)
			}
		}
		return out
	}
	return showEach(a.byName[schemaOwn]["partition_keys"], a.relations(infoRelations), keys, fields[attr]{
		"table_schema": func(x *attr) types.Value { return str(x.rel.schema) },
		"table_name":   func(x *attr) types.Value { return str(x.rel.name) },
		"key":          func(x *attr) types.Value { return str(x.name) },
		"position":     func(x *attr) types.Value { return num(int64(x.key)) },
		"type":         func(x *attr) types.Value { return str(x.typ.String()) },
	}), nil
}
