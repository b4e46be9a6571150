package workgroup

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

func TestHistory(t *testing.T) {
	h := &memHistory{}
	g := newGovernor(t, h, Setting{Name: Primary, PricePerTB: 5})
	for i, err := range []error{nil, fault.New(fault.CodeUndefinedTable, "x"), context.Canceled, fault.New(fault.CodeLimitExceeded, "x")} {
		q, e := g.Begin(context.Background(), exec.QueryInfo{ID: fmt.Sprint(i), Kind: exec.DML, Tags: []string{"a"}})
		if e != nil {
			t.Fatal(e)
		}
		if e := q.Admit(context.Background(), exec.PlanInfo{Tables: []exec.TableEstimate{{Table: "t", Format: "csv", BytesLower: 3, BytesUpper: 7}},
			Text: func() string { return "Scan t" }}); e != nil {
			t.Fatal(e)
		}
		if e := q.Reserve(context.Background(), store.ReadData, 5); e != nil {
			t.Fatal(e)
		}
		q.End(exec.Stats{RowsReturned: int64(i), BytesScanned: 5, BytesCached: 9, Queued: time.Second, Planning: time.Millisecond}, err)
	}
	g.Flush()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.rs) != 4 {
		t.Fatalf("%d records, want 4", len(h.rs))
	}
	for i, want := range []string{Succeeded, Failed, Cancelled, Cancelled} {
		billed := int64(10 << 20)
		if want == Failed {
			billed = 0
		}
		r := h.rs[i]
		if r.State != want || r.BytesScanned != 5 || r.BytesCached != 9 || r.BytesBilled != billed || r.Cost != float64(billed)/(1<<40)*5 || r.RowsReturned != int64(i) ||
			r.EstimateLower != 3 || r.EstimateUpper != 7 || r.Plan != "Scan t" || len(r.Tables) != 1 || r.Tables[0].Format != "csv" ||
			r.Queued != time.Second || r.Kind != "DML" || len(r.Tags) != 1 {
			t.Errorf("record %d: %+v, want state %s", i, r, want)
		}
	}
}

func TestBilled(t *testing.T) {
	for _, c := range []struct {
		kind    exec.Kind
		state   string
		reused  bool
		scanned int64
		want    int64
	}{
		{exec.DML, Succeeded, false, 0, 0}, {exec.DML, Succeeded, false, 1, 10 << 20}, {exec.DML, Succeeded, false, 10<<20 + 1, 11 << 20},
		{exec.DML, Succeeded, false, 12 << 20, 12 << 20}, {exec.DML, Failed, false, 12 << 20, 0}, {exec.DML, Cancelled, false, 12<<20 - 1, 12 << 20},
		{exec.DDL, Succeeded, false, 12 << 20, 0}, {exec.DML, Succeeded, true, 12 << 20, 0}, {exec.Utility, Succeeded, false, -5, 0},
		{exec.DML, Succeeded, false, math.MaxInt64, math.MaxInt64}, {exec.DML, Succeeded, false, math.MaxInt64 - 2<<20, math.MaxInt64 - 2<<20 + 1},
	} {
		if got := Billed(c.kind, c.state, c.reused, c.scanned); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

// TestIntrospectionIsLeftOut runs a query of system tables, which is kept only if
// it fails or the setting says so.
func TestIntrospectionIsLeftOut(t *testing.T) {
	h := &memHistory{}
	g := newGovernor(t, h)
	run := func(id string, err error) {
		t.Helper()
		q, e := g.Begin(t.Context(), exec.QueryInfo{ID: id})
		if e != nil {
			t.Fatal(e)
		}
		if e := q.Admit(t.Context(), exec.PlanInfo{System: true}); e != nil {
			t.Fatal(e)
		}
		q.End(exec.Stats{}, err)
	}
	run("a", nil)
	run("b", fault.New(fault.CodeDivisionByZero, "division by zero"))
	g.ConfigureHistory(HistorySetting{Introspection: true})
	run("c", nil)
	g.Flush()
	if got := h.ids(); got != "b c" {
		t.Errorf("kept %s", got)
	}
}

func (h *memHistory) ids() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, r := range h.rs {
		out = append(out, r.ID)
	}
	return strings.Join(out, " ")
}

// TestPruning tells the history what to keep only if somebody has said so.
func TestPruning(t *testing.T) {
	h := &prunedHistory{keeps: make(chan meta.HistoryKeep, 1)}
	g := newGovernor(t, h)
	g.Flush()
	if len(h.keeps) != 0 {
		t.Fatal("pruned by a process that was not told what to keep")
	}
	g.ConfigureHistory(HistorySetting{Keep: Span(time.Hour)})
	select {
	case keep := <-h.keeps:
		if age := time.Since(keep.Since); age < time.Hour || age > 2*time.Hour || keep.Size != defaultHistorySize {
			t.Errorf("keeps %s and %d bytes", age, keep.Size)
		}
	case <-time.After(10 * time.Second):
		t.Error("not pruned")
	}
}

type prunedHistory struct {
	memHistory
	keeps chan meta.HistoryKeep
}

func (h *prunedHistory) PruneQueries(_ context.Context, keep meta.HistoryKeep) (int64, error) {
	h.keeps <- keep
	return 0, nil
}

// sickHistory fails, or hangs, until it is well.
type sickHistory struct {
	memHistory
	mu   sync.Mutex
	err  error
	hang chan struct{} // nil: does not hang
	bad  string        // the ID of a record that it never takes
}

func (h *sickHistory) InsertQueries(ctx context.Context, rs ...meta.QueryRecord) error {
	h.mu.Lock()
	err, hang := h.err, h.hang
	h.mu.Unlock()
	if hang != nil {
		<-hang
	}
	if err != nil {
		return err
	}
	for _, r := range rs {
		if r.ID == h.bad && h.bad != "" {
			return fault.New(fault.CodeInternal, "no such text")
		}
	}
	return h.memHistory.InsertQueries(ctx, rs...)
}

func (h *sickHistory) become(err error, hang chan struct{}) {
	h.mu.Lock()
	h.err, h.hang = err, hang
	h.mu.Unlock()
}

// end runs queries from one number to another, and tells how long the slowest
// end took.
func endQueries(t *testing.T, g *Governor, from, to int) (slowest time.Duration) {
	t.Helper()
	for i := from; i < to; i++ {
		q, err := g.Begin(t.Context(), exec.QueryInfo{ID: fmt.Sprint(i)})
		if err != nil {
			t.Fatal(err)
		}
		at := time.Now()
		q.End(exec.Stats{}, nil)
		slowest = max(slowest, time.Since(at))
	}
	return slowest
}

// TestFullHistory has a history on a full disk: queries end at once, so many
// losses are counted as there are, and what waited is written when there is room.
func TestFullHistory(t *testing.T) {
	h := &sickHistory{err: fault.New(fault.CodeDiskFull, "the disk is full")}
	g := newGovernor(t, h)
	if d := endQueries(t, g, 0, historyQueue+50); d > time.Second {
		t.Errorf("a query's end took %s", d)
	}
	g.Flush()
	lost, failing := g.HistoryState()
	if lost != 50 || !fault.Is(failing, fault.CodeDiskFull) {
		t.Errorf("%d lost, %v", lost, failing)
	}
	h.become(nil, nil)
	g.Flush()
	if lost, failing := g.HistoryState(); lost != 50 || failing != nil || len(strings.Fields(h.ids())) != historyQueue {
		t.Errorf("%d lost, %v, %d kept", lost, failing, len(strings.Fields(h.ids())))
	}
	if ids := h.ids(); !strings.HasPrefix(ids, "0 1 2 3 ") {
		t.Errorf("order: %.20s", ids)
	}
}

// TestHangingHistory has a history that does not answer, as a locked file: the
// ends of queries do not wait, and nothing is lost as long as there is room.
func TestHangingHistory(t *testing.T) {
	hang := make(chan struct{})
	h := &sickHistory{hang: hang}
	g := newGovernor(t, h)
	if d := endQueries(t, g, 0, 100); d > time.Second {
		t.Errorf("a query's end took %s", d)
	}
	h.become(nil, nil)
	close(hang)
	g.Flush()
	if n := len(strings.Fields(h.ids())); n != 100 {
		t.Errorf("%d queries are in the history", n)
	}
}

// TestLargeTextsAreBounded fills the queue with texts: their bytes count too, and
// each is cut.
func TestLargeTextsAreBounded(t *testing.T) {
	hang := make(chan struct{})
	h := &sickHistory{hang: hang}
	g := newGovernor(t, h)
	text := strings.Repeat("é", maxHistorySQL)
	for range 400 {
		q, err := g.Begin(t.Context(), exec.QueryInfo{SQL: text})
		if err != nil {
			t.Fatal(err)
		}
		q.End(exec.Stats{}, nil)
	}
	h.become(nil, nil)
	close(hang)
	g.Flush()
	lost, _ := g.HistoryState()
	h.memHistory.mu.Lock()
	defer h.memHistory.mu.Unlock()
	if kept := len(h.rs); lost < 100 || kept+int(lost) != 400 || len(h.rs[0].SQL) != maxHistorySQL+len("...") {
		t.Errorf("%d kept with %d bytes each, %d lost", kept, len(h.rs[0].SQL), lost)
	}
}

// TestBadRecord loses the one record that the history never takes, not those
// beside it.
func TestBadRecord(t *testing.T) {
	h := &sickHistory{bad: "1", hang: make(chan struct{})}
	g := newGovernor(t, h)
	endQueries(t, g, 0, 3)
	close(h.hang)
	g.Flush()
	if lost, failing := g.HistoryState(); lost != 1 || failing != nil || h.ids() != "0 2" {
		t.Errorf("%d lost, %v, kept %s", lost, failing, h.ids())
	}
}

// TestCloseWithSickHistory ends although nothing can be written, and says what
// was lost.
func TestCloseWithSickHistory(t *testing.T) {
	var out strings.Builder
	g, err := New(nil, &sickHistory{err: fault.New(fault.CodeDiskFull, "the disk is full")}, nil, slog.New(slog.NewTextHandler(&out, nil)))
	if err != nil {
		t.Fatal(err)
	}
	endQueries(t, g, 0, 5)
	g.Close()
	if !strings.Contains(out.String(), "lost=5") {
		t.Errorf("the log says %q", out.String())
	}
}

// TestLockedHistory holds the lock of a real history file: queries end, and are
// in the history once the lock is gone.
func TestLockedHistory(t *testing.T) {
	dir := t.TempDir()
	m, err := meta.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	other, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "history.db")+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	g, err := New(nil, m, nil, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if d := endQueries(t, g, 0, 20); d > time.Second {
		t.Errorf("a query's end took %s", d)
	}
	g.Flush()
	if _, failing := g.HistoryState(); !fault.Is(failing, fault.CodeLockNotAvailable) {
		t.Errorf("the history is said to be well: %v", failing)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	g.Flush()
	all, err := m.Queries(t.Context(), meta.HistoryFilter{})
	if err != nil || len(all) != 20 {
		t.Errorf("%d queries, %v", len(all), err)
	}
}
