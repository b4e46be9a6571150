package main

import (
	"os"
	"path/filepath"
	"strings"
)

// query is one of the set. Instructions are counted of few: valgrind makes a query
// fifty times as long.
type query struct {
	name, sql string
	counted   bool // its instructions, too
}

// tpch are the queries of TPC-H that are taken, with those whose instructions count.
var tpch = map[string]bool{"q01": true, "q03": false, "q05": false, "q06": true, "q09": false, "q13": false, "q16": false, "q18": false, "q21": false}

// own are queries of kinds that TPC-H lacks, each a way through the engine.
var own = []query{
	{"point", "SELECT value FROM events WHERE day = '2026-01-02' AND id = 71234", false},
	{"group_skip", "SELECT count(*), sum(value) FROM events WHERE id BETWEEN 100000 AND 102000", false},
	{"page_skip", "SELECT count(*), sum(l_extendedprice), max(l_comment) FROM lineitem WHERE l_orderkey BETWEEN 30000 AND 30100", false},
	{"metadata_count", "SELECT count(*), min(id), max(id) FROM events", false},
	{"few_groups", "SELECT day, count(*), sum(amount), avg(value) FROM events GROUP BY day", false},
	{"many_groups", "SELECT user_id, count(*), sum(amount) FROM events GROUP BY user_id ORDER BY 3 DESC, 1 LIMIT 10", true},
	{"text_groups", "SELECT page, count(*) FROM events GROUP BY page ORDER BY 2 DESC, 1 LIMIT 10", true},
	{"distinct", "SELECT count(DISTINCT user_id), count(DISTINCT page) FROM events", false},
	{"like", "SELECT count(*) FROM events WHERE page LIKE '%/item-1_7'", true},
	{"regexp", "SELECT count(*) FROM events WHERE regexp_like(page, 'shop/[37]/item-.*9$')", false},
	{"top", "SELECT id, value FROM events ORDER BY value DESC LIMIT 20", false},
	{"sort", "SELECT user_id, amount, page FROM events WHERE day <= '2026-01-02' ORDER BY amount, user_id, page", true},
	{"join", "SELECT count(*), sum(a.amount) FROM events a JOIN events b ON a.user_id = b.user_id WHERE b.day = '2026-01-01' AND b.value < 0.1", true},
	{"semi", "SELECT count(*) FROM events WHERE user_id IN (SELECT user_id FROM events WHERE value > 0.999)", false},
	{"window", "SELECT max(r) FROM (SELECT rank() OVER (PARTITION BY user_id ORDER BY value) AS r FROM events WHERE day = '2026-01-03')", false},
	{"case_dates", "SELECT date_trunc('month', o_orderdate), sum(CASE WHEN o_totalprice > 100000 THEN 1 ELSE 0 END) FROM orders GROUP BY 1", false},
	{"json", "SELECT status, count(*) FROM web_logs GROUP BY 1", false},
	{"csv", "SELECT count(*), max(price) FROM products", false},
	{"nothing", "SELECT 1", false},
	{"catalog", "SELECT count(*) FROM information_schema.columns WHERE table_name = 'lineitem'", false},
}

// queries gives the set in order.
func (c *cli) queries() ([]query, error) {
	names, err := filepath.Glob(filepath.Join(c.TPCH, "*.sql"))
	if err != nil {
		return nil, err
	}
	var all []query
	for _, path := range names {
		name := strings.TrimSuffix(filepath.Base(path), ".sql")
		counted, taken := tpch[name]
		if !taken {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		all = append(all, query{"tpch_" + name, strings.TrimRight(strings.TrimSpace(string(text)), ";"), counted})
	}
	var out []query
	for _, q := range append(all, own...) {
		if strings.Contains(q.name, c.Only) {
			out = append(out, q)
		}
	}
	return out, nil
}
