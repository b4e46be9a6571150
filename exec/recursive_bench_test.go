package exec_test

import (
	"testing"

	"github.com/glauxdb/glaux/exec/slttest"
)

// BenchmarkRecursive runs recursive queries of many small rounds, of a few large
// ones, and with joins in their steps.
func BenchmarkRecursive(b *testing.B) {
	e := slttest.Lake(b, lakeDir, nil)
	for _, c := range []struct{ name, sql string }{
		{"count", "WITH RECURSIVE r (n, s) AS (SELECT 1, 0 UNION ALL SELECT n + 2, s + n % 7 FROM r WHERE n < 700) SELECT count(*), sum(s) FROM r"},
		{"distinct", "WITH RECURSIVE r (n) AS (SELECT 1 UNION SELECT (n * 7 + 3) % 1009 FROM r) SELECT count(*) FROM r"},
		{"join", "WITH RECURSIVE e (a, b) AS (SELECT i, i + 1 FROM UNNEST(sequence(1, 400)) AS t (i)), r (n) AS (SELECT BIGINT '1' UNION ALL SELECT e.b FROM r JOIN e ON e.a = r.n) SELECT count(*) FROM r"},
		{"join distinct", "WITH RECURSIVE e (a, b) AS (SELECT i, (i * 17) % 5000 FROM UNNEST(sequence(1, 5000)) AS t (i)), r (n) AS (SELECT BIGINT '1' UNION SELECT e.b FROM r JOIN e ON e.a = r.n) SELECT count(*) FROM r"},
		{"scan join", "WITH RECURSIVE r (n, d) AS (SELECT BIGINT '1', 0 UNION ALL SELECT l_partkey, d + 1 FROM r JOIN lineitem ON l_orderkey = n WHERE d < 20 AND l_linenumber = 1) SELECT count(*), max(d) FROM r"},
		{"aggregate", "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT max(n) + 1 FROM r HAVING max(n) < 300) SELECT count(*) FROM r"},
		{"fan out", "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + i FROM r CROSS JOIN (VALUES 1, 2) v (i) WHERE n < 20) SELECT count(*) FROM r"},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := slttest.NewSession(b, e)
			if _, err := s.Query(b.Context(), "SET max_recursion_depth = 0"); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Query(b.Context(), c.sql); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
