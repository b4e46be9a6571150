package store

import (
	"context"
	"sync/atomic"
)

// Event is something about reads that no limit counts, but that people want to
// know: it is shown in EXPLAIN ANALYZE and in the metrics.
type Event uint8

// The events, and what their numbers count.
const (
	Hedged     Event = iota // requests made beside one that was slow to answer
	ReadAlong               // bytes between wanted ranges, read and thrown away to spare a request
	Repeated                // requests made again after a broken or a stalled answer
	SlowedDown              // requests that S3 refused because there were too many
	FromDisk                // bytes that the disk cache had
	ToDisk                  // bytes that went into the disk cache
	Events                  // how many kinds there are
)

// String gives the event's name in metrics.
func (e Event) String() string { return eventNames[e] }

var eventNames = [Events]string{"hedged", "read_along_bytes", "repeated", "slowed_down", "from_disk_bytes", "to_disk_bytes"}

// EventCounts counts events. The zero value is ready; safe for concurrent use.
type EventCounts [Events]atomic.Int64

// Note counts n of an event.
func (c *EventCounts) Note(e Event, n int64) { c[e].Add(n) }

// Load gives the counts.
func (c *EventCounts) Load() (out [Events]int64) {
	for i := range c {
		out[i] = c[i].Load()
	}
	return out
}

// Witness is a Meter that wants to hear of events.
type Witness interface {
	Note(e Event, n int64)
}

// Note tells the meter in ctx of an event, if it is a Witness.
func Note(ctx context.Context, e Event, n int64) {
	if w, ok := MeterOf(ctx).(Witness); ok && n != 0 {
		w.Note(e, n)
	}
}

// note tells the meter in ctx and the registry's counts.
func (s *S3) note(ctx context.Context, e Event, n int64) {
	if n == 0 {
		return
	}
	if s.cfg.events != nil {
		s.cfg.events.Note(e, n)
	}
	Note(ctx, e, n)
}

// Events tells what happened to requests to S3 since the start.
func (r *Registry) Events() [Events]int64 { return r.s3.events.Load() }
