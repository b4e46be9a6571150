package exec_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/slttest"
	"github.com/glauxdb/glaux/formats/vector"
)

// run executes a statement and shows its rows and tag, or its SQLSTATE.
func run(t *testing.T, s slttest.Session, sql string) string {
	t.Helper()
	p, err := s.Prepare(t.Context(), sql, nil)
	if err != nil {
		return string(fault.As(err).Code)
	}
	r, err := s.Execute(t.Context(), p, nil)
	if err != nil {
		return string(fault.As(err).Code)
	}
	defer r.Close()
	var out []string
	var b vector.Batch
	for {
		err := r.Next(t.Context(), &b)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return string(fault.As(err).Code)
		}
		for i := range b.Rows() {
			at := i
			if b.Sel != nil {
				at = int(b.Sel[i])
			}
			out = append(out, fmt.Sprint(vector.ValueAt(b.Cols[0], at).I))
		}
	}
	r.Close()
	return strings.Join(append(out, r.Tag()), " ")
}

// TestCursor walks through statements in one session.
func TestCursor(t *testing.T) {
	e := slttest.Lake(t, lakeDir, nil)
	s := slttest.NewSession(t, e)
	for _, c := range [][2]string{
		{"declare c cursor for select 1", "25P01"},
		{"fetch c", "34000"},
		{"close c", "34000"},
		{"begin", "BEGIN"},
		{"declare c cursor for select * from (values (1), (2), (3), (4)) v order by 1", "DECLARE CURSOR"},
		{"fetch c", "1 FETCH 1"},
		{"fetch 0 from c", "55000"},
		{"rollback", "ROLLBACK"},
		{"begin", "BEGIN"},
		{"declare c scroll cursor for select * from (values (1), (2), (3), (4)) v order by 1", "DECLARE CURSOR"},
		{"fetch prior c", "FETCH 0"},
		{"fetch 3 c", "1 2 3 FETCH 3"},
		{"fetch 0 c", "3 FETCH 1"},
		{"fetch backward 2 c", "2 1 FETCH 2"},
		{"fetch backward all c", "FETCH 0"},
		{"fetch last c", "4 FETCH 1"},
		{"move backward all c", "MOVE 3"},
		{"fetch all c", "1 2 3 4 FETCH 4"},
		{"move 0 in c", "MOVE 0"},
		{"fetch prior c", "4 FETCH 1"},
		{"move 0 in c", "MOVE 1"},
		{"fetch absolute 2 c", "2 FETCH 1"},
		{"fetch absolute -3 c", "2 FETCH 1"},
		{"fetch relative 2 c", "4 FETCH 1"},
		{"fetch relative -3 c", "1 FETCH 1"},
		{"fetch absolute 9 c", "FETCH 0"},
		{"fetch -2 c", "4 3 FETCH 2"},
		{"fetch absolute 0 c", "FETCH 0"},
		{"fetch first c", "1 FETCH 1"},
		{"select name, is_scrollable from (values (1)) v(name) cross join (values (true)) w(is_scrollable)", "1 SELECT 1"},
		{"declare h cursor with hold for select g from generate_series(1, 100000) t(g)", "DECLARE CURSOR"},
		{"move 99998 h", "MOVE 99998"},
		{"commit", "COMMIT"},
		{"fetch c", "34000"},
		{"fetch 5 h", "99999 100000 FETCH 2"},
		{"fetch backward h", "55000"},
		{"begin", "BEGIN"},
		{"declare i cursor with hold for select 1", "DECLARE CURSOR"},
		{"rollback", "ROLLBACK"},
		{"fetch i", "34000"},
		{"close h", "CLOSE CURSOR"},
		{"close all", "CLOSE CURSOR ALL"},
	} {
		if got := run(t, s, c[0]); got != c[1] {
			t.Fatalf("%s: got %s, want %s", c[0], got, c[1])
		}
	}
}

// TestCursorBackwardOverChunks reads many rows backward.
func TestCursorBackwardOverChunks(t *testing.T) {
	e := slttest.Lake(t, lakeDir, nil)
	s := slttest.NewSession(t, e)
	run(t, s, "begin")
	run(t, s, "declare c scroll cursor for select g from generate_series(1, 20001) t(g)")
	run(t, s, "move all c")
	got := strings.Fields(run(t, s, "fetch backward 15000 c"))
	for i := range 15000 {
		if got[i] != fmt.Sprint(20001-i) {
			t.Fatalf("row %d is %s", i, got[i])
		}
	}
	if got := run(t, s, "fetch next c"); got != "5003 FETCH 1" {
		t.Error(got)
	}
}

// TestCursorIsBounded reads the beginning of a long result without holding it.
func TestCursorIsBounded(t *testing.T) {
	e := slttest.Lake(t, lakeDir, nil)
	s := slttest.NewSession(t, e)
	run(t, s, "begin")
	run(t, s, "declare c cursor for select a.l_comment, b.l_comment from lineitem a, lineitem b")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 50 {
		if got := run(t, s, "move 100000 c"); got != "MOVE 100000" {
			t.Fatal(got)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if after.HeapAlloc > before.HeapAlloc+64<<20 {
		t.Errorf("5 million rows took %d bytes", after.HeapAlloc-before.HeapAlloc)
	}
	run(t, s, "rollback")
}
