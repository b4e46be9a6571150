package slttest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

// filterCase is a query of tables that need a partition filter.
type filterCase struct {
	name, sql string
	where     string // that the hint gives; "": the query runs
}

// filterCases read tables that all have partition_filter = 'required'.
//
//	orders    Parquet, o_orderyear 1992 to 1998
//	web_logs  JSON, year, month, day: 2026-01-30 to 2026-02-03
//	one       a partition only; bare: no partition keys
var filterCases = []filterCase{
	// What a condition says.
	{"no condition", "SELECT sum(o_totalprice) FROM orders", "o_orderyear = 1998"},
	{"condition on data", "SELECT sum(o_totalprice) FROM orders WHERE o_orderpriority = '1-URGENT'", "o_orderyear = 1998 AND (o_orderpriority = '1-URGENT')"},
	{"equal", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear = 1995", ""},
	{"no such partition", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear = 2020", ""},
	{"range", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear BETWEEN 1995 AND 1996", ""},
	{"range over all partitions", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear > 1900", ""},
	{"list", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear IN (1995, 1997)", ""},
	{"not equal", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear <> 1995", ""},
	{"not equal to no partition", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear <> 2020", "o_orderyear = 1998 AND (o_orderyear <> 2020)"},
	{"is not null", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear IS NOT NULL", "o_orderyear = 1998 AND (o_orderyear is not null)"},
	{"is null", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear IS NULL", ""},
	{"equal to itself", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear = o_orderyear", "o_orderyear = 1998 AND (o_orderyear = o_orderyear)"},
	{"true or", "SELECT sum(o_totalprice) FROM orders WHERE true OR o_orderyear = 1995", "o_orderyear = 1998 AND (true or (o_orderyear = 1995))"},
	{"or with data", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear = 1995 OR o_comment = 'x'", "o_orderyear = 1998 AND ((o_orderyear = 1995) or (o_comment = 'x'))"},
	{"or with data on both sides", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear = 1995 AND o_orderpriority = 'x' OR o_orderyear = 1996 AND o_orderpriority = 'y'", ""},
	{"false", "SELECT sum(o_totalprice) FROM orders WHERE 1 = 2", ""},
	{"function", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear % 2 = 0", ""},
	{"function of all", "SELECT sum(o_totalprice) FROM orders WHERE abs(o_orderyear) >= 0", "o_orderyear = 1998 AND (abs(o_orderyear) >= 0)"},
	{"cast", "SELECT sum(o_totalprice) FROM orders WHERE CAST(o_orderyear AS varchar) = '1995'", ""},
	{"like", "SELECT sum(o_totalprice) FROM orders WHERE CAST(o_orderyear AS varchar) LIKE '19%'", ""},
	{"like all", "SELECT sum(o_totalprice) FROM orders WHERE CAST(o_orderyear AS varchar) LIKE '%'", "o_orderyear = 1998 AND (cast(o_orderyear as varchar) like '%')"},
	{"two keys", "SELECT count(*) FROM web_logs WHERE year * 100 + month >= 202602", ""},
	{"either key", "SELECT count(*) FROM web_logs WHERE year = 2026 OR month = 1", ""},
	{"one key of three", "SELECT count(*) FROM web_logs WHERE day = 1", ""},
	{"key against data", "SELECT count(*) FROM orders WHERE o_orderyear = year(o_orderdate)", "o_orderyear = 1998 AND (o_orderyear = year(o_orderdate))"},
	{"volatile", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear > random()", "o_orderyear = 1998 AND (o_orderyear > random())"},
	{"hidden partition", `SELECT sum(o_totalprice) FROM orders WHERE "$partition" = 'o_orderyear=1995'`, ""},
	{"hidden path", `SELECT sum(o_totalprice) FROM orders WHERE "$path" LIKE '%1995%'`, ""},
	{"hidden path all", `SELECT sum(o_totalprice) FROM orders WHERE "$path" IS NOT NULL`, `o_orderyear = 1998 AND ("$path" is not null)`},

	// Where it stands.
	{"subquery", "SELECT * FROM (SELECT o_orderyear y, sum(o_totalprice) FROM orders GROUP BY 1) x WHERE y = 1995", ""},
	{"no condition in subquery", "SELECT * FROM (SELECT o_orderyear y, sum(o_totalprice) FROM orders GROUP BY 1) x", "o_orderyear = 1998"},
	{"with", "WITH o AS (SELECT * FROM orders) SELECT sum(o_totalprice) FROM o WHERE o_orderyear = 1995", ""},
	{"with read twice", "WITH o AS (SELECT * FROM orders) SELECT sum(o_totalprice) FROM o WHERE o_orderyear = 1995 UNION ALL SELECT sum(o_totalprice) FROM o WHERE o_orderyear = 1996", ""},
	{"view", "SELECT sum(o_totalprice) FROM all_orders WHERE o_orderyear = 1995", ""},
	{"view without condition", "SELECT sum(o_totalprice) FROM all_orders", "o_orderyear = 1998"},
	{"having", "SELECT o_orderyear, sum(o_totalprice) FROM orders GROUP BY 1 HAVING o_orderyear = 1995", ""},
	{"above a limit", "SELECT * FROM (SELECT * FROM orders ORDER BY o_totalprice LIMIT 10) x WHERE o_orderyear = 1995", "o_orderyear = 1998"},
	{"alias", "SELECT sum(o.o_totalprice) FROM orders AS o WHERE o.o_comment <> ''", "o_orderyear = 1998 AND (o.o_comment <> '')"},
	{"column aliases", "SELECT sum(d) FROM orders AS o (a, b, c, d, e, f, g, h, i)", "o_orderyear = 1998"},
	{"both tables", "SELECT count(*) FROM orders a, orders b WHERE a.o_orderkey = b.o_orderkey", "a.o_orderyear = 1998 AND b.o_orderyear = 1998 AND (a.o_orderkey = b.o_orderkey)"},
	{"union", "SELECT o_comment FROM orders WHERE o_orderyear = 1995 UNION ALL SELECT o_comment FROM orders", "o_orderyear = 1998"},
	{"copy", "COPY (SELECT o_comment FROM orders) TO STDOUT", "o_orderyear = 1998"},

	// Joins and subqueries that prune when they run.
	{"join", "SELECT sum(o_totalprice) FROM orders o JOIN (VALUES (1995), (1996)) v(y) ON o.o_orderyear = v.y", ""},
	{"join with a table", "SELECT sum(o_totalprice) FROM orders o JOIN region r ON o.o_orderyear = r.r_regionkey + 1992 WHERE r.r_name = 'ASIA'", ""},
	{"in subquery", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear IN (SELECT r_regionkey + 1992 FROM region)", ""},
	{"latest partition", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear = (SELECT max(o_orderyear) FROM orders)", ""},
	{"latest partition of text", "SELECT count(*) FROM web_logs WHERE day = (SELECT max(day) FROM web_logs)", ""},
	{"subquery of another table", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear = (SELECT max(r_regionkey) + 1992 FROM region WHERE r_name LIKE 'A%')", ""},
	{"left join keeps all", "SELECT count(r_comment), sum(o_totalprice) FROM orders o LEFT JOIN region r ON o.o_orderyear = r.r_regionkey + 1992", "o.o_orderyear = 1998"},
	{"not in", "SELECT sum(o_totalprice) FROM orders WHERE o_orderyear NOT IN (SELECT r_regionkey + 1992 FROM region)", "o_orderyear = 1998 AND (o_orderyear not in (select (r_regionkey + 1992) from region))"},

	// What metadata answer, and what is read of one partition only.
	{"count", "SELECT count(*) FROM orders", ""},
	{"count of text files", "SELECT count(*) FROM web_logs", "year = 2026 AND month = 2 AND day = 3"},
	{"extremes", "SELECT min(o_orderkey), max(o_orderyear) FROM orders", ""},
	{"distinct keys", "SELECT DISTINCT o_orderyear FROM orders", ""},
	{"distinct partitions", `SELECT DISTINCT "$partition" FROM orders`, ""},
	{"list of partitions", `SELECT * FROM "orders$partitions"`, ""},
	{"group by key", "SELECT o_orderyear, count(*) FROM orders GROUP BY 1", ""},
	{"one partition", "SELECT sum(x) FROM one", ""},
	{"no partitions", "SELECT sum(x) FROM bare", ""},
	{"statistics leave one partition", "SELECT sum(o_totalprice) FROM orders WHERE o_orderdate = DATE '1995-03-15'", ""},

	// A preview.
	{"limit", "SELECT * FROM orders LIMIT 100", ""},
	{"limit of many", "SELECT * FROM orders LIMIT 10001", "o_orderyear = 1998"},
	{"limit with a condition", "SELECT * FROM orders WHERE o_comment = 'x' LIMIT 100", "o_orderyear = 1998 AND (o_comment = 'x')"},
	{"limit and order", "SELECT * FROM orders ORDER BY o_totalprice LIMIT 100", "o_orderyear = 1998"},

	// What is no scan.
	{"explain", "EXPLAIN SELECT sum(o_totalprice) FROM orders", ""},
	{"estimate", "EXPLAIN (ESTIMATE) SELECT sum(o_totalprice) FROM orders", ""},
	{"explain analyze", "EXPLAIN ANALYZE SELECT sum(o_totalprice) FROM orders", "o_orderyear = 1998"},
	{"show", "SHOW PARTITIONS orders", ""},
	{"describe", "DESCRIBE orders", ""},
	{"repair", "MSCK REPAIR TABLE orders", ""},
}

// TestPartitionFilter runs queries of tables that need a partition filter, and
// those refused again as the refusal says.
func TestPartitionFilter(t *testing.T) {
	s := NewSession(t, Lake(t, root+"lake", nil))
	for _, sql := range []string{
		"CREATE VIEW all_orders AS SELECT * FROM orders",
		"CREATE EXTERNAL TABLE one (x bigint) PARTITIONED BY (p int) STORED AS TEXTFILE LOCATION '../../testdata/lake/products/'",
		"ALTER TABLE one ADD PARTITION (p = 1) LOCATION '../../testdata/lake/products/'",
		"CREATE EXTERNAL TABLE bare (x bigint) STORED AS TEXTFILE LOCATION '../../testdata/lake/products/'",
		"ALTER TABLE orders SET TBLPROPERTIES ('partition_filter' = 'required')",
		"ALTER TABLE web_logs SET TBLPROPERTIES ('partition_filter' = 'required')",
		"ALTER TABLE one SET TBLPROPERTIES ('partition_filter' = 'required')",
		"ALTER TABLE bare SET TBLPROPERTIES ('partition_filter' = 'required')",
		"SET glaux.error_format = 'json'",
	} {
		if _, err := s.Query(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	for _, c := range filterCases {
		t.Run(c.name, func(t *testing.T) { checkFilterCase(t, s, c) })
	}
}

func checkFilterCase(t *testing.T, s Session, c filterCase) {
	_, err := s.Query(context.Background(), c.sql)
	if c.where == "" {
		if err != nil {
			t.Errorf("%s\n%v", c.sql, err)
		}
		return
	}
	f := fault.As(err)
	if f == nil || f.Code != fault.CodeLimitExceeded {
		t.Fatalf("%s\ngot %v, want 53400", c.sql, err)
	}
	var detail struct {
		Reason     string
		Suggestion struct{ Where, SQL string }
	}
	if err := json.Unmarshal([]byte(f.Detail), &detail); err != nil {
		t.Fatalf("%q: %v", f.Detail, err)
	}
	if detail.Reason != "partition_filter" || detail.Suggestion.Where != c.where {
		t.Errorf("%s\ngot  %s\nwant %s", c.sql, detail.Suggestion.Where, c.where)
	}
	if detail.Suggestion.SQL == "" {
		return
	}
	if _, err := s.Query(context.Background(), detail.Suggestion.SQL); err != nil {
		t.Errorf("%s\n%v", detail.Suggestion.SQL, err)
	}
}
