package crawler

import (
	"github.com/glauxdb/glaux/catalog/crawl"
)

// Report is what a crawl did, or in a dry run would do.
type Report struct {
	Counts Counts `json:"counts"`
	// Tables are those of the findings and those that are gone, by name. The
	// history keeps only changed ones, and not more than some hundred.
	Tables  []TableReport   `json:"tables,omitempty"`
	LeftOut []crawl.LeftOut `json:"left_out,omitempty"`
	Notes   []string        `json:"notes,omitempty"`
	// Trees are what was seen and how it was decided, one for each target; the
	// history does not keep them.
	Trees []*crawl.Folder `json:"trees,omitempty"`
	// More counts what the history left out of each list above.
	More *More `json:"more,omitempty"`
}

// More says how many lines of a Report are not in the history.
type More struct {
	Tables  int `json:"tables,omitempty"`
	LeftOut int `json:"left_out,omitempty"`
	Notes   int `json:"notes,omitempty"`
}

// Counts sum a crawl up.
type Counts struct {
	Objects   int64 `json:"objects"` // listed
	Bytes     int64 `json:"bytes"`
	Sampled   int   `json:"sampled"` // looked into
	Conflicts int   `json:"conflicts,omitempty"`
	Drift     int   `json:"drift,omitempty"`

	Tables     TableCounts     `json:"tables"`
	Partitions PartitionCounts `json:"partitions"`
}

// TableCounts count tables by what happened to them.
type TableCounts struct {
	Added      int `json:"added"`
	Updated    int `json:"updated"`
	Deprecated int `json:"deprecated"`
	Deleted    int `json:"deleted"`
	Unchanged  int `json:"unchanged"`
}

// PartitionCounts count partitions by what happened to them.
type PartitionCounts struct {
	Added      int `json:"added"`
	Updated    int `json:"updated"`
	Deprecated int `json:"deprecated"`
	Deleted    int `json:"deleted"`
}

// Action is what a crawl does with a table.
type Action string

// The actions.
const (
	Added      Action = "added"
	Updated    Action = "updated"
	Deprecated Action = "deprecated"
	Deleted    Action = "deleted"
	Unchanged  Action = "unchanged"
)

// TableReport is one table of a Report.
type TableReport struct {
	Database      string   `json:"database"`
	Table         string   `json:"table"`
	Location      string   `json:"location"`
	Format        string   `json:"format"`
	Action        Action   `json:"action"`
	Changes       []string `json:"changes,omitempty"` // in words: "column c added: bigint"
	Columns       int      `json:"columns"`
	PartitionKeys []string `json:"partition_keys,omitempty"` // names
	Files         int64    `json:"files"`
	Bytes         int64    `json:"bytes"`
	Found         int      `json:"found_partitions,omitempty"` // -1: not listed, since nothing has changed

	Partitions PartitionCounts `json:"partitions"`
	// PartitionChanges name some of the partitions of a dry run.
	PartitionChanges []string   `json:"partition_changes,omitempty"`
	Conflicts        []Conflict `json:"conflicts,omitempty"`
	// Logged are changes that the policy LOG only tells of.
	Logged []string `json:"logged,omitempty"`
	Notes  []string `json:"notes,omitempty"`
	Drift  int      `json:"drift,omitempty"` // columns of files that are not as the table says
}

// Conflict is a change of the files that was not taken over, since a person had
// changed the same.
type Conflict struct {
	What   string `json:"what"`             // "type of column c", "property x"
	Before string `json:"before,omitempty"` // what the last crawl found
	Kept   string `json:"kept,omitempty"`   // what the catalog has and keeps
	Found  string `json:"found,omitempty"`  // what the files show now
}

// count adds a table to the sums.
func (c *Counts) count(t *TableReport) {
	switch t.Action {
	case Added:
		c.Tables.Added++
	case Updated:
		c.Tables.Updated++
	case Deprecated:
		c.Tables.Deprecated++
	case Deleted:
		c.Tables.Deleted++
	default:
		c.Tables.Unchanged++
	}
	c.Partitions.Added += t.Partitions.Added
	c.Partitions.Updated += t.Partitions.Updated
	c.Partitions.Deprecated += t.Partitions.Deprecated
	c.Partitions.Deleted += t.Partitions.Deleted
	c.Conflicts += len(t.Conflicts)
	c.Drift += t.Drift
}

// The bounds of a Report in the history.
const (
	keptTables = 500
	keptLines  = 200
)

// history gives what the history keeps of a Report.
func (r *Report) history() *Report {
	out := &Report{Counts: r.Counts}
	var more More
	for _, t := range r.Tables {
		switch {
		case t.Action == Unchanged && len(t.Conflicts)+len(t.Logged)+len(t.Notes) == 0:
		case len(out.Tables) == keptTables:
			more.Tables++
		default:
			t.Conflicts = t.Conflicts[:min(len(t.Conflicts), keptLines)]
			t.Changes = t.Changes[:min(len(t.Changes), keptLines)]
			t.PartitionChanges = nil
			out.Tables = append(out.Tables, t)
		}
	}
	out.LeftOut = r.LeftOut[:min(len(r.LeftOut), keptLines)]
	out.Notes = r.Notes[:min(len(r.Notes), keptLines)]
	more.LeftOut, more.Notes = len(r.LeftOut)-len(out.LeftOut), len(r.Notes)-len(out.Notes)
	if more != (More{}) {
		out.More = &more
	}
	return out
}
