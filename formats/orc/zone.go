package orc

import (
	"math"
	"time"
	_ "time/tzdata" // writers name their zone; what it was must not depend on this machine

	"github.com/glauxdb/glaux/catalog/fault"
)

// zone turns stored seconds into the wall clock of a writer's time zone.
type zone struct {
	loc    *time.Location
	base   int64 // 2015-01-01 00:00:00 there, in seconds since 1970 UTC
	lo, hi int64 // seconds between which off holds
	off    int64 // east of UTC
}

// newZone finds a zone by its name; "" is UTC.
func newZone(name string) (*zone, error) {
	loc := time.UTC
	if name != "" {
		var err error
		if loc, err = time.LoadLocation(name); err != nil {
			return nil, fault.Wrap(err, fault.CodeFeatureNotSupported, "the ORC file's time zone %q is not known", name)
		}
	}
	return &zone{loc: loc, base: time.Date(2015, 1, 1, 0, 0, 0, 0, loc).Unix(), lo: 1, hi: 0}, nil
}

// wall gives the wall clock of a stored number of seconds, as seconds since
// 1970-01-01 00:00:00.
func (z *zone) wall(s int64) int64 {
	s += z.base
	if s < z.lo || s >= z.hi {
		z.find(s)
	}
	return s + z.off
}

// find sets the offset that holds at s, and for how long it does.
func (z *zone) find(s int64) {
	t := time.Unix(s, 0).In(z.loc)
	_, off := t.Zone()
	start, end := t.ZoneBounds()
	z.off, z.lo, z.hi = int64(off), math.MinInt64, math.MaxInt64
	if !start.IsZero() {
		z.lo = start.Unix()
	}
	if !end.IsZero() {
		z.hi = end.Unix()
	}
}
