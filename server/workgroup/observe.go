package workgroup

import (
	"errors"
	"slices"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
)

// Observer hears of every statement's end: those that the governor took on, and
// those that it did not. Metrics and traces are made of it.
type Observer interface {
	// Ended is called once a statement, by the goroutine that ends it: it must not
	// wait for anything, and keep nothing that e points to. Several may call it at
	// the same time.
	Ended(e *Ended)
}

// Ended is a statement that has ended.
type Ended struct {
	Query     *exec.QueryInfo
	Workgroup string // "": there is none of the name that the session gave, or the user may not choose it
	State     string // SUCCEEDED, FAILED or CANCELLED
	Err       *fault.Error
	Refused   Reason // why it was not run, or not to its end; "": it was, or failed by itself
	Stats     exec.Stats
	Tables    []exec.TableEstimate // what the plan read of files
	Billed    int64                // bytes, as Athena would bill them
	Cost      float64              // of that, at the workgroup's price
	// Admitted is when the plan was made and the wait for a turn began, Running
	// when it had its turn; zero if it did not come so far. Commands have no plan:
	// they run from the start.
	Admitted, Running, At time.Time
}

// Reason says why the governor refuses a statement. It is the cause of the error:
// errors.As finds it.
type Reason string

// The reasons.
const (
	ByLimit    Reason = "limit"         // bytes_scanned_cutoff_per_query
	ByBudget   Reason = "budget"        //
	ByFilter   Reason = "filter"        // a partition filter is required
	ByLength   Reason = "queue_full"    // queue_length
	ByWait     Reason = "queue_timeout" //
	ByState    Reason = "disabled"      // the workgroup is, or was dropped
	ByChoosing Reason = "workgroup"     // it does not exist, or the user may not choose it
)

// Reasons lists them.
var Reasons = []Reason{ByLimit, ByBudget, ByFilter, ByLength, ByWait, ByState, ByChoosing}

// Error makes a Reason an error's cause; people read the error.
func (r Reason) Error() string { return "refused by " + string(r) }

// refusedPlan is the engine's own refusal of a plan, with its reason.
func refusedPlan(err error) error {
	f := fault.As(err)
	if f.Code != fault.CodeLimitExceeded {
		return err // a rule that cannot be read
	}
	e := fault.Wrap(ByFilter, f.Code, "%s", f.Message)
	e.Detail, e.Hint, e.Schema, e.Table, e.Pos = f.Detail, f.Hint, f.Schema, f.Table, f.Pos
	return e
}

func reasonOf(err error) (r Reason) {
	errors.As(err, &r)
	return r
}

// Observe has one more observer hear of the statements that end from now on.
func (g *Governor) Observe(o Observer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []Observer
	if have := g.observers.Load(); have != nil {
		list = slices.Clone(*have)
	}
	list = append(list, o)
	g.observers.Store(&list)
}

func (g *Governor) notify(e *Ended) {
	if list := g.observers.Load(); list != nil {
		for _, o := range *list {
			o.Ended(e)
		}
	}
}

// ended describes the query that ends now.
func (c *control) ended(st exec.Stats, err error) *Ended {
	e := &Ended{Query: &c.query, Workgroup: c.group.Name, Stats: st, Tables: c.plan.Tables, At: endOf(&c.query)}
	e.State, e.Err = outcome(err)
	if err != nil {
		e.Refused = reasonOf(err)
	}
	e.Billed = Billed(c.query.Kind, e.State, st.Reused, st.BytesScanned)
	e.Cost = Cost(e.Billed, c.group.PricePerTB)
	if st.Planning > 0 {
		e.Admitted = c.query.Started.Add(st.Planning)
	}
	switch {
	case c.phase.Load() == phaseRunning, st.Reused:
		e.Running = c.query.Started.Add(st.Planning + st.Queued)
	case e.Admitted.IsZero() && (err == nil || c.query.Kind != exec.DML):
		e.Running = c.query.Started
	}
	return e
}

// endOf is now, unless the clock was set back.
func endOf(q *exec.QueryInfo) time.Time {
	now := time.Now()
	if now.Before(q.Started) {
		return q.Started
	}
	return now
}
