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

// TestSetAside: what is set aside counts above at once, and what is used of it not a second time.
func TestSetAside(t *testing.T) {
	root := NewRoot(1000)
	q, other := root.Child("query", 0), root.Child("other", 0)
	op := q.Child("sort", 0)
	if err := op.Reserve(100); err != nil {
		t.Fatal(err)
	}
	if err := q.SetAside(400); err != nil {
		t.Fatal(err)
	}
	if root.Used() != 400 || q.Used() != 100 || op.Free() != 900 || other.Free() != 600 {
		t.Fatalf("used: root %d, query %d; free: %d of it, %d of another", root.Used(), q.Used(), op.Free(), other.Free())
	}
	if err := other.Reserve(600); err != nil {
		t.Fatal(err)
	}
	if err := op.Reserve(300); err != nil || root.Used() != 1000 {
		t.Fatalf("what was set aside: %v, root %d", err, root.Used())
	}
	if err := op.Reserve(1); !fault.Is(err, fault.CodeOutOfMemory) || root.Used() != 1000 || op.Used() != 400 {
		t.Fatalf("beyond it: %v, root %d, operator %d", err, root.Used(), op.Used())
	}
	other.Close()
	if err := op.Reserve(200); err != nil || root.Used() != 600 {
		t.Fatalf("beyond it, when there is room: %v, root %d", err, root.Used())
	}
	op.Release(500)
	if root.Used() != 400 || q.Used() != 100 {
		t.Fatalf("after giving back: root %d, query %d", root.Used(), q.Used())
	}
	if err := root.Child("late", 0).SetAside(601); !fault.Is(err, fault.CodeOutOfMemory) {
		t.Fatalf("more than is free was set aside: %v", err)
	}
	op.Close()
	q.Close()
	if root.Used() != 0 {
		t.Fatalf("%d left", root.Used())
	}
}

// TestSetAsideFromManyWorkers: the account above is right after any order of changes.
func TestSetAsideFromManyWorkers(t *testing.T) {
	root := NewRoot(1 << 20)
	q := root.Child("query", 0)
	if err := q.SetAside(5000); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 8 {
		op := q.Child("sort", 4000)
		wg.Go(func() {
			for i := range int64(3000) {
				n := (i*int64(w+7))%1500 + 1
				if op.Reserve(n) == nil && i%3 > 0 {
					op.Release(n)
				}
			}
			op.Close()
		})
	}
	wg.Wait()
	if q.Used() != 0 || root.Used() != 5000 {
		t.Fatalf("query %d, root %d, want 0 and 5000", q.Used(), root.Used())
	}
	q.Close()
	if root.Used() != 0 {
		t.Fatalf("%d left", root.Used())
	}
}
