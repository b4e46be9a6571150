package exact

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// query is a generated query.
type query struct {
	sql string
	// steady says that its need does not depend on how fast workers are: nothing
	// ends it early, and no filter arrives while it runs.
	steady bool
}

// generator makes queries, the same ones for the same seed.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 7))} }

func (g generator) pick(of ...string) string { return of[g.IntN(len(of))] }

// next gives a query over a table, and sometimes a second one.
func (g generator) next(table string) query {
	switch shape := g.IntN(10); {
	case shape < 3:
		return query{g.list(table), true}
	case shape < 5:
		return query{g.grouped(table), true}
	case shape < 6:
		return query{fmt.Sprintf("SELECT * FROM (%s) ORDER BY 1, 2", g.twoColumns(table)), true}
	case shape < 7:
		return query{g.twoColumns(table) + g.pick(" UNION ALL ", " UNION ", " EXCEPT ") + g.twoColumns(g.pick(tables...)), true}
	case shape < 8:
		return query{fmt.Sprintf("SELECT %s FROM %s%s LIMIT %d", g.columns(table), table, g.where(), 1+g.IntN(2000)), false}
	case shape < 9:
		return query{fmt.Sprintf("SELECT a.id, b.name, a.v FROM %s a JOIN %s b ON a.id %% 500 = b.id %% 700 AND a.id < %d%s", table, g.pick(tables...), g.IntN(3000),
			g.pick("", " WHERE b.v > 200000")), false}
	}
	return query{fmt.Sprintf("SELECT id, %s FROM %s WHERE id IN (SELECT id FROM %s%s)", g.columns(table), table, g.pick(tables...), g.where()), false}
}

// columns gives some columns, each once.
func (g generator) columns(table string) string {
	all := []string{"id", "name", "v", "note"}
	if table == "orc" {
		all = all[:3]
	}
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return strings.Join(all[:1+g.IntN(len(all))], ", ")
}

func (g generator) where() string {
	switch g.IntN(6) {
	case 0:
		return fmt.Sprintf(" WHERE id BETWEEN %d AND %d", g.IntN(8000), 1000+g.IntN(8000))
	case 1:
		return fmt.Sprintf(" WHERE name = 'name %d'", g.IntN(15))
	case 2:
		return fmt.Sprintf(" WHERE v < %d AND name IS NOT NULL", g.IntN(250_000))
	case 3:
		return fmt.Sprintf(" WHERE id %% 3 = 1 OR name LIKE '%%%d'", g.IntN(10))
	}
	return ""
}

func (g generator) list(table string) string {
	return fmt.Sprintf("SELECT %s FROM %s%s", g.columns(table), table, g.where())
}

func (g generator) twoColumns(table string) string {
	return fmt.Sprintf("SELECT %s FROM %s%s", g.pick("id, name", "id, upper(name)", "length(name), 'x'"), table, g.where())
}

func (g generator) grouped(table string) string {
	return fmt.Sprintf("SELECT %s AS k, %s FROM %s%s GROUP BY 1", g.pick("name", "id % 10", "substr(name, 6)"), g.pick("count(*)", "sum(v)", "max(id), min(v)", "count(DISTINCT id)"),
		table, g.where())
}
