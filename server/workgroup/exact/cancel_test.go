package exact

import (
	"context"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

// TestCancel cancels queries whose reads are all in flight: the store returns
// what it was asked for before, and is asked for nothing more.
func TestCancel(t *testing.T) {
	h := build(t, 1, 3)
	for workers := range h.engines {
		for _, table := range []string{"parquet", "parts", "orc", "csv", "csv_split", "json", "avro"} {
			h.cancelIn(t, workers, "SELECT sum(id), max(name) FROM "+table)
		}
	}
}

func (h *house) cancelIn(t *testing.T, workers int, sql string) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	flying, land := make(chan struct{}, 100), make(chan struct{})
	h.store.hold = func() { flying <- struct{}{}; <-land }
	defer func() { h.store.hold = nil }()
	ended := make(chan outcome)
	s := h.session(t, workers)
	defer s.Close()
	go func() { ended <- h.run(ctx, s, sql) }()
	// csv_split has fewer splits than there are workers; its readers may be one.
	<-flying
	for n := 1; n < workers && sql[len(sql)-5:] != "split"; n++ {
		<-flying
	}
	h.store.mu.Lock()
	begun := h.store.begun
	h.store.mu.Unlock()
	cancel(fault.New(fault.CodeQueryCanceled, "canceled by the test"))
	close(land)
	out := <-ended
	if !fault.Is(out.err, fault.CodeQueryCanceled) {
		t.Errorf("%d workers: error %v:\n%s", workers, out.err, sql)
	}
	if len(out.points) > begun || out.data == 0 {
		t.Errorf("%d workers: %d reads were in flight when the query was canceled, %d returned data (%d bytes):\n%s", workers, begun, len(out.points), out.data, sql)
	}
	if out.data != out.stats.BytesScanned {
		t.Errorf("%d workers: the store returned %d bytes, the meter says %d:\n%s", workers, out.data, out.stats.BytesScanned, sql)
	}
}
