package pgcatalog

import (
	"embed"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Rows that are the same in every PostgreSQL 15, a file for each relation, tab
// between the columns and \N for NULL.
//
//go:embed data/rows/*.tsv
var fixedRows embed.FS

// fixed shows the rows of a file of data/rows.
func fixed(schema, name string) rowsFunc {
	return func(a *asking) (rowSet, error) {
		tab := a.byName[schema][name]
		data, err := fixedRows.ReadFile("data/rows/" + schema + "." + name + ".tsv")
		if err != nil {
			return rowSet{}, fault.Wrap(err, fault.CodeInternal, "the rows of %s are missing", name)
		}
		var rows [][]types.Value
		for _, f := range lines(string(data)) {
			row := make([]types.Value, len(f))
			for c, text := range f {
				if row[c], err = a.fixedValue(tab, c, text); err != nil {
					return rowSet{}, err
				}
			}
			rows = append(rows, row)
		}
		return rowSet{n: len(rows), value: func(i, c int) types.Value { return rows[i][c] }}, nil
	}
}

func (a *asking) fixedValue(tab *table, c int, text string) (types.Value, error) {
	if text == `\N` {
		return types.Value{Null: true}, nil
	}
	if tab.pgTypes[c] == "regproc" {
		return oid(a.procOID(text)), nil
	}
	return types.ParseValue(text, tab.columns[c].Type, time.UTC)
}
