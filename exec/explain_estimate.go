package exec

import (
	"encoding/json"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// explainEstimate answers EXPLAIN (ESTIMATE): a row for each scan and one with
// their sum. The plan was made, so listings and footers were read, but nothing
// else is.
func (s *Session) explainEstimate(r *running, q *plan.Query, stmt *plan.Explain) (*Result, error) {
	tables := r.estimates(q.Root)
	verdict := Verdict{Refusal: r.needsFilter(tables)}
	if r.control != nil {
		verdict = r.control.Verdict(r.ctx, PlanInfo{Tables: tables, Refused: verdict.Refusal})
	}
	rows := estimateRows(tables, verdict)
	st := r.stats()
	var res *Result
	if stmt.Format == "json" {
		data, err := estimateJSON(rows, verdict)
		if err != nil {
			return nil, r.fail(err)
		}
		res = textResult("EXPLAIN", explainColumns(stmt), [][]string{{data}})
	} else {
		res = valueResult("EXPLAIN", estimateColumns(), rows)
	}
	r.end(st, nil)
	if verdict.Refusal != nil {
		res.notices = append(res.notices, wouldRefuse(verdict.Refusal))
	}
	res.notices = append(res.notices, s.takeNotices()...)
	res.stats = func() Stats { return st }
	return res, nil
}

// wouldRefuse is the refusal that the query would meet, as a notice.
func wouldRefuse(err error) *fault.Error {
	f := *fault.As(err)
	n := fault.New(fault.CodeSuccess, "the query would be refused: %s", f.Message)
	n.Detail, n.Hint, n.Schema, n.Table = f.Detail, f.Hint, f.Schema, f.Table
	return n
}

// estimateColumns describes the rows of EXPLAIN (ESTIMATE).
func estimateColumns() []Column {
	var cols []Column
	for _, c := range estimateFields {
		cols = append(cols, Column{Name: c.name, Type: c.typ})
	}
	return cols
}

// estimateFields are the columns of EXPLAIN (ESTIMATE) in order.
var estimateFields = []struct {
	name string
	typ  types.Type
	of   func(e *TableEstimate, v *Verdict) types.Value
}{
	{"table", types.TVarchar, func(e *TableEstimate, _ *Verdict) types.Value { return types.StringOf(types.TVarchar, e.name()) }},
	{"partitions_total", types.TBigInt, func(e *TableEstimate, _ *Verdict) types.Value { return e.ofPartitions(e.PartitionsTotal) }},
	{"partitions_selected", types.TBigInt, func(e *TableEstimate, _ *Verdict) types.Value { return e.ofPartitions(e.Partitions) }},
	{"files_total", types.TBigInt, func(e *TableEstimate, _ *Verdict) types.Value { return bigint(int64(e.FilesTotal)) }},
	{"files_selected", types.TBigInt, func(e *TableEstimate, _ *Verdict) types.Value { return bigint(int64(e.Files)) }},
	{"bytes_lower", types.TBigInt, func(e *TableEstimate, _ *Verdict) types.Value { return bigint(e.BytesLower) }},
	{"bytes_upper", types.TBigInt, func(e *TableEstimate, _ *Verdict) types.Value { return bounded(e.BytesUpper) }},
	{"bytes_expected", types.TBigInt, func(e *TableEstimate, _ *Verdict) types.Value { return bounded(e.BytesExpected) }},
	{"tier", types.TVarchar, func(e *TableEstimate, _ *Verdict) types.Value {
		return types.StringOf(types.TVarchar, string(e.Tier))
	}},
	{"price", types.TDouble, (*TableEstimate).price},
	{"would_pass", types.TBoolean, (*TableEstimate).wouldPass},
	{"limit", types.TBigInt, func(_ *TableEstimate, v *Verdict) types.Value {
		if !v.Limited {
			return types.NullOf(types.TBigInt)
		}
		return bigint(v.Limit)
	}},
}

func bigint(n int64) types.Value { return types.IntOf(types.TBigInt, n) }

// bounded is a number of bytes, NULL for those without end.
func bounded(n int64) types.Value {
	if n == plan.UnboundedBytes {
		return types.NullOf(types.TBigInt)
	}
	return bigint(n)
}

// totalName is what stands for the table in the row with the sum.
const totalName = "total"

func (e *TableEstimate) name() string {
	if e.Database == "" {
		return e.Table
	}
	return e.Database + "." + e.Table
}

// ofPartitions is NULL for what has no partitions.
func (e *TableEstimate) ofPartitions(n int) types.Value {
	if len(e.PartitionKeys) == 0 {
		return types.NullOf(types.TBigInt)
	}
	return bigint(int64(n))
}

// price is what the upper bound costs: the most that the query can cost.
func (e *TableEstimate) price(v *Verdict) types.Value {
	if v.PricePerTB == 0 || e.BytesUpper == plan.UnboundedBytes {
		return types.NullOf(types.TDouble)
	}
	return types.FloatOf(types.TDouble, float64(e.BytesUpper)/(1<<40)*v.PricePerTB)
}

// wouldPass is true if the upper bound is within the limit, false if the lower
// one is not (or the whole query is refused, for the row with the sum), and NULL
// if it depends on what the data are.
func (e *TableEstimate) wouldPass(v *Verdict) types.Value {
	switch {
	case e.Table == totalName && e.Database == "" && v.Refusal != nil:
		return types.BoolOf(false)
	case !v.Limited || e.BytesUpper <= v.Limit:
		return types.BoolOf(true)
	case e.BytesLower > v.Limit:
		return types.BoolOf(false)
	}
	return types.NullOf(types.TBoolean)
}

// estimateRows gives a row for each scan and the total, parallel to
// estimateFields.
func estimateRows(tables []TableEstimate, v Verdict) [][]types.Value {
	var rows [][]types.Value
	for _, e := range append(tables[:len(tables):len(tables)], sumEstimates(tables)) {
		row := make([]types.Value, len(estimateFields))
		for i, c := range estimateFields {
			row[i] = c.of(&e, &v)
		}
		rows = append(rows, row)
	}
	return rows
}

// sumEstimates adds up a query's scans.
func sumEstimates(tables []TableEstimate) TableEstimate {
	sum := TableEstimate{Table: totalName, Tier: TierExact}
	for i := range tables {
		e := &tables[i]
		sum.BytesLower = plan.AddBytes(sum.BytesLower, e.BytesLower)
		sum.BytesUpper = plan.AddBytes(sum.BytesUpper, e.BytesUpper)
		sum.BytesExpected = plan.AddBytes(sum.BytesExpected, e.BytesExpected)
		sum.Files += e.Files
		sum.FilesTotal += e.FilesTotal
		sum.Partitions += e.Partitions
		sum.PartitionsTotal += e.PartitionsTotal
		if len(e.PartitionKeys) > 0 {
			sum.PartitionKeys = e.PartitionKeys
		}
		if e.Tier == TierHeuristic || sum.Tier == TierExact {
			sum.Tier = e.Tier
		}
	}
	return sum
}

// estimateJSON writes the rows as one JSON document, with the keys in the order
// of the columns.
func estimateJSON(rows [][]types.Value, v Verdict) (string, error) {
	doc := struct {
		Tables  []orderedRow `json:"tables"`
		Total   orderedRow   `json:"total"`
		Refusal string       `json:"refusal,omitempty"`
		Hint    string       `json:"hint,omitempty"`
	}{Tables: []orderedRow{}}
	for _, row := range rows[:len(rows)-1] {
		doc.Tables = append(doc.Tables, orderedRow(row))
	}
	doc.Total = orderedRow(rows[len(rows)-1])
	if f := fault.As(v.Refusal); f != nil {
		doc.Refusal, doc.Hint = f.Message, f.Hint
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return "", fault.Wrap(err, fault.CodeInternal, "EXPLAIN cannot write JSON")
	}
	return string(data), nil
}

// orderedRow is a row of estimateFields as a JSON object.
type orderedRow []types.Value

// MarshalJSON implements json.Marshaler.
func (r orderedRow) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, v := range r {
		key, err := json.Marshal(estimateFields[i].name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(jsonValue(v))
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}

func jsonValue(v types.Value) any {
	switch {
	case v.Null:
		return nil
	case v.Type.Equal(types.TVarchar):
		return v.S
	case v.Type.Equal(types.TDouble):
		return v.F
	case v.Type.Equal(types.TBoolean):
		return v.I != 0
	}
	return v.I
}

// valueResult makes a result of rows of values.
func valueResult(tag string, cols []Column, rows [][]types.Value) *Result {
	b := &vector.Batch{N: len(rows)}
	for c, col := range cols {
		v := vector.New(col.Type, 0)
		for _, row := range rows {
			v.AppendValue(row[c])
		}
		b.Cols = append(b.Cols, v)
	}
	return &Result{cols: cols, rows: &batches{b}, tag: tag}
}
