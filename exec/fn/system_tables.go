package fn

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// systemTables are PostgreSQL's table functions about the server and its objects.
func systemTables() []*Entry {
	text := func(names ...string) types.Type {
		var fs []types.Field
		for _, n := range names {
			fs = append(fs, types.Field{Name: n, Type: types.TVarchar})
		}
		return types.RowOf(fs...)
	}
	entry := func(name, doc string, ret types.Type, rows func(args []types.Value) [][]types.Value, params ...types.Type) *Entry {
		sig := make([]string, len(params))
		for i, p := range params {
			sig[i] = p.String()
		}
		return &Entry{Names: []string{name}, Kind: plan.TableFunc, Doc: doc, overs: []overload{{
			sig: name + "(" + strings.Join(sig, ", ") + ")", volatile: plan.Stable, table: rowsFunc(rows),
			types: func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
				return params, ret, len(args) == len(params)
			}}}}
	}
	none := func([]types.Value) [][]types.Value { return nil }
	regclass := types.Type{Kind: types.OID, S: types.RegClass}
	list := types.ArrayOf(types.TVarchar)
	grants := types.RowOf(types.Field{Name: "grantor", Type: types.TOID}, types.Field{Name: "grantee", Type: types.TOID},
		types.Field{Name: "privilege_type", Type: types.TVarchar}, types.Field{Name: "is_grantable", Type: types.TBoolean})
	versions := types.RowOf(types.Field{Name: "name", Type: types.TName}, types.Field{Name: "version", Type: types.TVarchar}, types.Field{Name: "superuser", Type: types.TBoolean},
		types.Field{Name: "trusted", Type: types.TBoolean}, types.Field{Name: "relocatable", Type: types.TBoolean}, types.Field{Name: "schema", Type: types.TName},
		types.Field{Name: "requires", Type: types.ArrayOf(types.TName)}, types.Field{Name: "comment", Type: types.TVarchar})
	tree := types.RowOf(types.Field{Name: "relid", Type: regclass}, types.Field{Name: "parentrelid", Type: regclass},
		types.Field{Name: "isleaf", Type: types.TBoolean}, types.Field{Name: "level", Type: types.TInteger})
	return []*Entry{
		entry("pg_get_keywords", "The words of SQL and what they may name without quotes: nothing (R), functions and types (T), all but these (C), anything (U).",
			types.RowOf(types.Field{Name: "word", Type: types.TVarchar}, types.Field{Name: "catcode", Type: types.TNameChar}, types.Field{Name: "barelabel", Type: types.TBoolean},
				types.Field{Name: "catdesc", Type: types.TVarchar}, types.Field{Name: "baredesc", Type: types.TVarchar}), keywordRows),
		entry("pg_options_to_table", "Options such as name=value as rows.", text("option_name", "option_value"), optionRows, list),
		entry("aclexplode", "No rows: privileges are not kept as lists.", grants, none, list),
		entry("pg_partition_ancestors", "No rows: there are no partitions of PostgreSQL's kind.", regclass, none, regclass),
		entry("pg_partition_tree", "No rows: there are no partitions of PostgreSQL's kind.", tree, none, regclass),
		entry("ts_token_type", "No rows: there are no parsers for text search.", types.RowOf(types.Field{Name: "tokid", Type: types.TInteger},
			types.Field{Name: "alias", Type: types.TVarchar}, types.Field{Name: "description", Type: types.TVarchar}), none, types.TOID),
		entry("pg_available_extension_versions", "No rows: there are no extensions.", versions, none),
	}
}

// rowsFunc makes a table function whose rows are known at once.
func rowsFunc(rows func(args []types.Value) [][]types.Value) *tableImpl {
	return &tableImpl{open: func(_ *kernel.EvalCtx, _ *plan.Func, args []types.Value) (generator, error) {
		all := rows(args)
		return func(cols []*vector.Vector, n int) (int, error) {
			n = min(n, len(all))
			for _, row := range all[:n] {
				for c, v := range row {
					cols[c].AppendValue(v)
				}
			}
			all = all[n:]
			return n, nil
		}, nil
	}}
}

func optionRows(args []types.Value) [][]types.Value {
	var out [][]types.Value
	for _, v := range args[0].Kids {
		if v.Null {
			continue
		}
		name, value, ok := strings.Cut(v.S, "=")
		row := []types.Value{types.StringOf(types.TVarchar, name), types.StringOf(types.TVarchar, value)}
		row[1].Null = !ok
		out = append(out, row)
	}
	return out
}

// keywordClasses say what pg_get_keywords says of a class.
var keywordClasses = map[byte]string{'R': "reserved", 'T': "reserved (can be function or type name)",
	'C': "unreserved (cannot be function or type name)", 'U': "unreserved"}

func keywordRows([]types.Value) [][]types.Value {
	var out [][]types.Value
	for _, k := range types.Keywords() {
		label := "requires AS"
		if k.AsOpt {
			label = "can be bare label"
		}
		out = append(out, []types.Value{types.StringOf(types.TVarchar, k.Word), types.StringOf(types.TNameChar, string(k.Class)), types.BoolOf(k.AsOpt),
			types.StringOf(types.TVarchar, keywordClasses[k.Class]), types.StringOf(types.TVarchar, label)})
	}
	return out
}
