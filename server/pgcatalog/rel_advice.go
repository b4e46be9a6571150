package pgcatalog

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/advisor"
)

// advice is a row of the table: a finding and the window that was looked at.
type advice struct {
	advisor.Finding
	days float64
}

func adviceColumns() []ownColumn[advice] {
	text, big := types.TVarchar, types.TBigInt
	return []ownColumn[advice]{
		{"days", types.TDouble, func(x *advice) types.Value { return float(x.days) }},
		{"kind", text, func(x *advice) types.Value { return str(string(x.Kind)) }},
		{"table_schema", text, func(x *advice) types.Value { return orNull(x.Database) }},
		{"table_name", text, func(x *advice) types.Value { return orNull(x.Table) }},
		{"workgroup", text, func(x *advice) types.Value { return orNull(x.Workgroup) }},
		{"finding", text, func(x *advice) types.Value { return str(x.What) }},
		{"evidence", text, func(x *advice) types.Value { return str(x.Evidence) }},
		{"queries", big, func(x *advice) types.Value { return num(x.Queries) }},
		{"bytes_scanned", big, func(x *advice) types.Value { return num(x.BytesScanned) }},
		{"bytes_wasted_per_week", big, func(x *advice) types.Value { return num(x.BytesWasted) }},
		{"requests_wasted_per_week", big, func(x *advice) types.Value { return num(x.RequestsWasted) }},
		{"cost_wasted_per_week", types.TDouble, func(x *advice) types.Value {
			if x.Cost == nil {
				return types.Value{Null: true}
			}
			return float(*x.Cost)
		}},
		{"sql", text, func(x *advice) types.Value { return orNull(advisor.Script(x.SQL)) }},
		{"notes", text, func(x *advice) types.Value { return orNull(strings.Join(x.Notes, "\n")) }},
		{"details", types.TJSON, func(x *advice) types.Value { return finding(&x.Finding) }},
	}
}

// finding is all of a finding, for programs.
func finding(f *advisor.Finding) types.Value {
	b, err := json.Marshal(f)
	if err != nil {
		return types.Value{Null: true} // strings and numbers always marshal
	}
	return str(string(b))
}

const day = 24 * time.Hour

// maxAdviceDays is more than any history keeps.
const maxAdviceDays = 36_500

// adviceRows lists what the advisor finds in the days that a condition on days
// names, in the last seven without one.
func adviceRows(a *asking) (rowSet, error) {
	table := a.byName[schemaOwn]["advice"]
	if a.advisor == nil {
		return rowSet{}, nil
	}
	a.settle()
	windows := []float64{float64(advisor.DefaultWindow / day)}
	if l, ok := a.eq["days"]; ok {
		windows = windows[:0]
		for _, v := range l.list {
			windows = append(windows, v.F)
		}
	}
	var list []advice
	for _, days := range windows {
		if !(days > 0 && days <= maxAdviceDays) { // nor NaN
			return rowSet{}, fault.New(fault.CodeInvalidParameter, "days = %v: the advisor looks at more than 0 and at most %d days of the history", days, maxAdviceDays)
		}
		now := time.Now()
		rep, err := a.advisor.Advise(a.ctx, advisor.Request{Since: now.Add(-max(1, time.Duration(days*float64(day)))), Until: now})
		if err != nil {
			return rowSet{}, err
		}
		for _, f := range rep.Findings {
			list = append(list, advice{f, days})
		}
	}
	return show(table, list, showers(adviceColumns())), nil
}
