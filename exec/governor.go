package exec

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/planner/plan"
)

// Governor admits queries and limits what they read; server/workgroup
// implements it. An engine without one runs everything unlimited.
//
//	Begin ──> QueryControl ── Admit (the plan is known, nothing was read) ── Reserve ... Reserve ── End
type Governor interface {
	// Begin takes on a query before it is planned. It may refuse: an unknown or
	// disabled workgroup, one that the user may not choose.
	Begin(ctx context.Context, q QueryInfo) (QueryControl, error)
	// Profile says what the workgroup that a session has chosen ("": the user's
	// own) means for how its statements are understood; an error if the user may
	// not choose it.
	Profile(ctx context.Context, u UserInfo, workgroup string) (Profile, error)
}

// UserInfo is whom a statement runs for.
type UserInfo struct {
	Name      string
	Roles     []string // that the user is a member of, directly or not
	Superuser bool
}

// Profile is what a workgroup sets for the sessions in it.
type Profile struct {
	Workgroup string
	Dialect   string // "": the session's own setting
	// ResultLocation is a folder in which tables go whose statement and database
	// name no place; "": there is none. It may be written to. With EnforceLocation
	// all new tables go there.
	ResultLocation  string
	EnforceLocation bool
	// PartitionFilterOver refuses a scan of more stored bytes of several partitions
	// if no condition selects among them; 0: never.
	PartitionFilterOver int64
	// Reuse is the greatest age of a kept result that may be given instead of
	// running the query again; 0: the session's setting decides.
	Reuse time.Duration
	// Encryption is how S3 keeps what queries write.
	Encryption store.Encryption
	// RequesterPays lets queries read buckets that charge who reads.
	RequesterPays bool
}

// Kind says what sort of statement a query is, as Athena sorts them.
type Kind string

// The kinds of statements.
const (
	DML     Kind = "DML"     // SELECT and what reads tables
	DDL     Kind = "DDL"     // what changes the catalog
	Utility Kind = "UTILITY" // EXPLAIN, SHOW ...
)

// QueryInfo identifies a query to the governor.
type QueryInfo struct {
	ID          string
	User        UserInfo
	Database    string
	Workgroup   string // the session's setting; "" leaves the choice to the governor
	Kind        Kind
	SQL         string // without passwords
	Tags        []string
	Application string
	JSONErrors  bool   // a refusal has its details as JSON (glaux.error_format)
	ClientAddr  string // "host:port", "" where there is no network
	PID         int32  // of the session
	// SessionID tells the sessions of a process apart; 0: not known. Of the queries
	// of one session, its cursors', at most one does something at a time.
	SessionID uint64
	Started   time.Time
	// Cancel ends the query with an error. Any goroutine may call it, also after
	// the end.
	Cancel func(cause error)
	// Stats gives what the query did so far. Any goroutine may call it until End.
	Stats func() Stats
	// Notice has a notice delivered with the query's result. The goroutine that
	// calls Begin and Admit may call it.
	Notice func(*fault.Error)
	// NoticeNow delivers a notice while Admit waits, if the client's protocol can do
	// so, else with the result. Only the goroutine that calls Admit may call it.
	NoticeNow func(*fault.Error)
	// SetAside takes what the query is to have of the server's memory whatever others
	// do, and gives the bytes; ok is false if so much is not free now. It is the query's
	// until its end. Admit may call it, until ok is true; nil: there is no limit.
	SetAside func() (bytes int64, ok bool)
}

// PlanInfo is what is known of a query when it is planned.
type PlanInfo struct {
	Tables []TableEstimate
	// System is set for queries that read system tables and nothing else, of
	// glaux_catalog not those of the history.
	System bool
	// Refused is why the engine itself refuses the plan; Admit returns it, and
	// Verdict names it before anything else. nil: it does not.
	Refused error
	// Text renders the plan as EXPLAIN does; for those who keep it.
	Text func() string
}

// QueryControl is one query that was taken on. As a store.Meter it is asked
// before every read. Safe for concurrent use.
type QueryControl interface {
	store.Meter
	// Admit sees the plan before the first data byte is read. It refuses a query
	// whose lower bound exceeds a limit, and waits for the query's turn.
	Admit(ctx context.Context, p PlanInfo) error
	// Verdict says what Admit would say of a plan now, and changes nothing.
	Verdict(ctx context.Context, p PlanInfo) Verdict
	// Profile is what the query's workgroup means.
	Profile() Profile
	// Limit gives the bytes of data that the query may scan; 0: no limit.
	Limit() int64
	// Memory gives the bytes of memory that the query may hold; 0: no limit.
	Memory() int64
	// Timeout gives how long the query may take from Begin; 0: no limit.
	Timeout() time.Duration
	// End is called exactly once, when the query is over and all its reads with it.
	End(st Stats, err error)
}

// Verdict is what a governor thinks of a plan that is only asked about.
type Verdict struct {
	// Limit is how many bytes of data the query may scan under everything that
	// limits it at this moment, budgets included, if Limited is set.
	Limit   int64
	Limited bool
	// Refusal is the error that Admit would give; nil: it would admit the query,
	// at once or after a while in its queue.
	Refusal error
	// PricePerTB is what 2^40 bytes scanned cost; 0: nobody has said.
	PricePerTB float64
}

// Tier says how well an estimate is known.
type Tier string

// The tiers, from the best to the worst. The bounds hold in each of them.
const (
	TierExact      Tier = "exact"       // lower and upper bound are the same
	TierUpperBound Tier = "upper_bound" // no more than the upper bound, maybe less: filters, limits
	TierHeuristic  Tier = "heuristic"   // not every file's metadata was read: the upper bound is far
)

// TableEstimate is what a plan will read of one table.
type TableEstimate struct {
	Database, Table string
	Format          string // of the files: "parquet", "csv" ...; "" without files
	Codec           string // that the files are compressed with as a whole, by their names: "gzip"; "" for none
	// Columns are the data columns that are read, in the table's order, of so many
	// that it has; partition keys are not among them.
	Columns      []string
	ColumnsTotal int
	// Filtered are those of Columns that a condition inside the scan, or a runtime
	// filter, limits.
	Filtered []string
	// BytesLower and BytesUpper bound the data bytes of the needed columns.
	BytesLower, BytesUpper int64
	BytesExpected          int64 // the best guess between them
	Tier                   Tier
	Files                  int      // selected
	FilesTotal             int      // of the selected partitions, before statistics were asked
	SizeTotal              int64    // stored bytes of the selected files, all columns
	Partitions             int      // selected
	PartitionsTotal        int      //
	PartitionKeys          []string // all partition keys of the table
	Unfiltered             []string // those that the query does not limit
	// Parts gives the bytes of each selected partition, in ascending order of the
	// typed key values, NULL first; nil where it is not known. It may take a while:
	// for refusals.
	Parts func() []PartEstimate
	// Example is a partition that exists (the latest), written as SQL conditions
	// parallel to PartitionKeys, such as dt = '2026-01-31'; nil if there is none.
	Example []string

	scan *plan.Scan
}

// PartEstimate is what a plan reads at most of one partition.
type PartEstimate struct {
	Keys  []string // as SQL literals, parallel to PartitionKeys; "" for NULL
	Bytes int64
}
