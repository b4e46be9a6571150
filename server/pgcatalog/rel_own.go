package pgcatalog

import (
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// ownRelations declares glaux_catalog.
func ownRelations() []*relation {
	text := types.TVarchar
	col := func(name string, t types.Type) catalog.Column { return catalog.Column{Name: name, Type: t} }
	rels := []*relation{
		{name: "query_history", columns: declared(historyColumns())},
		{name: "workgroups", columns: declared(groupColumns())},
		{name: "partition_keys", columns: []catalog.Column{col("table_schema", text), col("table_name", text), col("key", text),
			col("position", types.TInteger), col("type", text)}},
		{name: "workgroup_usage", columns: declared(usageColumns())},
	}
	rels = append(rels, runningRelations()...)
	// New ones at the end: OIDs are by position.
	rels = append(rels, &relation{name: "budgets", columns: declared(budgetColumns())},
		&relation{name: "budget_usage", columns: declared(budgetUseColumns())},
		&relation{name: "advice", columns: declared(adviceColumns())})
	for i, r := range rels {
		r.schema, r.oid, r.kind = schemaOwn, oidOwnFirst+uint32(i), "r"
		r.pgTypes, r.notNull = make([]string, len(r.columns)), make([]bool, len(r.columns))
	}
	return rels
}

// moment is a timestamp with time zone in microseconds; the zero time is NULL.
func moment(at time.Time) types.Value { return types.Value{I: at.UnixMicro(), Null: at.IsZero()} }

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
