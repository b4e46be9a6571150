package exec

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/formats/store"
)

// Governor admits queries and limits what they read; server/workgroup
// implements it. An engine without one runs everything unlimited.
type Governor interface {
	// Begin admits a query before it is planned. It may refuse (unknown or
	// disabled workgroup) or wait for its turn.
	Begin(ctx context.Context, q QueryInfo) (QueryControl, error)
	// CheckWorkgroup says whether a session may choose a workgroup by name.
	CheckWorkgroup(name string) error
}

// QueryInfo identifies a query to the governor.
type QueryInfo struct {
	ID        string
	User      string
	Database  string
	Workgroup string // the session's setting; "" leaves the choice to the governor
	SQL       string
	Started   time.Time
}

// QueryControl is one admitted query. As a store.Meter it is asked before every
// read. Safe for concurrent use.
type QueryControl interface {
	store.Meter
	// Check sees the plan's estimate before the first data byte is read, and
	// refuses a query whose lower bound exceeds the limit.
	Check(est []TableEstimate) error
	// Limit gives the bytes of data that the query may scan; 0: no limit.
	Limit() int64
	// End is called exactly once, when the query is over and all its reads with it.
	End(st Stats, err error)
}

// TableEstimate is what a plan will read of one table.
type TableEstimate struct {
	Database, Table string
	// BytesLower and BytesUpper bound the data bytes of the needed columns.
	BytesLower, BytesUpper int64
	Files                  int
	Partitions             int      // selected
	PartitionsTotal        int      //
	PartitionKeys          []string // all partition keys of the table
	Unfiltered             []string // those that the query does not limit
	// Example is a partition that exists (the latest), written as SQL conditions
	// parallel to PartitionKeys, such as dt = '2026-01-31'; nil if there is none.
	Example []string
}
