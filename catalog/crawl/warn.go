package crawl

import (
	"fmt"
	"slices"
)

// maxWarnings is how many warnings are told one by one.
const maxWarnings = 100

// warnings collects messages. They are told sorted, so that the report does not
// depend on the order of the work.
type warnings struct{ all []string }

func (w *warnings) add(format string, args ...any) {
	w.all = append(w.all, fmt.Sprintf(format, args...))
}

func (w *warnings) list() []string {
	slices.Sort(w.all)
	all := slices.Compact(w.all)
	if more := len(all) - maxWarnings; more > 0 {
		all = append(all[:maxWarnings:maxWarnings], fmt.Sprintf("and %d warnings more", more))
	}
	return all
}
