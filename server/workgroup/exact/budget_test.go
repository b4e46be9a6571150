package exact

import (
	"fmt"
	"sync"
	"testing"

	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/server/workgroup"
)

// parallel is how many queries share a budget.
const parallel = 8

// TestBudgets runs eight queries at a time under one budget, with every kind of
// limit: what the store returned to all of them is never more than the budget,
// and all of them succeed when it holds what they need together.
func TestBudgets(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	} else if long {
		rounds = 300
	}
	t.Run("own ledger", func(t *testing.T) { build(t, 1, 4).shareBudgets(t, rounds) })
	t.Run("durable ledger", func(t *testing.T) {
		h := build(t, 1, 4)
		cat, err := meta.Open(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cat.Close() })
		ledger, err := cat.OpenBudgets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h.govern(t, ledger)
		h.shareBudgets(t, rounds/3)
	})
}

// shareBudgets is one test of rounds; each has a budget of its own name, so that
// nothing is used of it yet.
func (h *house) shareBudgets(t *testing.T, rounds int) {
	t.Helper()
	g := newGenerator(99)
	refusals, successes := 0, 0
	for i := range rounds {
		qs := make([]query, parallel)
		need, steady := int64(0), true
		for k := range qs {
			qs[k] = g.next(tables[(i+k)%len(tables)])
			h.limit(t, 0)
			h.budget(t, 0)
			free := h.run(t.Context(), h.session(t, 1), qs[k].sql)
			if free.err != nil {
				t.Fatalf("%v:\n%s", free.err, qs[k].sql)
			}
			if steady = steady && qs[k].steady; qs[k].steady {
				need += free.data
			} else {
				need += free.upper
			}
		}
		for _, limit := range []int64{need / 3, need - 1, need, need + 1} {
			bad := h.together(t, qs, limit)
			switch {
			case limit >= need && bad > 0:
				t.Errorf("%d of %d queries were refused by a budget of %d bytes, they need %d together", bad, parallel, limit, need)
			case limit < need && bad == 0 && steady:
				t.Errorf("queries that need %d bytes passed a budget of %d", need, limit)
			}
			refusals += bad
			successes += parallel - bad
		}
	}
	t.Logf("%d rounds: %d queries succeeded, %d were refused", rounds, successes, refusals)
	if refusals < rounds || successes < rounds {
		t.Error("too little was tried")
	}
}

// together runs the queries at once under a new budget; it gives how many were
// refused.
func (h *house) together(t *testing.T, qs []query, limit int64) (bad int) {
	t.Helper()
	h.budget(t, limit)
	h.store.take()
	errs := make([]error, len(qs))
	var wg sync.WaitGroup
	for k, q := range qs {
		s := h.session(t, 1+k%2*3)
		wg.Go(func() {
			_, _, errs[k] = rowsOf(t.Context(), s, q.sql)
			s.Close()
		})
	}
	wg.Wait()
	if got := h.store.take(); got.data > limit {
		t.Errorf("%d bytes were returned under a budget of %d", got.data, limit)
	}
	for k, err := range errs {
		if refused(err) {
			bad++
		} else if err != nil {
			t.Errorf("%v:\n%s", err, qs[k].sql)
		}
	}
	return bad
}

// budget gives the workgroup w a budget that nothing is used of; 0: none.
func (h *house) budget(t *testing.T, limit int64) {
	t.Helper()
	var bs []workgroup.Budget
	if limit > 0 {
		h.budgets++
		bs = append(bs, workgroup.Budget{Name: fmt.Sprint("b", h.budgets), Workgroup: "w", Limit: workgroup.Size(limit), Period: workgroup.Month})
		if h.budgets%2 == 0 { // a second one, which what the first refuses must be given back to
			bs = append(bs, workgroup.Budget{Name: fmt.Sprint("a", h.budgets), User: "test", Limit: workgroup.Size(limit + 1), Period: workgroup.Hour})
		}
	}
	if err := h.groups.ApplyBudgets(bs); err != nil {
		t.Fatal(err)
	}
}
