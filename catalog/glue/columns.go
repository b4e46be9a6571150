package glue

import (
	"maps"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// paramType is the parameter of a column that keeps its type where Hive has no
// word for it: Glue knows a zoned timestamp as timestamp, a UUID as string.
const paramType = "glaux.type"

// withTypes gives a table whose columns carry their exact types to Glue.
func withTypes(t *catalog.Table) *catalog.Table {
	out := *t
	out.Columns, out.PartitionKeys = carryTypes(t.Columns), carryTypes(t.PartitionKeys)
	return &out
}

func carryTypes(cols []catalog.Column) []catalog.Column {
	out := cols
	for i := range cols {
		c := &cols[i]
		if c.HiveType != "" || lossless(c.Type) {
			continue
		}
		if &out[0] == &cols[0] {
			out = append([]catalog.Column(nil), cols...)
		}
		params := maps.Clone(c.Parameters)
		if params == nil {
			params = map[string]string{}
		}
		params[paramType] = c.Type.HiveExact()
		out[i].Parameters = params
	}
	return out
}

func lossless(t types.Type) bool {
	if t.Kind == types.Unknown {
		return true
	}
	back, err := types.ParseHive(t.Hive())
	return err == nil && back.Equal(t)
}

// takeTypes gives columns that came from Glue their exact types back, unless a
// client has changed the type since. The columns are the caller's own.
func takeTypes(cols []catalog.Column) {
	for i := range cols {
		c := &cols[i]
		exact, ok := c.Parameters[paramType]
		if !ok {
			continue
		}
		spelled := c.HiveType
		if spelled == "" {
			spelled = c.Type.Hive()
		}
		if c.Parameters = maps.Clone(c.Parameters); len(c.Parameters) == 1 {
			c.Parameters = nil
		}
		delete(c.Parameters, paramType)
		if t, err := types.ParseHive(exact); err == nil && t.Hive() == spelled {
			c.Type, c.HiveType = t, ""
		}
	}
}
