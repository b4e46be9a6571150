package transfer

import (
	"fmt"
	"sort"
)

// Counts says what happened to the objects of one kind.
type Counts struct {
	Created   int `json:"created"`
	Replaced  int `json:"replaced"`
	Unchanged int `json:"unchanged"` // equal already
	Skipped   int `json:"skipped"`   // differ, and stay as they are
	Failed    int `json:"failed"`
}

func (c *Counts) add(o outcome) {
	switch o {
	case created:
		c.Created++
	case replaced:
		c.Replaced++
	case unchanged:
		c.Unchanged++
	case skipped:
		c.Skipped++
	case failed:
		c.Failed++
	}
}

// Note is something about one object that a person should know.
type Note struct {
	Object string `json:"object"` // database, database.table
	Text   string `json:"text"`
}

// String gives "object: text".
func (n Note) String() string { return n.Object + ": " + n.Text }

// Report is what a transfer did, or with Options.DryRun would do.
type Report struct {
	Databases  Counts `json:"databases"`
	Tables     Counts `json:"tables"`
	Views      Counts `json:"views"`
	Partitions Counts `json:"partitions"`

	Notes     []Note   `json:"notes,omitempty"`     // what was left out or lost
	Conflicts []Note   `json:"conflicts,omitempty"` // objects that are there and differ
	Failures  []Note   `json:"failures,omitempty"`  // with Options.Continue
	Locations []string `json:"-"`                   // of the tables that are now as the source has them, sorted
}

func (r *Report) note(object, format string, args ...any) {
	r.Notes = append(r.Notes, Note{object, fmt.Sprintf(format, args...)})
}

func (r *Report) finish(locations map[string]bool) {
	r.Locations = r.Locations[:0]
	for l := range locations {
		r.Locations = append(r.Locations, l)
	}
	sort.Strings(r.Locations)
}

// outcome is what became of one object.
type outcome int

const (
	created outcome = iota
	replaced
	unchanged
	skipped
	failed
)
