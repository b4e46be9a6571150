package meta

import (
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// QueryRecord is what is remembered of one query. Times and lengths of time have
// microseconds.
type QueryRecord struct {
	// Sequence rises from record to record of one history; reading sets it.
	Sequence    int64
	ID          string
	User        string
	Workgroup   string
	Database    string
	SQL         string
	Kind        string // as Athena names it: DML, DDL, UTILITY
	State       string // as Athena names it: QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED
	Application string
	ClientAddr  string // "host:port", "" without a network
	Tags        []string
	ErrorCode   string // SQLSTATE, "" if there was no error
	Error       string // its primary message

	Started  time.Time     // when it was taken on
	Ended    time.Time     // zero while the query runs
	Planning time.Duration //
	Queued   time.Duration // waiting for its turn

	BytesScanned  int64 // data bytes: what limit and price count
	BytesBilled   int64 // what Athena would bill for them
	BytesCached   int64 // needed, and not read again
	BytesMetadata int64 // footers and indexes
	BytesLimit    int64 // what BytesScanned might have reached; 0: no limit
	EstimateLower int64 // bounds of BytesScanned that the plan gave
	EstimateUpper int64
	Cost          float64 // of BytesBilled, at the workgroup's price of that time

	Requests        int64
	FilesTotal      int64
	FilesRead       int64
	PartitionsTotal int64
	PartitionsRead  int64
	RowsRead        int64
	RowsReturned    int64
	PeakMemory      int64 // bytes
	Spilled         int64 // bytes
	Reused          bool  // the result was that of an earlier query

	Plan   string       // as EXPLAIN shows it, of queries that read files; perhaps cut
	Tables []QueryTable // that were read; nil if a reader did not ask for details
}

// QueryTable is what a query was going to read of one table.
type QueryTable struct {
	Database        string   `json:"database"`
	Table           string   `json:"table"`
	Format          string   `json:"format,omitempty"`
	Codec           string   `json:"codec,omitempty"` // of whole files, by their names
	Files           int      `json:"files"`
	FilesTotal      int      `json:"files_total"`
	BytesLower      int64    `json:"bytes_lower"`
	BytesUpper      int64    `json:"bytes_upper"`
	SizeTotal       int64    `json:"size_total"` // stored bytes of the files, all columns
	Partitions      int      `json:"partitions"`
	PartitionsTotal int      `json:"partitions_total"`
	PartitionKeys   []string `json:"partition_keys,omitempty"`
	Unfiltered      []string `json:"unfiltered,omitempty"` // partition keys that the query did not limit

	// ColumnsRead of the table's ColumnsTotal data columns were needed; 0 of 0 in
	// records of a time when that was not kept. Columns names them, nil where all were
	// needed or too many to keep; Filtered names those with a condition.
	ColumnsRead  int      `json:"columns_read"`
	ColumnsTotal int      `json:"columns_total"`
	Columns      []string `json:"columns,omitempty"`
	Filtered     []string `json:"filtered,omitempty"`
}

// Duration gives how long the query took, waiting included; 0 while it runs.
func (r *QueryRecord) Duration() time.Duration {
	if r.Ended.IsZero() {
		return 0
	}
	return max(0, r.Ended.Sub(r.Started))
}

// Execution gives how long the query ran: without waiting and planning.
func (r *QueryRecord) Execution() time.Duration {
	return max(0, r.Duration()-r.Planning-r.Queued)
}

// HistoryFilter chooses records; zero fields choose all.
type HistoryFilter struct {
	ID, User, Workgroup, State, Kind string
	Since                            time.Time // started at or after
	Until                            time.Time // started before
	Limit                            int       // at most so many, the newest; 0: all
	Details                          bool      // with plan and tables
	// After continues a listing behind its last record, whose Started and Sequence
	// count; nil: from the newest on.
	After *QueryRecord
}

// errNoTime is for pruning without bounds, which would forget everything.
func errNoTime() error {
	return fault.New(fault.CodeInvalidParameter, "pruning the query history needs a time or a size")
}
