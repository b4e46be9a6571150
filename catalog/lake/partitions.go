package lake

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
)

// Partitions gives the partitions of a table that a filter may want, from where
// the table has them. It is the one door for whoever reads a table:
//
//	projection.enabled = true    ──> made of the properties; only what f allows
//	  with partition.discovery   ──> the same, but the values of injected keys are listed
//	partition.discovery = auto   ──> folders are listed; only those that f allows
//	otherwise                    ──> the catalog's snapshot: all of it, or what
//	                                 the catalog itself selects by f
//
// f may be nil. The conditions behind it must be evaluated all the same. With
// exact, partitions whose folders do not exist are left out of a discovery,
// which otherwise trusts a filter that spells a folder's name and lists nothing
// for it.
func (l *Lake) Partitions(ctx context.Context, r catalog.Reader, t *catalog.Table, f partition.KeyFilter, exact bool) (*catalog.Partitions, error) {
	if len(t.PartitionKeys) == 0 {
		return nil, nil
	}
	if partition.IsProjected(t) {
		p, err := l.projection(ctx, t, f)
		if err != nil {
			return nil, err
		}
		return p.Partitions(f, time.Now())
	}
	discovered, err := partition.IsDiscovered(t)
	if err != nil {
		return nil, err
	}
	if discovered {
		return l.discover(ctx, t, f, exact)
	}
	if s, ok := r.(selecter); ok {
		return s.PartitionsFor(ctx, t, f)
	}
	return r.Partitions(ctx, t)
}

// selecter is a catalog that selects partitions itself, as far as it can.
type selecter interface {
	PartitionsFor(ctx context.Context, t *catalog.Table, f partition.KeyFilter) (*catalog.Partitions, error)
}

// madeOnDemand reports whether a table's partitions come from elsewhere than
// the catalog: its location need not exist, nor a partition have a folder.
func madeOnDemand(t *catalog.Table) bool {
	discovered, _ := partition.IsDiscovered(t)
	return discovered || partition.IsProjected(t)
}
