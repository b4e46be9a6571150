package exec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/size"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner"
	"github.com/glauxdb/glaux/planner/plan"
)

// filterSetting asks that every scan of several partitions has a condition that
// selects among them. Trino has it for each of its catalogs.
const filterSetting = "query_partition_filter_required"

// previewRows is how many rows a query may ask for without a condition on anything:
// a look at what a table is like ends with the first files.
const previewRows = 10_000

// longStatement is the length from which a statement is not repeated in a refusal.
const longStatement = 8 << 10

// Who asks for a condition on a partition key.
const (
	byTable     = "table property"
	byWorkgroup = "workgroup"
	bySession   = "session setting"
)

// unselective is a scan of several partitions that nothing chose, where somebody
// asks for a choice.
type unselective struct {
	e    *TableEstimate
	by   string // byTable ...
	over int64  // stored bytes that would have been allowed
}

// needsFilter refuses a plan that reads partitions which no condition selects, if
// the table, the workgroup or the session asks for one: 53400.
//
//	scan ── of several partitions, of data bytes, with nothing that selects ──> property, workgroup, session ──> refusal
func (r *running) needsFilter(tables []TableEstimate) error {
	var found []unselective
	for i := range tables {
		e := &tables[i]
		if !readsUnselected(e) {
			continue
		}
		u, err := r.ruleFor(e)
		if err != nil {
			return err
		}
		if u != nil {
			found = append(found, *u)
		}
	}
	if len(found) == 0 {
		return nil
	}
	slices.SortStableFunc(found, func(a, b unselective) int { return int(min(1, max(-1, b.e.SizeTotal-a.e.SizeTotal))) })
	return r.refuseUnselective(found)
}

// readsUnselected reports whether a scan reads data of several partitions that
// nothing has selected. A preview does not count, nor what metadata answer.
func readsUnselected(e *TableEstimate) bool {
	s := e.scan
	if len(s.Table.PartitionKeys) == 0 || e.BytesUpper == 0 || slices.Contains(s.Source.Selects, true) {
		return false
	}
	for _, d := range s.Dynamic {
		for _, c := range s.Cols {
			if c.ID == d.Col && (c.Index >= len(s.Table.Columns) || c.Index == plan.HiddenPath || c.Index == plan.HiddenPartition) {
				return false // joins prune when they run
			}
		}
	}
	if s.Limit > 0 && s.Limit <= previewRows && len(s.Filter) == 0 && len(s.Dynamic) == 0 {
		return false
	}
	files := s.Source.Files
	return slices.ContainsFunc(files, func(f *lake.File) bool { return f.Partition != files[0].Partition })
}

// ruleFor finds who asks for a condition, nil if nobody does.
func (r *running) ruleFor(e *TableEstimate) (*unselective, error) {
	rule, err := partition.FilterRuleOf(e.scan.Table)
	if err != nil {
		return nil, err
	}
	asked := func(by string, over int64) (*unselective, error) { return &unselective{e, by, over}, nil }
	switch {
	case rule.Required && e.SizeTotal > rule.Over:
		return asked(byTable, rule.Over)
	case r.profile.PartitionFilterOver > 0 && e.SizeTotal > r.profile.PartitionFilterOver:
		return asked(byWorkgroup, r.profile.PartitionFilterOver)
	case r.setting(filterSetting) == "on":
		return asked(bySession, 0)
	}
	return nil, nil
}

// setting gives a setting of the session as it was when the query began.
func (r *running) setting(name string) string {
	v, _ := r.session.Setting(name)
	return v
}

// filterRefusal is the detail of the error as JSON. Sizes are bytes.
type filterRefusal struct {
	Reason     string           `json:"reason"` // partition_filter
	RequiredBy string           `json:"required_by"`
	Over       int64            `json:"over"`
	Table      filterTable      `json:"table"`
	Try        *filterSuggested `json:"suggestion,omitempty"`
	Hint       string           `json:"hint,omitempty"`
}

type filterTable struct {
	Schema          string   `json:"schema"`
	Name            string   `json:"name"`
	Bytes           int64    `json:"bytes_stored"` // of the selected files
	BytesUpper      int64    `json:"bytes_upper"`
	Files           int      `json:"files"`
	PartitionsTotal int      `json:"partitions_total"`
	PartitionKeys   []string `json:"partition_keys"`
}

type filterSuggested struct {
	Where string `json:"where"`
	SQL   string `json:"sql,omitempty"` // the whole statement with it
}

// refuseUnselective makes the error; the largest scan comes first.
func (r *running) refuseUnselective(found []unselective) error {
	u := &found[0]
	e := u.e
	f := fault.New(fault.CodeLimitExceeded, "Filter required on %s for at least one of its partition columns: %s", e.name(), strings.Join(e.PartitionKeys, ", "))
	f.Schema, f.Table = e.Database, e.Table
	f.Detail = fmt.Sprintf("%s; no condition selects among the partitions: %s in %d files of %d partitions would be read.",
		u.reason(r.profile.Workgroup), size.Text(e.SizeTotal), e.Files, e.Partitions)
	try := r.suggestFilter(found)
	if try != nil {
		f.Hint = "Select partitions, for example the latest: WHERE " + try.Where
		if readsKeysOnly(e.scan) {
			f.Hint = fmt.Sprintf("Which partitions there are is in %s.%s. ", types.QuoteIdent(e.Database), types.QuoteIdent(e.Table+"$partitions")) + f.Hint
		}
	}
	if r.setting(errorFormat) == "json" {
		data, err := json.Marshal(filterRefusal{Reason: "partition_filter", RequiredBy: u.by, Over: u.over, Try: try, Hint: f.Hint,
			Table: filterTable{e.Database, e.Table, e.SizeTotal, e.BytesUpper, e.Files, e.PartitionsTotal, e.PartitionKeys}})
		if err != nil {
			return fault.Wrap(err, fault.CodeInternal, "a refusal cannot be written as JSON")
		}
		f.Detail = string(data)
	}
	return f
}

// readsKeysOnly reports whether a scan wants partition keys and nothing else.
func readsKeysOnly(s *plan.Scan) bool {
	return len(s.Cols) > 0 && !slices.ContainsFunc(s.Cols, func(c plan.ScanColumn) bool { return c.Index < len(s.Table.Columns) })
}

// reason says who asks for the condition, as the beginning of a sentence.
func (u *unselective) reason(workgroup string) string {
	over := ""
	if u.over > 0 {
		over = " over " + size.Text(u.over)
	}
	switch u.by {
	case byTable:
		return fmt.Sprintf("The table has %s = 'required%s'", partition.PropertyFilter, over)
	case bySession:
		return "The session has " + filterSetting + " = on"
	}
	return fmt.Sprintf("Workgroup %q asks for one%s", workgroup, over)
}

// suggestFilter writes the latest partition of each of some scans into the WHERE of
// its query; nil if a scan has no partition.
func (r *running) suggestFilter(found []unselective) *filterSuggested {
	var list []planner.Narrowing
	for _, u := range found {
		conds := u.e.Example
		if len(conds) == 0 {
			return nil
		}
		list = append(list, planner.Narrowing{Pos: u.e.scan.Pos, Table: u.e.Table, Condition: func(prefix string) string {
			return prefix + strings.Join(conds, " AND "+prefix)
		}})
	}
	try := &filterSuggested{Where: list[0].Condition("")}
	if len(r.sql) > longStatement {
		return try
	}
	if sql, wheres, ok := planner.Narrow(r.sql, list); ok {
		try.Where, try.SQL = wheres[0], sql
	}
	return try
}
