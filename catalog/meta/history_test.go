package meta

import (
	"fmt"
	"testing"
	"time"
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
			rs[i] = QueryRecord{ID: fmt.Sprintf("%032x", n*0x9e3779b9), User: "glaux", SQL: "SELECT 1", State: "SUCCEEDED", Started: time.Now(), Ended: time.Now()}
		}
		if err := s.InsertQueries(b.Context(), rs...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/query")
}
