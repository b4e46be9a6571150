package mem

import (
	"strings"
	"sync"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

func TestReserveCountsAtEveryLevel(t *testing.T) {
	root := NewRoot(1000)
	q := root.Child("query", 600)
	op := q.Child("hash join", 0)
	if err := op.Reserve(500); err != nil {
		t.Fatal(err)
	}
	if root.Used() != 500 || q.Used() != 500 || op.Used() != 500 {
		t.Fatalf("used: root %d, query %d, operator %d; want 500 each", root.Used(), q.Used(), op.Used())
	}
	err := op.Reserve(200)
	if !fault.Is(err, fault.CodeOutOfMemory) {
		t.Fatalf("got %v, want 53200", err)
	}
	if !strings.Contains(err.Error(), "hash join") {
		t.Errorf("%q does not name the operator", err)
	}
	if root.Used() != 500 || op.Used() != 500 {
		t.Errorf("a refusal left root %d, operator %d", root.Used(), op.Used())
	}
	op.Close()
	if root.Used() != 0 || q.Used() != 0 || root.Peak() != 500 {
		t.Errorf("after close: root %d, query %d, peak %d", root.Used(), q.Used(), root.Peak())
	}
}

func TestRootLimitNamesServer(t *testing.T) {
	root := NewRoot(100)
	e := fault.As(root.Child("query", 0).Child("sort", 0).Reserve(101))
	if e == nil || !strings.Contains(e.Detail, "the server") {
		t.Fatalf("got %+v", e)
	}
}

func TestLocalsFromManyWorkers(t *testing.T) {
	root := NewRoot(0)
	op := root.Child("aggregate", 0)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			l := op.Local()
			for n := int64(0); n < 10<<20; n += 100_001 {
				if err := l.Use(n); err != nil {
					t.Error(err)
				}
			}
			l.Close()
		})
	}
	wg.Wait()
	if root.Used() != 0 {
		t.Errorf("%d bytes left", root.Used())
	}
	if root.Peak() < 10<<20 {
		t.Errorf("peak %d is less than one worker's use", root.Peak())
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{5: "5 bytes", 1536: "1.5 KiB", 3 << 30: "3.0 GiB"} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q, want %q", n, got, want)
		}
	}
}

// TestOnPressure: what can be had again goes before a reservation is refused, and
// only what is lacking.
func TestOnPressure(t *testing.T) {
	root := NewRoot(1000)
	spare := root.Child("spare", 0)
	if err := spare.Reserve(600); err != nil {
		t.Fatal(err)
	}
	var asked []int64
	root.OnPressure(func(n int64) bool {
		asked = append(asked, n)
		if spare.Used() == 0 {
			return false
		}
		spare.Release(100)
		return true
	})
	query := root.Child("query", 900)
	if err := query.Reserve(550); err != nil || root.Used() != 950 {
		t.Errorf("%v, %d in use", err, root.Used())
	}
	if err := query.Reserve(400); err == nil || len(asked) != 2 { // the query's own limit asks nobody
		t.Errorf("%v, asked for %v", err, asked)
	}
	if err := root.Reserve(1000); err == nil || spare.Used() != 0 || root.Used() != 550 {
		t.Errorf("%v, %d and %d in use", err, spare.Used(), root.Used())
	}
	if asked[0] != 150 || asked[1] != 50 {
		t.Errorf("asked for %v", asked)
	}
}
