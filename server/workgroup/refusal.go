package workgroup

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/planner/plan"
)

// Refusal is the first sentence of every refusal: the words that Athena uses.
const Refusal = "Bytes scanned limit was exceeded"

// refusal is why a query may not read on. As JSON it is the detail of the error
// for sessions with glaux.error_format = json; sizes are bytes.
type refusal struct {
	Reason    string         `json:"reason"` // query_limit or budget
	Workgroup string         `json:"workgroup"`
	Limit     int64          `json:"limit"`
	Needed    int64          `json:"needed"` // by the query, at least
	Read      int64          `json:"read"`   // by the query so far
	Budget    *refusedBudget `json:"budget,omitempty"`
	Table     *refusedTable  `json:"largest_table,omitempty"`
	Try       *suggestion    `json:"suggestion,omitempty"`
	Hint      string         `json:"hint,omitempty"`

	room int64 // what the query may read when it runs again
}

type refusedBudget struct {
	Name        string    `json:"name"`
	Principal   string    `json:"principal"`
	Period      string    `json:"period"`
	WindowStart time.Time `json:"window_start"`
	WindowEnd   time.Time `json:"window_end"`
	Used        int64     `json:"used"`             // by all queries
	Others      int64     `json:"leased_elsewhere"` // of it: by other servers, maybe not read
}

type refusedTable struct {
	Schema             string   `json:"schema"`
	Name               string   `json:"name"`
	BytesLower         int64    `json:"bytes_lower"`
	BytesUpper         int64    `json:"bytes_upper"`
	Files              int      `json:"files"`
	PartitionsSelected int      `json:"partitions_selected"`
	PartitionsTotal    int      `json:"partitions_total"`
	PartitionKeys      []string `json:"partition_keys,omitempty"`
	Unfiltered         []string `json:"unfiltered_partition_keys,omitempty"`
}

// refuse makes the error for the limit of one query.
func (m *meter) refuse(need, read int64) error {
	m.refused.Store(true)
	r := &refusal{Reason: "query_limit", Workgroup: m.name, Limit: m.limit, Needed: need, Read: read, room: m.limit}
	e := fault.Wrap(ByLimit, fault.CodeLimitExceeded, "%s: workgroup %q allows %s per query, this query needs at least %s (%s read so far)",
		Refusal, m.name, Bytes(m.limit), Bytes(need), Bytes(read))
	return m.explain(e, r)
}

// refuseBudget makes the error for n bytes more than a budget has left.
func (m *meter) refuseBudget(ctx context.Context, c *charge, n int64) error {
	m.refused.Store(true)
	return m.budgetError(ctx, c, n, m.data.Load()-n) // reserve has counted n already
}

// budgetError is refuseBudget for a query that has read so much; it needs n bytes
// more.
func (m *meter) budgetError(ctx context.Context, c *charge, n, read int64) error {
	t, d := c.at(m.now()), c.budget.def.Load()
	used, others, err := t.acct.standing(ctx, false)
	if err != nil {
		return err
	}
	end := t.acct.end.In(location(d.TimeZone))
	r := &refusal{Reason: "budget", Workgroup: m.name, Limit: int64(d.Limit), Needed: read + n, Read: read, room: int64(d.Limit) - used,
		Budget: &refusedBudget{Name: d.Name, Principal: c.principal, Period: d.Period, WindowStart: t.from, WindowEnd: end, Used: used, Others: others}}
	if m.limit > 0 {
		r.room = min(r.room, m.limit)
	}
	e := fault.Wrap(ByBudget, fault.CodeLimitExceeded, "%s: budget %q allows %s per %s, %s of it are used until %s, this query needs at least %s more (%s read so far)",
		Refusal, d.Name, Bytes(int64(d.Limit)), d.Period, Bytes(used), end.Format("2006-01-02 15:04:05 MST"), Bytes(n), Bytes(read))
	return m.explain(e, r)
}

// explain adds the largest table and what would help.
func (m *meter) explain(e *fault.Error, r *refusal) error {
	e.Detail = fmt.Sprintf("limit %d bytes, needed at least %d bytes, read %d bytes", r.Limit, r.Needed, r.Read)
	if b := r.Budget; b != nil {
		e.Detail += fmt.Sprintf("; %d bytes are used by %s", b.Used, b.Principal)
		if b.Others > 0 {
			e.Detail += fmt.Sprintf(", %d of them leased by other servers", b.Others)
		}
	}
	if t, others := m.largest(); t != nil {
		e.Schema, e.Table = t.Database, t.Table
		r.Table = &refusedTable{Schema: t.Database, Name: t.Table, BytesLower: t.BytesLower, BytesUpper: t.BytesUpper, Files: t.Files,
			PartitionsSelected: t.Partitions, PartitionsTotal: t.PartitionsTotal, PartitionKeys: t.PartitionKeys, Unfiltered: t.Unfiltered}
		e.Detail += "; " + describe(t)
		e.Hint = r.help(t, others)
	}
	if b := r.Budget; b != nil {
		again := fmt.Sprintf("The budget begins anew at %s.", b.WindowEnd.Format("2006-01-02 15:04:05 MST"))
		if e.Hint != "" {
			e.Hint += " "
		}
		e.Hint += again
	}
	if m.json {
		r.Hint = e.Hint
		if data, err := json.Marshal(r); err == nil {
			e.Detail = string(data)
		}
	}
	return e
}

func describe(t *exec.TableEstimate) string {
	text := fmt.Sprintf("the largest table is %s.%s with %d to %d bytes in %d files", t.Database, t.Table, t.BytesLower, t.BytesUpper, t.Files)
	if t.BytesUpper == plan.UnboundedBytes {
		text = fmt.Sprintf("the largest table is %s.%s with %d bytes or more in %d files", t.Database, t.Table, t.BytesLower, t.Files)
	}
	if t.PartitionsTotal > 0 {
		text += fmt.Sprintf(", %d of %d partitions selected", t.Partitions, t.PartitionsTotal)
	}
	if len(t.Unfiltered) > 0 {
		text += fmt.Sprintf("; not filtered: %s", quoted(t.Unfiltered))
	}
	return text
}

// largest gives the scan that reads most, and what the others read at most.
func (m *meter) largest() (best *exec.TableEstimate, others int64) {
	p := m.tables.Load()
	if p == nil {
		return nil, 0
	}
	for i := range *p {
		if t := &(*p)[i]; best == nil || t.BytesUpper > best.BytesUpper {
			best = t
		}
	}
	for i := range *p {
		if t := &(*p)[i]; t != best {
			others = plan.AddBytes(others, t.BytesUpper)
		}
	}
	return best, others
}
