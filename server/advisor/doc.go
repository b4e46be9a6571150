// Package advisor finds in the query history what makes queries read more than
// they need, and writes the SQL that changes it. It reads metadata only: the
// history, the catalog and folders' names; data only where a Measurer is given.
//
//	history ── collect ──> use of each table: scans, columns, files ─┐
//	catalog ── table, partitions, columns ───────────────────────────┴─ rules ──> []Finding
//	                                        workgroups, a sample of data ─┘
//
// A rule is one file and one line in rules. What a finding says is sums and names:
// no text of a query, so no value of one, gets into it.
package advisor

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server/workgroup"
)

// History is where the past queries are.
type History interface {
	ReadQueries(ctx context.Context, f meta.HistoryFilter, each func(*meta.QueryRecord) error) error
}

// Options are what an Advisor looks at.
type Options struct {
	History    History
	Catalog    catalog.Reader
	Lake       *lake.Lake
	Stores     *store.Registry
	Workgroups func(ctx context.Context) ([]*workgroup.Setting, error)
	Renames    bool // the catalog can rename tables
}

// Application is the name of the sessions that read samples; what they read is not
// advised on.
const Application = "glaux advise"

// Advisor finds out what could be better. Safe for concurrent use.
type Advisor struct{ o Options }

// New makes an Advisor.
func New(o Options) *Advisor { return &Advisor{o} }

// DefaultWindow is how far back an Advisor looks where nobody says.
const DefaultWindow = 7 * 24 * time.Hour

// week is the time to which waste is scaled.
const week = 7 * 24 * time.Hour
