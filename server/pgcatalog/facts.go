package pgcatalog

import (
	_ "embed" // for the unique indexes of PostgreSQL 15
	"strings"
	"sync"

	"github.com/glauxdb/glaux/planner/plan"
)

//go:embed data/keys.tsv
var keysTSV string

// pgKeys are the columns that PostgreSQL's unique indexes hold, by relation.
var pgKeys = sync.OnceValue(func() map[string][][]string {
	out := map[string][][]string{}
	for _, f := range lines(keysTSV) {
		out[f[0]] = append(out[f[0]], strings.Fields(f[1]))
	}
	return out
})

// usualColumns are the columns that a relation is taken to have where only the
// order of joins depends on it.
const usualColumns = 20

// size is an estimate of how large a virtual table is: rows, of which some for
// each relation, and how many values columns have.
type size struct {
	rows, perRel float64
	relation     []string // columns with a value for each relation
	namespace    []string // columns with a value for each schema
	few          map[string]float64
}

// sizes are the tables that grow with the catalog or are large by themselves.
var sizes = map[string]size{
	"pg_catalog.pg_class": {perRel: 1, relation: []string{"oid", "relname"}, namespace: []string{"relnamespace"},
		few: map[string]float64{"relkind": 2, "relpersistence": 1, "relam": 2}},
	"pg_catalog.pg_attribute": {perRel: usualColumns, relation: []string{"attrelid"},
		few: map[string]float64{"attnum": usualColumns, "attisdropped": 1, "attname": 1000, "atttypid": 20}},
	"pg_catalog.pg_type": {rows: 185, perRel: 2, relation: []string{"oid", "typname", "typrelid"}, namespace: []string{"typnamespace"}},
	"pg_catalog.pg_description": {rows: 100, perRel: usualColumns, relation: []string{"objoid"},
		few: map[string]float64{"classoid": 1, "objsubid": usualColumns}},
	"pg_catalog.pg_proc":         {rows: 2000, few: map[string]float64{"proname": 1000, "oid": 2000}},
	"pg_catalog.pg_operator":     {rows: 400, few: map[string]float64{"oprname": 50, "oid": 400}},
	"pg_catalog.pg_tables":       {perRel: 1, relation: []string{"tablename"}, namespace: []string{"schemaname"}},
	"pg_catalog.pg_views":        {perRel: 0.1, relation: []string{"viewname"}, namespace: []string{"schemaname"}},
	"information_schema.tables":  {perRel: 1, relation: []string{"table_name"}, namespace: []string{"table_schema"}},
	"information_schema.columns": {perRel: usualColumns, relation: []string{"table_name"}, namespace: []string{"table_schema"}},
	"information_schema.views":   {perRel: 0.1, relation: []string{"table_name"}, namespace: []string{"table_schema"}},
}

// smallTable is the size of tables that do not grow.
const smallTable = 20

// Facts implements plan.VirtualFacts with the catalog as it was last seen.
func (t *table) Facts() plan.TableFacts {
	if t.rows == nil {
		return plan.TableFacts{Empty: true}
	}
	f := plan.TableFacts{Rows: smallTable, Distinct: map[int]float64{}, Keys: t.keys}
	s, ok := sizes[t.schema+"."+t.name]
	if !ok {
		f.Distinct[t.column("oid")] = smallTable
		return f
	}
	rels, spaces := 1000.0, 10.0
	if ix := t.owner.index.Load(); ix != nil {
		rels, spaces = float64(len(ix.rels)), float64(len(ix.spaces))
	}
	f.Rows = s.rows + s.perRel*rels
	for _, c := range s.relation {
		f.Distinct[t.column(c)] = rels
	}
	for _, c := range s.namespace {
		f.Distinct[t.column(c)] = spaces
	}
	for c, n := range s.few {
		f.Distinct[t.column(c)] = n
	}
	return f
}

// uniqueKeys gives the positions of the columns of a table's unique keys.
func (t *table) uniqueKeys() [][]int {
	if t.schema != schemaPG {
		return nil
	}
	var out [][]int
	for _, names := range pgKeys()[t.name] {
		key := make([]int, len(names))
		for i, n := range names {
			key[i] = t.column(n)
		}
		out = append(out, key)
	}
	return out
}

// column gives the position of a column, -1 if there is none.
func (t *table) column(name string) int {
	for i, c := range t.columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}
