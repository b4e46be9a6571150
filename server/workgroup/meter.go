package workgroup

import (
	"context"
	"sync/atomic"

	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

// meter counts what one query reads and refuses data reads past its limit. The
// check and the count are one compare-and-swap, so that parallel readers
// together never pass the limit by a byte.
type meter struct {
	name  string // of the workgroup
	limit int64  // bytes of data; 0: no limit

	data     atomic.Int64
	footers  atomic.Int64
	requests atomic.Int64
	tables   atomic.Pointer[[]exec.TableEstimate] // set by check
}

// Reserve implements store.Meter.
func (m *meter) Reserve(_ context.Context, kind store.ReadKind, n int64) error {
	switch kind {
	case store.ReadList:
		m.requests.Add(1)
		return nil
	case store.ReadFooter:
		if n > 0 {
			m.requests.Add(1)
		}
		m.footers.Add(n)
		return nil
	}
	if n > 0 {
		m.requests.Add(1)
	}
	for {
		have := m.data.Load()
		if m.limit > 0 && n > 0 && have+n > m.limit {
			return m.refuse(have+n, have)
		}
		if m.data.CompareAndSwap(have, have+n) {
			return nil
		}
	}
}

// check refuses a plan whose lower bound is already too much.
func (m *meter) check(est []exec.TableEstimate) error {
	m.tables.Store(&est)
	var lower int64
	for i := range est {
		lower += est[i].BytesLower
	}
	if m.limit > 0 && lower > m.limit {
		return m.refuse(lower, m.data.Load())
	}
	return nil
}
