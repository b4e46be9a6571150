package exec

import (
	"github.com/glauxdb/glaux/exec/mem/spill"
)

// The settings of a session that bound and place a query's memory. The first and the
// second have Trino's names.
const (
	memoryLimitSetting  = "query_max_memory"
	spillEnabledSetting = "spill_enabled"
	spillAlwaysSetting  = "spill_always"
)

// openSpill opens the folder of spill files. Without one, what does not fit a
// query's memory is an error, as it is where no folder is named.
func (e *Engine) openSpill() {
	if e.o.SpillDir == "" {
		return
	}
	var err error
	if e.spill, err = spill.Open(e.o.SpillDir, e.o.SpillLimit, e.o.Logger); err != nil {
		e.o.Logger.Warn("queries cannot spill to disk", "folder", e.o.SpillDir, "error", err)
		e.spill = nil
	}
}

// SpillUse tells how many bytes the spill files of all queries take now.
func (e *Engine) SpillUse() int64 {
	if e.spill == nil {
		return 0
	}
	return e.spill.Used()
}

// memoryLimit gives the bytes that a query of the session may hold; group is its
// workgroup's limit. 0: no limit of its own.
func (s *Session) memoryLimit(group int64) int64 {
	v, _ := s.set.get(memoryLimitSetting)
	own, err := memorySize(v)
	switch {
	case err != nil || own <= 0:
		return group
	case group <= 0:
		return own
	}
	return min(own, group)
}

// A query that is admitted has a sixteenth of the server's memory to itself, and at
// most so much: enough to spill well, and little enough for many queries.
const (
	asideShare = 16
	mostAside  = 64 << 20
)

// setAside takes the query's part of the server's memory, or less if its own limit is
// less; see QueryInfo.SetAside.
func (r *running) setAside() (int64, bool) {
	n := min(r.e.o.Memory/asideShare, mostAside)
	if limit := r.mem.Limit(); limit > 0 {
		n = min(n, limit)
	}
	return n, r.mem.SetAside(n) == nil
}

// prepareSpill gives a query the place for what does not fit its memory.
func (s *Session) prepareSpill(r *running) {
	if v, _ := s.set.get(spillEnabledSetting); s.e.spill == nil || v == "off" {
		return
	}
	r.query.Spill = s.e.spill.Query(r.mem, &r.spilled)
	v, _ := s.set.get(spillAlwaysSetting)
	r.query.SpillAlways = v == "on"
}
