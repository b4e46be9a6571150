package meta

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestInsertManyQueries inserts more queries at once than a statement takes, some
// of them twice.
func TestInsertManyQueries(t *testing.T) {
	s, err := Open(t.Context(), Memory)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Unix(1000, 0)
	var rs []QueryRecord
	for i := range 2*historyRows + 3 {
		rs = append(rs, QueryRecord{ID: fmt.Sprint(i), State: "RUNNING", Started: at.Add(time.Duration(i) * time.Second)})
	}
	for _, i := range []int{0, historyRows, 2*historyRows + 2} {
		again := rs[i]
		again.State = "SUCCEEDED"
		rs = append(rs, again)
	}
	if err := s.InsertQueries(t.Context(), rs...); err != nil {
		t.Fatal(err)
	}
	got, err := s.Queries(t.Context(), HistoryFilter{})
	if err != nil || len(got) != 2*historyRows+3 {
		t.Fatalf("%d queries, %v", len(got), err)
	}
	for i, r := range got { // the newest first
		want := QueryRecord{ID: fmt.Sprint(len(got) - 1 - i), State: "RUNNING"}
		if n := len(got) - 1 - i; n == 0 || n == historyRows || n == 2*historyRows+2 {
			want.State = "SUCCEEDED"
		}
		if r.ID != want.ID || r.State != want.State {
			t.Errorf("%d: got %s %s, want %s %s", i, r.ID, r.State, want.ID, want.State)
		}
	}
}

// unnumbered takes away what reading adds.
func unnumbered(rs []QueryRecord) []QueryRecord {
	for i := range rs {
		rs[i].Sequence = 0
	}
	return rs
}

// fullRecord has a value in every field.
func fullRecord(id string, started time.Time) QueryRecord {
	return QueryRecord{ID: id, User: "ana", Workgroup: "w", Database: "d", SQL: "SELECT 1", Kind: "DML", State: "FAILED",
		Application: "psql", ClientAddr: "127.0.0.1:5", Tags: []string{"a", "b=c"}, ErrorCode: "22012", Error: "division by zero",
		Started: started, Ended: started.Add(time.Minute), Planning: 3 * time.Millisecond, Queued: 5 * time.Second,
		BytesScanned: 1, BytesBilled: 2, BytesCached: 3, BytesMetadata: 4, BytesLimit: 5, EstimateLower: 6, EstimateUpper: 7, Cost: 0.25,
		Requests: 8, FilesTotal: 9, FilesRead: 10, PartitionsTotal: 11, PartitionsRead: 12, RowsRead: 13, RowsReturned: 14, PeakMemory: 15,
		Spilled: 16, Reused: true, Plan: "Scan", Tables: []QueryTable{{Database: "d", Table: "t", Format: "csv", Files: 1, FilesTotal: 2,
			BytesLower: 3, BytesUpper: 4, SizeTotal: 5, Partitions: 6, PartitionsTotal: 7, PartitionKeys: []string{"dt"}, Unfiltered: []string{"dt"}}}}
}

// TestQueryRecordRoundTrip stores every field, and each alone: none may be lost
// because a record seems to read no files.
func TestQueryRecordRoundTrip(t *testing.T) {
	s := openTest(t)
	at := time.Date(2026, 1, 2, 3, 4, 5, 678000, time.UTC)
	full := fullRecord("full", at)
	rs := []QueryRecord{full}
	fields := reflect.TypeFor[QueryRecord]()
	for i := range fields.NumField() {
		if name := fields.Field(i).Name; name != "Sequence" && name != "ID" && name != "Started" {
			one := QueryRecord{ID: name, Started: at.Add(-time.Duration(i) * time.Second)}
			reflect.ValueOf(&one).Elem().Field(i).Set(reflect.ValueOf(full).Field(i))
			rs = append(rs, one)
		}
	}
	if err := s.InsertQueries(t.Context(), rs...); err != nil {
		t.Fatal(err)
	}
	got := unnumbered(must[[]QueryRecord](t)(s.Queries(t.Context(), HistoryFilter{Details: true})))
	if diff := cmp.Diff(rs, got); diff != "" {
		t.Error(diff)
	}
	for i := range rs {
		rs[i].Plan, rs[i].Tables = "", nil
	}
	if diff := cmp.Diff(rs, unnumbered(must[[]QueryRecord](t)(s.Queries(t.Context(), HistoryFilter{})))); diff != "" {
		t.Error(diff)
	}
}

// TestQueriesInPages reads a listing page by page; several records have the same
// time.
func TestQueriesInPages(t *testing.T) {
	s := openTest(t)
	at := time.Unix(1000, 0)
	var rs []QueryRecord
	for i := range 25 {
		rs = append(rs, QueryRecord{ID: fmt.Sprint(i), Started: at.Add(time.Duration(i/5) * time.Second)})
	}
	if err := s.InsertQueries(t.Context(), rs...); err != nil {
		t.Fatal(err)
	}
	f := HistoryFilter{Limit: 4}
	for want := 24; want >= 0; {
		page := must[[]QueryRecord](t)(s.Queries(t.Context(), f))
		if len(page) == 0 {
			t.Fatalf("the listing ends before %d", want)
		}
		for _, r := range page {
			if r.ID != fmt.Sprint(want) {
				t.Fatalf("got %s, want %d", r.ID, want)
			}
			want--
		}
		f.After = &page[len(page)-1]
	}
}

// TestPruneQueriesBySize fills a history and shrinks it: the oldest go, the file
// gets smaller.
func TestPruneQueriesBySize(t *testing.T) {
	dir := t.TempDir()
	s := must[*Store](t)(openAt(t.Context(), dir))
	defer s.Close()
	at := time.Unix(1000, 0)
	for i := range 50 {
		var rs []QueryRecord
		for k := range 100 {
			n := i*100 + k
			rs = append(rs, QueryRecord{ID: fmt.Sprint(n), SQL: strings.Repeat("x", 400), Started: at.Add(time.Duration(n) * time.Second)})
		}
		if err := s.InsertQueries(t.Context(), rs...); err != nil {
			t.Fatal(err)
		}
	}
	before := must[int64](t)(s.HistorySize(t.Context()))
	n := must[int64](t)(s.PruneQueries(t.Context(), HistoryKeep{Size: before / 2}))
	after := must[int64](t)(s.HistorySize(t.Context()))
	left := must[[]QueryRecord](t)(s.Queries(t.Context(), HistoryFilter{}))
	if after > before/2 || n == 0 || int(n)+len(left) != 5000 || len(left) < 1000 {
		t.Errorf("%d of %d bytes are left, %d records went, %d stayed", after, before, n, len(left))
	}
	if left[0].ID != "4999" || left[len(left)-1].ID != fmt.Sprint(n) {
		t.Errorf("from %s to %s are left", left[len(left)-1].ID, left[0].ID)
	}
	if _, err := s.PruneQueries(t.Context(), HistoryKeep{}); err == nil {
		t.Error("everything was pruned")
	}
	if s.postgres != nil {
		return
	}
	if _, err := s.history.write.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	if st := must[os.FileInfo](t)(os.Stat(filepath.Join(dir, historyFile))); st.Size() > before*6/10 {
		t.Errorf("the file has %d bytes", st.Size())
	}
}

// TestHistoryMoves opens a directory whose history is still in the catalog's file.
func TestHistoryMoves(t *testing.T) {
	sqliteOnly(t, "older versions")
	dir := t.TempDir()
	s := must[*Store](t)(openAt(t.Context(), dir))
	for _, sql := range []string{"DROP TABLE query_history_moves", "DROP TABLE budget_leases", "DROP TABLE budget_counters", "CREATE TABLE workgroups (name TEXT)", oldHistory, "DELETE FROM goose_db_version WHERE version_id >= 5",
		"INSERT INTO query_history SELECT NULL, 'a', 'ana', 'w', 'd', 'SELECT 1', 'SUCCEEDED', '', '', 5000000, 6000000, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"} {
		if _, err := s.write.Exec(sql); err != nil && !strings.Contains(err.Error(), "no such table") {
			t.Fatal(err)
		}
	}
	s.Close()
	for range 2 {
		s = must[*Store](t)(openAt(t.Context(), dir))
		all := must[[]QueryRecord](t)(s.Queries(t.Context(), HistoryFilter{}))
		if len(all) != 1 || all[0].ID != "a" || all[0].PeakMemory != 10 || all[0].Kind != "DML" || !all[0].Started.Equal(time.Unix(5, 0)) {
			t.Errorf("%+v", all)
		}
		var n int
		if err := s.read.QueryRow("SELECT count(*) FROM sqlite_master WHERE name LIKE 'query_history%'").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d tables are left, %v", n, err)
		}
		s.Close()
	}
}

const oldHistory = `CREATE TABLE query_history (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, user_name TEXT NOT NULL,
	workgroup TEXT NOT NULL, database_name TEXT NOT NULL, sql_text TEXT NOT NULL, state TEXT NOT NULL, error_code TEXT NOT NULL,
	error_message TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL, bytes_scanned INTEGER NOT NULL, bytes_metadata INTEGER NOT NULL,
	requests INTEGER NOT NULL, files_total INTEGER NOT NULL, files_read INTEGER NOT NULL, partitions_total INTEGER NOT NULL,
	partitions_read INTEGER NOT NULL, rows_read INTEGER NOT NULL, rows_returned INTEGER NOT NULL, peak_memory INTEGER NOT NULL);
	CREATE INDEX query_history_started ON query_history (started)`

// BenchmarkInsertQueries writes the history of a busy server.
func BenchmarkInsertQueries(b *testing.B) {
	s, err := Open(b.Context(), Memory)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	rs := make([]QueryRecord, 512)
	n := 0
	for b.Loop() {
		for i := range rs {
			n++
			rs[i] = QueryRecord{ID: fmt.Sprintf("%032x", n*0x9e3779b9), User: "glaux", Workgroup: "primary", Database: "glaux", Kind: "DML", SQL: "SELECT 1", State: "SUCCEEDED", Application: "psql", ClientAddr: "127.0.0.1:54321", Planning: time.Millisecond, RowsReturned: 1, Started: time.Now(), Ended: time.Now()}
		}
		if err := s.InsertQueries(b.Context(), rs...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/query")
}

// TestUsage sums up queries of two hours, two users and all states.
func TestUsage(t *testing.T) {
	s := openTest(t)
	hour := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	var rs []QueryRecord
	for i, state := range []string{"SUCCEEDED", "FAILED", "CANCELLED", "SUCCEEDED"} {
		for k, user := range []string{"ana", "bob"} {
			at := hour.Add(time.Duration(i) * 20 * time.Minute)
			rs = append(rs, QueryRecord{ID: fmt.Sprint(i, k), User: user, Workgroup: "w", State: state, Started: at, Ended: at.Add(10 * time.Second),
				Queued: time.Second, Planning: 2 * time.Second, BytesScanned: 5, BytesBilled: 10, BytesCached: 1, Cost: 0.5})
		}
	}
	if err := s.InsertQueries(t.Context(), rs...); err != nil {
		t.Fatal(err)
	}
	first := QueryUsage{Hour: hour, Workgroup: "w", User: "ana", Queries: 3, Succeeded: 1, Failed: 1, Cancelled: 1, BytesScanned: 15, BytesBilled: 30,
		BytesCached: 3, Cost: 1.5, Queued: 3 * time.Second, Execution: 21 * time.Second}
	second := QueryUsage{Hour: hour.Add(time.Hour), Workgroup: "w", User: "ana", Queries: 1, Succeeded: 1, BytesScanned: 5, BytesBilled: 10,
		BytesCached: 1, Cost: 0.5, Queued: time.Second, Execution: 7 * time.Second}
	if diff := cmp.Diff([]QueryUsage{second, first}, must[[]QueryUsage](t)(s.Usage(t.Context(), HistoryFilter{User: "ana"}))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]QueryUsage{second}, must[[]QueryUsage](t)(s.Usage(t.Context(), HistoryFilter{User: "ana", Since: second.Hour}))); diff != "" {
		t.Error(diff)
	}
	if all := must[[]QueryUsage](t)(s.Usage(t.Context(), HistoryFilter{})); len(all) != 4 {
		t.Errorf("%d rows", len(all))
	}
}
