package slttest

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/exec"
)

// TestEstimatesHold runs every query of the scripts and checks that what it read
// lies between the bounds that EXPLAIN (ESTIMATE) gave before: equal to both if
// the estimate called itself exact. What fails is left out.
func TestEstimatesHold(t *testing.T) {
	if testing.Short() {
		t.Skip("what other tests run, with other settings")
	}
	files, err := filepath.Glob(root + "slt/*.slt")
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{1, 4} {
		var all tally
		for _, name := range files {
			s := NewSession(t, Lake(t, root+"lake", func(o *exec.Options) { o.Workers = workers }))
			all.script(t, s, name)
		}
		if all.queries < 200 || all.exact < 50 || all.read < 50 {
			t.Errorf("%d workers: only %d queries, %d of them read data, %d exact", workers, all.queries, all.read, all.exact)
		}
		t.Logf("%d workers: %d queries, %d read data, %d exact, %d bounded, %d heuristic", workers, all.queries, all.read, all.exact, all.bounded, all.heuristic)
	}
}

// tally counts what was checked.
type tally struct{ queries, read, exact, bounded, heuristic int }

// script runs one script. Records that are not queries set the scene.
func (all *tally) script(t *testing.T, s Session, name string) {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	records, err := Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if r.Code == "" && r.Query && isSelect(r.SQL) {
			all.check(t, s, filepath.Base(name), r)
		} else if r.SQL != "" {
			s.Query(t.Context(), r.SQL) //nolint: what it answers is TestScripts' affair
		}
	}
}

func isSelect(sql string) bool {
	word := strings.ToUpper(strings.Fields(sql)[0])
	return word == "SELECT" || word == "WITH" || word == "TABLE" || strings.HasPrefix(word, "(")
}

// check estimates one query and runs it.
func (all *tally) check(t *testing.T, s Session, name string, r Record) {
	t.Helper()
	e, ok := estimateOf(t, s, r.SQL)
	if !ok {
		return
	}
	read, ok := scanned(t, s, r.SQL)
	if !ok {
		return
	}
	all.queries++
	if read > 0 {
		all.read++
	}
	switch e.tier {
	case string(exec.TierExact):
		all.exact++
	case string(exec.TierUpperBound):
		all.bounded++
	default:
		all.heuristic++
	}
	if read < e.lower || e.bounded && read > e.upper || e.tier == string(exec.TierExact) && (read != e.lower || read != e.upper) {
		t.Errorf("%s:%d: read %d bytes, estimated %d to %d (%s):\n%s", name, r.Line, read, e.lower, e.upper, e.tier, r.SQL)
	}
}

// estimated is the last row of EXPLAIN (ESTIMATE).
type estimated struct {
	lower, upper, expected int64
	bounded                bool // there is an upper bound
	tier                   string
}

// estimateOf asks what a query will read, and checks that asking reads no data.
func estimateOf(t *testing.T, s Session, sql string) (e estimated, ok bool) {
	t.Helper()
	r, err := s.run(t.Context(), "EXPLAIN (ESTIMATE) "+sql)
	if err != nil {
		return e, false
	}
	defer r.Close()
	rows, err := Rows(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if n := r.Stats().BytesScanned; n != 0 {
		t.Errorf("the estimate read %d bytes of data:\n%s", n, sql)
	}
	f := strings.Split(rows[len(rows)-1], "|")
	number := func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	e.lower, e.tier = number(f[5]), f[8]
	if e.bounded = f[6] != "NULL"; e.bounded {
		e.upper, e.expected = number(f[6]), number(f[7])
	}
	return e, true
}

// scanned runs a query to its end and gives the bytes of data that it read; false
// if it failed.
func scanned(t *testing.T, s Session, sql string) (int64, bool) {
	r, err := s.run(t.Context(), sql)
	if err != nil {
		return 0, false
	}
	_, err = Rows(t.Context(), r)
	r.Close()
	return r.Stats().BytesScanned, err == nil
}

func (s Session) run(ctx context.Context, sql string) (*exec.Result, error) {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	return s.Execute(ctx, p, nil)
}
