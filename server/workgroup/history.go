package workgroup

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
)

// The states of a finished query.
const (
	Succeeded = "SUCCEEDED"
	Failed    = "FAILED"
	Cancelled = "CANCELLED"
)

// What is kept of a query's texts, in bytes; the rest is cut.
const (
	maxHistorySQL   = 256 << 10 // what Athena takes
	maxHistoryPlan  = 32 << 10
	maxHistoryError = 4 << 10
	maxHistoryText  = 256 // application, tags
)

// HistorySetting says what the history keeps. The YAML names are those of
// glaux.yaml.
type HistorySetting struct {
	Keep    Span `yaml:"keep" json:"keep"`         // how long; 0: 45 days, as Athena's
	MaxSize Size `yaml:"max_size" json:"max_size"` // bytes of its file; 0: 1 GB
	// Introspection keeps also queries that read nothing but pg_catalog and
	// information_schema, of which BI tools send thousands.
	Introspection bool `yaml:"introspection" json:"introspection"`
}

const (
	defaultHistoryKeep = 45 * 24 * time.Hour
	defaultHistorySize = 1 << 30
)

// Bounds gives what of the history stays at a time.
func (s *HistorySetting) Bounds(now time.Time) meta.HistoryKeep {
	return meta.HistoryKeep{Since: now.Add(-time.Duration(cmp.Or(s.Keep, Span(defaultHistoryKeep)))), Size: int64(cmp.Or(s.MaxSize, defaultHistorySize))}
}

// outcome gives the state that an error means.
func outcome(err error) (state string, f *fault.Error) {
	if err == nil {
		return Succeeded, nil
	}
	f = fault.As(err)
	// Athena, too, calls a query that ran into its limit cancelled.
	if f.Kind == fault.Canceled || f.Code == fault.CodeLimitExceeded {
		return Cancelled, f
	}
	return Failed, f
}

// record puts the query into the history.
func (c *control) record(e *Ended) {
	g, st := c.governor, &e.Stats
	if c.plan.System && e.Err == nil && !g.recorder.keepsIntrospection() {
		return
	}
	r := recordOf(e, c.group.Name)
	r.BytesScanned, r.BytesMetadata, r.Requests = st.BytesScanned, st.BytesMetadata, st.Requests
	r.BytesCached, r.BytesLimit = st.BytesCached, c.Limit()
	r.FilesTotal, r.FilesRead, r.PartitionsTotal, r.PartitionsRead = st.FilesTotal, st.FilesRead, st.PartitionsTotal, st.PartitionsRead
	r.RowsRead, r.RowsReturned, r.PeakMemory, r.Spilled = st.RowsRead, st.RowsReturned, st.PeakMemory, st.Spilled
	r.Planning, r.Queued, r.Reused = st.Planning, st.Queued, st.Reused
	r.BytesBilled, r.Cost = e.Billed, e.Cost
	c.recordPlan(&r)
	g.recorder.put(&r)
}

// refused puts a query into the history that was not taken on; s may be nil.
func (g *Governor) refused(q *exec.QueryInfo, s *Setting, err error) {
	e := &Ended{Query: q, Refused: cmp.Or(reasonOf(err), ByChoosing), At: endOf(q)}
	e.State, e.Err = outcome(err)
	name := cutText(q.Workgroup, maxHistoryText)
	if s != nil {
		name = s.Name
		e.Workgroup = name
	}
	r := recordOf(e, name)
	g.recorder.put(&r)
	g.notify(e)
}

// recordPlan adds what the plan says; of queries that read no files that is
// nothing worth keeping, the limit included.
func (c *control) recordPlan(r *meta.QueryRecord) {
	if len(c.plan.Tables) == 0 {
		r.BytesLimit = 0
		return
	}
	for i := range c.plan.Tables {
		t := &c.plan.Tables[i]
		r.EstimateLower, r.EstimateUpper = addBytes(r.EstimateLower, t.BytesLower), addBytes(r.EstimateUpper, t.BytesUpper)
		r.Tables = append(r.Tables, tableRead(t))
	}
	if c.plan.Text != nil {
		r.Plan = cutText(c.plan.Text(), maxHistoryPlan)
	}
}

// maxHistoryColumns is how many columns' names are kept of a query and table.
const maxHistoryColumns = 64

// tableRead is what the history keeps of a table that a query reads.
func tableRead(t *exec.TableEstimate) meta.QueryTable {
	q := meta.QueryTable{Database: t.Database, Table: t.Table, Format: t.Format, Codec: t.Codec, Files: t.Files, FilesTotal: t.FilesTotal,
		BytesLower: t.BytesLower, BytesUpper: t.BytesUpper, SizeTotal: t.SizeTotal, Partitions: t.Partitions,
		PartitionsTotal: t.PartitionsTotal, PartitionKeys: t.PartitionKeys, Unfiltered: t.Unfiltered,
		ColumnsRead: len(t.Columns), ColumnsTotal: t.ColumnsTotal}
	if len(t.Columns) < t.ColumnsTotal && len(t.Columns) <= maxHistoryColumns {
		q.Columns = t.Columns
	}
	if len(t.Filtered) <= maxHistoryColumns {
		q.Filtered = t.Filtered
	}
	return q
}

// addBytes adds two numbers of bytes and stays at the greatest there is.
func addBytes(a, b int64) int64 {
	if a > 1<<63-1-b {
		return 1<<63 - 1
	}
	return a + b
}

// recordOf is the record of a query that has ended, without what it did.
func recordOf(e *Ended, group string) meta.QueryRecord {
	q := e.Query
	r := meta.QueryRecord{ID: q.ID, User: q.User.Name, Workgroup: group, Database: q.Database, SQL: cutText(q.SQL, maxHistorySQL),
		Kind: string(q.Kind), State: e.State, Application: cutText(q.Application, maxHistoryText), ClientAddr: q.ClientAddr,
		Started: q.Started, Ended: e.At}
	for _, tag := range q.Tags {
		r.Tags = append(r.Tags, cutText(tag, maxHistoryText))
	}
	if f := e.Err; f != nil {
		r.ErrorCode, r.Error = string(f.Code), cutText(f.Error(), maxHistoryError)
	}
	return r
}

// cutText gives the beginning of a text of more than so many bytes; not in the
// middle of a character, and free of the rest's memory.
func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	n := most
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.Clone(s[:n]) + "..."
}
