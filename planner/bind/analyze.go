package bind

import (
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/statistics"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/parse"
	"github.com/glauxdb/glaux/planner/plan"
)

// analyze takes ANALYZE and VACUUM. Of temporary tables everything is known already;
// of tables of the lake ANALYZE is a query whose row becomes their statistics.
func (b *binder) analyze(s *ast.Analyze) (plan.Statement, error) {
	out := &plan.Analyze{}
	for i, n := range s.Tables {
		if _, ok := b.tempNamed(n); ok {
			continue
		}
		if s.Command != "ANALYZE" {
			if _, _, err := b.lookup(n); err != nil {
				return nil, err
			}
			return nil, b.unsupported(n.Position(), "%s is only supported for temporary tables", s.Command)
		}
		t, err := b.existingTable(n)
		if err != nil {
			return nil, err
		}
		var names []ast.Ident
		if !s.Rows {
			names = s.Columns[i]
		}
		one, err := b.analyzeTable(t, names, s.Rows)
		if err != nil {
			return nil, err
		}
		out.Tables = append(out.Tables, *one)
	}
	if len(s.Tables) == 0 {
		return nil, b.unsupported(s.Pos, "%s of every table is not supported", s.Command).WithHint("Name the tables: ANALYZE a, b.")
	}
	if len(out.Tables) == 0 {
		return &plan.Accepted{Command: s.Command}, nil
	}
	return out, nil
}

// analyzeTable makes the query that counts a table's rows and, unless rowsOnly, the
// columns with these names; nil for all that have statistics.
func (b *binder) analyzeTable(t *catalog.Table, names []ast.Ident, rowsOnly bool) (*plan.AnalyzeTable, error) {
	out := &plan.AnalyzeTable{Table: t}
	for _, c := range t.AllColumns() {
		if kind := statisticsKind(c.Type); kind != "" && names == nil && !rowsOnly {
			out.Columns = append(out.Columns, plan.AnalyzeColumn{Column: c, Kind: kind})
		}
	}
	for _, id := range names {
		c, err := b.analyzed(t, id)
		if err != nil {
			return nil, err
		}
		out.Columns = append(out.Columns, c)
	}
	name := types.QuoteIdent(t.Database) + "." + types.QuoteIdent(t.Name)
	items := []string{"count(*)", `(SELECT CAST(coalesce(sum("$file_size"), 0) AS bigint) FROM (SELECT DISTINCT "$path", "$file_size" FROM ` + name + `) f)`}
	for _, c := range out.Columns {
		items = append(items, measures(c)...)
	}
	stmt, err := parse.ParseOne("SELECT " + strings.Join(items, ", ") + " FROM " + name)
	if err != nil {
		return nil, err
	}
	r, err := b.query(stmt.(*ast.Query), nil, nil)
	if err != nil {
		return nil, err
	}
	out.Query, err = b.finish(r, "SELECT")
	return out, err
}

func (b *binder) analyzed(t *catalog.Table, id ast.Ident) (plan.AnalyzeColumn, error) {
	for _, c := range t.AllColumns() {
		if !strings.EqualFold(c.Name, id.Name) {
			continue
		}
		kind := statisticsKind(c.Type)
		if kind == "" {
			return plan.AnalyzeColumn{}, b.unsupported(id.Pos, "columns of type %s have no statistics", c.Type)
		}
		return plan.AnalyzeColumn{Column: c, Kind: kind}, nil
	}
	return plan.AnalyzeColumn{}, b.fail(id.Pos, fault.CodeUndefinedColumn, "column %q of relation %q does not exist", id.Name, t.Name)
}

// statisticsKind tells how Glue writes the statistics of a type; "" for those that have
// none.
func statisticsKind(t types.Type) statistics.Kind {
	switch {
	case t.IsInteger(), t.Kind == types.Timestamp, t.Kind == types.TimestampTZ:
		return statistics.Long
	case t.IsFloat():
		return statistics.Double
	case t.Kind == types.Decimal:
		return statistics.Dec
	case t.Kind == types.Date:
		return statistics.Date
	case t.Kind == types.Varchar, t.Kind == types.Char:
		return statistics.String
	case t.Kind == types.Varbinary:
		return statistics.Binary
	case t.Kind == types.Boolean:
		return statistics.Boolean
	}
	return ""
}

// measures are what is asked of a column: plan.AnalyzeMeasures expressions, the number
// of values, about how many are different, two that depend on the kind.
func measures(c plan.AnalyzeColumn) []string {
	x := types.QuoteIdent(c.Column.Name)
	distinct, low, high := "approx_distinct("+x+")", "min("+x+")", "max("+x+")"
	switch c.Kind {
	case statistics.Long:
		if !c.Column.Type.IsInteger() {
			low, high = fmt.Sprintf("CAST(floor(to_unixtime(%s)) AS bigint)", low), fmt.Sprintf("CAST(floor(to_unixtime(%s)) AS bigint)", high)
		} else {
			low, high = "CAST("+low+" AS bigint)", "CAST("+high+" AS bigint)"
		}
	case statistics.Double:
		low, high = "CAST("+low+" AS double)", "CAST("+high+" AS double)"
	case statistics.Dec:
		low, high = "CAST("+low+" AS decimal(38,"+fmt.Sprint(c.Column.Type.S)+"))", "CAST("+high+" AS decimal(38,"+fmt.Sprint(c.Column.Type.S)+"))"
	case statistics.String:
		low, high = "avg(CAST(length("+x+") AS double))", "max(length("+x+"))"
	case statistics.Binary:
		distinct, low, high = "NULL", "avg(CAST(length("+x+") AS double))", "max(length("+x+"))"
	case statistics.Boolean:
		distinct, low, high = "NULL", "count_if("+x+")", "count_if(NOT "+x+")"
	}
	return []string{"count(" + x + ")", distinct, low, high}
}
