package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// query is a query over one set of data.
type query struct{ Data, Name, SQL string }

// tpchQueries reads the queries of a folder.
func tpchQueries(label, folder string) ([]query, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no queries in %s (%w)", folder, err)
	}
	var out []query
	for _, f := range files {
		sql, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		text := strings.TrimRight(strings.TrimSpace(string(sql)), ";")
		out = append(out, query{label, strings.TrimSuffix(filepath.Base(f), ".sql"), text})
	}
	return out, nil
}

// logTables are the statements that make the web logs of thirty days in order of
// time: in one folder in three formats, by day in two, and by day and hour, which are
// more files than the planner opens.
func logTables(dir string, rows int) []string {
	requests := fmt.Sprintf(`SELECT TIMESTAMP '2026-01-01 00:00:00' + i * (30 * INTERVAL '1' DAY / %[1]d) AS ts,
		'10.' || (i * 7919 %% 200) || '.' || (i * 31 %% 250) || '.7' AS host,
		CASE i %% 10 WHEN 0 THEN 'POST' WHEN 1 THEN 'HEAD' ELSE 'GET' END AS method,
		'/product/' || (i * 104729 %% 5000) || '?ref=' || (i %% 17) AS path,
		CASE i * 13 %% 100 WHEN 0 THEN 500 WHEN 1 THEN 404 WHEN 2 THEN 301 ELSE 200 END AS status,
		i * 48271 %% 100000 AS bytes,
		'Mozilla/5.0 (X11; Linux x86_64) rv:' || (i %% 40) AS agent
		FROM generate_series(BIGINT '0', %[1]d - 1) AS g (i)`, rows)
	out := []string{"CREATE DATABASE logs", "SET search_path = logs, tpch"}
	for _, t := range []struct{ name, format, keys, columns string }{
		{"requests_parquet", "PARQUET", "", "*"},
		{"requests_csv", "TEXTFILE", "", "*"},
		{"requests_json", "JSON", "", "*"},
		{"days_parquet", "PARQUET", "'dt'", "*, date(ts) AS dt"},
		{"days_json", "JSON", "'dt'", "*, date(ts) AS dt"},
		{"hours_json", "JSON", "'dt', 'hour'", "*, date(ts) AS dt, hour(ts) AS hour"},
		{"hours_parquet", "PARQUET", "'dt', 'hour'", "*, date(ts) AS dt, hour(ts) AS hour"},
	} {
		with := fmt.Sprintf("format = '%s', external_location = '%s'", t.format, filepath.Join(dir, t.name))
		if t.keys != "" {
			with += ", partitioned_by = ARRAY[" + t.keys + "]"
		}
		out = append(out, fmt.Sprintf("CREATE TABLE logs.%s WITH (%s) AS SELECT %s FROM (%s) r ORDER BY ts", t.name, with, t.columns, requests))
	}
	return out
}

// anyLog are queries of every table of web logs, $t.
var anyLog = []struct{ name, sql string }{
	{"all columns", "SELECT count(host), count(method), max(path), sum(status), sum(bytes), max(agent), max(ts) FROM $t"},
	{"two columns", "SELECT status, sum(bytes) FROM $t GROUP BY 1"},
	{"count", "SELECT count(*) FROM $t"},
	{"filter that many rows pass", "SELECT sum(bytes) FROM $t WHERE method = 'GET'"},
	{"filter that few rows pass", "SELECT count(*), max(path) FROM $t WHERE status = 500 AND bytes > 99000"},
	{"an hour by its time", "SELECT count(agent), sum(bytes) FROM $t WHERE ts >= TIMESTAMP '2026-01-15 10:00:00' AND ts < TIMESTAMP '2026-01-15 11:00:00'"},
	{"filter that no row passes", "SELECT max(path) FROM $t WHERE host = 'nobody'"},
	{"first rows", "SELECT * FROM $t LIMIT 100"},
	{"largest rows", "SELECT * FROM $t ORDER BY bytes DESC LIMIT 10"},
	{"read twice", "SELECT count(*) FROM $t a WHERE bytes > (SELECT avg(bytes) FROM $t)"},
}

// dayLog are queries of the tables by day.
var dayLog = []struct{ name, sql string }{
	{"a day", "SELECT status, sum(bytes) FROM $t WHERE dt = DATE '2026-01-15' GROUP BY 1"},
	{"a week and a filter", "SELECT sum(bytes) FROM $t WHERE dt BETWEEN DATE '2026-01-08' AND DATE '2026-01-14' AND method = 'POST'"},
	{"latest day", "SELECT max(path) FROM $t WHERE dt = (SELECT max(dt) FROM $t)"},
	{"days of a subquery", "SELECT sum(bytes) FROM $t WHERE dt IN (SELECT dt FROM $t WHERE bytes < 10 AND dt < DATE '2026-01-03')"},
	{"days of a WITH", "WITH x AS (SELECT * FROM $t) SELECT (SELECT sum(bytes) FROM x WHERE dt = DATE '2026-01-03'), (SELECT max(path) FROM x WHERE dt = DATE '2026-01-20')"},
}

func logQueries() []query {
	var out []query
	for _, table := range []string{"requests_csv", "requests_json", "requests_parquet", "days_json", "days_parquet", "hours_json", "hours_parquet"} {
		list := anyLog
		if !strings.HasPrefix(table, "requests") {
			list = append(list[:len(list):len(list)], dayLog...)
		}
		for _, q := range list {
			out = append(out, query{table, q.name, strings.ReplaceAll(q.sql, "$t", table)})
		}
	}
	return out
}
