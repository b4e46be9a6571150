package exec

import (
	"context"
	"sync/atomic"

	"github.com/glauxdb/glaux/formats/store"
)

// meter counts what a query reads and asks its control, if there is one.
type meter struct {
	control                          QueryControl
	data, metadata, cached, requests atomic.Int64
	store.EventCounts
}

// Reserve counts n bytes unless the control refuses them.
func (m *meter) Reserve(ctx context.Context, kind store.ReadKind, n int64) error {
	if m.control != nil {
		if err := m.control.Reserve(ctx, kind, n); err != nil {
			return err
		}
	}
	switch kind {
	case store.ReadData:
		m.data.Add(n)
	case store.ReadFooter:
		m.metadata.Add(n)
	case store.ReadCached:
		m.cached.Add(n)
		return nil
	}
	if n >= 0 { // a negative n gives back what a failed read had reserved
		m.requests.Add(1)
	}
	return nil
}
