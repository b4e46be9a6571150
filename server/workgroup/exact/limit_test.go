package exact

import (
	"os"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/exec"
)

// long says that the tests may take minutes: GLAUX_LONG=1.
var long = os.Getenv("GLAUX_LONG") != ""

// TestLimits runs generated queries under limits around their need and around
// each point where a request ends.
func TestLimits(t *testing.T) {
	workers, queries := []int{1, 4}, 4
	if testing.Short() {
		workers, queries = []int{4}, 2
	} else if long {
		workers, queries = []int{1, 4, 16}, 60
	}
	h := build(t, workers...)
	var all tally
	for i, table := range tables {
		g := newGenerator(uint64(i))
		for range queries {
			h.prove(t, &all, workers, g.next(table))
		}
	}
	all.check(t)
}

// tally counts what was tried, so that no run of nothing passes for a proof.
type tally struct{ queries, steady, runs, refusals, before int }

func (a *tally) check(t *testing.T) {
	t.Helper()
	t.Logf("%d queries, %d of a steady need; %d runs with limits, %d refused, %d of these before the first byte", a.queries, a.steady, a.runs, a.refusals, a.before)
	if a.steady < a.queries/3 || a.refusals < a.queries || a.before < a.queries/4 {
		t.Error("too little was tried")
	}
}

// prove runs one query without a limit and then with many.
func (h *house) prove(t *testing.T, all *tally, workers []int, q query) {
	t.Helper()
	var free outcome
	for i, n := range workers {
		s := h.session(t, n)
		h.limit(t, 0)
		out := h.run(t.Context(), s, q.sql)
		if out.err != nil {
			t.Fatalf("%v:\n%s", out.err, q.sql)
		}
		if out.data != out.stats.BytesScanned || out.data < out.lower || out.data > out.upper {
			t.Errorf("%d workers: the store returned %d bytes, the meter says %d, the plan %d to %d:\n%s", n, out.data, out.stats.BytesScanned, out.lower, out.upper, q.sql)
		}
		if i > 0 && q.steady && out.data != free.data {
			t.Errorf("%d bytes with %d workers, %d with %d:\n%s", out.data, n, free.data, workers[0], q.sql)
		}
		if i == 0 {
			free = out
		}
		for _, limit := range limits(free) {
			h.limited(t, all, s, n, limit, q, free)
		}
		s.Close()
	}
	all.queries++
	if q.steady {
		all.steady++
	}
}

// limits gives what to try: around the need, the plan's bounds and every request's
// end.
func limits(free outcome) []int64 {
	var out []int64
	for _, p := range append([]int64{free.data, free.lower, free.upper}, free.points...) {
		for n := p - 1; n <= p+1; n++ {
			if n > 0 {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// limited runs a query with a limit and checks all that must hold.
func (h *house) limited(t *testing.T, all *tally, s *exec.Session, workers int, limit int64, q query, free outcome) {
	t.Helper()
	h.limit(t, limit)
	out := h.run(t.Context(), s, q.sql)
	all.runs++
	fail := func(what string) {
		t.Helper()
		t.Errorf("limit %d, %d workers: %s: %d bytes returned in %d reads, error %v; without a limit %d bytes, the plan says %d to %d:\n%s",
			limit, workers, what, out.data, out.begun, out.err, free.data, free.lower, free.upper, q.sql)
	}
	need := free.upper
	if q.steady {
		need = free.data
	}
	switch {
	case out.err != nil && !refused(out.err):
		fail("failed")
	case out.data > limit:
		fail("read past the limit")
	case out.err != nil && limit >= need:
		fail("refused with all it needs")
	case out.err == nil && q.steady && limit < need:
		fail("not refused")
	case out.err == nil && q.steady && (out.rows != free.rows || out.data != need):
		fail("another result")
	case limit < free.lower && (out.err == nil || out.begun > 0):
		fail("read before it was refused")
	}
	if out.err != nil {
		all.refusals++
		if out.begun == 0 {
			all.before++
		}
	}
}
