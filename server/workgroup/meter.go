package workgroup

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

// meter counts what one query reads and refuses data reads past its limit or a
// budget's. Check and count are one compare-and-swap, so that parallel readers
// together never pass a limit by a byte.
//
//	Reserve ── the query's limit ── each budget by name ── granted
//	              └───── a refusal gives back what the ones before had granted
type meter struct {
	name    string // of the workgroup
	limit   int64  // bytes of data; 0: no limit
	json    bool   // refusals have their details as JSON
	charges []*charge
	now     func() time.Time

	data     atomic.Int64
	footers  atomic.Int64
	cached   atomic.Int64
	requests atomic.Int64
	refused  atomic.Bool                          // by a limit or a budget
	tables   atomic.Pointer[[]exec.TableEstimate] // set by check
}

// Reserve implements store.Meter.
func (m *meter) Reserve(ctx context.Context, kind store.ReadKind, n int64) error {
	switch kind {
	case store.ReadCached:
		m.cached.Add(n)
		return nil
	case store.ReadList:
		m.requests.Add(1)
		return nil
	case store.ReadFooter:
		m.footers.Add(n)
	default:
		if err := m.reserve(ctx, n); err != nil {
			return err
		}
	}
	if n > 0 {
		m.requests.Add(1)
	}
	return nil
}

// reserve reserves n bytes of data from everything that limits the query, or
// nothing of it.
func (m *meter) reserve(ctx context.Context, n int64) error {
	if n <= 0 {
		m.data.Add(n)
		for _, c := range m.charges {
			c.giveBack(-n)
		}
		return nil
	}
	for {
		have := m.data.Load()
		if m.limit > 0 && n > m.limit-have {
			return m.refuse(have+n, have)
		}
		if m.data.CompareAndSwap(have, have+n) {
			break
		}
	}
	if len(m.charges) == 0 {
		return nil
	}
	if err := m.charge(ctx, n); err != nil {
		m.data.Add(-n)
		return err
	}
	return nil
}

// charge reserves from every budget or from none.
func (m *meter) charge(ctx context.Context, n int64) (err error) {
	now := m.now()
	held := len(m.charges) > 1 // with one budget nothing can fail after it
	var tallies []*tally
	if held {
		tallies = make([]*tally, 0, len(m.charges))
	}
	for i, c := range m.charges {
		if c.budget.dropped.Load() {
			continue
		}
		t, ok, e := c.reserve(ctx, now, n, held)
		if ok && e == nil {
			if held && t != nil {
				tallies = append(tallies, t)
			}
			continue
		}
		if err = e; err == nil {
			err = m.refuseBudget(ctx, c, n)
		}
		for _, before := range m.charges[:i] {
			before.giveBack(n)
		}
		break
	}
	for _, t := range tallies {
		t.acct.tentative.Add(-n)
	}
	return err
}

// check refuses a plan whose lower bound is already too much for one query.
func (m *meter) check(est []exec.TableEstimate) error {
	m.tables.Store(&est)
	if lower := lowerBound(est); m.limit > 0 && lower > m.limit {
		return m.refuse(lower, m.data.Load())
	}
	return nil
}

func lowerBound(est []exec.TableEstimate) (n int64) {
	for i := range est {
		n += est[i].BytesLower
	}
	return n
}
