package glue_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/glauxdb/glaux/catalog/glue"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

func domain(values ...int64) plan.Domains {
	d := plan.Domain{HasValues: true}
	for _, v := range values {
		d.Values = append(d.Values, types.IntOf(types.TInteger, v))
	}
	return plan.Domains{d}
}

// TestPartitionsFor: Glue selects what a filter names, as long as the whole
// list is not at hand.
func TestPartitionsFor(t *testing.T) {
	c, cat := newCounted(t, glue.Options{})
	tab := makeMany(t, cat, 2345)
	c.take()
	ctx := context.Background()
	low := plan.Domains{{Low: types.IntOf(types.TInteger, 2340), HasLow: true}}
	for _, step := range []struct {
		name        string
		filter      plan.Domains
		want, calls int
	}{
		{"two values", domain(7, 1999), 2, 1},
		{"again", domain(7, 1999), 2, 0},
		{"a range", low, 5, 1},
		{"a value that is not there", domain(9999), 0, 1},
		{"nothing said", plan.Domains{{}}, 2345, 11},
		{"with the list at hand", domain(8), 2345, 0},
	} {
		ps, err := cat.PartitionsFor(ctx, tab, step.filter)
		if err != nil {
			t.Fatal(step.name, err)
		}
		if n := c.take()["GetPartitions"]; ps.N != step.want || n != step.calls {
			t.Errorf("%s: %d partitions by %d calls, want %d by %d", step.name, ps.N, n, step.want, step.calls)
		}
	}
	if _, err := cat.DropPartitions(ctx, tab, [][]string{{"7"}}); err != nil {
		t.Fatal(err)
	}
	if ps, err := cat.PartitionsFor(ctx, tab, domain(7, 1999)); err != nil || ps.N != 1 {
		t.Errorf("a partition that was dropped: %v, %v", ps, err)
	}
}

// TestPartitionsForRefused: an expression that Glue does not take is none.
func TestPartitionsForRefused(t *testing.T) {
	c, cat := newCounted(t, glue.Options{})
	tab := makeMany(t, cat, 20)
	whole := c.Handler
	first := true
	c.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if first && r.Header.Get("X-Amz-Target") == "AWSGlue.GetPartitions" {
			first = false
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"__type":"InvalidInputException","Message":"Unsupported expression"}`))
			return
		}
		whole.ServeHTTP(w, r)
	})
	if ps, err := cat.PartitionsFor(context.Background(), tab, domain(3)); err != nil || ps.N != 20 || first {
		t.Errorf("%v, %v", ps, err)
	}
}
