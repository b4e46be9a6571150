package workgroup

import (
	"context"
	"time"

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

// History keeps finished queries; meta.Store is one. The governor's one
// background goroutine calls it, with one or more records.
type History interface {
	InsertQueries(ctx context.Context, rs ...meta.QueryRecord) error
}

// historyQueue is how many finished queries may wait to be written; beyond it
// a query's end waits.
const historyQueue = 1024

// Flush waits until every query that ended before is in the history.
func (g *Governor) Flush() {
	ack := make(chan struct{})
	select {
	case g.flushes <- ack:
		<-ack
	case <-g.done:
	}
}

// write moves finished queries to the history, as many at a time as wait.
func (g *Governor) write() {
	defer close(g.done)
	var batch []meta.QueryRecord
	for {
		var ack chan struct{}
		select {
		case r, ok := <-g.records:
			if !ok {
				return
			}
			batch = append(batch, r)
		case ack = <-g.flushes:
		}
		for len(g.records) > 0 {
			if r, ok := <-g.records; ok {
				batch = append(batch, r)
			}
		}
		if g.history != nil && len(batch) > 0 {
			if err := g.history.InsertQueries(context.Background(), batch...); err != nil {
				g.log.Error("query history not written", "queries", len(batch), "error", err)
			}
		}
		batch = batch[:0]
		if ack != nil {
			close(ack)
		}
	}
}

// record puts the query into the history.
func (c *control) record(st exec.Stats, err error) {
	r := meta.QueryRecord{ID: c.query.ID, User: c.query.User.Name, Workgroup: c.group.Name, Database: c.query.Database, SQL: c.query.SQL,
		State: Succeeded, Started: c.query.Started, Ended: time.Now(), BytesScanned: c.data.Load(),
		BytesMetadata: c.footers.Load(), Requests: c.requests.Load(), FilesTotal: st.FilesTotal, FilesRead: st.FilesRead,
		PartitionsTotal: st.PartitionsTotal, PartitionsRead: st.PartitionsRead, RowsRead: st.RowsRead, RowsReturned: st.RowsReturned,
		PeakMemory: st.PeakMemory}
	if err != nil {
		f := fault.As(err)
		r.State, r.ErrorCode, r.Error = Failed, string(f.Code), f.Error()
		// Athena, too, calls a query that ran into its limit cancelled.
		if f.Kind == fault.Canceled || f.Code == fault.CodeLimitExceeded {
			r.State = Cancelled
		}
	}
	c.governor.records <- r
}
