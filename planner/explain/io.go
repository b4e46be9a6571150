package explain

import (
	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// The document of EXPLAIN (TYPE IO), with Trino's names. What is not known is the
// text NaN, as there.
type (
	ioPlan struct {
		Inputs   []ioInput   `json:"inputTableColumnInfos"`
		Output   *ioTable    `json:"outputTable,omitempty"`
		Estimate *ioEstimate `json:"estimate"`
	}
	ioInput struct {
		Table      ioTable      `json:"table"`
		Constraint ioConstraint `json:"constraint"`
		Estimate   *ioEstimate  `json:"estimate"`
	}
	ioTable struct {
		Catalog string   `json:"catalog"`
		Name    ioSchema `json:"schemaTable"`
	}
	ioSchema struct {
		Schema string `json:"schema"`
		Table  string `json:"table"`
	}
	ioConstraint struct {
		None    bool       `json:"none"`
		Columns []ioColumn `json:"columnConstraints"`
	}
	ioColumn struct {
		Name   string   `json:"columnName"`
		Type   string   `json:"type"`
		Domain ioDomain `json:"domain"`
	}
	ioDomain struct {
		Nulls  bool      `json:"nullsAllowed"`
		Ranges []ioRange `json:"ranges"`
	}
	ioRange struct {
		Low  ioMarker `json:"low"`
		High ioMarker `json:"high"`
	}
	// ioMarker is an end of a range. Bounds are EXACTLY, or without a value ABOVE at
	// the lower and BELOW at the upper end: there is none.
	ioMarker struct {
		Value string `json:"value,omitempty"`
		Bound string `json:"bound"`
	}
	ioEstimate struct {
		Rows    any `json:"outputRowCount"`
		Bytes   any `json:"outputSizeInBytes"`
		CPU     any `json:"cpuCost"`
		Memory  any `json:"maxMemory"`
		Network any `json:"networkCost"`
	}
)

const unknown = "NaN"

// IO says which tables a plan reads, what its conditions say of their columns, and
// where its rows go: into a table, or nil to the client. Tables are said to be of
// the catalog named so. Those that only the bound plan reads, before the rules found
// out that nothing of them is needed, have no rows.
func IO(root, bound plan.Node, catalogName string, into *catalog.Table) ([]string, error) {
	doc := ioPlan{Inputs: []ioInput{}, Estimate: &ioEstimate{unknown, unknown, unknown, unknown, unknown}}
	read := map[int]bool{} // by the position of the table's name
	plan.Visit(root, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Scan:
			read[n.Pos] = true
			doc.Inputs = append(doc.Inputs, ioScan(n, catalogName))
		case *plan.Virtual:
			in := ioInput{Table: ioTableOf(catalogName, n.Table.Schema(), n.Table.Name()),
				Estimate: &ioEstimate{unknown, unknown, unknown, unknown, unknown}}
			in.Constraint.of(n.Filter)
			doc.Inputs = append(doc.Inputs, in)
		}
		return true
	})
	plan.Visit(bound, func(n plan.Node) bool {
		if s, ok := n.(*plan.Scan); ok && !read[s.Pos] {
			doc.Inputs = append(doc.Inputs, ioInput{Table: ioTableOf(catalogName, s.Table.Database, s.Table.Name),
				Constraint: ioConstraint{None: true, Columns: []ioColumn{}}, Estimate: &ioEstimate{0, 0, unknown, unknown, unknown}})
		}
		return true
	})
	if rows := expected(root); rows >= 0 {
		doc.Estimate.Rows = rows
	}
	if into != nil {
		t := ioTableOf(catalogName, into.Database, into.Name)
		doc.Output = &t
	}
	return marshal(doc)
}

func ioTableOf(catalogName, schema, table string) ioTable {
	return ioTable{catalogName, ioSchema{schema, table}}
}

func ioScan(n *plan.Scan, catalogName string) ioInput {
	in := ioInput{Table: ioTableOf(catalogName, n.Table.Database, n.Table.Name), Estimate: &ioEstimate{unknown, unknown, unknown, unknown, unknown}}
	conds := n.Filter
	if s := n.Source; s != nil {
		conds = s.Asked
		in.Estimate.Rows = s.Rows
		if s.BytesExpected != plan.UnboundedBytes {
			in.Estimate.Bytes = s.BytesExpected
		}
	}
	in.Constraint.of(conds)
	return in
}

// of says what conditions make of the columns that they mention.
func (c *ioConstraint) of(conds []plan.Expr) {
	c.Columns = []ioColumn{}
	done := map[plan.ColID]bool{}
	for _, cond := range conds {
		plan.Walk(cond, func(x plan.Expr) bool {
			if col, ok := x.(*plan.Col); ok && !done[col.ID] {
				done[col.ID] = true
				c.add(plan.DomainOf(conds, col.ID, col.Typ), col)
			}
			return true
		})
	}
}

// add lists what is said of a column, if anything is.
func (c *ioConstraint) add(d plan.Domain, col *plan.Col) {
	if !d.Says() {
		return
	}
	out := ioColumn{Name: col.Name, Type: col.Typ.String(), Domain: ioDomain{Ranges: []ioRange{}}}
	switch {
	case d.HasValues:
		c.None = c.None || len(d.Values) == 0
		for _, v := range d.Values {
			m := ioMarker{ioValue(v), "EXACTLY"}
			out.Domain.Ranges = append(out.Domain.Ranges, ioRange{m, m})
		}
	default:
		r := ioRange{ioMarker{Bound: "ABOVE"}, ioMarker{Bound: "BELOW"}}
		if d.HasLow {
			r.Low = ioMarker{ioValue(d.Low), "EXACTLY"}
		}
		if d.HasHigh {
			r.High = ioMarker{ioValue(d.High), "EXACTLY"}
		}
		out.Domain.Ranges = append(out.Domain.Ranges, r)
	}
	c.Columns = append(c.Columns, out)
}

func ioValue(v types.Value) string { return string(types.AppendValue(nil, v)) }
