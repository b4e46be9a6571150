package rule_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/planner/bind"
	"github.com/glauxdb/glaux/planner/parse"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/planner/plantest"
	"github.com/glauxdb/glaux/planner/rule"
)

// world is a catalog of small random tables with many NULLs and equal values,
// and the lake that holds them.
type world struct {
	cat  *plantest.Catalog
	rows map[string][][]types.Value
}

var worldTables = []string{"t|a b c|", "u|a b d|", "v|x y|", "p|a b|k", "w|arr s|"}

func newWorld(seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 7))
	w := &world{cat: plantest.NewCatalog(), rows: map[string][][]types.Value{}}
	for _, line := range worldTables {
		f := strings.Split(line, "|")
		t := &catalog.Table{Database: "default", Name: f[0], Kind: catalog.ExternalTable, Format: "parquet"}
		for _, name := range strings.Fields(f[1]) {
			t.Columns = append(t.Columns, catalog.Column{Name: name, Type: worldType(name)})
		}
		for _, name := range strings.Fields(f[2]) {
			t.PartitionKeys = append(t.PartitionKeys, catalog.Column{Name: name, Type: types.TBigInt})
		}
		w.cat.Put(t)
		for range r.IntN(9) {
			var vals []types.Value
			for _, c := range t.AllColumns() {
				vals = append(vals, randomValue(r, c.Type))
			}
			w.rows[t.Name] = append(w.rows[t.Name], vals)
		}
		if len(t.PartitionKeys) > 0 {
			var parts [][]string
			for i := range 5 {
				parts = append(parts, []string{fmt.Sprint(i)})
			}
			w.cat.SetPartitions(t, append(parts, []string{catalog.HiveNull}))
		}
	}
	return w
}

func worldType(name string) types.Type {
	switch name {
	case "arr":
		return types.ArrayOf(types.TBigInt)
	case "s":
		inner := types.RowOf(types.Field{Name: "z", Type: types.TBigInt})
		return types.RowOf(types.Field{Name: "x", Type: types.TBigInt}, types.Field{Name: "y", Type: inner})
	}
	return types.TBigInt
}

func randomValue(r *rand.Rand, t types.Type) types.Value {
	if r.IntN(5) == 0 {
		return types.NullOf(t)
	}
	v := types.Value{Type: t}
	switch t.Kind {
	case types.Array:
		for range r.IntN(3) {
			v.Kids = append(v.Kids, randomValue(r, t.Elem()))
		}
	case types.Row:
		for _, f := range t.Fields {
			v.Kids = append(v.Kids, randomValue(r, f.Type))
		}
	default:
		v.I = r.Int64N(4)
	}
	return v
}

// Files gives one file per partition, as the world's rows are stored.
func (w *world) Files(_ context.Context, t *catalog.Table, parts *catalog.Partitions, selected []uint32) ([]*lake.File, error) {
	one := func(part int, keys []types.Value) *lake.File {
		return &lake.File{Format: parquet.Format{}, Info: store.Info{Key: t.Name, Size: 100}, Partition: part, Keys: keys, Options: formats.Options{Schema: schemaOf(t)}}
	}
	if len(t.PartitionKeys) == 0 {
		return []*lake.File{one(-1, nil)}, nil
	}
	if selected == nil {
		for i := range parts.N {
			selected = append(selected, uint32(i))
		}
	}
	var out []*lake.File
	for _, i := range selected {
		out = append(out, one(int(i), []types.Value{parts.Value(0, int(i))}))
	}
	return out, nil
}

func schemaOf(t *catalog.Table) *types.Schema {
	s := &types.Schema{}
	for _, c := range t.Columns {
		s.Fields = append(s.Fields, types.Field{Name: c.Name, Type: c.Type})
	}
	return s
}

// Partitions gives the catalog's.
func (w *world) Partitions(ctx context.Context, r catalog.Reader, t *catalog.Table, _ partition.KeyFilter, _ bool) (*catalog.Partitions, error) {
	return r.Partitions(ctx, t)
}

// Open gives exact statistics of the file's rows.
func (w *world) Open(_ context.Context, f *lake.File) (formats.File, error) {
	st := &formats.Stats{}
	n := len(f.Options.Schema.Fields)
	var rows [][]types.Value
	for _, r := range w.rows[f.Info.Key] {
		if len(f.Keys) == 0 || r[n].Equal(f.Keys[0]) {
			rows = append(rows, r)
		}
	}
	st.Rows = int64(len(rows))
	for i, field := range f.Options.Schema.Fields {
		b := formats.Bounds{Rows: st.Rows, HasNulls: true}
		for _, r := range rows {
			switch {
			case r[i].Null:
				b.Nulls++
			case field.Type.IsNested():
			case !b.HasMinMax:
				b.HasMinMax, b.MinExact, b.MaxExact, b.Min, b.Max = true, true, true, r[i], r[i]
			default:
				if r[i].Compare(b.Min) < 0 {
					b.Min = r[i]
				}
				if r[i].Compare(b.Max) > 0 {
					b.Max = r[i]
				}
			}
		}
		b.AllNull = b.Nulls == b.Rows && b.Rows > 0
		st.Columns, st.Bytes = append(st.Columns, b), append(st.Bytes, 8*st.Rows)
	}
	return worldFile{stats: st, schema: f.Options.Schema}, nil
}

type worldFile struct {
	stats  *formats.Stats
	schema *types.Schema
}

func (f worldFile) Schema() *types.Schema        { return f.schema }
func (f worldFile) Stats() *formats.Stats        { return f.stats }
func (f worldFile) Splits(int64) []formats.Split { return nil }
func (f worldFile) Close() error                 { return nil }
func (f worldFile) Scan(context.Context, formats.ScanRequest) (formats.Source, error) {
	return nil, errNotHere
}

// compare runs a statement's plan before and after the rules; false if that
// takes too long.
func (w *world) compare(t *testing.T, sql string) bool {
	t.Helper()
	stmt, err := parse.ParseOne(sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	s := session("default")
	bound, err := bind.Bind(context.Background(), bind.Config{Catalog: w.cat, Functions: functions, Evaluator: evaluator}, s, sql, stmt, nil)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	q := bound.(*plan.Query)
	want, wantErr := w.answer(q, q.Root)
	c := &rule.Ctx{Session: s, Evaluator: evaluator, Functions: functions, Catalog: w.cat, Lake: w, NextID: q.NextID, ShareAlways: len(sql)%2 == 0, AggregateAlways: len(sql)%3 > 0}
	n, err := rule.Optimize(context.Background(), c, q.Root)
	if err != nil {
		t.Fatalf("%s: %v\n%s", sql, err, plan.Format(q.Root))
	}
	verify(t, n)
	got, gotErr := w.answer(q, n)
	if errors.Is(wantErr, errTooLong) || errors.Is(gotErr, errTooLong) {
		return false
	}
	if (wantErr == nil) != (gotErr == nil) {
		t.Fatalf("%s\nerror %v, want %v\n%s\n%s", sql, gotErr, wantErr, plan.Format(q.Root), plan.Format(n))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s\n(-bound +optimized)\n%s\nbound:\n%s\noptimized:\n%s", sql, diff, plan.Format(q.Root), plan.Format(n))
	}
	return true
}

// answer runs a plan and gives its result rows as sorted text.
func (w *world) answer(q *plan.Query, n plan.Node) ([]string, error) {
	in := &interp{tables: w.rows, withs: map[int][]row{}, dynamic: map[int]map[string]bool{}}
	rows, err := in.run(n, row{})
	var out []string
	for _, r := range rows {
		var parts []string
		for _, c := range q.Columns {
			v, ok := r[c.ID]
			if !ok {
				return nil, fmt.Errorf("no result column %d", c.ID)
			}
			parts = append(parts, plan.Literal(v))
		}
		out = append(out, strings.Join(parts, " "))
	}
	slices.Sort(out)
	return out, err
}

// statements cover every rule; each runs over many random worlds.
var statements = []string{
	"SELECT a, b FROM t WHERE a = 1 OR a = 2 OR b IN (3)",
	"SELECT a FROM t WHERE NOT (a = 1 AND b > 2) AND a = a",
	"SELECT x + 1 AS z FROM (SELECT a + b AS x, c FROM t) s WHERE x > 2 AND c < 3",
	"SELECT a, count(*), sum(b) FROM t GROUP BY a HAVING a > 0 AND count(*) > 1",
	"SELECT a, b, avg(c), count(*), sum(c), max(c), avg(c + b) FROM t GROUP BY ROLLUP (a, b)",
	"SELECT a, b, avg(c) FILTER (WHERE b > 1), sum(c) FROM t GROUP BY CUBE (a, b)",
	"SELECT a, b, c, avg(c) FROM t GROUP BY GROUPING SETS ((a, b), (a), (c))",
	"SELECT u.d, sum(t.b), avg(t.c), count(*), count(t.b), max(t.a) FROM t JOIN u ON t.a = u.a GROUP BY u.d",
	"SELECT sum(t.b), avg(t.c), count(*), count(t.b), max(u.d) FROM t JOIN u ON t.a = u.a WHERE u.b > 1",
	"SELECT u.d, v.y, sum(CASE WHEN u.b = 1 THEN t.b END), sum(CASE WHEN u.b = 2 THEN t.b ELSE 0 END), sum(CASE WHEN u.b = 2 THEN 1 ELSE 0 END) FROM t JOIN u ON t.a = u.a JOIN v ON t.c = v.x GROUP BY u.d, v.y",
	"SELECT u.d, count(*) FILTER (WHERE u.b = 1), sum(t.b) FILTER (WHERE u.b > 0), avg(t.c) FILTER (WHERE t.b > 0), count(CASE WHEN u.b = 1 THEN t.b WHEN u.b = 2 THEN 5 END) FROM t JOIN u ON t.a = u.a GROUP BY u.d",
	"SELECT t.a, count(*), count(t.b), sum(t.c) FROM t LEFT JOIN u ON t.a = u.a AND u.d > 1 GROUP BY t.a",
	"SELECT t.b, count(*), sum(t.c), max(u.d) FROM u RIGHT JOIN t ON t.a = u.a GROUP BY t.b",
	"SELECT DISTINCT t.b, u.d FROM t JOIN u ON t.a = u.a JOIN v ON v.x = u.b",
	"SELECT t.b, sum(t.c), count(*) FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a) AND a NOT IN (SELECT x FROM v) GROUP BY t.b",
	"SELECT s.k, sum(s.n), avg(s.n) FROM (SELECT a AS k, b AS n FROM t UNION ALL SELECT a, d FROM u) s JOIN v ON s.k = v.x WHERE v.y > 0 GROUP BY s.k",
	"SELECT t.a + u.d, sum(t.b), min(u.b) FROM t JOIN u ON t.a < u.a AND t.c = u.d GROUP BY t.a + u.d",
	"SELECT v.y, u.d, avg(t.c) FROM t JOIN u ON t.a = u.a JOIN v ON v.x = t.b GROUP BY ROLLUP (v.y, u.d)",
	"SELECT a FROM t WHERE a IN (SELECT u.a FROM u JOIN v ON u.b = v.x)",
	"SELECT a FROM t WHERE a NOT IN (SELECT u.a FROM v JOIN u ON u.b = v.x AND v.y > u.d)",
	"SELECT a, a IN (SELECT u.a FROM u LEFT JOIN v ON u.b = v.x) FROM t WHERE EXISTS (SELECT 1 FROM u JOIN v ON u.b = v.x WHERE u.a = t.a AND v.y = t.b)",
	"WITH w AS (SELECT x.a, y.b AS b2 FROM t x JOIN t y ON x.a = y.a AND x.b <> y.b) SELECT a FROM u WHERE a IN (SELECT a FROM w) AND a IN (SELECT v.x FROM v JOIN w ON v.x = w.a)",
	"WITH w AS (SELECT x.a, y.b AS b2 FROM t x JOIN t y ON x.a = y.a AND x.b <> y.b) SELECT count(*) FROM u JOIN w ON u.a = w.a WHERE u.a IN (SELECT a FROM w)",
	"SELECT DISTINCT a, n FROM (SELECT a, count(*) AS n FROM t GROUP BY a) s",
	"SELECT t.a, u.d FROM t JOIN u ON t.a = u.a WHERE t.a = 2",
	"SELECT t.a, u.d FROM t LEFT JOIN u ON t.a = u.a AND u.b > 1 WHERE t.b < 3",
	"SELECT t.a, u.d FROM t LEFT JOIN u ON t.a = u.a WHERE u.b > 1",
	"SELECT t.a, u.d FROM t RIGHT JOIN u ON t.a = u.a AND t.b = 1 WHERE t.c IS NULL",
	"SELECT t.a, u.d FROM t FULL JOIN u ON t.a = u.a AND t.b < u.b WHERE coalesce(t.a, u.a) > 1",
	"SELECT t.a, u.d FROM t FULL JOIN u ON t.a = u.a WHERE t.b = 2",
	"SELECT t.a, u.a, v.x FROM t LEFT JOIN u ON t.a = u.a LEFT JOIN v ON u.b = v.x WHERE v.y = 1",
	"SELECT t.a, u.a, v.x FROM (t LEFT JOIN u ON t.a = u.a) JOIN v ON t.b = v.x WHERE v.y < 3",
	"SELECT t.a, u.a, v.x FROM (t LEFT JOIN u ON t.a = u.a) JOIN v ON coalesce(u.b, 1) = v.x",
	"SELECT t.a FROM t, u, v WHERE t.a = u.a AND u.a = v.x AND t.b = v.x AND v.x IN (1, 2)",
	"SELECT t.a FROM t, u WHERE (t.a = 1 AND u.b = 2 AND t.c = u.d) OR (t.a = 2 AND u.b = 1 AND t.c = u.d)",
	"SELECT * FROM (SELECT a AS k FROM t UNION ALL SELECT b FROM u UNION ALL SELECT x FROM v) s WHERE k = 1",
	"SELECT * FROM (SELECT a, b FROM t INTERSECT SELECT a, b FROM u) s WHERE a < 3",
	"SELECT * FROM (SELECT a FROM t EXCEPT ALL SELECT a FROM u) s WHERE a < 3",
	"SELECT a FROM t UNION SELECT b FROM u ORDER BY 1",
	"SELECT a, rank() OVER (PARTITION BY a ORDER BY b), count(*) OVER (PARTITION BY a), max(c) OVER (ORDER BY b, a) FROM t",
	"SELECT * FROM (SELECT a, b, rank() OVER (PARTITION BY a ORDER BY b) AS r, min(c) OVER (PARTITION BY a, b) AS m FROM t) s WHERE a = 1 AND b > 1 AND r < 3",
	"SELECT a FROM (SELECT a, b, c, rank() OVER (ORDER BY c) AS r FROM t) s WHERE b = 2",
	"SELECT a, n, rank() OVER (ORDER BY n) FROM (SELECT a, count(*) AS n FROM t GROUP BY a) s QUALIFY max(a) OVER () > a",
	"SELECT t.a, s.d, s.r FROM t, LATERAL (SELECT d, rank() OVER (ORDER BY d) AS r FROM u WHERE u.a = t.a) s",
	"SELECT t.a, s.d, s.r FROM t, LATERAL (SELECT d, rank() OVER (PARTITION BY b ORDER BY d) AS r FROM u WHERE u.a > t.a) s",
	"SELECT t.a, s.m FROM t LEFT JOIN LATERAL (SELECT max(d + t.b) OVER (PARTITION BY b) AS m FROM u WHERE u.a = t.a) s ON true",
	"SELECT a, (SELECT max(r) FROM (SELECT rank() OVER (ORDER BY d) AS r FROM u WHERE u.a = t.a) s) AS n FROM t",
	"SELECT a FROM t WHERE EXISTS (SELECT 1 FROM (SELECT a, rank() OVER (ORDER BY d) AS r FROM u) s WHERE s.a = t.a AND s.r = 1)",
	"SELECT a, b FROM t ORDER BY a FETCH FIRST 2 ROWS WITH TIES",
	"WITH r AS (SELECT a, b, count(*) OVER (PARTITION BY a) AS n FROM t) SELECT x.a, y.n FROM r x JOIN r y ON x.a = y.a WHERE x.a > 0",
	"SELECT k, count(*) OVER (PARTITION BY k) FROM p WHERE k > 1 UNION ALL SELECT k, n FROM (SELECT k, count(*) OVER (PARTITION BY k) AS n FROM p) s WHERE k > 1",
	"SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)",
	"SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.b <> t.b)",
	"SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.b > t.b)",
	"SELECT a FROM t WHERE a IN (SELECT b FROM u)",
	"SELECT a FROM t WHERE a NOT IN (SELECT b FROM u)",
	"SELECT a FROM t WHERE a NOT IN (SELECT b FROM u WHERE u.a = t.b)",
	"SELECT a FROM t WHERE a NOT IN (SELECT b + t.c FROM u)",
	"SELECT a FROM t WHERE (a + 1) IN (SELECT b FROM u WHERE u.d < t.c)",
	"SELECT a, a IN (SELECT b FROM u) AS m FROM t",
	"SELECT a, a NOT IN (SELECT b FROM u WHERE u.a = t.a) AS m FROM t",
	"SELECT a, EXISTS (SELECT 1 FROM u WHERE u.a = t.a) AS m FROM t",
	"SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a) OR b = 1",
	"SELECT a FROM t WHERE a = 1 OR a NOT IN (SELECT x FROM v)",
	"SELECT a, (SELECT count(*) FROM u WHERE u.a = t.a) AS n FROM t",
	"SELECT a, (SELECT count(*) + 1 FROM u WHERE u.a = t.a) AS n FROM t",
	"SELECT a, (SELECT count(d) FROM u WHERE u.a > t.a) AS n FROM t",
	"SELECT a, (SELECT sum(d) FROM u WHERE u.a = t.a AND u.b = t.b) AS n FROM t",
	"SELECT a, (SELECT coalesce(max(d), 7) FROM u WHERE u.a = t.a) AS n FROM t",
	"SELECT a, (SELECT sum(d + t.b) FROM u WHERE u.a = t.a) AS n FROM t",
	"SELECT a, (SELECT max(d) FROM u WHERE u.a = t.a HAVING count(*) > 1) AS n FROM t",
	"SELECT a FROM t WHERE b > (SELECT min(d) FROM u WHERE u.a = t.a)",
	"SELECT a FROM t WHERE b >= (SELECT count(*) FROM u WHERE u.a = t.a)",
	"SELECT a FROM t WHERE b = (SELECT max(b) FROM t)",
	"SELECT a, (SELECT d FROM u WHERE u.a = t.a) AS n FROM t",
	"SELECT a, (SELECT d FROM u WHERE u.a = t.a ORDER BY d, b LIMIT 1) AS n FROM t",
	"SELECT a, (SELECT d + t.b FROM u WHERE u.a = t.a ORDER BY d LIMIT 1) AS n FROM t",
	"SELECT a, (SELECT max(d) FROM u WHERE u.a < t.a OR u.b = t.b) AS n FROM t",
	"SELECT a, (SELECT max(q) FROM (SELECT d AS q FROM u WHERE u.a = t.a UNION ALL SELECT t.b) s) AS n FROM t",
	"SELECT a, (SELECT count(*) FROM u WHERE u.a = t.a AND EXISTS (SELECT 1 FROM v WHERE v.x = u.b AND v.y = t.c)) AS n FROM t",
	"SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND EXISTS (SELECT 1 FROM v WHERE v.x = u.b AND v.y = t.c))",
	"SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND NOT EXISTS (SELECT 1 FROM v WHERE v.x = u.b AND v.y = t.c))",
	"SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u LEFT JOIN v ON u.b = v.x WHERE u.a = t.a AND v.y IS NULL)",
	"SELECT a, (SELECT count(*) FROM u LEFT JOIN v ON u.b = v.x AND v.y = t.b) AS n FROM t",
	"SELECT a, (SELECT count(*) FROM u RIGHT JOIN v ON u.b = v.x AND u.a = t.b) AS n FROM t",
	"SELECT a, (SELECT count(*) FROM u FULL JOIN v ON u.b = v.x AND u.a = t.b) AS n FROM t",
	"SELECT a, (SELECT count(*) FROM (SELECT u.a, u.b FROM u WHERE u.d = t.c EXCEPT SELECT x, y FROM v) s) AS n FROM t",
	"SELECT a, (SELECT count(*) FROM (SELECT DISTINCT b FROM u WHERE u.a = t.a) s) AS n FROM t",
	"SELECT a, (SELECT max(n) FROM (SELECT b, count(*) AS n FROM u WHERE u.a = t.a GROUP BY b) s) AS n FROM t",
	"SELECT a, (SELECT max(n) FROM (SELECT b, count(*) AS n FROM u WHERE u.a < t.a GROUP BY b) s) AS n FROM t",
	"SELECT t.a, s.d FROM t, LATERAL (SELECT d FROM u WHERE u.a = t.a ORDER BY d LIMIT 2) s",
	"SELECT t.a, s.n FROM t LEFT JOIN LATERAL (SELECT count(*) AS n FROM u WHERE u.a = t.a) s ON true",
	"SELECT t.a, s.n FROM t LEFT JOIN LATERAL (SELECT b + t.b AS n FROM u WHERE u.a = t.a) s ON true",
	"SELECT t.a, s.n FROM t CROSS JOIN LATERAL (SELECT t.a + 1 AS n) s WHERE s.n > 1",
	"SELECT t.a, (SELECT (SELECT count(*) FROM v WHERE v.x = u.b AND v.y = t.b) FROM u WHERE u.a = t.a ORDER BY 1 LIMIT 1) AS n FROM t",
	"SELECT e, w.s.x FROM w CROSS JOIN UNNEST(arr) AS q(e) WHERE w.s.y.z > 1",
	"SELECT (SELECT sum(e) FROM UNNEST(arr) AS q(e)) AS n FROM w WHERE w.s.x = 1",
	"SELECT s.x, count(*) FROM w GROUP BY s.x",
	"SELECT w.s.x, v.y FROM w JOIN v ON w.s.y.z = v.x",
	"WITH s AS (SELECT a, count(*) AS n FROM t GROUP BY a) SELECT x.a, y.n FROM s x JOIN s y ON x.a = y.n",
	"WITH s AS (SELECT a FROM t WHERE b > 1) SELECT * FROM s WHERE a < 3",
	"SELECT a, k FROM p WHERE k = 2",
	"SELECT a, k FROM p WHERE k IN (1, 3) AND b = 2",
	"SELECT a FROM p WHERE k IS NULL OR k + 1 = 3",
	"SELECT a FROM p WHERE k < b",
	"SELECT max(k), min(k) FROM p WHERE k < 3",
	"SELECT a FROM p WHERE k = (SELECT max(k) FROM p)",
	"SELECT p.a FROM p JOIN t ON p.k = t.a WHERE t.b = 1",
	"SELECT count(*), min(a), max(b), count(c), count(1) FROM t",
	"SELECT count(*) FROM t WHERE a >= 0 OR a IS NULL",
	"SELECT count(*) FROM t, u, v",
	"SELECT count(*) FROM (SELECT a, b FROM t LIMIT 3) s",
	"SELECT count(*) FROM (SELECT t.a FROM t LEFT JOIN u ON t.a = u.a LIMIT 2) s",
	"SELECT count(*) FROM (SELECT a FROM t UNION ALL SELECT b FROM u LIMIT 4 OFFSET 1) s",
	"SELECT a, b, c FROM t ORDER BY a, b, c LIMIT 3",
	"SELECT a, b, c FROM t ORDER BY a DESC, b DESC, c DESC LIMIT 2 OFFSET 1",
	"SELECT a FROM t WHERE 1 = 2 UNION ALL SELECT b FROM u",
	"SELECT t.a, z.b FROM t LEFT JOIN (SELECT b, a FROM u WHERE 1 = 2) z ON t.a = z.a",
	"SELECT a FROM t WHERE a IN (SELECT b FROM u WHERE false) OR a NOT IN (SELECT b FROM u WHERE false)",
	"SELECT x.a, y.a FROM (SELECT a, max(b) AS m FROM t GROUP BY a) x JOIN (SELECT a, max(b) AS m FROM t GROUP BY a) y ON x.m = y.m",
	"SELECT x.a, y.n FROM (SELECT t.a FROM t JOIN u ON t.a = u.a WHERE u.b > 0) x JOIN (SELECT t.a AS n FROM t JOIN u ON t.a = u.a WHERE u.b > 0) y ON x.a = y.n ",
	"SELECT a, n, (SELECT max(n) FROM (SELECT a, count(*) AS n FROM t GROUP BY a) s) AS m FROM (SELECT a, count(*) AS n FROM t GROUP BY a) r",
	"SELECT a FROM t t1 WHERE b = (SELECT max(b) FROM t t2 WHERE t2.a = t1.a AND t2.c = (SELECT min(c) FROM t t3 WHERE t3.b = t2.b AND t3.a = t1.a))",
	"SELECT CASE WHEN a = (SELECT min(x) FROM v) THEN (SELECT count(*) FROM u WHERE u.a = t.a) ELSE 9 END AS n FROM t",
	"SELECT a, sum(n) FROM (SELECT a, (SELECT count(*) FROM u WHERE u.b = t.b) AS n FROM t) s GROUP BY a",
	"SELECT * FROM t JOIN u ON t.a = u.a AND t.b IN (SELECT x FROM v)",
	"SELECT a FROM t GROUP BY a HAVING count(*) > (SELECT count(*) FROM u WHERE u.a = t.a)",
	"SELECT a FROM t WHERE (a, b) IN (SELECT x, y FROM v)",
	"SELECT a FROM t WHERE a > ALL (SELECT x FROM v WHERE v.y = t.b)",
	"SELECT a FROM t WHERE a = ANY (SELECT x FROM v WHERE v.y = t.b)",
}

// TestOracle checks that the rules change no answer.
func TestOracle(t *testing.T) {
	worlds := uint64(8)
	if testing.Short() {
		worlds = 3
	}
	for _, sql := range statements {
		t.Run(sql, func(t *testing.T) {
			for seed := range worlds {
				if !newWorld(seed).compare(t, sql) {
					t.Error("takes too long")
				}
			}
		})
	}
}
