// Package exec is the one door for "run this SQL": Engine and Session. The
// Postgres server, the command line and the tests all come through here.
//
//	Engine ── NewSession ──> Session ── Split(text) ──> statements
//	                            ├─ Prepare(one statement) ──> *Prepared (types of parameters and columns; nothing ran)
//	                            └─ Execute(prepared, values) ──> *Result ── Next ──> batches ... Close
package exec

import (
	"time"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/planner/plan"
)

// Column describes a column of a result. A Prepared with no columns delivers no
// rows (SET, DDL).
type Column = plan.ResultColumn

// Stats is what a query did, final after its Result was closed; before that a
// consistent snapshot for progress displays.
type Stats struct {
	RowsRead        int64 // rows that scans looked at
	RowsReturned    int64
	BytesScanned    int64 // data bytes: what the limit and the price count
	BytesMetadata   int64 // footers and indexes
	BytesCached     int64 // data and metadata that were needed and not read again
	BytesLimit      int64 // what BytesScanned may reach; 0: no limit
	Requests        int64 // reads and listings
	FilesTotal      int64
	FilesRead       int64
	PartitionsTotal int64
	PartitionsRead  int64
	GroupsRead      int64               // row groups and stripes
	PagesRead       int64               // of Parquet files
	Batches         int64               // that scans handed on
	PeakMemory      int64               // bytes
	Spilled         int64               // bytes written to spill files
	Events          [store.Events]int64 // of the store: extra requests, bytes that a cache had
	Reused          bool                // the rows are those of an earlier run
	Planning        time.Duration
	Queued          time.Duration // waiting for its turn
}

// Param is a bound parameter value; its type is the one that Prepared tells, or
// unknown for a text that the engine converts.
type Param = types.Value

// Version is Glaux's own.
const Version = fn.Version
