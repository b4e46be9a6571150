package lines

import (
	"context"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
)

// Cleanser is what a Source of a text format keeps to act on values that its
// table cannot hold. Not safe for concurrent use.
//
//	value ── trigger ──> Policy.By ── Wants? ──> Note ── Flush, once a batch ──> formats.Rejects
type Cleanser struct {
	Policy cleanse.Policy
	// Surveys says that errors are listed: what would end the query is noted, with
	// the action FAIL, and the value is NULL.
	Surveys bool

	log    *formats.Rejects
	notes  []Noted
	counts [2][cleanse.NumTriggers][cleanse.NumActions]int64 // quiet ones, and others, of which no note is made
	told   int
}

// Noted is a value that was changed, or a row of which something is wrong. Why, At
// and Line are as in Reader.Tell.
type Noted struct {
	Row      int // of the batch, for who finds its place later
	At, Line int64
	formats.Reject
}

// NewCleanser makes the cleanser of a scan.
func NewCleanser(p cleanse.Policy, log *formats.Rejects) Cleanser {
	return Cleanser{Policy: p, Surveys: log.Surveys(), log: log}
}

// Wants reports whether a note must be made of an action. Otherwise it is counted
// here: nobody is told of it, or of its like enough was noted.
func (c *Cleanser) Wants(t cleanse.Trigger, a cleanse.Action) bool {
	if c.Surveys {
		return true
	}
	quiet := c.Policy.Quiet[t]
	if !quiet && c.told < formats.MaxTold {
		return true
	}
	if quiet {
		c.counts[0][t][a]++
	} else {
		c.counts[1][t][a]++
	}
	return false
}

// Note adds a note.
func (c *Cleanser) Note(n Noted) { c.notes = append(c.notes, n) }

// Len gives the number of notes, for Cut.
func (c *Cleanser) Len() int { return len(c.notes) }

// Cut forgets the notes behind the first n: those of a row that is left out.
func (c *Cleanser) Cut(n int) {
	clear(c.notes[n:])
	c.notes = c.notes[:n]
}

// Flush hands the notes of a batch to the scan's log. place, if not nil, finds where
// the record of a note is. A source reads its split in order: its first notes are
// the only ones that can be among those that a query tells of.
func (c *Cleanser) Flush(ctx context.Context, r *Reader, place func(n *Noted)) {
	for i, quiet := range [2]bool{true, false} {
		for t, by := range c.counts[i] {
			for a, n := range by {
				if n > 0 {
					c.log.Tally(cleanse.Trigger(t), cleanse.Action(a), n, quiet)
					c.counts[i][t][a] = 0
				}
			}
		}
	}
	for i := range c.notes {
		n := &c.notes[i]
		if place != nil {
			place(n)
		}
		r.Tell(ctx, c.log, n.At, n.Line, n.Reject)
	}
	c.told += len(c.notes)
	c.Cut(0)
}
