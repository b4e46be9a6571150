package advisor

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Kind names a rule.
type Kind string

// The kinds of findings.
const (
	PartitionFilter Kind = "partition_filter" // queries read all partitions
	RowFormat       Kind = "row_format"       // files from which all columns are read
	SmallFiles      Kind = "small_files"      // many, that could be few
	SortKey         Kind = "sort_key"         // rows in no order that conditions could use
	NoCutoff        Kind = "no_cutoff"        // a workgroup without a limit
	UnusedTable     Kind = "unused_table"     // nobody reads it
)

// Finding is one thing that could be better.
type Finding struct {
	Kind      Kind   `json:"kind"`
	Database  string `json:"database,omitempty"`
	Table     string `json:"table,omitempty"`
	Workgroup string `json:"workgroup,omitempty"`
	What      string `json:"finding"`
	Evidence  string `json:"evidence"`

	// Queries have read BytesScanned of the table (or in the workgroup) in the window.
	Queries      int64 `json:"queries"`
	BytesScanned int64 `json:"bytes_scanned"`
	// BytesWasted is what they would not have read otherwise, scaled from the window to
	// a week.
	BytesWasted int64 `json:"bytes_wasted_per_week"`
	// RequestsWasted are those to the store that could be spared, likewise.
	RequestsWasted int64 `json:"requests_wasted_per_week"`
	// Cost is the price of BytesWasted, each query's at its workgroup's; nil if none of
	// them has a price.
	Cost *float64 `json:"cost_wasted_per_week,omitempty"`

	// SQL are the statements that change it, in their order.
	SQL []string `json:"sql,omitempty"`
	// Notes are what to know before running them.
	Notes []string `json:"notes,omitempty"`
}

// Subject names what the finding is about.
func (f *Finding) Subject() string {
	if f.Table == "" {
		return f.Workgroup
	}
	return f.Database + "." + f.Table
}

// Report is what an Advisor has found.
type Report struct {
	Since    time.Time `json:"since"` // the beginning of the window
	Until    time.Time `json:"until"`
	Queries  int64     `json:"queries"` // in the window, of all kinds; the advisor's own are left out
	Findings []Finding `json:"findings"`
}

// sortFindings puts the greatest waste first, of bytes before requests.
func sortFindings(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.BytesWasted, a.BytesWasted), cmp.Compare(b.RequestsWasted, a.RequestsWasted), cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Subject(), b.Subject()))
	})
}

// waste adds up what could be saved.
type waste struct {
	bytes    float64
	requests float64
	cost     float64
	priced   bool
}

// add counts bytes that a scan did not need.
func (w *waste) add(bytes float64, s *scan) {
	if bytes <= 0 {
		return
	}
	w.bytes += bytes
	if s.price > 0 {
		w.cost, w.priced = w.cost+bytes/(1<<40)*s.price, true
	}
}

// into puts the waste into a finding, scaled to a week.
func (w *waste) into(f *Finding, window time.Duration) {
	times := float64(week) / float64(window)
	f.BytesWasted, f.RequestsWasted = int64(min(w.bytes*times, 1<<62)), int64(w.requests*times)
	if w.priced {
		cost := w.cost * times
		f.Cost = &cost
	}
}

// Script writes statements one after another, as psql takes them; "" for none.
func Script(sql []string) string {
	if len(sql) == 0 {
		return ""
	}
	return strings.Join(sql, ";\n") + ";"
}
