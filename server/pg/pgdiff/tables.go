package pgdiff

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// table is one of testdata/tables: name.tsv has its rows in COPY's text format,
// which is Hive's LazySimpleSerDe too (tabs, \N for NULL).
type table struct {
	name    string
	columns []string // "name type", types that mean the same to both
	view    bool     // Glaux: a table of strings, and a view that casts them
}

var tables = []table{
	{name: "region", columns: []string{"r_regionkey integer", "r_name varchar(25)", "r_comment varchar(152)"}},
	{name: "nation", columns: []string{"n_nationkey integer", "n_name varchar(25)", "n_regionkey integer", "n_comment varchar(152)"}},
	{name: "orders", columns: []string{"o_orderkey bigint", "o_custkey integer", "o_orderstatus char(1)", "o_totalprice decimal(12,2)",
		"o_orderdate date", "o_orderpriority char(15)", "o_shippriority smallint", "o_updated timestamp", "o_comment varchar(79)"}},
	{name: "alltypes", view: true, columns: []string{"id integer", "c_bool boolean", "c_int2 smallint", "c_int4 integer", "c_int8 bigint",
		"c_float4 real", "c_float8 double precision", "c_numeric numeric(20,5)", "c_varchar varchar(10)", "c_char char(5)", "c_text varchar",
		"c_bytea bytea", "c_date date", "c_time time", "c_timestamp timestamp", "c_timestamptz timestamptz", "c_interval interval",
		"c_uuid uuid", "c_json json", "c_int4s integer[]", "c_int8s bigint[]", "c_texts varchar[]", "c_float8s double precision[]",
		"c_dates date[]", "c_numerics numeric(10,2)[]", "c_bools boolean[]", "c_matrix integer[][]"}},
}

// createTables makes the tables in both servers. dir gets Glaux's files, which
// it must be allowed to read.
func createTables(ctx context.Context, postgres, glaux Server, source, dir string) error {
	if err := command(ctx, glaux, "create database if not exists public"); err != nil {
		return err
	}
	for _, t := range tables {
		rows, err := os.ReadFile(filepath.Join(source, t.name+".tsv"))
		if err != nil {
			return err
		}
		if err := command(ctx, postgres, fmt.Sprintf("create table %s (%s)", t.name, strings.Join(t.columns, ", "))); err != nil {
			return err
		}
		if err := load(ctx, postgres, t.name, bytes.NewReader(rows)); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		folder := filepath.Join(dir, t.name)
		if err := os.Mkdir(folder, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, "rows.tsv"), rows, 0o644); err != nil {
			return err
		}
		if err := command(ctx, glaux, t.glaux(folder)...); err != nil {
			return err
		}
	}
	return nil
}

// glaux gives the statements that create the table in Glaux.
func (t table) glaux(folder string) []string {
	name, columns := t.name, strings.Join(t.columns, ", ")
	var texts, casts []string
	for _, c := range t.columns {
		col, typ, _ := strings.Cut(c, " ")
		texts = append(texts, col+" string")
		casts = append(casts, fmt.Sprintf("cast(%s as %s) as %s", col, typ, col))
	}
	if t.view {
		name, columns = t.name+"_text", strings.Join(texts, ", ")
	}
	out := []string{fmt.Sprintf(`create external table public.%s (%s) row format delimited fields terminated by '\t' escaped by '\\' location '%s'`,
		name, columns, folder)}
	if t.view {
		out = append(out, fmt.Sprintf("create view public.%s as select %s from public.%s", t.name, strings.Join(casts, ", "), name))
	}
	return out
}
