package crawl

import (
	"cmp"
	"fmt"
	"slices"
)

// Most lines of each kind that a crawl tells; the last stands for the rest.
const (
	maxWarnings = 100
	maxLeftOut  = 1000
	maxNotes    = 1000
)

// notes collects what a crawl has to say besides its tables. It is written by
// one goroutine, and read sorted.
type notes struct {
	left  map[LeftOut]int // with a Count of 0 -> the count
	notes []string
}

// leave tells of objects that are not taken.
func (w *notes) leave(location, why string, count int) {
	if w.left == nil {
		w.left = map[LeftOut]int{}
	}
	w.left[LeftOut{Location: location, Why: why}] += count
}

// note tells what a person may want to know.
func (w *notes) note(format string, args ...any) {
	w.notes = append(w.notes, fmt.Sprintf(format, args...))
}

func (w *notes) leftOut() []LeftOut {
	out := make([]LeftOut, 0, len(w.left))
	for l, n := range w.left {
		l.Count = n
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b LeftOut) int { return cmp.Or(cmp.Compare(a.Location, b.Location), cmp.Compare(a.Why, b.Why)) })
	if more := len(out) - maxLeftOut; more > 0 {
		rest := LeftOut{Location: out[maxLeftOut].Location, Why: fmt.Sprintf("and %d locations behind it, for other reasons", more-1)}
		for _, l := range out[maxLeftOut:] {
			rest.Count += l.Count
		}
		out = append(out[:maxLeftOut:maxLeftOut], rest)
	}
	return out
}

// sorted orders lines and cuts them at a most.
func sorted(lines []string, most int, what string) []string {
	slices.Sort(lines)
	all := slices.Compact(lines)
	if more := len(all) - most; more > 0 {
		all = append(all[:most:most], fmt.Sprintf("and %d %s more", more, what))
	}
	return all
}
