package fn_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// randomShape gives the text of a small shape, of none or NULL.
func randomShape(r *rand.Rand) string {
	x, y, d := float64(r.IntN(40)), float64(r.IntN(40)), float64(1+r.IntN(12))
	switch r.IntN(12) {
	case 0:
		return "NULL"
	case 1:
		return "'POINT EMPTY'"
	case 2:
		return "'POLYGON EMPTY'"
	case 3, 4, 5:
		return fmt.Sprintf("'POINT (%g %g)'", x, y)
	case 6, 7:
		return fmt.Sprintf("'LINESTRING (%g %g, %g %g, %g %g)'", x, y, x+d, y, x+d, y+d/2)
	case 8:
		return fmt.Sprintf("'MULTIPOINT (%g %g, %g %g)'", x, y, x+d, y+d)
	}
	return fmt.Sprintf("'POLYGON ((%g %g, %g %g, %g %g, %g %g))'", x, y, x+d, y, x+d, y+d, x, y+d/2)
}

func shapeTable(r *rand.Rand, name string, n int) string {
	var rows []string
	for i := range n {
		rows = append(rows, fmt.Sprintf("(%d, %s)", i, randomShape(r)))
	}
	return fmt.Sprintf("(SELECT id, ST_GeometryFromText(w) AS g, id %% 9 - 2.5 AS d FROM (VALUES %s) v(id, w)) %s", strings.Join(rows, ", "), name)
}

// TestSpatialJoins compares joins through the R-tree with the same ones through a
// nested loop, which the planner takes where a condition is hidden in a CASE.
func TestSpatialJoins(t *testing.T) {
	pg, _ := sessions(t)
	conds := []string{"ST_Contains(a.g, b.g)", "ST_Within(a.g, b.g)", "ST_Intersects(a.g, b.g)", "ST_Intersects(b.g, a.g) AND a.id < b.id", "ST_Crosses(a.g, b.g)",
		"ST_Overlaps(a.g, b.g)", "ST_Touches(b.g, a.g)", "ST_Equals(a.g, b.g)", "ST_Distance(a.g, b.g) < 3", "ST_Distance(a.g, b.g) <= 3", "2.5 > ST_Distance(b.g, a.g)",
		"ST_Distance(a.g, b.g) < a.d", "ST_Distance(a.g, b.g) <= b.d", "ST_Distance(a.g, b.g) < 'NaN'::double precision", "ST_Distance(a.g, b.g) < 'Infinity'::double precision",
		"ST_Distance(a.g, b.g) <= -1", "ST_Distance(a.g, b.g) < NULL::double precision", "ST_Intersects(ST_Envelope(a.g), b.g)"}
	shapes := []string{
		"SELECT a.id, b.id FROM %s JOIN %s ON %s", "SELECT a.id, b.id FROM %s LEFT JOIN %s ON %s", "SELECT a.id, b.id FROM %s RIGHT JOIN %s ON %s",
		"SELECT a.id, b.id FROM %s FULL JOIN %s ON %s", "SELECT a.id FROM %s WHERE EXISTS (SELECT 1 FROM %s WHERE %s)",
		"SELECT a.id FROM %s WHERE NOT EXISTS (SELECT 1 FROM %s WHERE %s)", "SELECT a.id, EXISTS (SELECT 1 FROM %[2]s WHERE %[3]s) FROM %[1]s",
	}
	r := rand.New(rand.NewPCG(7, 20))
	pairs, trees := 0, 0
	for i := range 2 * len(conds) {
		cond, sizes := conds[i%len(conds)], [2]int{1 + r.IntN(60), 1 + r.IntN(60)}
		a, b := shapeTable(r, "a", sizes[0]), shapeTable(r, "b", sizes[1])
		for _, s := range shapes {
			sql := fmt.Sprintf(s, a, b, cond)
			slow := fmt.Sprintf(s, a, b, "CASE WHEN "+cond+" THEN true ELSE false END")
			got, err := pg.Query(t.Context(), sql)
			if err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
			want, err := pg.Query(t.Context(), slow)
			if err != nil {
				t.Fatalf("%s: %v", slow, err)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("%s\n%d rows through the tree, %d through the loop", sql, len(got), len(want))
			}
			pairs += len(got)
			plan, err := pg.Query(t.Context(), "EXPLAIN "+sql)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(strings.Join(plan, "\n"), "rtree=") {
				trees++
			}
		}
	}
	if pairs < 5_000 || trees < 2*len(shapes)*(len(conds)-2) {
		t.Errorf("%d rows, %d plans with an R-tree: the test does not see what it should", pairs, trees)
	}
}

// BenchmarkSpatialJoin joins 20,000 points with 500 squares through the tree and through
// a nested loop.
func BenchmarkSpatialJoin(b *testing.B) {
	pg, _ := sessions(b)
	const points = "(SELECT ST_Point(i * 7919 % 100000 / 100.0, i * 7001 % 99991 / 100.0) AS p FROM generate_series(1, 20000) t(i)) a"
	const squares = "(SELECT bing_tile_polygon(bing_tile(k % 32 + 16, k % 29 + 17, 6)) AS z FROM generate_series(1, 500) t(k)) b"
	for _, c := range []struct{ name, cond string }{{"tree", "ST_Contains(z, p)"}, {"loop", "CASE WHEN ST_Contains(z, p) THEN true ELSE false END"}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := pg.Query(b.Context(), "SELECT count(*) FROM "+points+" JOIN "+squares+" ON "+c.cond); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
